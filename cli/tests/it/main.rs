//! Behaviour of the library and of the command, by topic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod input;
mod plan;
