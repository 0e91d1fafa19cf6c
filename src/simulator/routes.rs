//! Maps a method and path to a handler.
//!
//! The facts contain method and path, so a route is a facts file and a function. A new
//! operation is one more line.

use std::io;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::call::Call;
use super::facts::Facts;
use super::request::RecordedRequest;
use super::response::Rejection;
use super::tokens::Tokens;
use super::{contact, listing, performance, tokens};

type TokenEndpoint = fn(&mut Tokens, &RecordedRequest) -> Result<Map<String, Value>, Rejection>;
type Operation = fn(Call<'_>) -> Result<Value, Rejection>;

/// The handler of a route and the tokens that it accepts.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// A token endpoint: needs no token, and its response has no `data`.
    Token(TokenEndpoint),
    /// An operation that accepts tenant tokens only.
    Tenant(Operation),
    /// An operation that accepts tenant and user tokens.
    TenantOrUser(Operation),
}

/// One route of the service.
pub(super) struct Route {
    pub facts: Facts,
    pub handler: Handler,
}

/// All routes, in the order of matching: a fixed path comes before a path with an id in the
/// same segment.
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
        // The document lists user tokens; the service accepts tenant tokens as well.
        (facts!("get_user_group"), TenantOrUser(contact::get)),
        (facts!("delete_user_group"), Tenant(contact::delete)),
        (facts!("write_performance_group_members"), Tenant(performance::write)),
    ]
    .into_iter()
    .map(|(json, handler)| Ok(Route { facts: Facts::parse(json)?, handler }))
    .collect()
}

/// The route of a request, with its index and the id in the path.
pub(super) fn find<'a>(routes: &'a [Route], request: &RecordedRequest) -> Option<(usize, &'a Route, String)> {
    routes.iter().enumerate().find_map(|(index, route)| {
        if route.facts.method != request.method {
            return None;
        }
        match_path(&route.facts.url, &request.path).map(|id| (index, route, id))
    })
}

/// The decoded id in `path`, empty if `pattern` has none; `None` if `path` does not match.
fn match_path(pattern: &str, path: &str) -> Option<String> {
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
        assert_eq!(match_path(pattern, "/group/g1").as_deref(), Some("g1"));
        assert_eq!(match_path(pattern, "/group/a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(match_path(pattern, "/group/"), None);
        assert_eq!(match_path(pattern, "/group/g1/more"), None);
        assert_eq!(match_path("/group", "/group").as_deref(), Some(""));
        assert_eq!(match_path("/group", "/group/"), None);
    }
}
