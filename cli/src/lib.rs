//! Plans and applies changes of user group members: the library under the command `feishu-groups`.
//!
//! A file says who should be in a group. [`input`] reads it, and reports every mistake with its line before anything
//! is sent. [`members`] looks people up and reads the group. [`plan`] compares the two, and refuses what looks like a
//! mistake: a list that was not read to its end, an empty file, more removals than the ceiling allows. [`members`]
//! carries the plan out, and [`report`] says what became of each person.

mod counted;
pub mod input;
pub mod members;
pub mod plan;
pub mod report;

pub use self::counted::counted;
