//! Sockets: from a connection to a request in memory, and back.
//!
//! The accept loop owns its connections, so ending the loop's task ends them
//! all: a stopped service answers nobody.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::request::RecordedRequest;
use super::response::{self, Answer};
use super::service::Service;

/// The largest body taken in: a write of 10,000 ids needs a tenth of it.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Accepts connections for as long as it is polled.
pub(super) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: let connections end.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let service = Arc::clone(&service);
        connections.spawn(async move {
            // Small answers must not wait for the other side's acknowledgement.
            let _ = stream.set_nodelay(true);
            let respond = service_fn(|request| respond(Arc::clone(&service), request));
            // A connection that breaks off has nobody left to tell.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), respond).await;
        });
    }
}

async fn respond(service: Arc<Service>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    Ok(match read(request).await {
        Ok(request) => service.answer(request),
        Err(status) => response::plain(status, "the request body cannot be taken in"),
    })
}

async fn read(request: Request<Incoming>) -> Result<RecordedRequest, StatusCode> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect().await;
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
        body: body.to_bytes().to_vec(),
    })
}
