//! Opening the envelope `{code, msg, data}`.
//!
//! Success is code 0 under a status of success and nothing else: some gateways answer
//! failures under HTTP 200.
//! On the good path the body is parsed once, straight into the generated envelope;
//! only when that is no success is it read again, by a reader that finds the code whatever else is odd
//! (`decode/`): a failure's `data` may be of any shape and any size. What has no code
//! is kept as it came, shortened, and without the call's token.

use crate::decode::{self, Bounds};
use crate::operation::Operation;
use crate::transport::Answer;
use crate::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ops::{Deref, DerefMut};

const INVALID_RESPONSE: &str = "the answer cannot be understood";

/// Bytes of a body that is parsed before its code is known. A failure that is parsed as a success may take a hundred
/// times its size for a moment; the largest pages of the documented operations are half of this.
const SMALL: usize = 128 * 1024;

/// A generated envelope type.
pub trait Envelope: DeserializeOwned + Send + 'static {
    /// What the operation answers: `()` where it answers nothing but success.
    type Data: Send + 'static;
    /// 0 for success.
    fn code(&self) -> i64;
    /// The payload, if it came.
    fn into_data(self) -> Option<Self::Data>;

    /// A success that cannot be parsed as it came. Its message decides nothing, and is left out.
    fn recovered(body: &[u8]) -> serde_json::Result<Self> {
        parsed(&decode::members(body, ["code", "data"], Bounds::SUCCESS).unwrap_or_default())
    }
}

/// What an operation answered; dereferences to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<T> {
    data: T,
    status: u16,
    log_id: Option<String>,
    attempts: u32,
}

impl<T> Response<T> {
    fn new(data: T, answer: Answer) -> Self {
        Self { data, status: answer.status.as_u16(), log_id: answer.log_id, attempts: answer.attempts }
    }

    /// An error about this answer, although the service called it a success.
    pub(crate) fn error(&self, kind: ErrorKind, operation: &'static Operation) -> Error {
        Error::new(kind, "").of(operation).with_head(self.status, self.log_id.clone()).after(self.attempts)
    }

    /// The answer alone.
    pub fn into_inner(self) -> T {
        self.data
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The id that the platform's support asks for.
    pub fn log_id(&self) -> Option<&str> {
        self.log_id.as_deref()
    }

    /// How many times the request was tried.
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

/// An answer, read as far as it can be.
#[derive(Debug)]
pub(crate) enum Reading<D> {
    /// What the operation answers.
    Success(D),
    /// A failure, by its code.
    Failure(i64),
    /// Neither, and why.
    Unclear(&'static str, Option<serde_json::Error>),
}

impl<D> Reading<D> {
    /// Reads an answer; what is no success is kept for people, and so without the `secret` that it may echo.
    pub(crate) fn of<E: Envelope<Data = D>>(answer: Answer, secret: &[u8]) -> (Answer, Self) {
        if answer.is_success()
            && (answer.body.len() <= SMALL || decode::code(&answer.body) == Some(0))
            && let Ok(envelope) = parsed::<E>(&answer.body)
            && envelope.code() == 0
            && let Some(data) = envelope.into_data()
        {
            return (answer, Self::Success(data));
        }
        let answer = answer.without(secret);
        let reading = Self::recovered::<E>(&answer);
        (answer, reading)
    }

    fn recovered<E: Envelope<Data = D>>(answer: &Answer) -> Self {
        match decode::code(&answer.body) {
            None => Self::Unclear(INVALID_RESPONSE, decode::why_no_code(&answer.body)),
            // A gateway that fails may answer JSON of its own, and 0 is what a program leaves in a field.
            Some(0) if !answer.is_success() => Self::Unclear("code 0 without a status of success", None),
            Some(0) => match E::recovered(&answer.body).map(E::into_data) {
                Ok(Some(data)) => Self::Success(data),
                Ok(None) => Self::Unclear("success without the data that belongs to it", None),
                Err(reason) => Self::Unclear(INVALID_RESPONSE, Some(decode::bounded(reason))),
            },
            Some(code) => Self::Failure(code),
        }
    }

    pub(crate) fn code(&self) -> Option<i64> {
        match self {
            Self::Success(_) => Some(0),
            Self::Failure(code) => Some(*code),
            Self::Unclear(..) => None,
        }
    }

    /// The payload of a success; everything else is an error.
    pub(crate) fn open(self, operation: &'static Operation, answer: Answer) -> Result<Response<D>, Error> {
        match self {
            Self::Success(data) => Ok(Response::new(data, answer)),
            Self::Failure(code) => Err(Error::service(operation, &answer, code)),
            Self::Unclear(what, reason) => Err(Error::invalid_response(operation, &answer, what, reason)),
        }
    }
}

/// Any envelope, all of it: `code` is the one thing that must be there.
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

    fn recovered(body: &[u8]) -> serde_json::Result<Self> {
        parsed(&decode::envelope(body, Bounds::SUCCESS).unwrap_or_default())
    }
}

impl Reading<Value> {
    /// The whole envelope, of success or failure; of a failure that is larger than any of the service's, its beginning.
    pub(crate) fn whole(self, operation: &'static Operation, answer: Answer) -> Result<Response<Value>, Error> {
        if matches!(self, Self::Success(_)) {
            return self.open(operation, answer);
        }
        match decode::envelope(&answer.body, Bounds::FAILURE).map(|envelope| parsed(&envelope)) {
            Some(Ok(RawEnvelope(envelope, _))) => Ok(Response::new(envelope, answer)),
            _ => self.open(operation, answer),
        }
    }
}

/// What JSON says. Strings of a text that is known to be UTF-8 need not each be proven to be.
fn parsed<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    match str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // Its words for what is wrong, and where.
        Err(_) => serde_json::from_slice(body),
    }
}
