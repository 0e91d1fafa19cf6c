//! Rate limits: pace, pauses, and calls dropped while they wait.

mod dropped_calls;
mod pace;
mod pauses;
mod unbelievable_waits;
