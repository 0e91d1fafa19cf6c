//! Issues and checks tokens.
//!
//! The platform's rule: while a token has 30 minutes or more left, every fetch returns the
//! same token. After that a fetch returns a new one, and the old one stays valid until it
//! expires. A test finds a client that refreshes too early, or drops a valid token, by
//! counting the fetches.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::app::App;
use super::call::Fields;
use super::issued_tokens::{Caller, IssuedTokens, Owner};
use super::request::RecordedRequest;
use super::response::{Rejection, reject};
use super::{TENANT_KEY, ids};
use crate::operation::{AccessTokenKind, AppType};

/// With less than this left, a fetch returns a new token.
const REISSUE_BEFORE_EXPIRY: Duration = Duration::from_secs(30 * 60);

/// The longest that a token is valid, a hundred years: a point in time has an end.
const MAX_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// All valid tokens.
pub(super) struct Tokens {
    lifetime: Duration,
    /// The apps that can get tokens.
    pub apps: Vec<App>,
    issued: IssuedTokens,
    users: HashSet<String>,
    fetches: usize,
}

impl Tokens {
    pub fn new(lifetime: Duration, apps: Vec<App>, users: HashSet<String>) -> Self {
        Self { lifetime: lifetime.min(MAX_LIFETIME), apps, issued: IssuedTokens::default(), users, fetches: 0 }
    }

    /// The first app.
    pub fn first_app(&self) -> App {
        self.apps.first().cloned().unwrap_or_default()
    }

    /// The valid user tokens, sorted.
    pub fn user_tokens(&self) -> Vec<String> {
        let mut tokens: Vec<_> = self.users.iter().cloned().collect();
        tokens.sort();
        tokens
    }

    /// Replaces the apps and user tokens. Tokens of apps that are still there stay valid.
    pub fn replace(&mut self, apps: Vec<App>, users: HashSet<String>) {
        self.issued.retain(|owner| match owner {
            Owner::App(id) | Owner::Tenant(Caller { app: Some((id, _)), .. }) => apps.iter().any(|app| app.id == *id),
            Owner::Tenant(Caller { app: None, .. }) => true,
        });
        (self.apps, self.users) = (apps, users);
    }

    /// Forgets every issued token and every fetch.
    pub fn reset(&mut self) {
        self.issued.clear();
        self.fetches = 0;
    }

    /// A tenant token of the first app for the home tenant, in the form of a token endpoint's response. It is no fetch.
    #[cfg(feature = "simulator-docs")]
    pub fn home_token(&mut self, now: Instant) -> Map<String, Value> {
        let app = self.first_app();
        let app_type = if app.is_of_type(AppType::Custom) { AppType::Custom } else { AppType::Isv };
        let caller = Caller { tenant: TENANT_KEY.to_owned(), app: Some((app.id, app_type)) };
        self.issue(Owner::Tenant(caller), "tenant_access_token", now)
    }

    /// The number of requests for a tenant token.
    pub fn fetches(&self) -> usize {
        self.fetches
    }

    /// Expires every issued token.
    pub fn expire(&mut self) {
        self.issued.clear();
    }

    /// Rejects the token of an `Authorization` header as expired. A token that the simulator issued is then invalid.
    pub fn expire_one(&mut self, header: Option<&str>) -> Rejection {
        let token = bearer(header).unwrap_or_default();
        self.issued.remove(token);
        reject(rejection_code(match token.get(..2) {
            Some("u-") => AccessTokenKind::User,
            Some("a-") => AccessTokenKind::App,
            _ => AccessTokenKind::Tenant,
        }))
    }

    /// Makes a user token valid or invalid.
    pub fn set_user(&mut self, token: &str, valid: bool) {
        if valid {
            self.users.insert(token.to_owned());
        } else {
            self.users.remove(token);
        }
    }

    /// The caller that an `Authorization` header identifies, for an operation that accepts these kinds of token.
    pub fn caller(
        &self,
        header: Option<&str>,
        accepted: &[AccessTokenKind],
        now: Instant,
    ) -> Result<Caller, Rejection> {
        let token = bearer(header).ok_or_else(|| reject(99991661))?;
        let accepts = |kind| accepted.contains(&kind);
        let kind = match token.get(..2) {
            Some("t-") => AccessTokenKind::Tenant,
            Some("u-") => AccessTokenKind::User,
            Some("a-") if accepts(AccessTokenKind::App) => AccessTokenKind::App,
            _ => return Err(reject(99991671)),
        };
        let in_home = |app| Caller { tenant: TENANT_KEY.to_owned(), app };
        match (kind, self.issued.owner(token, now)) {
            (AccessTokenKind::Tenant, Some(Owner::Tenant(caller)))
                if accepts(kind) || accepts(AccessTokenKind::App) && caller.is_custom_app() =>
            {
                Ok(caller.clone())
            }
            (AccessTokenKind::App, Some(Owner::App(id))) => Ok(in_home(Some((id.clone(), AppType::Isv)))),
            (AccessTokenKind::User, _) if accepts(kind) && self.users.contains(token) => Ok(in_home(None)),
            // The kind of a token is checked before its validity.
            _ if !accepts(kind) => Err(reject(rejection_code(accepted.first().copied().unwrap_or(kind)))),
            _ => Err(reject(rejection_code(kind))),
        }
    }

    /// The app whose id and secret a request has. An app of the other type is not known to the endpoint.
    fn check_credentials(&self, request: &RecordedRequest, app_type: AppType) -> Result<&App, Rejection> {
        let fields = Fields::parse_credentials(request, 10003)?;
        let app_id = fields.string("app_id")?;
        let app = self.apps.iter().find(|app| Some(&app.id) == app_id.as_ref() && app.is_of_type(app_type));
        let app = app.ok_or_else(|| reject(10003))?;
        if fields.string("app_secret")?.as_deref() != Some(app.secret.expose()) {
            return Err(reject(10014));
        }
        Ok(app)
    }

    /// Issues a token for `owner` in the field `name`, with the seconds that it has left.
    fn issue(&mut self, owner: Owner, name: &str, now: Instant) -> Map<String, Value> {
        let reusable = self.issued.newest(&owner, REISSUE_BEFORE_EXPIRY, now);
        let reusable = reusable.map(|(token, left)| (token.to_owned(), left));
        let (token, left) = reusable.unwrap_or_else(|| {
            let prefix = if matches!(owner, Owner::App(_)) { "a-" } else { "t-" };
            let token = format!("{prefix}{}{}", ids::hex(), ids::hex());
            self.issued.add(token.clone(), owner, now + self.lifetime, now);
            (token, self.lifetime)
        });
        Map::from_iter([(name.to_owned(), token.into()), ("expire".to_owned(), left.as_secs().into())])
    }
}

/// The code of a token that is not valid as one of this kind.
fn rejection_code(kind: AccessTokenKind) -> u32 {
    match kind {
        AccessTokenKind::Tenant => 99991663,
        AccessTokenKind::App => 99991664,
        AccessTokenKind::User => 99991668,
    }
}

/// The token of an `Authorization` header.
fn bearer(header: Option<&str>) -> Option<&str> {
    header?.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty())
}

/// Exchanges `{app_id, app_secret}` for the app's own tenant_access_token.
pub(super) fn internal(
    tokens: &mut Tokens,
    request: &RecordedRequest,
    now: Instant,
) -> Result<Map<String, Value>, Rejection> {
    tokens.fetches += 1;
    let app = tokens.check_credentials(request, AppType::Custom)?;
    let home = Caller { tenant: TENANT_KEY.to_owned(), app: Some((app.id.clone(), AppType::Custom)) };
    Ok(tokens.issue(Owner::Tenant(home), "tenant_access_token", now))
}

/// Exchanges `{app_id, app_secret}` for the app_access_token of a custom app.
///
/// It is the app's tenant_access_token, which the response contains as well.
pub(super) fn app_internal(
    tokens: &mut Tokens,
    request: &RecordedRequest,
    now: Instant,
) -> Result<Map<String, Value>, Rejection> {
    let mut fields = internal(tokens, request, now)?;
    if let Some(token) = fields.get("tenant_access_token").cloned() {
        fields.insert("app_access_token".to_owned(), token);
    }
    Ok(fields)
}

/// Exchanges `{app_id, app_secret, app_ticket}` for a store app's app_access_token.
pub(super) fn store_app(
    tokens: &mut Tokens,
    request: &RecordedRequest,
    now: Instant,
) -> Result<Map<String, Value>, Rejection> {
    let app = tokens.check_credentials(request, AppType::Isv)?;
    let ticket = Fields::parse_credentials(request, 10003)?.string("app_ticket")?;
    if ticket.as_deref() != app.ticket.as_ref().map(|ticket| ticket.expose()) {
        return Err(reject(10012));
    }
    let owner = Owner::App(app.id.clone());
    Ok(tokens.issue(owner, "app_access_token", now))
}

/// Exchanges `{app_access_token, tenant_key}` for the tenant_access_token of one tenant.
pub(super) fn store_tenant(
    tokens: &mut Tokens,
    request: &RecordedRequest,
    now: Instant,
) -> Result<Map<String, Value>, Rejection> {
    tokens.fetches += 1;
    let fields = Fields::parse_credentials(request, 10003)?;
    let app_token = fields.string("app_access_token")?.unwrap_or_default();
    let Some(Owner::App(app_id)) = tokens.issued.owner(&app_token, now).cloned() else {
        return Err(reject(99991664));
    };
    let tenant = fields
        .string("tenant_key")?
        .filter(|key| !key.is_empty())
        .ok_or_else(|| reject(10003).field("tenant_key", "", "required"))?;
    let caller = Caller { tenant, app: Some((app_id, AppType::Isv)) };
    Ok(tokens.issue(Owner::Tenant(caller), "tenant_access_token", now))
}
