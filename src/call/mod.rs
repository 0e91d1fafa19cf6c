//! One call, from the request to the response.
//!
//! Data flows one way: `request` writes the call (with `query` and `validation`), `retry_loop` makes attempts through
//! the transport, `decoder` decodes the `envelope` of each response, `retry_policy` decides whether to retry. `paging`
//! makes one call per page; `batch` reads the result of each item; `file` returns a success that is a file. A body may be
//! a `form` with files, which `multipart` writes.
//! `custom_request` writes a call of an endpoint that the spec does not have.

pub(crate) mod argument;
pub(crate) mod batch;
mod context;
mod custom_operation;
mod custom_request;
mod decoder;
pub(crate) mod envelope;
pub(crate) mod file;
pub(crate) mod form;
mod multipart;
pub(crate) mod paging;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response_future;
mod retry_loop;
mod retry_policy;
pub(crate) mod validation;

pub use batch::{BatchFuture, BatchResponse};
pub(crate) use context::{Bounds, Context, Identity, Shared};
pub use custom_request::CustomRequest;
pub use envelope::Response;
pub use file::{Download, File};
pub use form::{Form, Upload};
pub use paging::{Items, Page, Pages};
pub use response_future::ResponseFuture;
pub(crate) use retry_policy::Budget;
pub use retry_policy::RetryPolicy;

use crate::operation::Operation;
use crate::telemetry::{CallSpan, in_span};
use crate::transport::HttpResponse;
use crate::{Error, ErrorKind};
use decoder::{Decoder, PayloadDecoder, RawDecoder};
use envelope::{Decoded, Payload};
use request::Request;
use std::pin::pin;

/// Makes a call and returns its payload.
pub(crate) fn send<P: Payload>(context: &Context, request: Result<Request, Error>) -> ResponseFuture<P::Data> {
    start(context, request, |context, request| async move {
        let mut decoder = PayloadDecoder::<P>::new();
        let response = pin!(execute(&context, request, &mut decoder)).await?;
        decoder.finish(response)
    })
}

/// Makes a call and returns its envelope as JSON.
pub(crate) fn send_raw(context: &Context, request: Result<Request, Error>) -> ResponseFuture<serde_json::Value> {
    start(context, request, |context, request| async move {
        let mut decoder = RawDecoder::new();
        let response = pin!(execute(&context, request, &mut decoder)).await?;
        decoder.finish(response)
    })
}

/// The future of a call, unless the request breaks a rule.
fn start<T, F>(
    context: &Context,
    request: Result<Request, Error>,
    call: impl FnOnce(Context, Request) -> F,
) -> ResponseFuture<T>
where
    T: Send + 'static,
    F: Future<Output = Result<Response<T>, Error>> + Send + 'static,
{
    match request {
        Ok(request) => ResponseFuture::new(call(context.clone(), request)),
        Err(error) => ResponseFuture::failed(error),
    }
}

/// Returns the response whose payload the decoder has kept.
///
/// The future is boxed as a whole with the one that awaits it; those that it awaits are pinned inside it and not moved,
/// since moving one would reserve its space twice.
async fn execute(context: &Context, request: Request, decoder: &mut dyn Decoder) -> Result<HttpResponse, Error> {
    let operation = request.operation;
    let mut call_span = CallSpan::start(&context.shared.telemetry, operation);
    let span = call_span.span.clone();
    let outcome = match check_app_type(context, operation).and_then(|()| check_runtime(operation)) {
        Ok(()) => in_span(&span, pin!(retry_loop::execute(context, &request, &mut call_span, decoder))).await,
        Err(error) => Err(error),
    };
    let result = match outcome {
        Ok((response, Decoded::Failure(_) | Decoded::Invalid(..))) if decoder.keep_failure(&response.body) => {
            Ok(response)
        }
        outcome => outcome.and_then(|(response, decoded)| decoded.into_result(operation, response)),
    };
    let result =
        result.map_err(|error| batch::with_results(error, &request).with_idempotency_key(request.idempotency_key));
    call_span.finish(
        result.as_ref().err(),
        result.as_ref().map_or_else(Error::log_id, |response| response.log_id.as_deref()),
    );
    result
}

/// Refuses an unsupported app type: the service would report a missing scope, which such an app cannot be granted.
fn check_app_type(context: &Context, operation: &'static Operation) -> Result<(), Error> {
    match context.shared.app_type {
        Some(app_type) if !operation.app_types.contains(&app_type) => {
            let supported = operation.app_types.iter().map(|app_type| app_type.as_str()).collect::<Vec<_>>();
            let message = format!(
                "not sent: this operation supports a {} only, and this client is of a {}",
                supported.join(" or "),
                app_type.as_str()
            );
            Err(Error::new(ErrorKind::InvalidRequest, message).of(operation))
        }
        _ => Ok(()),
    }
}

/// Fails early without a Tokio runtime, where timers and connections would panic.
fn check_runtime(operation: &'static Operation) -> Result<(), Error> {
    tokio::runtime::Handle::try_current().map(drop).map_err(|error| {
        let message = "not sent: no Tokio runtime; await the call within one (`#[tokio::main]` or `Runtime::block_on`)";
        Error::new(ErrorKind::Configuration, message).of(operation).caused_by(error)
    })
}
