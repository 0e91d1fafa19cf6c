//! Pages of a listing and their page tokens.
//!
//! A token contains the position of the last item before its page, and a keyed hash of that
//! position, the query and the tenant. So no state is kept between pages, and a token that
//! was invented, truncated, decoded wrongly or used with another query is rejected. Tokens
//! contain `/`, `+` and `=` because the service's do: a client that does not encode them
//! must fail here. The page size may change between pages, as on the service.

use std::hash::BuildHasher;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::builder::ListingEnd;
use super::call::Call;
use super::data::Data;
use super::response::{Rejection, reject};

const PREFIX: &str = "AQD9/";

/// One page, whose list has the name `list`.
struct Page<'a, T> {
    list: &'a str,
    items: Vec<T>,
    has_more: bool,
    page_token: Option<String>,
}

impl<T: Serialize> Serialize for Page<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.list, &self.items)?;
        map.serialize_entry("has_more", &self.has_more)?;
        if let Some(token) = &self.page_token {
            map.serialize_entry("page_token", token)?;
        }
        map.end()
    }
}

/// Returns one page in the field `list`. The page token is valid for `query` only.
///
/// `items_after` returns the items after a position, in order, each with its own position.
pub(super) fn page<T: Serialize, I: Iterator<Item = (u64, T)>>(
    call: &Call<'_>,
    list: &str,
    query: &[&str],
    items_after: impl FnOnce(u64) -> I,
) -> Result<Data, Rejection> {
    let size = page_size(call)?;
    let after = position_before(call, query)?;
    let mut rest = items_after(after).peekable();

    let (mut items, mut last) = (Vec::new(), after);
    while items.len() < size
        && let Some((position, item)) = rest.next()
    {
        items.push(item);
        last = position;
    }
    let has_more = rest.peek().is_some();
    let page_token = match call.listing_end {
        ListingEnd::Absent if !has_more => None,
        ListingEnd::Empty if !has_more => Some(String::new()),
        _ => Some(token(call, query, last)),
    };
    Ok(Data::of(&Page { list, items, has_more, page_token }))
}

fn page_size(call: &Call<'_>) -> Result<usize, Rejection> {
    let rule = call.facts.parameter("page_size");
    let (min, max) = (rule.minimum.unwrap_or(1), rule.maximum.unwrap_or(u64::MAX));
    let requested = call.request.query("page_size").or(rule.default.as_deref()).unwrap_or_default();
    requested
        .parse()
        .ok()
        .filter(|size| (min..=max).contains(size))
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(|| reject(40011).field("page_size", requested, format!("{min} to {max}")))
}

/// The position of the last item before the page; 0 for the first page, whose token is empty.
fn position_before(call: &Call<'_>, query: &[&str]) -> Result<u64, Rejection> {
    let Some(given) = call.request.query("page_token").filter(|token| !token.is_empty()) else {
        return Ok(0);
    };
    given
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('+'))
        .and_then(|(position, _)| u64::from_str_radix(position, 16).ok())
        .filter(|position| token(call, query, *position) == given)
        .ok_or_else(|| reject(40012).field("page_token", given, "not a page token of this query"))
}

fn token(call: &Call<'_>, query: &[&str], position: u64) -> String {
    let hash = call.tenant.page_token_key.hash_one((query, position));
    format!("{PREFIX}{position:x}+{hash:016x}==")
}
