//! Rate limits: the queue, pauses, and dropped calls.

mod dropped_calls;
mod pauses;
mod queue;
mod unverified_pauses;
