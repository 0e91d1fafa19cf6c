//! Decodes the responses of a call, and keeps the payload.
//!
//! Only the decoder knows the payload's type. The retry loop needs the code alone, so it is compiled once and not for
//! each operation.

use super::envelope::{Decoded, Envelope, INVALID_RESPONSE, Payload, Response, parse};
use crate::decode::{self, Bounds};
use crate::transport::{Expected, HttpResponse};
use crate::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// Larger bodies are parsed only once their code is known to be 0: parsing a failure as a success may briefly take a
/// hundred times its size. The largest documented pages are half as large.
const MAX_UNSCANNED_BYTES: usize = 128 * 1024;

/// Keeps the payload of a success.
pub(crate) trait Decoder: Send {
    /// What the transport reads of a success.
    fn expected(&self) -> Expected {
        Expected::Envelope
    }

    /// Parses a body. Returns whether it has code 0 and the payload, which is kept.
    fn parse(&mut self, body: &[u8]) -> serde_json::Result<bool>;

    /// The same for a body whose code is 0, and which does not parse as it is.
    fn recover(&mut self, body: &[u8]) -> serde_json::Result<bool>;

    /// Keeps the envelope of a failure, if the caller wants it; `false` if a failure is an error.
    fn keep_failure(&mut self, _body: &[u8]) -> bool {
        false
    }
}

/// Decodes a response. The body of anything but a success is kept for people to read, so the `secret` is removed.
pub(crate) fn decode(decoder: &mut dyn Decoder, response: HttpResponse, secret: &[u8]) -> (HttpResponse, Decoded) {
    // A file needs no decoding.
    if response.file.is_some() {
        return (response, Decoded::Success);
    }
    if response.is_success()
        && (response.body.len() <= MAX_UNSCANNED_BYTES || decode::may_be_success(&response.body))
        && decoder.parse(&response.body).unwrap_or(false)
    {
        return (response, Decoded::Success);
    }
    let response = response.without_secret(secret);
    let decoded = match decode::code(&response.body) {
        None => Decoded::Invalid(INVALID_RESPONSE, decode::why_no_code(&response.body)),
        // A failing gateway may return JSON of its own, in which `code` was never set and is 0.
        Some(0) if !response.is_success() => Decoded::Invalid("code 0 without a status of success", None),
        Some(0) => match decoder.recover(&response.body) {
            Ok(true) => Decoded::Success,
            Ok(false) => Decoded::Invalid("code 0 without the operation's data", None),
            Err(reason) => Decoded::Invalid(INVALID_RESPONSE, Some(decode::bounded(reason))),
        },
        Some(code) => Decoded::Failure(code),
    };
    (response, decoded)
}

/// The payload of an operation.
pub(crate) struct PayloadDecoder<P: Payload>(Option<P::Data>);

impl<P: Payload> PayloadDecoder<P> {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    fn keep(&mut self, envelope: Envelope<P>) -> bool {
        self.0 = if envelope.code == 0 { P::open(envelope.data) } else { None };
        self.0.is_some()
    }

    /// The payload with its response.
    pub(crate) fn finish(self, response: HttpResponse) -> Result<Response<P::Data>, Error> {
        with_payload(self.0, response)
    }
}

impl<P: Payload> Decoder for PayloadDecoder<P> {
    fn parse(&mut self, body: &[u8]) -> serde_json::Result<bool> {
        parse(body).map(|envelope| self.keep(envelope))
    }

    fn recover(&mut self, body: &[u8]) -> serde_json::Result<bool> {
        P::recover(body).map(|envelope| self.keep(envelope))
    }
}

/// The whole envelope, of a failure too. A failure larger than any that the service sends is cut.
pub(crate) struct RawDecoder(Option<Value>);

impl RawDecoder {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    fn keep(&mut self, RawEnvelope(envelope, code): RawEnvelope) -> bool {
        self.0 = (code == 0).then_some(envelope);
        code == 0
    }

    pub(crate) fn finish(self, response: HttpResponse) -> Result<Response<Value>, Error> {
        with_payload(self.0, response)
    }
}

impl Decoder for RawDecoder {
    fn parse(&mut self, body: &[u8]) -> serde_json::Result<bool> {
        parse(body).map(|envelope| self.keep(envelope))
    }

    fn recover(&mut self, body: &[u8]) -> serde_json::Result<bool> {
        self.parse(&decode::envelope(body, Bounds::SUCCESS).unwrap_or_default())
    }

    fn keep_failure(&mut self, body: &[u8]) -> bool {
        let envelope = decode::envelope(body, Bounds::FAILURE).and_then(|envelope| parse(&envelope).ok());
        self.0 = envelope.map(|RawEnvelope(envelope, _)| envelope);
        self.0.is_some()
    }
}

/// A response for which no payload was kept is no success, and an error before this.
fn with_payload<T>(payload: Option<T>, response: HttpResponse) -> Result<Response<T>, Error> {
    payload
        .map(|payload| Response::new(payload, response))
        .ok_or_else(|| Error::new(ErrorKind::InvalidResponse, INVALID_RESPONSE))
}

/// The envelope of any operation, as JSON; only `code` is required.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
struct RawEnvelope(Value, i64);

impl TryFrom<Value> for RawEnvelope {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let code = crate::decode::lenient::integer(value.get("code").unwrap_or(&Value::Null))?;
        Ok(Self(value, code))
    }
}
