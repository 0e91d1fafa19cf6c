//! What was wrong with a request: which parameter, and which rule it breaks.
//!
//! There are two sources: the client, before it sends, and the service, in the `error` of its envelope. Its gateways
//! name the same thing in several ways; callers see one form.

use crate::types::ErrorDetail;

/// Characters of a value that are kept.
const MAX_VALUE_CHARS: usize = 80;

/// An invalid parameter, found by the client or by the service, or a missing permission.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The parameter or the permission.
    pub field: String,
    /// The value, shortened if it is long; for a permission, the kind of what is missing.
    pub value: String,
    /// The rule that the value breaks, or how to get the permission.
    pub description: String,
}

impl Violation {
    pub(crate) fn new(field: &str, value: &str, description: &str) -> Self {
        Self { field: field.to_owned(), value: shortened(value, MAX_VALUE_CHARS), description: description.to_owned() }
    }
}

/// The invalid parameters and the missing permissions of a response: a caller has to fix both.
pub(crate) fn violations(detail: &ErrorDetail) -> Vec<Violation> {
    let violation = |field: &Option<String>, value: &Option<String>, description: &Option<String>| {
        let [field, value, description] = [field, value, description].map(|text| text.as_deref().unwrap_or_default());
        Violation::new(field, value, description)
    };
    let fields = detail.field_violations.iter().flatten();
    let permissions = detail.permission_violations.iter().flatten();
    let fields = fields.map(|v| violation(&v.field, &v.value, &v.description));
    let permissions = permissions.map(|v| {
        // Gateways name the permission in one of two ways.
        let name = if v.scope.is_some() { &v.scope } else { &v.subject };
        violation(name, &v.type_, if v.description.is_some() { &v.description } else { &v.url })
    });
    fields.chain(permissions).collect()
}

/// At most `limit` characters; a text that was cut ends in `…`.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
