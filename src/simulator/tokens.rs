//! Tokens: handed out, handed out again, refused.
//!
//! The rule of the platform: while thirty minutes or more are left, whoever
//! asks gets the same token; after that a new one, and the old one lives on to
//! its own end. A client that renews too eagerly or throws away a living token
//! is found out by counting the fetches. Time is tokio's, so that a test which
//! pauses it can walk through two hours at once.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::call::Fields;
use super::request::RecordedRequest;
use super::response::{Refusal, refuse};
use super::{APP_ID, APP_SECRET, APP_TICKET, TENANT_KEY, ids};

/// With less than this left, a new token is handed out.
const RENEWAL: Duration = Duration::from_secs(30 * 60);

/// All tokens in force.
pub(super) struct Tokens {
    lifetime: Duration,
    given: Vec<Given>,
    users: HashSet<String>,
    fetches: usize,
}

struct Given {
    token: String,
    owner: Owner,
    ends: Instant,
}

#[derive(Clone, PartialEq)]
enum Owner {
    App,
    Tenant(Speaker),
}

/// For whom a request speaks.
#[derive(Clone, PartialEq)]
pub(super) struct Speaker {
    pub tenant: String,
    /// The kind of the app that fetched the token; a user's token does not say.
    pub app_type: Option<&'static str>,
}

impl Tokens {
    pub fn new(lifetime: Duration, users: HashSet<String>) -> Self {
        Self { lifetime, given: Vec::new(), users, fetches: 0 }
    }

    /// How often a tenant token was asked for.
    pub fn fetches(&self) -> usize {
        self.fetches
    }

    /// Ends every token handed out so far.
    pub fn expire(&mut self) {
        self.given.clear();
    }

    /// Begins or ends the validity of a user token.
    pub fn set_user(&mut self, token: &str, valid: bool) {
        if valid {
            self.users.insert(token.to_owned());
        } else {
            self.users.remove(token);
        }
    }

    /// For whom an `Authorization` header speaks.
    pub fn speaker(&self, header: Option<&str>, users_allowed: bool) -> Result<Speaker, Refusal> {
        let token = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::trim)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| refuse(99991661))?;
        match token.get(..2) {
            Some("t-") => match self.owner(token) {
                Some(Owner::Tenant(speaker)) => Ok(speaker.clone()),
                _ => Err(refuse(99991663)),
            },
            // The wrong kind is refused before anybody asks whether it is valid.
            Some("u-") if !users_allowed => Err(refuse(99991663)),
            Some("u-") if self.users.contains(token) => Ok(Speaker { tenant: TENANT_KEY.to_owned(), app_type: None }),
            Some("u-") => Err(refuse(99991668)),
            _ => Err(refuse(99991671)),
        }
    }

    fn owner(&self, token: &str) -> Option<&Owner> {
        let now = Instant::now();
        self.given.iter().find(|given| given.token == token && given.ends > now).map(|given| &given.owner)
    }

    /// A token for `owner` under the field `name`, and the seconds it has left.
    fn give(&mut self, owner: Owner, name: &str) -> Map<String, Value> {
        let now = Instant::now();
        self.given.retain(|given| given.ends > now);
        let lasting = self
            .given
            .iter()
            .rfind(|given| given.owner == owner && given.ends - now >= RENEWAL)
            .map(|given| (given.token.clone(), given.ends - now));
        let (token, left) = lasting.unwrap_or_else(|| {
            let prefix = if owner == Owner::App { "a-" } else { "t-" };
            let token = format!("{prefix}{}{}", ids::hex(), ids::hex());
            self.given.push(Given { token: token.clone(), owner, ends: now + self.lifetime });
            (token, self.lifetime)
        });
        Map::from_iter([(name.to_owned(), token.into()), ("expire".to_owned(), left.as_secs().into())])
    }
}

/// `{app_id, app_secret}` for the app's own tenant_access_token.
pub(super) fn internal(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    tokens.fetches += 1;
    authenticated(request)?;
    let home = Speaker { tenant: TENANT_KEY.to_owned(), app_type: Some("custom") };
    Ok(tokens.give(Owner::Tenant(home), "tenant_access_token"))
}

/// `{app_id, app_secret, app_ticket}` for a store app's app_access_token.
pub(super) fn store_app(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    let fields = authenticated(request)?;
    if fields.text("app_ticket")?.as_deref() != Some(APP_TICKET) {
        return Err(refuse(10012));
    }
    Ok(tokens.give(Owner::App, "app_access_token"))
}

/// `{app_access_token, tenant_key}` for the tenant_access_token of one tenant.
pub(super) fn store_tenant(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    tokens.fetches += 1;
    let fields = Fields::of(request, 10003)?;
    let app_token = fields.text("app_access_token")?.unwrap_or_default();
    if tokens.owner(&app_token) != Some(&Owner::App) {
        return Err(refuse(99991664));
    }
    let tenant = fields
        .text("tenant_key")?
        .filter(|key| !key.is_empty())
        .ok_or_else(|| refuse(10003).field("tenant_key", "", "required"))?;
    let speaker = Speaker { tenant, app_type: Some("isv") };
    Ok(tokens.give(Owner::Tenant(speaker), "tenant_access_token"))
}

/// The request's fields, once app id and secret have proven right.
fn authenticated(request: &RecordedRequest) -> Result<Fields, Refusal> {
    let fields = Fields::of(request, 10003)?;
    if fields.text("app_id")?.as_deref() != Some(APP_ID) {
        return Err(refuse(10003));
    }
    if fields.text("app_secret")?.as_deref() != Some(APP_SECRET) {
        return Err(refuse(10014));
    }
    Ok(fields)
}
