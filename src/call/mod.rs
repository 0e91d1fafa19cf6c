//! One call, from the request to the response.
//!
//! A call flows down through these modules and never back: `request` (with `validation`) writes it, `retry_loop`
//! makes attempts through the transport, `envelope` reads each response, `retry_policy` decides what follows.
//! `paging` makes a call for each page.

mod context;
pub(crate) mod envelope;
pub(crate) mod paging;
pub(crate) mod request;
pub(crate) mod response_future;
mod retry_loop;
mod retry_policy;
pub(crate) mod validation;

pub(crate) use context::{Bounds, Context, Identity, Shared};
pub use envelope::Response;
pub use paging::{Items, Page, Pages};
pub use response_future::ResponseFuture;
pub(crate) use retry_policy::Budget;
pub use retry_policy::RetryPolicy;

use crate::operation::Operation;
use crate::telemetry::{CallSpan, in_span};
use crate::transport::Answer;
use crate::{Error, ErrorKind};
use envelope::{Envelope, RawEnvelope, Reading};
use request::Request;
use std::pin::pin;

/// Makes a call and opens its envelope.
pub(crate) fn send<E: Envelope>(context: &Context, request: Result<Request, Error>) -> ResponseFuture<E::Data> {
    match request {
        Ok(request) => ResponseFuture::new(execute::<E>(context.clone(), request, Reading::open)),
        Err(error) => ResponseFuture::failed(error),
    }
}

/// Makes a call and leaves its envelope closed.
pub(crate) fn send_raw(context: &Context, request: Result<Request, Error>) -> ResponseFuture<serde_json::Value> {
    match request {
        Ok(request) => ResponseFuture::new(execute::<RawEnvelope>(context.clone(), request, Reading::whole)),
        Err(error) => ResponseFuture::failed(error),
    }
}

/// The future owns all that it needs, and is boxed as it is: what it awaits is pinned in it, not moved.
async fn execute<E: Envelope>(
    context: Context,
    request: Request,
    open: impl FnOnce(Reading<E::Data>, &'static Operation, Answer) -> Result<Response<E::Data>, Error>,
) -> Result<Response<E::Data>, Error> {
    let operation = request.operation;
    let mut call_span = CallSpan::start(&context.shared.telemetry, operation);
    let span = call_span.span.clone();
    let outcome = match check_app_type(&context, operation).and_then(|()| check_runtime(operation)) {
        Ok(()) => in_span(&span, pin!(retry_loop::execute::<E>(&context, &request, &mut call_span))).await,
        Err(error) => Err(error),
    };
    let result = outcome
        .and_then(|(answer, reading)| open(reading, operation, answer))
        .map_err(|error| error.with_idempotency_key(request.idempotency_key));
    call_span.finish(result.as_ref().err(), result.as_ref().map_or_else(Error::log_id, Response::log_id));
    result
}

/// The service rejects an app of another type for lack of a scope, which cannot be granted to such an app.
fn check_app_type(context: &Context, operation: &'static Operation) -> Result<(), Error> {
    match context.shared.app_type {
        Some(kind) if !operation.app_types.contains(&kind) => {
            let allowed = operation.app_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
            let message =
                format!("not sent: this operation is for a {allowed}, and this client is of a {}", kind.as_str());
            Err(Error::new(ErrorKind::InvalidRequest, message).of(operation))
        }
        _ => Ok(()),
    }
}

/// Timers and connections panic without a runtime, so such a call fails before anything is done.
fn check_runtime(operation: &'static Operation) -> Result<(), Error> {
    tokio::runtime::Handle::try_current().map(drop).map_err(|error| {
        let message =
            "not sent: no Tokio runtime; await the call in one, as `#[tokio::main]` or `Runtime::block_on` has it";
        Error::new(ErrorKind::Configuration, message).of(operation).caused_by(error)
    })
}
