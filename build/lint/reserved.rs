//! Names that the spec cannot use, since the client uses them already.
//!
//! An operation becomes a method of `Client` and a builder, a parameter becomes a setter
//! of a builder, and a schema becomes a type. A name that is taken would pass every other
//! check and end in a compiler error in generated code. Tests compare `CLIENT` with the
//! methods in `src/`, and compile a spec with names that are close to these.

use heck::ToUpperCamelCase;

/// Methods of `Client` other than operations, private ones too: two methods of a type cannot share a name.
pub const CLIENT: &[&str] = &[
    "base_url",
    "builder",
    "call",
    "call_batch",
    "call_file",
    "call_raw",
    "call_stream",
    "changed",
    "clone",
    "context",
    "for_tenant",
    "request",
    "with_credentials",
    "with_max_wait",
    "with_retry_policy",
    "with_timeout",
    "with_user_token",
    "with_user_token_provider",
];

/// Headers that the client or its HTTP library writes, in lower case.
const HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Whether a parameter can be a header of this name.
pub fn is_free_header(name: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_token) && !HEADERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Names of Rust that generated code uses, and that a type or builder of the same name would hide.
pub const TYPES: &[&str] = &[
    "Box",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
];

/// Names in the table of operations that are no operation's.
const TABLE: &[&str] = &["all", "platform_errors"];

/// Whether an operation can have this name.
pub fn is_free_operation(id: &str) -> bool {
    !CLIENT.contains(&id) && !TABLE.contains(&id) && !TYPES.contains(&id.to_upper_camel_case().as_str())
}

/// Methods of the types of schemas: `x-feishu-first-of` cannot add another of that name.
pub const SCHEMA: &[&str] = &["builder", "clone", "eq", "fmt", "into_items", "new"];

/// Names of the builders' own methods and fields.
pub const BUILDER: &[&str] = &[
    "new",
    "send",
    "send_raw",
    "send_stream",
    "stream",
    "pages",
    "into_request",
    "client",
    "request",
    "body",
    "body_map",
];
