//! What exactly was wrong with a request: which parameter, and which rule.
//!
//! One form for both who can find it: this client before sending, and the service in
//! the `error` of its envelope, whose gateways name the same thing in several ways.

use crate::types::ErrorDetail;

/// One parameter that was refused, by this client's rules or by the service, or one permission that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The parameter or the permission.
    pub field: String,
    /// What was given, shortened if it is long.
    pub value: String,
    /// The rule that it breaks, or how to mend it.
    pub description: String,
}

impl Violation {
    pub(crate) fn new(field: &str, value: &str, description: &str) -> Self {
        Self { field: field.to_owned(), value: shortened(value, 80), description: description.to_owned() }
    }
}

/// Parameters at fault, and permissions that are missing: to whoever mends it, both are what is wrong.
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

/// At most `limit` characters, with a mark where something was cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
