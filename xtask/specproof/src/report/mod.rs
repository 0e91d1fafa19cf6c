//! What the tool makes of a folder of documents: page by page what was read and drafted, and what would work.
//!
//! It is the measure of the tool, which anyone can repeat on their own documents. A page's own examples are compared
//! with the drafted schemas as the generated types would read them (`reading`); nothing is compiled, since a build
//! takes minutes and a folder may have thousands of pages. The linter of the build reads the whole draft.

mod examples;
mod page;
mod reading;
mod render;

pub use page::{OperationReport, PageReport, Report, Totals, report};
pub use render::{html, human, json};
