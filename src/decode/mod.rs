//! Decodes responses that a JSON parser rejects.
//!
//! A well-formed success does not pass through here: it is parsed once, straight into its type. Any other body is
//! scanned for `code`, which decides what it is, and then rewritten as JSON that parses: the data of a success in full,
//! the message and detail of a failure within bounds.

pub(crate) mod lenient;
pub(crate) mod open_enum;
pub(crate) mod results;
mod rewrite;
mod scalars;
mod scan;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use rewrite::{Bounds, envelope, members};
pub(crate) use scalars::is_blank;
pub(crate) use text::{is_log_id, one_line, readable};

use serde::Deserialize;
use serde::de::Error;

/// Characters kept of a parser's error message, which may quote a value of megabytes.
const MAX_REASON_CHARS: usize = 300;

#[derive(Deserialize)]
struct CodeOnly {
    #[serde(deserialize_with = "crate::decode::lenient::integer")]
    code: i64,
}

/// The `code` of a response, even if the rest is malformed. The last of several counts.
pub(crate) fn code(body: &[u8]) -> Option<i64> {
    let only = members(body, ["code"], Bounds::ERROR)?;
    serde_json::from_slice(&only).map(|CodeOnly { code }| code).ok()
}

/// Whether a body is an envelope, and not any other JSON: an object with a `code` and a `msg`.
pub(crate) fn is_envelope(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "code", deserialize_with = "crate::decode::lenient::integer")]
        _code: i64,
        #[serde(rename = "msg")]
        _msg: serde::de::IgnoredAny,
    }
    members(body, ["code", "msg"], Bounds::ERROR).is_some_and(|head| serde_json::from_slice::<Head>(&head).is_ok())
}

/// Whether a response can be parsed as a success: its first member is a `code` of 0, as the service writes it, or its
/// code is 0. The first test reads the beginning, the second scans the whole body. If a later `code` differs, the
/// parser rejects the duplicate.
pub(crate) fn may_be_success(body: &[u8]) -> bool {
    let is_zero = |(name, value): (scan::Raw<'_>, scan::Raw<'_>)| name.is("code") && value.bytes == b"0";
    scan::first_scalar(body).is_some_and(is_zero) || code(body) == Some(0)
}

/// The `data` of a failure, if it can be read and is no larger than the results of a call.
pub(crate) fn data_of_failure(body: &[u8]) -> Option<serde_json::Value> {
    let data = rewrite::data_of_failure(body)?;
    serde_json::from_slice(&data).ok().filter(|data: &serde_json::Value| !data.is_null())
}

/// The parser's error about a response that has no code.
pub(crate) fn why_no_code(body: &[u8]) -> Option<serde_json::Error> {
    serde_json::from_slice::<CodeOnly>(body).err().map(bounded)
}

/// The error with its message in one line of bounded length.
pub(crate) fn bounded(reason: serde_json::Error) -> serde_json::Error {
    serde_json::Error::custom(one_line(&reason.to_string(), MAX_REASON_CHARS))
}
