//! Media types other than JSON.
//!
//! A success may be a file: its content has another media type, and the schema `{type: string, format: binary}`. The
//! generator reads no such content; `passes/files.rs` writes what sends the call. A request body may be a form, of texts
//! and files: the generator reads it as JSON, and `passes/forms.rs` writes its parts.

use serde_json::Value;

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// The media type of forms.
pub const FORM: &str = "multipart/form-data";

/// The form of a request body, if it is one.
pub fn form(body: &Value) -> Option<&Value> {
    body.get("content")?.get(FORM)
}

/// Whether a schema is a file: any bytes.
pub fn is_binary(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "binary")
}

/// Whether the body of a response is a file: none of its media types is JSON.
pub fn is_file(response: &Value) -> bool {
    let content = response.get("content").and_then(Value::as_object);
    content.is_some_and(|content| !content.is_empty() && content.keys().all(|media| media != JSON))
}

/// Whether a text is a media type without parameters, such as `application/octet-stream`.
pub fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "!#$&-^_.+*".contains(c))
    };
    text.split_once('/').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}
