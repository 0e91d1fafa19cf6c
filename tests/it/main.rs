//! The client's behaviour through its public API, by topic.
//!
//! One binary: a test file more costs no link step more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

#[path = "../support/facts.rs"]
mod facts;
#[path = "../../src/property.rs"]
mod property;
#[cfg(feature = "redis")]
#[path = "../support/redis.rs"]
mod redis_server;
#[path = "../support/mod.rs"]
mod support;
#[cfg(feature = "tls")]
#[path = "../support/tls_server.rs"]
mod tls_server;

mod auth;
mod batch;
mod custom_requests;
mod decode;
mod error;
mod files;
mod paging;
mod rate_limit;
mod retry;
#[cfg(feature = "simulator")]
mod simulator;
mod store;
mod telemetry;
mod wire;
