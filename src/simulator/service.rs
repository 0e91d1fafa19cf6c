//! The road of a request: route, token, scope, rate limit, handler.
//!
//! All state is behind one mutex, and a request is answered under it from
//! beginning to end, without waiting: calls take effect one after the other, so
//! what the answers say and what the state holds cannot come apart.

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
use super::response::{self, Answer, Refusal, refuse};
use super::routes::{self, Handler, Route};
use super::state::Tenant;
use super::tokens::{Speaker, Tokens};

/// How many requests are kept for tests to look at; beyond that the oldest go.
const REMEMBERED: usize = 100_000;

/// The service without its sockets.
pub(super) struct Service {
    routes: Vec<Route>,
    platform: Vec<ErrorFact>,
    settings: Settings,
    state: Mutex<State>,
}

/// Everything that requests change.
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
            platform: facts::platform()?,
            state: Mutex::new(State {
                tokens: Tokens::new(settings.token_lifetime, users),
                requests: VecDeque::new(),
                limits: Limits::default(),
                tenants,
            }),
            settings,
        })
    }

    /// The state, even if a test panicked while it looked at it.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The home tenant, for a look or a change from outside.
    pub fn home<T>(&self, visit: impl FnOnce(&mut Tenant) -> T) -> T {
        visit(self.state().tenant(TENANT_KEY, &self.settings))
    }

    /// Answers one request.
    pub fn answer(&self, request: RecordedRequest) -> Answer {
        let mut state = self.state();
        let answer = match routes::find(&self.routes, &request) {
            None => response::plain(StatusCode::NOT_FOUND, "404 page not found"),
            Some((number, route, id)) => self
                .handle(&mut state, number, route, &id, &request)
                .unwrap_or_else(|refusal| refusal.answer(&route.facts, &self.platform)),
        };
        if state.requests.len() == REMEMBERED {
            state.requests.pop_front();
        }
        state.requests.push_back(request);
        answer
    }

    fn handle(
        &self,
        state: &mut State,
        number: usize,
        route: &Route,
        id: &str,
        request: &RecordedRequest,
    ) -> Result<Answer, Refusal> {
        let facts = &route.facts;
        let (operation, users_allowed) = match route.handler {
            Handler::Token(handler) => {
                return Ok(response::flat(facts, handler(&mut state.tokens, request)?));
            }
            Handler::Tenant(operation) => (operation, false),
            Handler::TenantOrUser(operation) => (operation, true),
        };
        let header = request.header("authorization");
        let Speaker { tenant, app_type } = state.tokens.speaker(header, users_allowed)?;
        check_app_type(facts, app_type)?;
        self.check_scopes(route, header)?;
        if let Some(limit) = facts.rate_limit.filter(|_| self.settings.enforce_rate_limits) {
            state.limits.admit(&tenant, number, limit, Instant::now())?;
        }
        let data = operation(Call {
            request,
            facts,
            tenant: state.tenant(&tenant, &self.settings),
            id,
            listing_end: self.settings.listing_end,
        })?;
        Ok(response::enveloped(facts, data))
    }

    fn check_scopes(&self, route: &Route, header: Option<&str>) -> Result<(), Refusal> {
        let Some(missing) = route.facts.scopes.iter().find(|scope| self.settings.withheld_scopes.contains(*scope))
        else {
            return Ok(());
        };
        let by_user = header.is_some_and(|value| value.starts_with("Bearer u-"));
        let code = if by_user { 99991679 } else { 99991672 };
        Err(refuse(code).scope(missing))
    }
}

/// A scope can be granted only to an app of a kind that the operation is for.
fn check_app_type(facts: &Facts, app_type: Option<&str>) -> Result<(), Refusal> {
    match app_type {
        Some(kind) if !facts.app_types.iter().any(|known| known == kind) => {
            Err(facts.scopes.iter().fold(refuse(99991672), |refusal, scope| refusal.scope(scope)))
        }
        _ => Ok(()),
    }
}

impl State {
    /// A tenant; one that was never heard of before begins empty.
    fn tenant(&mut self, key: &str, settings: &Settings) -> &mut Tenant {
        self.tenants.entry(key.to_owned()).or_insert_with(|| Tenant::new(settings.performance.clone()))
    }
}
