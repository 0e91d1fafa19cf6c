//! Families: the forms that API documents come in.
//!
//! Nobody says which family a document belongs to: each family knows its own by a
//! mark that the others lack. A new family is a module and a line in `FAMILIES`.

use super::api_page::ApiPage;
use super::markdown::Block;
use super::reference::Reference;
use super::sdk_reference::SdkReference;
use super::warnings::Warnings;
use crate::facts::Operation;

pub(super) trait Family: Sync {
    /// The mark that this family is known by, for the message that none was found.
    fn mark(&self) -> &'static str;
    fn recognises(&self, blocks: &[Block]) -> bool;
    fn read(&self, blocks: &[Block], warnings: &mut Warnings) -> Vec<Operation>;
}

/// Pages come first: a page may show a function's signature, but no SDK's reference has a request table.
const FAMILIES: &[&dyn Family] = &[&Reference, &ApiPage, &SdkReference];

pub(super) fn recognise(blocks: &[Block]) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.recognises(blocks))
}

/// The marks of all families, as words for a message.
pub(super) fn marks() -> String {
    FAMILIES.iter().map(|family| family.mark()).collect::<Vec<_>>().join("; ")
}
