//! The client that the build script generates from the spec.
#![allow(clippy::all, reason = "generated code follows the generator's style")]

include!(concat!(env!("OUT_DIR"), "/client.rs"));
