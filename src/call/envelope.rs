//! Decodes the envelope `{code, msg, data}` of a response.
//!
//! Only code 0 with a success status is a success: some gateways return failures with HTTP 200. A success is parsed
//! once, straight into the generated envelope. Every other body is read again by a reader that finds the code whatever
//! else is malformed (`decode/`), since a failure's `data` may have any shape and size. A body without a code is kept
//! for the error, shortened and without the call's token.

use crate::decode::{self, Bounds, lenient};
use crate::operation::Operation;
use crate::transport::HttpResponse;
use crate::types::ErrorDetail;
use crate::{Delivery, Error, ErrorKind};
use reqwest::StatusCode;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::ops::{Deref, DerefMut};

pub(super) const INVALID_RESPONSE: &str = "the response could not be decoded";

/// What an operation's `data` holds; implemented by the generated code.
pub(crate) trait Payload: DeserializeOwned + Send + 'static {
    /// What the caller gets.
    type Data: Send + 'static;

    /// Decodes the value of `data`.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        lenient::optional_object(deserializer)
    }

    /// What the caller gets, if the response has it.
    fn open(data: Option<Self>) -> Option<Self::Data>;

    /// Decodes a success that does not parse as it is. Only `code` and `data` are kept, since nothing else matters.
    fn recover(body: &[u8]) -> serde_json::Result<Envelope<Self>> {
        parse(&decode::members(body, ["code", "data"], Bounds::SUCCESS).unwrap_or_default())
    }
}

/// The envelope of a success. Other members, such as `msg`, are skipped.
#[derive(Deserialize)]
#[serde(bound = "P: Payload")]
pub(crate) struct Envelope<P: Payload> {
    /// 0 for success.
    #[serde(deserialize_with = "lenient::integer")]
    pub(super) code: i64,
    #[serde(default = "none", deserialize_with = "P::decode")]
    pub(super) data: Option<P>,
}

/// The default of a field whose type has none.
fn none<P>() -> Option<P> {
    None
}

/// The payload of an operation that returns nothing but success: `data` may hold anything.
#[derive(Deserialize)]
pub(crate) struct NoPayload;

impl Payload for NoPayload {
    type Data = ();

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| None)
    }

    fn open(_: Option<Self>) -> Option<()> {
        Some(())
    }
}

/// The payload of an endpoint that the spec does not have, of a type that the caller wrote.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct CustomPayload<T>(T);

impl<T: DeserializeOwned + Send + 'static> Payload for CustomPayload<T> {
    type Data = T;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Option::deserialize(deserializer)
    }

    fn open(data: Option<Self>) -> Option<T> {
        data.map(|Self(data)| data).or_else(|| T::deserialize(Value::Null).ok())
    }

    /// `{}` is also what the service sends where there is no data.
    fn recover(body: &[u8]) -> serde_json::Result<Envelope<Self>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Empty {}
        let readable = decode::members(body, ["code", "data"], Bounds::SUCCESS).unwrap_or_default();
        parse(&readable).or_else(|error| match parse::<Envelope<CustomPayload<Empty>>>(&readable) {
            Ok(Envelope { code, .. }) => Ok(Envelope { code, data: None }),
            Err(_) => Err(error),
        })
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
    pub(super) fn new(data: T, response: HttpResponse) -> Self {
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

/// What a response says; the payload of a success is kept by its decoder.
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

/// Parses JSON. The whole body is checked for UTF-8 at once, so that the parser need not check each string.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    // A parser that takes bytes would be compiled for each type once more.
    serde_json::from_str(str::from_utf8(body).map_err(serde_json::Error::custom)?)
}
