//! Handles a request: route, token, app type, scope, rate limit, handler.
//!
//! One mutex guards all state and is held while a request is handled, which never waits.
//! Calls therefore take effect one after another, and a response always agrees with the
//! state.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use tokio::time::Instant;

use super::TENANT_KEY;
use super::builder::Settings;
use super::call::Call;
use super::facts::{self, ErrorFact, Facts};
use super::limits::Limits;
use super::request::RecordedRequest;
use super::response::{self, FullResponse, Rejection, reject};
use super::routes::{self, Handler, Route};
use super::state::Tenant;
use super::tokens::{Caller, Tokens};

/// The index of requests kept for tests; the oldest are dropped first.
const MAX_RECORDED_REQUESTS: usize = 100_000;

/// The simulated service, independent of HTTP connections.
pub(super) struct Service {
    routes: Vec<Route>,
    platform_errors: Vec<ErrorFact>,
    settings: Settings,
    state: Mutex<State>,
}

/// The state that requests change.
pub(super) struct State {
    pub tokens: Tokens,
    pub requests: VecDeque<RecordedRequest>,
    limits: Limits,
    tenants: HashMap<String, Tenant>,
}

impl Service {
    pub fn new(mut settings: Settings) -> io::Result<Self> {
        let mut tenants = HashMap::from([(TENANT_KEY.to_owned(), Tenant::new(settings.performance.clone()))]);
        for (key, group) in settings.groups.drain(..) {
            tenants.entry(key).or_insert_with(|| Tenant::new(settings.performance.clone())).insert(group);
        }
        let users = std::mem::take(&mut settings.user_tokens);
        Ok(Self {
            routes: routes::all()?,
            platform_errors: facts::platform_errors()?,
            state: Mutex::new(State {
                tokens: Tokens::new(settings.token_lifetime, users),
                requests: VecDeque::new(),
                limits: Limits::default(),
                tenants,
            }),
            settings,
        })
    }

    /// Locks the state, even if a test panicked while it held the lock.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes the home tenant.
    pub fn home<T>(&self, visit: impl FnOnce(&mut Tenant) -> T) -> T {
        visit(self.state().tenant(TENANT_KEY, &self.settings))
    }

    /// Handles one request and records it.
    pub fn respond(&self, request: RecordedRequest) -> FullResponse {
        let mut state = self.state();
        let response = match routes::find(&self.routes, &request) {
            None => response::plain_text(StatusCode::NOT_FOUND, "404 page not found"),
            Some((index, route, id)) => self
                .handle(&mut state, index, route, &id, &request)
                .unwrap_or_else(|rejection| rejection.into_response(&route.facts, &self.platform_errors)),
        };
        if state.requests.len() == MAX_RECORDED_REQUESTS {
            state.requests.pop_front();
        }
        state.requests.push_back(request);
        response
    }

    fn handle(
        &self,
        state: &mut State,
        index: usize,
        route: &Route,
        id: &str,
        request: &RecordedRequest,
    ) -> Result<FullResponse, Rejection> {
        let facts = &route.facts;
        let (operation, accepts_user_tokens) = match route.handler {
            Handler::Token(handler) => {
                return Ok(response::token_success(facts, handler(&mut state.tokens, request)?));
            }
            Handler::Tenant(operation) => (operation, false),
            Handler::TenantOrUser(operation) => (operation, true),
        };
        let header = request.header("authorization");
        let Caller { tenant, app_type } = state.tokens.caller(header, accepts_user_tokens)?;
        check_app_type(facts, app_type)?;
        self.check_scopes(route, header)?;
        if let Some(limit) = facts.rate_limit.filter(|_| self.settings.enforce_rate_limits) {
            state.limits.admit(&tenant, index, limit, Instant::now())?;
        }
        let data = operation(Call {
            request,
            facts,
            tenant: state.tenant(&tenant, &self.settings),
            id,
            listing_end: self.settings.listing_end,
        })?;
        Ok(response::operation_success(facts, data))
    }

    fn check_scopes(&self, route: &Route, header: Option<&str>) -> Result<(), Rejection> {
        let Some(missing) = route.facts.scopes.iter().find(|scope| self.settings.withheld_scopes.contains(*scope))
        else {
            return Ok(());
        };
        let has_user_token = header.is_some_and(|value| value.starts_with("Bearer u-"));
        let code = if has_user_token { 99991679 } else { 99991672 };
        Err(reject(code).scope(missing))
    }
}

/// Rejects an app of a type that the operation does not support: it cannot have the scope.
fn check_app_type(facts: &Facts, app_type: Option<&str>) -> Result<(), Rejection> {
    match app_type {
        Some(app_type) if !facts.app_types.iter().any(|supported| supported == app_type) => {
            Err(facts.scopes.iter().fold(reject(99991672), |rejection, scope| rejection.scope(scope)))
        }
        _ => Ok(()),
    }
}

impl State {
    /// The tenant with this key; an unknown one is created without user groups.
    fn tenant(&mut self, key: &str, settings: &Settings) -> &mut Tenant {
        self.tenants.entry(key.to_owned()).or_insert_with(|| Tenant::new(settings.performance.clone()))
    }
}
