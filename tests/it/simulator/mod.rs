//! The offline service refuses what the running service refuses, and keeps the
//! state that its answers claim. Everything is driven by plain HTTP, so that no
//! client of ours stands between the rule and its test.

mod caller;
mod groups;
mod limits;
mod listings;
mod performance;
mod refusals;
mod service;
mod tokens;
