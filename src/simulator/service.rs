//! Handles a request: route, token, app type, scope, rate limit, handler.
//!
//! One mutex guards all state and is held while a request is handled, which never waits.
//! Calls therefore take effect one after another, and a response always agrees with the
//! state.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;

use super::TENANT_KEY;
use super::builder::{AdminApi, Settings};
use super::call::Call;
use super::clock::Clock;
use super::data::Data;
use super::dialect::{self, Dialect};
use super::expectation::{Expected, Unmet};
use super::facts::{self, ErrorFact, Facts};
use super::fallback;
use super::fault::{self, ActiveFaults, Fault, FaultKind};
use super::input;
use super::invalid_input::InvalidInput;
use super::issued_tokens::Caller;
use super::journal::Journal;
use super::limits::Limits;
use super::recent::Recent;
use super::request::{RecordedRequest, RecordedResponse};
use super::response::{self, FullResponse, Rejection, reject};
use super::routes::{self, Handler, Route, Target};
use super::seed::Seed;
use super::state::Tenant;
use super::tokens::Tokens;
use crate::operation::AppType;

/// The most tenants that no seed lists.
const MAX_UNLISTED_TENANTS: usize = 1_000;

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
    pub journal: Journal,
    pub clock: Clock,
    pub faults: ActiveFaults,
    limits: Limits,
    /// From every app and user.
    withheld_scopes: BTreeSet<String>,
    tenants: HashMap<String, Tenant>,
    /// The keys of the tenants that no seed lists. The oldest of more than these is as if it had never been asked for.
    unlisted: Recent<MAX_UNLISTED_TENANTS>,
}

/// What becomes of a request.
pub(super) enum Outcome {
    /// The response is sent.
    Response(FullResponse),
    /// The response is sent after this time.
    Late(FullResponse, Duration),
    /// The connection is closed in the middle of the response.
    Cut(FullResponse),
    /// The connection is closed without a response.
    Closed,
    /// Nothing is sent, and the connection stays open.
    Stalled,
}

impl Service {
    pub fn new(mut settings: Settings) -> io::Result<Self> {
        let faults = std::mem::take(&mut settings.faults);
        let seed = &settings.seed;
        let state = State {
            tokens: Tokens::new(settings.token_lifetime, seed.apps(), seed.user_tokens.iter().cloned().collect()),
            journal: Journal::new(settings.journal_bytes),
            clock: Clock::default(),
            faults: ActiveFaults::new(settings.fault_seed),
            limits: Limits::default(),
            withheld_scopes: seed.withheld_scopes.clone(),
            tenants: tenants(&settings, seed)?,
            unlisted: Recent::default(),
        };
        let service = Self {
            routes: routes::all()?,
            platform_errors: facts::platform_errors()?,
            state: Mutex::new(state),
            settings,
        };
        for fault in faults {
            service.add_fault(fault)?;
        }
        Ok(service)
    }

    /// The names of all operations and token endpoints.
    pub fn operations(&self) -> Vec<&'static str> {
        self.routes.iter().map(|route| route.name).collect()
    }

    /// Adds a fault; fails if it could never apply.
    pub fn add_fault(&self, fault: Fault) -> Result<(), InvalidInput> {
        fault.check(&self.operations())?;
        self.state().faults.add(fault);
        Ok(())
    }

    /// The requests that are as expected.
    pub fn expect(&self, expected: &Expected) -> Result<Vec<RecordedRequest>, Unmet> {
        let requests = self.state().journal.requests();
        expected.find(requests.iter().map(Arc::as_ref), &self.operations())
    }

    /// A seed that makes a simulator with a state like this one's.
    pub fn to_seed(&self) -> Seed {
        let state = self.state();
        Seed {
            apps: state.tokens.apps.clone(),
            user_tokens: state.tokens.user_tokens().into_iter().collect(),
            withheld_scopes: state.withheld_scopes.clone(),
            tenants: state.tenants.iter().map(|(key, tenant)| (key.clone(), tenant.to_seed())).collect(),
        }
    }

    /// Replaces the state; changes nothing if the seed contradicts itself.
    pub fn replace(&self, seed: &Seed) -> Result<(), InvalidInput> {
        let tenants = tenants(&self.settings, seed)?;
        let mut state = self.state();
        state.tokens.replace(seed.apps(), seed.user_tokens.iter().cloned().collect());
        state.withheld_scopes.clone_from(&seed.withheld_scopes);
        state.tenants = tenants;
        state.unlisted = Recent::default();
        Ok(())
    }

    /// Makes the state as it was at the start: no request was received, no token issued, and no fault added.
    pub fn reset(&self) {
        // The start accepted the same seed.
        let replaced = self.replace(&self.settings.seed);
        debug_assert!(replaced.is_ok());
        let mut state = self.state();
        state.tokens.reset();
        state.limits = Limits::default();
        state.faults.clear();
        state.journal.clear();
    }

    /// Locks the state, even if a test panicked while it held the lock.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes the home tenant.
    pub fn home<T>(&self, visit: impl FnOnce(&mut Tenant) -> T) -> T {
        visit(self.state().tenant(TENANT_KEY, &self.settings))
    }

    /// Who may use the admin API.
    pub fn admin_api(&self) -> AdminApi {
        self.settings.admin_api
    }

    /// Handles one request and records it.
    pub fn respond(&self, mut request: RecordedRequest) -> Outcome {
        let mut state = self.state();
        let outcome = match routes::find(&self.routes, &request) {
            None => Outcome::Response(response::plain_text(StatusCode::NOT_FOUND, "404 page not found")),
            Some(target) => {
                let route = target.route;
                request.operation = Some(route.name);
                match state.faults.draw(route.name, route.handler.is_token_endpoint(), &request) {
                    None => Outcome::Response(self.handled(&mut state, &target, &request)),
                    Some((place, kind)) => {
                        let (outcome, met) = self.meet(kind, &mut state, &target, &request);
                        if met {
                            state.faults.count(place);
                            request.fault = Some(kind);
                        }
                        outcome
                    }
                }
            }
        };
        request.response = outcome
            .response()
            .map(|response| RecordedResponse { status: response.status().as_u16(), body: response.body().clone() });
        let request = Arc::new(request);
        state.journal.add(Arc::clone(&request));
        drop(state);
        if let Some(observe) = &self.settings.on_request {
            observe(&request);
        }
        outcome
    }

    /// Lets a request meet a fault; also returns whether the fault changed anything.
    fn meet(
        &self,
        kind: FaultKind,
        state: &mut State,
        target: &Target<'_>,
        request: &RecordedRequest,
    ) -> (Outcome, bool) {
        let mut act_if = |acted: bool| {
            if acted {
                self.handled(state, target, request);
            }
        };
        let outcome = match kind {
            FaultKind::InternalError { acted } => {
                act_if(acted);
                Outcome::Response(self.rejected(target, reject(target.route.facts.internal_error())))
            }
            FaultKind::BadGateway { acted } => {
                act_if(acted);
                Outcome::Response(response::bad_gateway())
            }
            FaultKind::Stall { acted } => {
                act_if(acted);
                Outcome::Stalled
            }
            FaultKind::Drop { acted } => {
                act_if(acted);
                Outcome::Closed
            }
            FaultKind::RateLimit { status, reset } => {
                let rejection = reject(99991400).status(status);
                let rejection = match reset {
                    Some(seconds) => rejection.header("x-ogw-ratelimit-reset", seconds.into()),
                    None => rejection,
                };
                Outcome::Response(self.rejected(target, rejection))
            }
            FaultKind::ExpiredToken { status } => {
                let rejection = state.tokens.expire_one(request.header("authorization"));
                Outcome::Response(self.rejected(target, rejection.status(status)))
            }
            FaultKind::Slow(time) => Outcome::Late(self.handled(state, target, request), time),
            FaultKind::CutBody => Outcome::Cut(self.handled(state, target, request)),
            FaultKind::WrongHasMore
            | FaultKind::RepeatedPageToken
            | FaultKind::UnknownFields
            | FaultKind::UnknownEnumValues
            | FaultKind::NullLists => {
                let mut response = self.handled(state, target, request);
                let changed = fault::distort(kind, target.route.name, request, response.body_mut());
                return (Outcome::Response(response), changed);
            }
        };
        (outcome, true)
    }

    /// Handles a request as the service does.
    fn handled(&self, state: &mut State, target: &Target<'_>, request: &RecordedRequest) -> FullResponse {
        let response = self.handle(state, target, request);
        response.unwrap_or_else(|rejection| self.rejected(target, rejection))
    }

    fn rejected(&self, target: &Target<'_>, rejection: Rejection) -> FullResponse {
        rejection.into_response(&target.route.facts, &self.platform_errors)
    }

    fn handle(
        &self,
        state: &mut State,
        target: &Target<'_>,
        request: &RecordedRequest,
    ) -> Result<FullResponse, Rejection> {
        let Target { index, route, id } = target;
        let (facts, now) = (&route.facts, state.clock.now());
        if let Handler::Token(handler) = route.handler {
            return Ok(response::token_success(facts, handler(&mut state.tokens, request, now)?));
        }
        let header = request.header("authorization");
        let Caller { tenant, app } = state.tokens.caller(header, route.handler.accepted_tokens(), now)?;
        check_app_type(facts, app.as_ref().map(|(_, app_type)| *app_type))?;
        state.check_scopes(facts, app.as_ref().map(|(id, _)| id.as_str()))?;
        if let Some(limit) = facts.rate_limit.filter(|_| self.settings.enforce_rate_limits) {
            // Limits are kept for known tenants alone, whose number is bounded.
            state.tenant(&tenant, &self.settings);
            state.limits.admit(&tenant, *index, limit, now)?;
        }
        let operation = match route.handler {
            Handler::Tenant(operation) | Handler::TenantOrUser(operation) => operation,
            _ => return fallback::respond(route.name, request),
        };
        let tenant = state.tenant(&tenant, &self.settings);
        let data = operation(Call { request, facts, tenant, id, listing_end: self.settings.listing_end })?;
        let data = match self.settings.dialect {
            Dialect::Service => Some(data),
            Dialect::Documents => dialect::to_documents(route.name, request, tenant, data.into_value()).map(Data::from),
        };
        Ok(response::operation_success(facts, data.as_ref()))
    }
}

impl Outcome {
    /// The response, as it is sent or would be sent whole.
    fn response(&self) -> Option<&FullResponse> {
        match self {
            Self::Response(response) | Self::Late(response, _) | Self::Cut(response) => Some(response),
            Self::Closed | Self::Stalled => None,
        }
    }
}

/// The tenants that a seed lists.
fn tenants(settings: &Settings, seed: &Seed) -> Result<HashMap<String, Tenant>, InvalidInput> {
    let mut ids = BTreeSet::new();
    if let Some((index, app)) = seed.apps.iter().enumerate().find(|(_, app)| !ids.insert(app.id.as_str())) {
        return Err(InvalidInput::new(format!("/apps/{index}/id"), format!("`{}` is taken by another app", app.id)));
    }
    let tenants = seed.tenants.iter().map(|(key, tenant)| {
        let pointer = if key == TENANT_KEY { String::new() } else { format!("/tenants/{}", input::escaped(key)) };
        let tenant = Tenant::seeded(tenant, &settings.performance);
        Ok((key.clone(), tenant.map_err(|error| error.below(&pointer))?))
    });
    tenants.collect()
}

/// Rejects an app of a type that the operation does not support: it cannot have the scope.
fn check_app_type(facts: &Facts, app_type: Option<AppType>) -> Result<(), Rejection> {
    // The names in the facts.
    let name = |app_type| if app_type == AppType::Custom { "custom" } else { "isv" };
    match app_type {
        Some(app_type) if !facts.app_types.iter().any(|supported| supported == name(app_type)) => {
            Err(facts.scopes.iter().fold(reject(99991672), |rejection, scope| rejection.scope(scope)))
        }
        _ => Ok(()),
    }
}

impl State {
    /// The tenant with this key; an unknown one is created without user groups.
    fn tenant(&mut self, key: &str, settings: &Settings) -> &mut Tenant {
        if key != TENANT_KEY
            && !self.tenants.contains_key(key)
            && let Some(oldest) = self.unlisted.add(key)
        {
            self.tenants.remove(&*oldest);
            self.limits.forget(&oldest);
        }
        self.tenants.entry(key.to_owned()).or_insert_with(|| Tenant::empty(&settings.performance))
    }

    /// Rejects a call whose app, or whose user, lacks a scope that the operation needs.
    fn check_scopes(&self, facts: &Facts, app_id: Option<&str>) -> Result<(), Rejection> {
        let app = self.tokens.apps.iter().find(|app| Some(app.id.as_str()) == app_id);
        let withheld = |scope: &String| {
            self.withheld_scopes.contains(scope) || app.is_some_and(|app| app.withheld_scopes.contains(scope))
        };
        let Some(missing) = facts.scopes.iter().find(|scope| withheld(scope)) else { return Ok(()) };
        let code = if app_id.is_none() { 99991679 } else { 99991672 };
        Err(reject(code).scope(missing))
    }
}

#[cfg(test)]
mod tests;
