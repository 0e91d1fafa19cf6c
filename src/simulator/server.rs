//! The HTTP server: reads requests from connections and writes responses.
//!
//! The accept loop owns its connections, so aborting its task closes all of them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::CONTENT_LENGTH;
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
    let request = match read(request).await {
        Ok(request) => request,
        Err(status) => {
            let response = response::plain_text(status, "the request body is too large or incomplete");
            return Ok(response.map(ResponseBody::whole));
        }
    };
    let response = admin::respond(&service, &request, is_local);
    #[cfg(feature = "simulator-docs")]
    let response = response.or_else(|| docs::respond(&service, &request, is_local));
    if let Some(response) = response {
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

async fn read(request: Request<Incoming>) -> Result<RecordedRequest, StatusCode> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
    })?;
    let query = head.uri.query().unwrap_or_default();
    Ok(RecordedRequest {
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
        body: body.to_bytes(),
        ..RecordedRequest::default()
    })
}
