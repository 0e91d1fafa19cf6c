//! The forms of the `x-feishu-*` extensions, which `spec/README.md` describes.
//!
//! An unknown key is a mistake: nothing would read it.

pub use super::error_category::ErrorCategory;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSource {
    pub document: String,
    pub operation: String,
}

#[derive(Clone, Copy, Deserialize)]
pub enum AccessToken {
    #[serde(rename = "tenant_access_token")]
    Tenant,
    #[serde(rename = "user_access_token")]
    User,
    #[serde(rename = "app_access_token")]
    App,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppType {
    Custom,
    Isv,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    pub per_minute: Option<u32>,
    pub per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    pub rule: RetryRule,
    pub parameter: Option<String>,
    pub already_applied_code: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryRule {
    Safe,
    IdempotencyKey,
    NeverSent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub items: Vec<String>,
    pub item: String,
    pub item_key: Option<String>,
    pub token: String,
    pub has_more: String,
    pub request_token: String,
    pub request_size: String,
}

/// How a batch reports on each of its items.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    pub sent: String,
    pub items: String,
    pub item: String,
    pub id: String,
    pub code: String,
    #[serde(default)]
    pub already: Vec<i64>,
    pub partial_code: Option<i64>,
}

/// A method that returns the first of these properties that is present.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstOf {
    pub properties: Vec<String>,
    pub description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRow {
    pub http: u16,
    pub code: i64,
    pub name: String,
    #[serde(default)]
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorName {
    pub kind: ErrorCategory,
    pub advice: String,
}

/// The rules that a value must satisfy before it is sent.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<String>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
}

/// The character ranges of `^[..]*$`, the only supported form of pattern: it needs no regular expression engine.
pub fn character_class(pattern: &str) -> Option<Vec<(char, char)>> {
    let class = pattern.strip_prefix("^[")?.strip_suffix("]*$")?;
    if class.starts_with('^') || class.contains(['\\', '[', ']', '&']) {
        return None;
    }
    let mut rest = class.chars().peekable();
    let mut ranges = Vec::new();
    while let Some(first) = rest.next() {
        let last = match rest.next_if_eq(&'-') {
            Some(_) => rest.next().filter(|last| *last >= first)?,
            None => first,
        };
        ranges.push((first, last));
    }
    (!ranges.is_empty()).then_some(ranges)
}
