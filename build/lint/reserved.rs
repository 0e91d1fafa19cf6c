//! Names that the spec cannot use, since the client has them already.
//!
//! An operation becomes a method of `Client`, and a parameter becomes a setter of its
//! call's builder. A name that is taken there would pass every other check and end in an
//! error of rustc in code that nobody wrote. A test reads the methods of `Client` from
//! `src/` and fails when this list and they differ, so the list cannot drift.

/// Methods of `Client` that are no operation, the private ones too: two methods of one type cannot share a name.
pub const CLIENT: &[&str] = &[
    "base_url",
    "builder",
    "call",
    "call_raw",
    "changed",
    "clone",
    "context",
    "for_tenant",
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
