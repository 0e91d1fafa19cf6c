//! Pages, and the tokens that lead from one to the next.
//!
//! A token holds the place where the page before it ended and a seal over that
//! place, the query and the tenant: nothing is remembered between pages, and a
//! token that was made up, cut, wrongly decoded or moved to another query is
//! refused. Its `/`, `+` and `=` are there because the service's tokens have
//! them, and a client that forgets to encode them must fail here first. Page
//! size may change on the way, as on the service.

use std::hash::BuildHasher;

use serde_json::{Map, Value};

use super::builder::ListingEnd;
use super::call::Call;
use super::response::{Refusal, refuse};

const PREFIX: &str = "AQD9/";

/// One page of `found` under the field `name`; `query` is what the token is bound to.
pub(super) fn page(
    call: &Call<'_>,
    name: &str,
    query: &[&str],
    found: impl Iterator<Item = (u64, Value)>,
) -> Result<Value, Refusal> {
    let size = size(call)?;
    let after = start(call, query)?;
    let mut rest = found.skip_while(|(place, _)| *place <= after).peekable();

    let (mut items, mut last) = (Vec::new(), after);
    while items.len() < size
        && let Some((place, item)) = rest.next()
    {
        items.push(item);
        last = place;
    }
    let has_more = rest.peek().is_some();

    let mut data = Map::new();
    data.insert(name.to_owned(), items.into());
    data.insert("has_more".to_owned(), has_more.into());
    let token = match call.listing_end {
        ListingEnd::Absent if !has_more => None,
        ListingEnd::Empty if !has_more => Some(String::new()),
        _ => Some(token(call, query, last)),
    };
    if let Some(token) = token {
        data.insert("page_token".to_owned(), token.into());
    }
    Ok(data.into())
}

fn size(call: &Call<'_>) -> Result<usize, Refusal> {
    let rule = call.facts.parameter("page_size");
    let (least, most) = (rule.minimum.unwrap_or(1), rule.maximum.unwrap_or(u64::MAX));
    let asked = call.request.query("page_size").or(rule.default.as_deref()).unwrap_or_default();
    asked
        .parse()
        .ok()
        .filter(|size| (least..=most).contains(size))
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(|| refuse(40011).field("page_size", asked, format!("{least} to {most}")))
}

/// The place after which the page begins; an empty token asks for the first page.
fn start(call: &Call<'_>, query: &[&str]) -> Result<u64, Refusal> {
    let Some(given) = call.request.query("page_token").filter(|t| !t.is_empty()) else {
        return Ok(0);
    };
    given
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('+'))
        .and_then(|(place, _)| u64::from_str_radix(place, 16).ok())
        .filter(|place| token(call, query, *place) == given)
        .ok_or_else(|| refuse(40012).field("page_token", given, "not a token of this query"))
}

fn token(call: &Call<'_>, query: &[&str], place: u64) -> String {
    let seal = call.tenant.seal.hash_one((query, place));
    format!("{PREFIX}{place:x}+{seal:016x}==")
}
