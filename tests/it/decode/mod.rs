//! What responses decode to.

mod envelope;
mod lenient;
