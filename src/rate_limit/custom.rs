//! The limiters of operations that callers write, in the order of their first calls.
//!
//! A permit request borrows its limiter until its call ends, so no lock can hold this list. It only grows, by one link at
//! its end, and each link is set once. Like the generated operations, they are so few that a linear search is cheap.

use super::OperationLimit;
use crate::operation::{Operation, RateLimit};
use std::sync::OnceLock;

/// The first limiter of a list and the rest of it.
#[derive(Debug, Default)]
pub(super) struct CustomLimits(OnceLock<Box<Link>>);

#[derive(Debug)]
struct Link {
    /// Method and template.
    id: &'static str,
    rate: Option<RateLimit>,
    limit: OperationLimit,
    rest: CustomLimits,
}

impl CustomLimits {
    /// The limiter of this endpoint and rate; `new` makes it for the first call.
    pub(super) fn get(&self, operation: &Operation, new: impl Fn() -> OperationLimit) -> &OperationLimit {
        let mut list = self;
        loop {
            let link = list.0.get_or_init(|| {
                let (id, rate) = (operation.id, operation.rate_limit);
                Box::new(Link { id, rate, limit: new(), rest: Self::default() })
            });
            if link.id == operation.id && link.rate == operation.rate_limit {
                return &link.limit;
            }
            list = &link.rest;
        }
    }
}
