//! URLs of samples: the path, and the query decoded.

use super::put_text;
use crate::facts::Example;
use serde_json::Value;

/// Writes path and query of a URL into an example; the host is every document's own.
pub(super) fn apply(url: &str, example: &mut Example) {
    let (url, _fragment) = url.split_once('#').unwrap_or((url, ""));
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    example.path = Some(path(address));
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        put_text(&mut example.query, &name, Value::from(value.as_ref()));
    }
}

/// The path of a URL, without scheme, host and query.
pub(crate) fn path(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    address.find('/').and_then(|at| address.get(at..)).unwrap_or("/").to_owned()
}
