//! Which handler answers which method and path.
//!
//! Method and path stand in the facts, so a route is a file of facts and a
//! function; another operation is one more line.

use std::io;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::call::Call;
use super::facts::Facts;
use super::request::RecordedRequest;
use super::response::Refusal;
use super::tokens::Tokens;
use super::{contact, listing, performance, tokens};

type TokenEndpoint = fn(&mut Tokens, &RecordedRequest) -> Result<Map<String, Value>, Refusal>;
type Operation = fn(Call<'_>) -> Result<Value, Refusal>;

/// How a route is answered.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// No token needed, a flat answer.
    Token(TokenEndpoint),
    /// An operation that takes tenant tokens.
    Tenant(Operation),
    /// An operation that takes user tokens too.
    TenantOrUser(Operation),
}

/// One route of the service.
pub(super) struct Route {
    pub facts: Facts,
    pub handler: Handler,
}

/// Every route; one with a fixed path stands before one whose path has an id
/// in that place.
pub(super) fn all() -> io::Result<Vec<Route>> {
    macro_rules! facts {
        ($file:literal) => {
            include_str!(concat!("../../spec/service/", $file, ".json"))
        };
    }
    use Handler::{Tenant, TenantOrUser, Token};
    [
        (facts!("tokens/tenant_access_token_internal"), Token(tokens::internal)),
        (facts!("tokens/app_access_token_store"), Token(tokens::store_app)),
        (facts!("tokens/tenant_access_token_store"), Token(tokens::store_tenant)),
        (facts!("list_user_groups"), Tenant(listing::all)),
        (facts!("list_member_user_groups"), Tenant(listing::of_member)),
        (facts!("create_user_group"), Tenant(contact::create)),
        (facts!("update_user_group"), Tenant(contact::update)),
        // The service takes tenant tokens here, the document says user tokens.
        (facts!("get_user_group"), TenantOrUser(contact::get)),
        (facts!("delete_user_group"), Tenant(contact::delete)),
        (facts!("write_performance_group_members"), Tenant(performance::write)),
    ]
    .into_iter()
    .map(|(json, handler)| Ok(Route { facts: Facts::read(json)?, handler }))
    .collect()
}

/// The route of a request: its number, itself, and the id in the path.
pub(super) fn find<'a>(routes: &'a [Route], request: &RecordedRequest) -> Option<(usize, &'a Route, String)> {
    routes.iter().enumerate().find_map(|(number, route)| {
        if route.facts.method != request.method {
            return None;
        }
        id_in(&route.facts.url, &request.path).map(|id| (number, route, id))
    })
}

/// The id in `path` where `pattern` has one, empty where it has none, `None`
/// where they do not match.
fn id_in(pattern: &str, path: &str) -> Option<String> {
    let Some((fixed, _)) = pattern.split_once(':') else {
        return (pattern == path).then(String::new);
    };
    let id = path.strip_prefix(fixed)?;
    if id.is_empty() || id.contains('/') {
        return None;
    }
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_ids_are_decoded() {
        let pattern = "/group/:group_id";
        assert_eq!(id_in(pattern, "/group/g1").as_deref(), Some("g1"));
        assert_eq!(id_in(pattern, "/group/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(id_in(pattern, "/group/"), None);
        assert_eq!(id_in(pattern, "/group/g1/more"), None);
        assert_eq!(id_in("/group", "/group").as_deref(), Some(""));
        assert_eq!(id_in("/group", "/group/"), None);
    }
}
