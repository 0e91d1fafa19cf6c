//! The simulator rejects what the service rejects, and its state agrees with its responses.
//! The tests use plain HTTP, so that a bug of the client cannot hide a bug of the simulator.

mod admin;
mod caller;
mod dialect;
#[cfg(feature = "simulator-docs")]
mod docs;
mod expectations;
mod faults;
mod groups;
mod limits;
mod listings;
mod members;
mod members_model;
mod people;
mod performance;
mod refusals;
mod scope;
mod seeds;
mod service;
mod tokens;
