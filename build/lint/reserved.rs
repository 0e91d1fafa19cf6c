//! Names that the spec cannot use, since the client uses them already.
//!
//! An operation becomes a method of `Client`, and a parameter becomes a setter of a
//! builder. A name that is taken would pass every other check and end in a compiler
//! error in generated code. A test compares the list with the methods in `src/`.

/// Methods of `Client` other than operations, private ones too: two methods of a type cannot share a name.
pub const CLIENT: &[&str] = &[
    "base_url",
    "builder",
    "call",
    "call_batch",
    "call_raw",
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

/// Names of the builders' own methods and fields.
pub const BUILDER: &[&str] =
    &["new", "send", "send_raw", "stream", "pages", "into_request", "client", "request", "body", "body_map"];
