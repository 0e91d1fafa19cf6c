//! The generated client, as the build script wrote it.
#![allow(clippy::all, reason = "generated: its lints are the generator's to keep")]

include!(concat!(env!("OUT_DIR"), "/client.rs"));
