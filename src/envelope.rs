//! Opening the envelope `{code, msg, data}`.
//!
//! Success is code 0 under a status of success and nothing else: some gateways answer
//! failures under HTTP 200.
//! On the good path the body is parsed once, straight into the generated envelope;
//! only when that fails, or holds another code, is it read again as a failure, whose
//! `data` may be of any shape. What is neither is kept as it came, shortened.

use crate::operation::Operation;
use crate::transport::Answer;
use crate::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ops::{Deref, DerefMut};

/// A generated envelope type.
pub trait Envelope: DeserializeOwned + Send + 'static {
    /// What the operation answers: `()` where it answers nothing but success.
    type Data;
    /// 0 for success.
    fn code(&self) -> i64;
    /// The payload, if it came.
    fn into_data(self) -> Option<Self::Data>;
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
    fn new(data: T, answer: &Answer) -> Self {
        Self { data, status: answer.status.as_u16(), log_id: answer.log_id.clone(), attempts: answer.attempts }
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
pub(crate) enum Reading<E> {
    /// The operation's envelope, of success or failure.
    Envelope(E),
    /// A failure, by its code, whose `data` is not the operation's.
    Failure(i64),
    /// Not an envelope, or one of success without what it promises.
    Other(serde_json::Error),
}

impl<E: Envelope> Reading<E> {
    pub(crate) fn of(answer: &Answer) -> Self {
        match parsed::<E>(&answer.body) {
            Ok(envelope) => Self::Envelope(envelope),
            Err(error) => match serde_json::from_slice::<CodeOnly>(&answer.body) {
                Ok(CodeOnly { code }) if code != 0 => Self::Failure(code),
                _ => Self::Other(error),
            },
        }
    }

    pub(crate) fn code(&self) -> Option<i64> {
        match self {
            Self::Envelope(envelope) => Some(envelope.code()),
            Self::Failure(code) => Some(*code),
            Self::Other(_) => None,
        }
    }

    /// The payload of a success; everything else is an error.
    pub(crate) fn open(self, operation: &'static Operation, answer: &Answer) -> Result<Response<E::Data>, Error> {
        let unclear = |what: &str| Err(Error::answered(ErrorKind::Unintelligible, operation, answer, what));
        match self {
            // A gateway that fails may answer JSON of its own, and 0 is what a program leaves in a field.
            Self::Envelope(envelope) if envelope.code() == 0 && !answer.is_success() => {
                unclear("code 0 under a status of failure")
            }
            Self::Envelope(envelope) if envelope.code() == 0 => match envelope.into_data() {
                Some(data) => Ok(Response::new(data, answer)),
                None => unclear("success without the data that belongs to it"),
            },
            Self::Envelope(envelope) => Err(Error::service(operation, answer, envelope.code())),
            Self::Failure(code) => Err(Error::service(operation, answer, code)),
            Self::Other(reason) => Err(Error::unintelligible(operation, answer, reason)),
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
        let CodeOnly { code } = CodeOnly::deserialize(&value)?;
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
}

impl Reading<RawEnvelope> {
    /// The whole envelope, of success or failure.
    pub(crate) fn whole(self, operation: &'static Operation, answer: &Answer) -> Result<Response<Value>, Error> {
        match self {
            Self::Envelope(RawEnvelope(envelope, _)) => Ok(Response::new(envelope, answer)),
            other => other.open(operation, answer),
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

#[derive(Deserialize)]
struct CodeOnly {
    #[serde(deserialize_with = "crate::lenient::integer")]
    code: i64,
}
