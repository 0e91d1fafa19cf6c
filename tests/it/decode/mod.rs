//! What responses decode to.

mod data_of_errors;
mod envelope;
mod lenient;
mod memory;
mod odd_responses;
mod text_of_errors;
