//! What is sent and what is not, and what is made of what comes back.

mod destination;
mod examples;
mod footprint;
mod paths;
mod platform_codes;
mod redirects;
mod requests;
#[cfg(feature = "schemars")]
mod schemars;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod validation;
