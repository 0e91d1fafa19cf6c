//! Opening the envelope `{code, msg, data}`.
//!
//! Success is code 0 and nothing else: some gateways answer failures under HTTP 200.
//! On the good path the body is parsed once, straight into the generated envelope;
//! only when that fails, or holds another code, is it read again as a failure, whose
//! `data` may be of any shape. What is neither is kept as it came, shortened.

use crate::operation::Operation;
use crate::transport::Answer;
use crate::{Error, ErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
        match serde_json::from_slice::<E>(&answer.body) {
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
        match self.code() {
            Some(0) | None => {}
            Some(code) => return Err(Error::service(operation, answer, code)),
        }
        let envelope = self.raw(operation, answer)?.into_inner();
        match envelope.into_data() {
            Some(data) => Ok(Response::new(data, answer)),
            None => Err(Error::answered(
                ErrorKind::Unintelligible,
                operation,
                answer,
                "success without the data that belongs to it",
            )),
        }
    }

    /// The envelope as it came, of success or failure.
    pub(crate) fn raw(self, operation: &'static Operation, answer: &Answer) -> Result<Response<E>, Error> {
        match self {
            Self::Envelope(envelope) => Ok(Response::new(envelope, answer)),
            Self::Failure(code) => Err(Error::service(operation, answer, code)),
            Self::Other(reason) => Err(Error::unintelligible(operation, answer, reason)),
        }
    }
}

#[derive(Deserialize)]
struct CodeOnly {
    #[serde(deserialize_with = "crate::lenient::integer")]
    code: i64,
}
