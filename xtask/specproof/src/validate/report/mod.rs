//! Findings in every form that somebody reads them in.
//!
//! The forms are made of the same values and differ in nothing but form: people,
//! programs, and GitHub, which shows findings at the changed lines.

mod github;
mod human;
mod json;

pub use github::github;
pub use human::human;
pub use json::json;

use super::finding::Finding;

/// The message behind the operation that it is about.
fn message(finding: &Finding) -> String {
    match &finding.operation {
        Some(operation) => format!("{operation}: {}", finding.message),
        None => finding.message.clone(),
    }
}
