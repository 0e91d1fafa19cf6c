//! Reading what no parser takes.
//!
//! A response that is as it should be never comes here: it is parsed once, straight into its type. Everything else is
//! scanned for its `code`, which decides, and then written anew as far as it is needed: the data of a success whole,
//! the message and detail of a failure within bounds.

pub(crate) mod lenient;
pub(crate) mod open_enum;
mod rewrite;
mod scan;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use rewrite::{Bounds, envelope, members};
pub(crate) use text::{is_log_id, one_line, readable};

use serde::Deserialize;
use serde::de::Error;

/// Characters of one reason that are kept: a parser's may quote a value of megabytes.
const REASON: usize = 300;

#[derive(Deserialize)]
struct CodeOnly {
    #[serde(deserialize_with = "crate::decode::lenient::integer")]
    code: i64,
}

/// The `code` of a response, whatever else is in it. The last one counts.
pub(crate) fn code(body: &[u8]) -> Option<i64> {
    let only = members(body, ["code"], Bounds::ERROR)?;
    serde_json::from_slice(&only).map(|CodeOnly { code }| code).ok()
}

/// Why a response without a code has none, in a parser's words.
pub(crate) fn why_no_code(body: &[u8]) -> Option<serde_json::Error> {
    serde_json::from_slice::<CodeOnly>(body).err().map(bounded)
}

/// The reason in one line that ends.
pub(crate) fn bounded(reason: serde_json::Error) -> serde_json::Error {
    serde_json::Error::custom(one_line(&reason.to_string(), REASON))
}
