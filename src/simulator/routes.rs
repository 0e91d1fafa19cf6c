//! Maps a method and path to a handler.
//!
//! The facts contain method and path, so a route is a facts file and a function. A new
//! operation is one more line.
//!
//! An operation of the spec that has no line gets a route as well. Its requests are checked
//! by what the spec says (token, app type, scope, rate limit, parameters, body), and one that
//! passes gets the spec's example: see `fallback`.

use std::io;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::call::Call;
use super::data::Data;
use super::facts::Facts;
use super::request::RecordedRequest;
use super::response::Rejection;
use super::tokens::Tokens;
use super::{contact, listing, members, people, performance, tokens};
use crate::operation::{self, AccessTokenKind};

type TokenEndpoint = fn(&mut Tokens, &RecordedRequest, Instant) -> Result<Map<String, Value>, Rejection>;
type Operation = fn(Call<'_>) -> Result<Data, Rejection>;

/// The handler of a route and the tokens that it accepts.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// A token endpoint: needs no token, and its response has no `data`.
    Token(TokenEndpoint),
    /// An operation that accepts tenant tokens only.
    Tenant(Operation),
    /// An operation that accepts tenant and user tokens.
    TenantOrUser(Operation),
    /// An operation of the spec that has no function here.
    Missing(&'static operation::Operation),
}

impl Handler {
    /// Whether it is a token endpoint.
    pub fn is_token_endpoint(self) -> bool {
        matches!(self, Self::Token(_))
    }

    /// The kinds of token that the operation accepts.
    pub fn accepted_tokens(self) -> &'static [AccessTokenKind] {
        match self {
            Self::Token(_) => &[],
            Self::Tenant(_) => &[AccessTokenKind::Tenant],
            Self::TenantOrUser(_) => &[AccessTokenKind::Tenant, AccessTokenKind::User],
            Self::Missing(operation) => operation.access_tokens,
        }
    }
}

/// One route of the service.
pub(super) struct Route {
    /// The id of the operation, or the name of the token endpoint.
    pub name: &'static str,
    pub facts: Facts,
    pub handler: Handler,
}

/// All routes, in the order of matching: a fixed path comes before a path with an id.
pub(super) fn all() -> io::Result<Vec<Route>> {
    Ok(with_missing(handled()?))
}

/// Adds the operations of the spec that have no route.
pub(super) fn with_missing(mut routes: Vec<Route>) -> Vec<Route> {
    let without_handler: Vec<_> = operation::ALL
        .iter()
        .map(|operation| Route {
            name: operation.id,
            facts: Facts::of(operation),
            handler: Handler::Missing(operation),
        })
        .filter(|missing| !routes.iter().any(|route| route.facts.is_for_same(&missing.facts)))
        .collect();
    routes.extend(without_handler);
    routes.sort_by_key(|route| route.facts.url.contains(':'));
    routes
}

/// The routes that have a handler.
pub(super) fn handled() -> io::Result<Vec<Route>> {
    macro_rules! facts {
        ($file:literal) => {
            ($file, include_str!(concat!("../../spec/service/", $file, ".json")))
        };
    }
    use Handler::{Tenant, TenantOrUser, Token};
    [
        (facts!("tokens/tenant_access_token_internal"), Token(tokens::internal)),
        (facts!("tokens/app_access_token_internal"), Token(tokens::app_internal)),
        (facts!("tokens/app_access_token_store"), Token(tokens::store_app)),
        (facts!("tokens/tenant_access_token_store"), Token(tokens::store_tenant)),
        (facts!("list_user_groups"), Tenant(listing::all)),
        (facts!("list_member_user_groups"), Tenant(listing::of_member)),
        (facts!("create_user_group"), Tenant(contact::create)),
        (facts!("update_user_group"), Tenant(contact::update)),
        // The document lists user tokens; the service accepts tenant tokens as well.
        (facts!("get_user_group"), TenantOrUser(contact::get)),
        (facts!("delete_user_group"), Tenant(contact::delete)),
        (facts!("list_user_group_members"), Tenant(listing::members)),
        (facts!("add_user_group_member"), Tenant(members::add)),
        (facts!("remove_user_group_member"), Tenant(members::remove)),
        (facts!("batch_add_user_group_members"), Tenant(members::batch_add)),
        (facts!("batch_remove_user_group_members"), Tenant(members::batch_remove)),
        (facts!("find_user_ids"), Tenant(people::find_ids)),
        (facts!("write_performance_group_members"), Tenant(performance::write)),
    ]
    .into_iter()
    .map(|((file, json), handler)| {
        let name = file.strip_prefix("tokens/").unwrap_or(file);
        Ok(Route { name, facts: Facts::parse(json)?, handler })
    })
    .collect()
}

/// The route that a request is for.
pub(super) struct Target<'a> {
    pub index: usize,
    pub route: &'a Route,
    /// The decoded id in the path; empty if the route has none.
    pub id: String,
}

/// The route that a request is for.
pub(super) fn find<'a>(routes: &'a [Route], request: &RecordedRequest) -> Option<Target<'a>> {
    routes.iter().enumerate().find_map(|(index, route)| {
        if route.facts.method != request.method {
            return None;
        }
        match_path(&route.facts.url, &request.path).map(|id| Target { index, route, id })
    })
}

/// The first decoded id in `path`, empty if `pattern` has none; `None` if `path` does not match.
fn match_path(pattern: &str, path: &str) -> Option<String> {
    let (mut segments, mut first) = (path.split('/'), None);
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if !expected.starts_with(':') {
            if segment != expected {
                return None;
            }
        } else if segment.is_empty() {
            return None;
        } else {
            first = first.or(Some(segment));
        }
    }
    if segments.next().is_some() {
        return None;
    }
    Some(percent_decode_str(first.unwrap_or_default()).decode_utf8_lossy().into_owned())
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
        assert_eq!(match_path("/group/:group_id/more", "/group/g1/more").as_deref(), Some("g1"));
        assert_eq!(match_path("/group/:group_id/more", "/group/g1"), None);
        assert_eq!(match_path("/group/:group_id/more", "/group//more"), None);
        assert_eq!(match_path("/group", "/group").as_deref(), Some(""));
        assert_eq!(match_path("/group", "/group/"), None);
    }
}
