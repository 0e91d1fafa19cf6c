//! The admin API under `/_simulator/`: what a test in Rust does with methods of `Simulator`, over HTTP.
//!
//! Tests in other languages set up state, add faults and read the journal with it. `openapi.yaml` describes it and is
//! served. Responses have no envelope: an error is `{field, reason}`, and the status is the result.
//! `access` decides who may use it.

mod shown;

use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::access;
use super::builder::AdminApi;
use super::fault::{Fault, FaultKind};
use super::input::Input;
use super::invalid_input::InvalidInput;
use super::request::RecordedRequest;
use super::response::{self, FullResponse};
use super::seed::Seed;
use super::seed::yaml::Source;
use super::service::Service;

/// Where the API is.
const ROOT: &str = "/_simulator/";

/// Why a request fails.
struct Problem {
    status: StatusCode,
    field: String,
    reason: String,
}

fn problem(status: StatusCode, reason: impl Into<String>) -> Problem {
    Problem { status, field: String::new(), reason: reason.into() }
}

impl From<InvalidInput> for Problem {
    fn from(error: InvalidInput) -> Self {
        Self { status: StatusCode::BAD_REQUEST, field: error.field(), reason: error.reason().to_owned() }
    }
}

/// The largest body accepted: a state with a hundred thousand listed people.
pub(super) const MAX_REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// Whether a path is one of this API, and the API is on.
pub(super) fn serves(service: &Service, path: &str) -> bool {
    service.admin_api() != AdminApi::Off && path.starts_with(ROOT)
}

/// The response to a request that is not allowed, whose body is not read; `None` if it is allowed. `is_local` says whether
/// the program that sent it runs on the same machine.
pub(super) fn rejection(service: &Service, request: &RecordedRequest, is_local: bool) -> Option<FullResponse> {
    let reason = access::check(service.admin_api(), request, is_local).err()?;
    Some(response_to(Err(problem(StatusCode::FORBIDDEN, reason))))
}

/// Responds to a request that is allowed. It takes seconds for a large state or journal.
pub(super) fn respond(service: &Service, request: &RecordedRequest) -> FullResponse {
    response_to(handle(service, request.path.strip_prefix(ROOT).unwrap_or_default(), request))
}

fn response_to(result: Result<Value, Problem>) -> FullResponse {
    match result {
        Ok(value) => response::plain_json(StatusCode::OK, &value),
        Err(Problem { status, field, reason }) if field.is_empty() => {
            response::plain_json(status, &json!({ "reason": reason }))
        }
        Err(Problem { status, field, reason }) => {
            response::plain_json(status, &json!({ "field": field, "reason": reason }))
        }
    }
}

fn handle(service: &Service, path: &str, request: &RecordedRequest) -> Result<Value, Problem> {
    let done = json!({});
    match (path, request.method.as_str()) {
        ("openapi.json", "GET") => Ok(description()),
        ("state", "GET") => Ok(service.to_seed().to_json()),
        ("state", "PUT") => {
            service.replace(&Seed::from_json(&body(request)?)?)?;
            Ok(done)
        }
        ("reset", "POST") => {
            service.reset();
            Ok(done)
        }
        ("faults", "GET") => Ok(service.state().faults.list().iter().map(shown::fault).collect()),
        ("faults", "POST") => {
            service.add_fault(fault(&body(request)?)?)?;
            Ok(done)
        }
        ("faults", "DELETE") => {
            service.state().faults.clear();
            Ok(done)
        }
        ("requests", "GET") => {
            let requests = service.state().journal.requests();
            Ok(requests.iter().map(|request| shown::request(request)).collect())
        }
        ("requests", "DELETE") => {
            service.state().journal.clear();
            Ok(done)
        }
        ("clock", "GET") => Ok(clock(service)),
        ("clock", "POST") => {
            let time = seconds(&body(request)?)?;
            service.state().clock.advance(time);
            Ok(clock(service))
        }
        ("openapi.json" | "state" | "reset" | "faults" | "requests" | "clock", method) => {
            let reason = format!("{ROOT}{path} has no method {method}; {ROOT}openapi.json lists what there is");
            Err(problem(StatusCode::METHOD_NOT_ALLOWED, reason))
        }
        _ => {
            let reason = format!("there is no {ROOT}{path}; {ROOT}openapi.json lists what there is");
            Err(problem(StatusCode::NOT_FOUND, reason))
        }
    }
}

fn body(request: &RecordedRequest) -> Result<Value, Problem> {
    let invalid = |error| problem(StatusCode::BAD_REQUEST, format!("the body is not JSON: {error}"));
    serde_json::from_slice(&request.body).map_err(invalid)
}

fn fault(value: &Value) -> Result<Fault, InvalidInput> {
    let input = Input::object(value, "", &["kind", "operation", "times", "share", "seconds"])?;
    let kind: FaultKind = input.required_text("kind")?.parse().map_err(|error: InvalidInput| error.below("/kind"))?;
    let seconds = input.number("seconds")?.map(|number| duration("/seconds", number)).transpose()?;
    let kind = match (kind, seconds) {
        (kind, None) => kind,
        (FaultKind::Slow(_), Some(time)) => FaultKind::Slow(time),
        (_, Some(_)) => return Err(input.wrong("seconds", "only the kind `slow` has them")),
    };
    let mut fault = Fault::new(kind);
    if let Some(operation) = input.text("operation")? {
        fault = fault.operation(operation);
    }
    if let Some(times) = input.count("times")? {
        fault = fault.times(times);
    }
    Ok(fault.share(input.number("share")?.unwrap_or(1.0)))
}

fn seconds(value: &Value) -> Result<Duration, InvalidInput> {
    let input = Input::object(value, "", &["advance_seconds"])?;
    let number = input.number("advance_seconds")?.ok_or_else(|| input.wrong("advance_seconds", "missing"))?;
    duration("/advance_seconds", number)
}

fn duration(pointer: &str, seconds: f64) -> Result<Duration, InvalidInput> {
    Duration::try_from_secs_f64(seconds).map_err(|_| InvalidInput::new(pointer, "must be a time of 0 or more"))
}

fn clock(service: &Service) -> Value {
    json!({ "ahead_seconds": service.state().clock.ahead().as_secs_f64() })
}

/// The description of this API.
fn description() -> Value {
    let source = Source::parse("openapi.yaml", include_str!("openapi.yaml"));
    // A test reads it.
    source.map_or(Value::Null, |source| source.value)
}
