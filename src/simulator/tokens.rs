//! Issues and checks tokens.
//!
//! The platform's rule: while a token has 30 minutes or more left, every fetch returns the
//! same token. After that a fetch returns a new one, and the old one stays valid until it
//! expires. A test finds a client that refreshes too early, or drops a valid token, by
//! counting the fetches. The clock is tokio's, so a test can pause it and skip two hours.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::call::Fields;
use super::request::RecordedRequest;
use super::response::{Rejection, reject};
use super::{APP_ID, APP_SECRET, APP_TICKET, TENANT_KEY, ids};

/// With less than this left, a fetch returns a new token.
const REISSUE_BEFORE_EXPIRY: Duration = Duration::from_secs(30 * 60);

/// All valid tokens.
pub(super) struct Tokens {
    lifetime: Duration,
    issued: Vec<IssuedToken>,
    users: HashSet<String>,
    fetches: usize,
}

struct IssuedToken {
    token: String,
    owner: Owner,
    expires_at: Instant,
}

#[derive(Clone, PartialEq)]
enum Owner {
    App,
    Tenant(Caller),
}

/// The tenant and app that a token belongs to.
#[derive(Clone, PartialEq)]
pub(super) struct Caller {
    pub tenant: String,
    /// The type of the app that fetched the token; unknown for a user token.
    pub app_type: Option<&'static str>,
}

impl Tokens {
    pub fn new(lifetime: Duration, users: HashSet<String>) -> Self {
        Self { lifetime, issued: Vec::new(), users, fetches: 0 }
    }

    /// The number of requests for a tenant token.
    pub fn fetches(&self) -> usize {
        self.fetches
    }

    /// Expires every issued token.
    pub fn expire(&mut self) {
        self.issued.clear();
    }

    /// Makes a user token valid or invalid.
    pub fn set_user(&mut self, token: &str, valid: bool) {
        if valid {
            self.users.insert(token.to_owned());
        } else {
            self.users.remove(token);
        }
    }

    /// The caller that an `Authorization` header identifies.
    pub fn caller(&self, header: Option<&str>, accepts_user_tokens: bool) -> Result<Caller, Rejection> {
        let token = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::trim)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| reject(99991661))?;
        match token.get(..2) {
            Some("t-") => match self.owner(token) {
                Some(Owner::Tenant(caller)) => Ok(caller.clone()),
                _ => Err(reject(99991663)),
            },
            // The type of a token is checked before its validity.
            Some("u-") if !accepts_user_tokens => Err(reject(99991663)),
            Some("u-") if self.users.contains(token) => Ok(Caller { tenant: TENANT_KEY.to_owned(), app_type: None }),
            Some("u-") => Err(reject(99991668)),
            _ => Err(reject(99991671)),
        }
    }

    fn owner(&self, token: &str) -> Option<&Owner> {
        let now = Instant::now();
        self.issued.iter().find(|issued| issued.token == token && issued.expires_at > now).map(|issued| &issued.owner)
    }

    /// Issues a token for `owner` in the field `name`, with the seconds that it has left.
    fn issue(&mut self, owner: Owner, name: &str) -> Map<String, Value> {
        let now = Instant::now();
        self.issued.retain(|issued| issued.expires_at > now);
        let reusable = self
            .issued
            .iter()
            .rfind(|issued| issued.owner == owner && issued.expires_at - now >= REISSUE_BEFORE_EXPIRY)
            .map(|issued| (issued.token.clone(), issued.expires_at - now));
        let (token, left) = reusable.unwrap_or_else(|| {
            let prefix = if owner == Owner::App { "a-" } else { "t-" };
            let token = format!("{prefix}{}{}", ids::hex(), ids::hex());
            self.issued.push(IssuedToken { token: token.clone(), owner, expires_at: now + self.lifetime });
            (token, self.lifetime)
        });
        Map::from_iter([(name.to_owned(), token.into()), ("expire".to_owned(), left.as_secs().into())])
    }
}

/// Exchanges `{app_id, app_secret}` for the app's own tenant_access_token.
pub(super) fn internal(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Rejection> {
    tokens.fetches += 1;
    check_credentials(request)?;
    let home = Caller { tenant: TENANT_KEY.to_owned(), app_type: Some("custom") };
    Ok(tokens.issue(Owner::Tenant(home), "tenant_access_token"))
}

/// Exchanges `{app_id, app_secret}` for the app_access_token of a custom app.
///
/// It is the app's tenant_access_token, which the response contains as well.
pub(super) fn app_internal(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Rejection> {
    let mut fields = internal(tokens, request)?;
    if let Some(token) = fields.get("tenant_access_token").cloned() {
        fields.insert("app_access_token".to_owned(), token);
    }
    Ok(fields)
}

/// Exchanges `{app_id, app_secret, app_ticket}` for a store app's app_access_token.
pub(super) fn store_app(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Rejection> {
    let fields = check_credentials(request)?;
    if fields.string("app_ticket")?.as_deref() != Some(APP_TICKET) {
        return Err(reject(10012));
    }
    Ok(tokens.issue(Owner::App, "app_access_token"))
}

/// Exchanges `{app_access_token, tenant_key}` for the tenant_access_token of one tenant.
pub(super) fn store_tenant(tokens: &mut Tokens, request: &RecordedRequest) -> Result<Map<String, Value>, Rejection> {
    tokens.fetches += 1;
    let fields = Fields::parse(request, 10003)?;
    let app_token = fields.string("app_access_token")?.unwrap_or_default();
    if tokens.owner(&app_token) != Some(&Owner::App) {
        return Err(reject(99991664));
    }
    let tenant = fields
        .string("tenant_key")?
        .filter(|key| !key.is_empty())
        .ok_or_else(|| reject(10003).field("tenant_key", "", "required"))?;
    let caller = Caller { tenant, app_type: Some("isv") };
    Ok(tokens.issue(Owner::Tenant(caller), "tenant_access_token"))
}

/// The request's fields, after a check of the app id and secret.
fn check_credentials(request: &RecordedRequest) -> Result<Fields, Rejection> {
    let fields = Fields::parse(request, 10003)?;
    if fields.string("app_id")?.as_deref() != Some(APP_ID) {
        return Err(reject(10003));
    }
    if fields.string("app_secret")?.as_deref() != Some(APP_SECRET) {
        return Err(reject(10014));
    }
    Ok(fields)
}
