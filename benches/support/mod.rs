//! What the benchmarks share: what is done (`work`), who does it (`generated`, `hand_written`),
//! and the server that responds both (`canned`).
#![allow(dead_code, reason = "each benchmark uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed measurement should say where")]

pub mod canned;
pub mod generated;
pub mod hand_written;
pub mod work;

pub const APP_ID: &str = "cli_benchmark";
pub const APP_SECRET: &str = "secret-of-the-benchmark";
