//! What is sent, and what is not.

mod destination;
mod examples;
mod footprint;
mod paths;
mod requests;
#[cfg(feature = "schemars")]
mod schemars;
mod transport;
mod validation;
