//! Lets web pages of this machine call the service: another API reference, a program under development.
//!
//! The service itself has no pages call it. So that a test does not pass for what the service rejects, this is for a
//! simulator that is used over the wire, which has the admin API. The admin API and `/docs` are not part of it.

use hyper::StatusCode;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN, VARY,
};

use super::access;
use super::builder::AdminApi;
use super::request::RecordedRequest;
use super::response::{self, FullResponse};

/// The origin of the page that sent a request, if the page may read the response.
pub(super) fn allowed_origin(admin_api: AdminApi, request: &RecordedRequest) -> Option<HeaderValue> {
    if admin_api == AdminApi::Off || !request.path.starts_with("/open-apis/") {
        return None;
    }
    let origin = request.header("origin")?;
    let allowed = access::is_own_origin(origin, request.header("host")) || access::is_loopback(origin);
    HeaderValue::from_str(origin).ok().filter(|_| allowed)
}

/// Responds to a browser that asks whether a page may send a request; `None` for any other request.
pub(super) fn preflight(request: &RecordedRequest) -> Option<FullResponse> {
    request.header("access-control-request-method").filter(|_| request.method == "OPTIONS")?;
    let mut response = response::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Some(response)
}

/// Lets the page read a response.
pub(super) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(VARY, HeaderValue::from(ORIGIN));
    let readable = "x-tt-logid, x-ogw-ratelimit-limit, x-ogw-ratelimit-reset";
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(readable));
}
