//! The HTTP server: reads requests from connections and writes responses.
//!
//! The accept loop owns its connections, so aborting its task closes all of them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::access;
use super::admin;
use super::cors;
#[cfg(feature = "simulator-docs")]
use super::docs;
use super::request::RecordedRequest;
use super::response;
use super::response_body::ResponseBody;
use super::service::{Outcome, Service};

/// The largest request body accepted, ten times a write of 10,000 ids.
const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Accepts and serves connections until its task is aborted.
pub(super) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Probably out of file descriptors: give connections time to close.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let service = Arc::clone(&service);
        connections.spawn(async move {
            // A small response must not wait for the client's acknowledgement.
            let _ = stream.set_nodelay(true);
            let respond = service_fn(|request| respond(Arc::clone(&service), request, access::is_local(peer.ip())));
            // After a connection error there is no client to report it to.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), respond).await;
        });
    }
}

/// An error closes the connection.
async fn respond(
    service: Arc<Service>,
    request: Request<Incoming>,
    is_local: bool,
) -> Result<Response<ResponseBody>, io::Error> {
    let (head, body) = request.into_parts();
    let mut request = without_body(head);
    let is_admin = admin::serves(&service, &request.path);
    if is_admin && let Some(rejection) = admin::rejection(&service, &request, is_local) {
        return Ok(rejection.map(ResponseBody::whole));
    }
    request.body = match read(body, if is_admin { admin::MAX_REQUEST_BYTES } else { MAX_REQUEST_BYTES }).await {
        Ok(body) => body,
        Err(status) => {
            let response = response::plain_text(status, "the request body is too large or incomplete");
            return Ok(response.map(ResponseBody::whole));
        }
    };
    if is_admin {
        // Other requests do not wait for it, on a runtime with one thread either.
        let response = tokio::task::spawn_blocking(move || admin::respond(&service, &request)).await;
        return response.map(|response| response.map(ResponseBody::whole)).map_err(io::Error::other);
    }
    #[cfg(feature = "simulator-docs")]
    if let Some(response) = docs::respond(&service, &request, is_local) {
        return Ok(response.map(ResponseBody::whole));
    }
    let origin = cors::allowed_origin(service.admin_api(), &request);
    let preflight = origin.as_ref().and_then(|_| cors::preflight(&request));
    let mut response = match preflight.map_or_else(|| service.respond(request), Outcome::Response) {
        Outcome::Response(response) => response.map(ResponseBody::whole),
        Outcome::Late(response, time) => {
            tokio::time::sleep(time).await;
            response.map(ResponseBody::whole)
        }
        Outcome::Cut(response) => {
            let length = response.body().len();
            let mut response = response.map(|body| ResponseBody::cut(body.slice(..length / 2)));
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            response
        }
        Outcome::Closed => return Err(io::ErrorKind::ConnectionAborted.into()),
        Outcome::Stalled => std::future::pending().await,
    };
    if let Some(origin) = origin {
        cors::allow(response.headers_mut(), origin);
    }
    Ok(response)
}

/// The body of a request, or the status of the response to one that has no usable body.
async fn read(body: Incoming, max_bytes: usize) -> Result<Bytes, StatusCode> {
    let body = Limited::new(body, max_bytes).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
    })?;
    // A copy: a slice would keep all that the connection read at once in memory, for as long as the journal has it.
    Ok(Bytes::copy_from_slice(&body.to_bytes()))
}

fn without_body(head: Parts) -> RecordedRequest {
    let query = head.uri.query().unwrap_or_default();
    RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            })
            .collect(),
        ..RecordedRequest::default()
    }
}
