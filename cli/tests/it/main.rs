//! Behaviour of the library and of the command, by topic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod connect;
mod counted;
mod doctor;
mod dump;
mod faults;
mod group;
mod help;
mod input;
mod manifest;
mod member;
mod output;
mod performance;
mod plan;
mod progress;
mod rate;
mod simulate;
mod support;
mod sync;
mod terminal;
