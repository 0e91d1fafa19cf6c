//! The API reference under `/docs`: a page that works without a network, with calls to the simulator itself.
//!
//! Swagger UI shows it. The page may load nothing from another host: the browser enforces that by the page's content
//! security policy. Nobody has to fetch a token by hand before the first call, since the page gets one from here.

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;

use super::access;
use super::builder::AdminApi;
use super::request::RecordedRequest;
use super::response::{self, FullResponse};
use super::service::Service;

/// Own scripts and styles. Swagger UI also sets styles on elements and has images in its styles.
const POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const JSON: &str = "application/json; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Responds to a request for the page or what it loads; `None` if it is for something else, or if nobody may use the
/// admin API. A caller that can use the API can see the page.
pub(super) fn respond(service: &Service, request: &RecordedRequest, is_local: bool) -> Option<FullResponse> {
    let allowed = service.admin_api();
    let rest = request.path.strip_prefix("/docs").filter(|_| allowed != AdminApi::Off)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    if let Err(reason) = access::check(allowed, request, is_local) {
        return Some(response::plain_text(StatusCode::FORBIDDEN, reason));
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Some(response::plain_text(StatusCode::METHOD_NOT_ALLOWED, "this path has the method GET only"));
    }
    let mut response = match rest {
        "" | "/" => {
            let mut page = file("text/html; charset=utf-8", include_bytes!("page.html"));
            page.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            page
        }
        "/page.js" => file(SCRIPT, include_bytes!("page.js")),
        "/page.css" => file(STYLE, include_bytes!("page.css")),
        "/swagger-ui-bundle.js" => gzip(SCRIPT, include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"))),
        "/swagger-ui.css" => gzip(STYLE, include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"))),
        // The spec with what its extensions know in the descriptions.
        "/openapi.json" => file(JSON, include_bytes!(concat!(env!("OUT_DIR"), "/reference.json"))),
        "/access.json" => response::plain_json(StatusCode::OK, &credentials(service)),
        _ => response::plain_text(StatusCode::NOT_FOUND, "there is no such page; the API reference is at /docs"),
    };
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Some(response)
}

fn file(content_type: &'static str, content: &'static [u8]) -> FullResponse {
    response::page(content_type, Bytes::from_static(content))
}

/// A file that is compressed already. Every browser reads gzip.
fn gzip(content_type: &'static str, content: &'static [u8]) -> FullResponse {
    let mut response = file(content_type, content);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// What the page authorizes its calls with.
fn credentials(service: &Service) -> Value {
    let mut state = service.state();
    let now = state.clock.now();
    let mut fields = state.tokens.home_token(now);
    fields.insert("app_id".to_owned(), state.tokens.first_app().id.into());
    fields.insert("user_access_token".to_owned(), state.tokens.user_tokens().into_iter().next().into());
    fields.into()
}
