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
        let seeds = std::mem::take(&mut settings.seeds).into_iter();
        let tenants = seeds.map(|(key, seeds)| Ok((key, Tenant::seeded(seeds, settings.performance.clone())?)));
        let tenants = tenants.collect::<io::Result<HashMap<_, _>>>()?;
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
        if let Handler::Token(handler) = route.handler {
            return Ok(response::token_success(facts, handler(&mut state.tokens, request)?));
        }
        let header = request.header("authorization");
        let Caller { tenant, app_type } = state.tokens.caller(header, route.handler.accepts_user_tokens())?;
        check_app_type(facts, app_type)?;
        self.check_scopes(route, header)?;
        if let Some(limit) = facts.rate_limit.filter(|_| self.settings.enforce_rate_limits) {
            state.limits.admit(&tenant, index, limit, Instant::now())?;
        }
        let (Handler::Tenant(operation) | Handler::TenantOrUser(operation)) = route.handler else {
            return Ok(response::plain_text(StatusCode::NOT_IMPLEMENTED, "the simulator does not have this operation"));
        };
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
        self.tenants.entry(key.to_owned()).or_insert_with(|| Tenant::empty(settings.performance.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{self, AppType, Operation};

    /// A service that has token endpoints and no handler of an operation.
    fn without_handlers(settings: Settings) -> Service {
        let mut service = Service::new(settings).unwrap();
        let routes = routes::handled().unwrap().into_iter();
        let endpoints = routes.filter(|route| matches!(route.handler, Handler::Token(_)));
        service.routes = routes::with_missing(endpoints.collect());
        service
    }

    fn status(service: &Service, operation: &Operation, token: Option<&str>) -> StatusCode {
        let path = operation.path.split('/').map(|segment| if segment.starts_with('{') { "g1" } else { segment });
        let response = service.respond(RecordedRequest {
            method: operation.method.to_string(),
            path: path.collect::<Vec<_>>().join("/"),
            query: Vec::new(),
            headers: token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))).into_iter().collect(),
            body: Vec::new(),
        });
        response.status()
    }

    fn token(service: &Service) -> String {
        let body = serde_json::json!({ "app_id": super::super::APP_ID, "app_secret": super::super::APP_SECRET });
        let request = RecordedRequest {
            method: "POST".to_owned(),
            path: "/open-apis/auth/v3/tenant_access_token/internal".to_owned(),
            query: Vec::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        };
        let mut state = service.state();
        let issued = super::super::tokens::internal(&mut state.tokens, &request).unwrap();
        issued["tenant_access_token"].as_str().unwrap().to_owned()
    }

    #[test]
    fn operation_without_handler_is_checked_then_501() {
        let service = without_handlers(Settings::default());
        let token = token(&service);
        for operation in operation::ALL {
            assert!(operation.app_types.contains(&AppType::Custom));
            assert_eq!(status(&service, operation, None), StatusCode::BAD_REQUEST, "{}", operation.id);
            assert_eq!(status(&service, operation, Some(&token)), StatusCode::NOT_IMPLEMENTED, "{}", operation.id);
        }
    }

    #[test]
    fn operation_without_handler_needs_its_scope() {
        let scopes = operation::ALL.iter().flat_map(|operation| operation.scopes);
        let withheld_scopes = scopes.map(|scope| (*scope).to_owned()).collect();
        let service = without_handlers(Settings { withheld_scopes, ..Settings::default() });
        let token = token(&service);
        for operation in operation::ALL {
            assert_eq!(status(&service, operation, Some(&token)), StatusCode::BAD_REQUEST, "{}", operation.id);
        }
    }
}
