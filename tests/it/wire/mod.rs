//! Requests on the wire, and how their responses and failures are read.

mod destination;
mod examples;
mod footprint;
mod paths;
mod platform_codes;
mod readme;
mod redirects;
mod requests;
#[cfg(feature = "schemars")]
mod schemars;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod validation;
