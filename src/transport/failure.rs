//! Why an attempt failed, as an error.
//!
//! What happens next depends on how far the request got, so each error says whether the service may have processed it.
//! Addresses hold ids of users and groups, and a gateway may put a secret into one: of an address, an error shows only
//! the host, without the secrets that were sent.

use super::handshake::{HandshakeFailure, sources};
use super::redact::redacted;
use super::response::HttpResponse;
use crate::error::violation::shortened;
use crate::{Delivery, Error, ErrorKind};
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::LOCATION;
use std::{error, fmt, io};
use tokio::time::Instant;
use zeroize::Zeroizing;

const CHECK_ADDRESS: &str = "check the base URL and any gateway or proxy in between";

const BUILD_CLIENT: &str = "build that client with `http_client_builder`, which follows none";

const MAY_HAVE_ACTED: &str = "the service may have acted";

/// Characters shown of a host name that another party chose.
const MAX_HOST_CHARS: usize = 100;

/// A file of a form could not be sent.
#[derive(Debug)]
pub(crate) struct UploadError {
    /// Names the part of the form.
    message: String,
    source: Option<io::Error>,
}

impl UploadError {
    pub(crate) fn new(part: &str, reason: &str, source: Option<io::Error>) -> Self {
        Self { message: format!("the file `{part}` {reason}"), source }
    }
}

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for UploadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

pub(super) fn is_same_server(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Another server responded: a redirect was followed.
pub(super) fn wrong_server(url: &Url, secrets: &[&[u8]]) -> Error {
    let message = format!(
        "another server ({}) responded, since the HTTP client follows redirects, and may have received the secrets of \
         this call",
        host(url, secrets)
    );
    Error::new(ErrorKind::Transport, message).with_hint(BUILD_CLIENT)
}

/// The response is a redirect; it is not followed.
pub(super) fn redirected(head: HttpResponse, response: &reqwest::Response, server: &Url, secrets: &[&[u8]]) -> Error {
    let target = redirect_target(response, server, secrets);
    let error = Error::new(ErrorKind::InvalidResponse, format!("the response is a redirect to {target}"));
    error.with_hint(CHECK_ADDRESS).with_head(head.status, head.log_id)
}

/// Where a redirect points to, as far as it may be shown.
fn redirect_target(response: &reqwest::Response, server: &Url, secrets: &[&[u8]]) -> String {
    // Some gateways leave non-ASCII characters unescaped.
    let location = response.headers().get(LOCATION).and_then(|value| str::from_utf8(value.as_bytes()).ok());
    let url = location.and_then(|location| response.url().join(location).ok());
    match url.filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) if is_same_server(&url, server) => "another path of the same server".to_owned(),
        Some(url) => format!("the host {}", host(&url, secrets)),
        None => "an address without a valid host".to_owned(),
    }
}

/// Host and port of an address, without the secrets.
fn host(url: &Url, secrets: &[&[u8]]) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = Bytes::from(format!("{}{port}", url.host_str().unwrap_or_default()));
    // Parsing an address lower-cases its host.
    let lowercase = |secret: &&[u8]| Zeroizing::new(secret.to_ascii_lowercase());
    let host = secrets.iter().map(lowercase).fold(host, |host, secret| redacted(host, &secret));
    shortened(&String::from_utf8_lossy(&host), MAX_HOST_CHARS)
}

/// No response arrived within `limit`.
pub(super) fn no_response(limit: &str) -> Error {
    Error::new(ErrorKind::Timeout, format!("no response within {limit}")).with_hint(MAY_HAVE_ACTED)
}

/// The HTTP client returned an error instead of a response.
pub(super) fn failed(error: reqwest::Error, begun: Instant, secrets: &[&[u8]]) -> Error {
    // The address goes first: it has ids in it, and words that a search for the reason must not find.
    let url = error.url().cloned();
    let error = error.without_url();
    let failure = if error.is_builder() {
        Error::new(ErrorKind::InvalidRequest, "not sent: the HTTP client cannot build this request")
    } else if let Some(failed) = sources(&error).find_map(|source| source.downcast_ref::<UploadError>()) {
        // The service has a part of the request, on which it cannot act.
        let error = Error::new(ErrorKind::InvalidRequest, format!("not sent whole: {failed}"));
        error.with_hint("the service has not acted; check what the call was given")
    } else if error.is_connect() {
        not_connected(&error)
    } else if error.is_timeout() {
        let message = format!("no response: {}", early_timeout(&error, begun));
        Error::new(ErrorKind::Timeout, message).with_hint(MAY_HAVE_ACTED)
    } else if error.is_redirect() {
        let last = url.map(|url| format!(", the last one to {}", host(&url, secrets))).unwrap_or_default();
        let message = format!("the HTTP client went from one redirect to the next{last}");
        Error::new(ErrorKind::Transport, message).with_hint(BUILD_CLIENT)
    } else if let Some(HandshakeFailure::Permanent(reason)) = HandshakeFailure::of_alert(&error) {
        let error = Error::new(ErrorKind::Tls, reason).with_last_attempt(Delivery::Rejected);
        error.with_hint(format!("the service has not acted; {CHECK_ADDRESS}"))
    } else {
        Error::new(ErrorKind::Transport, "the connection broke").with_hint(MAY_HAVE_ACTED)
    };
    failure.caused_by(error)
}

fn not_connected(error: &reqwest::Error) -> Error {
    let failed = |message| Error::new(ErrorKind::Connection, message).with_hint("nothing was sent");
    match HandshakeFailure::of(error) {
        _ if error.is_timeout() => failed("could not connect in time"),
        Some(HandshakeFailure::Permanent(reason)) => {
            Error::new(ErrorKind::Tls, reason).with_hint(format!("nothing was sent; {CHECK_ADDRESS}"))
        }
        Some(HandshakeFailure::Transient) => failed("could not connect: the TLS handshake failed"),
        None => failed("could not connect"),
    }
}

/// What ended an attempt before this client's own limits: a timeout of the operating system, or of an HTTP client that
/// the caller passed in.
fn early_timeout(error: &reqwest::Error, begun: Instant) -> String {
    let is_of_system = |error: &io::Error| error.raw_os_error().is_some();
    let what = match sources(error).any(|source| source.downcast_ref().is_some_and(is_of_system)) {
        true => "the connection timed out",
        false => "the HTTP client's own timeout ended the attempt",
    };
    let elapsed = begun.elapsed();
    format!("{what} after {}.{:03} s", elapsed.as_secs(), elapsed.subsec_millis())
}

/// The body was not complete within `limit`.
pub(super) fn unfinished(head: &HttpResponse, limit: &str) -> Error {
    let error = Error::new(ErrorKind::Timeout, format!("the response was not complete within {limit}"));
    error.with_head(head.status, head.log_id.clone())
}

/// The connection failed within the body.
pub(super) fn cut_off(head: &HttpResponse, error: reqwest::Error, begun: Instant) -> Error {
    let failure = match error.is_timeout() {
        true => {
            let message = format!("the response was not complete: {}", early_timeout(&error, begun));
            Error::new(ErrorKind::Timeout, message)
        }
        false => Error::new(ErrorKind::Transport, "the response was cut off"),
    };
    failure.with_head(head.status, head.log_id.clone()).caused_by(error.without_url())
}

/// The body is larger than `limit` bytes.
pub(super) fn too_large(head: HttpResponse, limit: usize) -> Error {
    let message = format!("the response is larger than {limit} bytes (`max_response_bytes`)");
    Error::new(ErrorKind::ResponseTooLarge, message).with_head(head.status, head.log_id)
}
