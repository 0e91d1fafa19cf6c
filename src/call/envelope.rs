//! Decodes the envelope `{code, msg, data}` of a response.
//!
//! Only code 0 with a success status is a success: some gateways return failures with HTTP 200. A success is parsed
//! once, straight into the generated envelope. Every other body is read again by a reader that finds the code whatever
//! else is malformed (`decode/`), since a failure's `data` may have any shape and size. A body without a code is kept
//! for the error, shortened and without the call's token.

use crate::decode::{self, Bounds};
use crate::operation::Operation;
use crate::transport::HttpResponse;
use crate::types::ErrorDetail;
use crate::{Delivery, Error, ErrorKind};
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;
use std::ops::{Deref, DerefMut};

const INVALID_RESPONSE: &str = "the response could not be decoded";

/// Larger bodies are parsed only once their code is known to be 0: parsing a failure as a success may briefly take a
/// hundred times its size. The largest documented pages are half as large.
const MAX_UNSCANNED_BYTES: usize = 128 * 1024;

/// A generated envelope type.
pub trait Envelope: DeserializeOwned + Send + 'static {
    /// The payload; `()` where the operation returns nothing but success.
    type Data: Send + 'static;
    /// 0 for success.
    fn code(&self) -> i64;
    /// The payload, if the response has one.
    fn into_data(self) -> Option<Self::Data>;

    /// Decodes a success that does not parse as it is. `msg` is left out, since nothing depends on it.
    fn recover(body: &[u8]) -> serde_json::Result<Self> {
        parse(&decode::members(body, ["code", "data"], Bounds::SUCCESS).unwrap_or_default())
    }
}

/// The payload of a successful call, with what is known about the response.
///
/// It dereferences to the payload, so fields can be read and methods called directly. To move a field out, take the
/// payload by value first:
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::types::UserGroup;
///
/// let response = client.get_user_group().group_id("g122817").send().await?;
/// println!("{:?} (log id {:?})", response.group.name, response.log_id());
///
/// let group: UserGroup = response.into_inner().group;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<T> {
    data: T,
    status: StatusCode,
    log_id: Option<String>,
    attempts: u32,
}

impl<T> Response<T> {
    fn new(data: T, response: HttpResponse) -> Self {
        Self { data, status: response.status, log_id: response.log_id, attempts: response.attempts }
    }

    /// An error about this response, although its code is 0.
    pub(crate) fn error(&self, kind: ErrorKind, operation: &'static Operation) -> Error {
        Error::new(kind, "").of(operation).with_head(self.status, self.log_id.clone()).with_attempts(self.attempts)
    }

    /// The payload by value: `send().await?.into_inner().group`.
    pub fn into_inner(self) -> T {
        self.data
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The log id, which the platform's support asks for.
    pub fn log_id(&self) -> Option<&str> {
        self.log_id.as_deref()
    }

    /// Number of attempts, the first one included.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl<T> Deref for Response<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

/// What a response says. The payload of a success is kept by the [`Decoder`].
#[derive(Debug)]
pub(crate) enum Decoded {
    Success,
    /// The code of a failure.
    Failure(i64),
    /// Neither; a message, and the parser's reason.
    Invalid(&'static str, Option<serde_json::Error>),
}

impl Decoded {
    pub(crate) fn code(&self) -> Option<i64> {
        match self {
            Self::Success => Some(0),
            Self::Failure(code) => Some(*code),
            Self::Invalid(..) => None,
        }
    }

    /// The response of a success; everything else is an error.
    pub(crate) fn into_result(
        self,
        operation: &'static Operation,
        response: HttpResponse,
    ) -> Result<HttpResponse, Error> {
        match self {
            Self::Success => Ok(response),
            Self::Failure(code) => Err(service_error(operation, &response, code)),
            Self::Invalid(message, reason) => {
                let error = Error::new(ErrorKind::InvalidResponse, message).of(operation);
                let error = with_response(error, &response).with_excerpt(&response.body);
                Err(match reason {
                    Some(reason) => error.caused_by(reason),
                    None => error,
                })
            }
        }
    }
}

/// Decodes the responses of a call. Only this knows the payload's type: the retry loop is compiled once, not for each
/// operation.
pub(crate) trait Decoder: Send {
    /// Decodes a response, and keeps the payload of a success. The body of anything else is kept for people to read, so
    /// the `secret` is removed.
    fn decode(&mut self, response: HttpResponse, secret: &[u8]) -> (HttpResponse, Decoded);

    /// Keeps the last response of the call, which is no success; `false` if that is an error for the caller.
    fn keep_failure(&mut self, _response: &HttpResponse) -> bool {
        false
    }
}

/// The payload of the last success.
pub(crate) struct PayloadDecoder<E: Envelope>(Option<E::Data>);

impl<E: Envelope> PayloadDecoder<E> {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    /// The payload with its response.
    pub(crate) fn finish(self, response: HttpResponse) -> Result<Response<E::Data>, Error> {
        match self.0 {
            Some(data) => Ok(Response::new(data, response)),
            None => Err(Error::new(ErrorKind::InvalidResponse, INVALID_RESPONSE)),
        }
    }

    fn recover(&mut self, response: &HttpResponse) -> Decoded {
        match decode::code(&response.body) {
            None => Decoded::Invalid(INVALID_RESPONSE, decode::why_no_code(&response.body)),
            // A failing gateway may return JSON of its own, in which `code` was never set and is 0.
            Some(0) if !response.is_success() => Decoded::Invalid("code 0 without a status of success", None),
            Some(0) => match E::recover(&response.body).map(E::into_data) {
                Ok(Some(data)) => {
                    self.0 = Some(data);
                    Decoded::Success
                }
                Ok(None) => Decoded::Invalid("code 0 without the operation's data", None),
                Err(reason) => Decoded::Invalid(INVALID_RESPONSE, Some(decode::bounded(reason))),
            },
            Some(code) => Decoded::Failure(code),
        }
    }
}

impl<E: Envelope> Decoder for PayloadDecoder<E> {
    fn decode(&mut self, response: HttpResponse, secret: &[u8]) -> (HttpResponse, Decoded) {
        if response.is_success()
            && (response.body.len() <= MAX_UNSCANNED_BYTES || decode::may_be_success(&response.body))
            && let Ok(envelope) = parse::<E>(&response.body)
            && envelope.code() == 0
            && let Some(data) = envelope.into_data()
        {
            self.0 = Some(data);
            return (response, Decoded::Success);
        }
        let response = response.without_secret(secret);
        let decoded = self.recover(&response);
        (response, decoded)
    }
}

/// The whole envelope, of a failure too. A failure larger than any that the service sends is cut.
pub(crate) struct RawDecoder(PayloadDecoder<RawEnvelope>);

impl RawDecoder {
    pub(crate) fn new() -> Self {
        Self(PayloadDecoder::new())
    }

    pub(crate) fn finish(self, response: HttpResponse) -> Result<Response<Value>, Error> {
        self.0.finish(response)
    }
}

impl Decoder for RawDecoder {
    fn decode(&mut self, response: HttpResponse, secret: &[u8]) -> (HttpResponse, Decoded) {
        self.0.decode(response, secret)
    }

    fn keep_failure(&mut self, response: &HttpResponse) -> bool {
        let envelope = decode::envelope(&response.body, Bounds::FAILURE).and_then(|envelope| parse(&envelope).ok());
        self.0.0 = envelope.map(|RawEnvelope(envelope, _)| envelope);
        self.0.0.is_some()
    }
}

/// The fields of a failed envelope that every gateway writes in the same way.
#[derive(Default, Deserialize)]
struct Failure {
    #[serde(default, deserialize_with = "crate::decode::lenient::text_if_readable")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "crate::decode::lenient::if_readable")]
    error: Option<ErrorDetail>,
}

/// The service responded with a code other than 0. A field that cannot be read does not cost the others.
fn service_error(operation: &'static Operation, response: &HttpResponse, code: i64) -> Error {
    let readable = decode::members(&response.body, ["msg", "error"], Bounds::ERROR).unwrap_or_default();
    let Failure { msg, error: detail } = serde_json::from_slice(&readable).unwrap_or_default();
    let error = Error::service(operation, response.status, code, msg.unwrap_or_default());
    let error = with_response(error, response).with_detail(detail).with_data(decode::data_of_failure(&response.body));
    let was_rejected_as_repeat = operation.retry.already_applied_code == Some(code);
    match response.earlier_attempts == Delivery::Unknown && was_rejected_as_repeat {
        true => error.into_already_applied(),
        false => error,
    }
}

/// Adds what the response says besides its body, and the attempts before it.
fn with_response(error: Error, response: &HttpResponse) -> Error {
    let error = error.with_head(response.status, response.log_id.clone());
    let wait = response.requested_wait(error.is_rate_limited());
    error.with_retry_after(wait).with_attempts(response.attempts).with_earlier_attempts(response.earlier_attempts)
}

/// The envelope of an endpoint that the spec does not have.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct Payload<T> {
    #[serde(deserialize_with = "crate::decode::lenient::integer")]
    code: i64,
    data: Option<T>,
}

/// `{}`, which the service sends where there is no data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoData {}

impl<T: DeserializeOwned + Send + 'static> Envelope for Payload<T> {
    type Data = T;

    fn code(&self) -> i64 {
        self.code
    }

    fn into_data(self) -> Option<T> {
        self.data.or_else(|| T::deserialize(Value::Null).ok())
    }

    fn recover(body: &[u8]) -> serde_json::Result<Self> {
        let readable = decode::members(body, ["code", "data"], Bounds::SUCCESS).unwrap_or_default();
        parse(&readable).or_else(|error| match parse::<Payload<NoData>>(&readable) {
            Ok(Payload { code, .. }) => Ok(Self { code, data: None }),
            Err(_) => Err(error),
        })
    }
}

/// The envelope of any operation, as JSON; only `code` is required.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct RawEnvelope(Value, i64);

impl TryFrom<Value> for RawEnvelope {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let code = crate::decode::lenient::integer(value.get("code").unwrap_or(&Value::Null))?;
        Ok(Self(value, code))
    }
}

impl Envelope for RawEnvelope {
    type Data = Value;

    fn code(&self) -> i64 {
        self.1
    }

    fn into_data(self) -> Option<Value> {
        Some(self.0)
    }

    fn recover(body: &[u8]) -> serde_json::Result<Self> {
        parse(&decode::envelope(body, Bounds::SUCCESS).unwrap_or_default())
    }
}

/// Parses JSON. The whole body is checked for UTF-8 at once, so that the parser need not check each string.
fn parse<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    // A parser that takes bytes would be compiled for each type once more.
    serde_json::from_str(str::from_utf8(body).map_err(serde_json::Error::custom)?)
}
