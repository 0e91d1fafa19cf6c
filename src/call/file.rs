//! Calls whose success is a file: read whole, or chunk by chunk.
//!
//! The beginning of a response decides whether it is a file (`transport/file`). Until then a call is like any other,
//! with its retries; a file that is read whole is retried until its last byte. A stream is not: the caller has the
//! first bytes, and another attempt may return another file. Its chunks are bounded in time and in bytes, since a
//! caller who waits for the next one has no other protection.

use super::decoder::Decoder;
use super::envelope::{INVALID_RESPONSE, Response};
use super::request::Request;
use super::response_future::ResponseFuture;
use super::{Context, execute, start};
use crate::operation::Operation;
use crate::transport::{Expected, FileResponse, HttpResponse};
use crate::{Error, ErrorKind};
use bytes::Bytes;
use futures_core::Stream;
use http_body::Body;
use reqwest::StatusCode;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{self, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// A file that a call returned. `Debug` shows its size, not what it holds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// What it holds.
    pub content: Bytes,
    /// The `Content-Type` of the response, with its parameters.
    pub content_type: Option<String>,
    /// The name that the service gives it, without folders. It comes from another party: do not overwrite a file of
    /// that name unasked.
    pub name: Option<String>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("content", &format_args!("{} bytes", self.content.len()))
            .field("content_type", &self.content_type)
            .field("name", &self.name)
            .finish()
    }
}

/// A file that arrives chunk by chunk; also a [`Stream`].
///
/// Each chunk must arrive within [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) of the time at which it is
/// waited for; the file may take as long as it likes. A file that ends early, stalls, or is larger than the caller allows
/// ends with an error, and what arrived before is a part of it. Dropping this closes the connection.
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::Method;
/// use std::io::Write;
///
/// let request = client.request(Method::GET, "/open-apis/drive/v1/medias/{file_token}/download");
/// let mut download = request.path("file_token", "boxcn1").send_stream(100 * 1024 * 1024).await?;
/// let mut file = std::fs::File::create("download")?;
/// while let Some(chunk) = download.try_next().await? {
///     file.write_all(&chunk)?;
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing more is read before the next chunk is requested"]
pub struct Download {
    file: FileResponse,
    received: u64,
    max_bytes: u64,
    /// How long the next chunk may take, and the timer of the one that is waited for.
    chunk_timeout: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    about: Head,
}

/// What errors are about.
struct Head {
    status: StatusCode,
    log_id: Option<String>,
    attempts: u32,
    operation: &'static Operation,
}

impl Download {
    /// The `Content-Type` of the response, with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.file.content_type.as_deref()
    }

    /// The name that the service gives the file, without folders. It comes from another party: do not overwrite a file
    /// of that name unasked.
    pub fn name(&self) -> Option<&str> {
        self.file.name.as_deref()
    }

    /// The size of the file in bytes, if the service states it.
    pub fn size(&self) -> Option<u64> {
        self.file.length
    }

    /// The next chunk; `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`] if the file is cut off, [`ErrorKind::Timeout`] if no chunk arrives in time,
    /// [`ErrorKind::ResponseTooLarge`] if the file is larger than allowed. An error ends the file.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut task::Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if !self.file.begun.is_empty() {
            let chunk = mem::take(&mut self.file.begun);
            return Poll::Ready(Some(self.bounded(chunk)));
        }
        loop {
            let Some(body) = &mut self.file.rest else { return Poll::Ready(None) };
            match Pin::new(body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    self.timer = None;
                    // What is no data is a trailer.
                    if let Ok(chunk) = frame.into_data()
                        && !chunk.is_empty()
                    {
                        return Poll::Ready(Some(self.bounded(chunk)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let cut_off = self.error(ErrorKind::Transport, "the file was cut off");
                    return Poll::Ready(Some(Err(cut_off.caused_by(error.without_url()))));
                }
                Poll::Ready(None) => self.file.rest = None,
                Poll::Pending => {
                    let timeout = self.chunk_timeout;
                    let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(timeout)));
                    return timer.as_mut().poll(context).map(|()| {
                        let message = format!("no more of the file arrived within {timeout:?} (`attempt_timeout`)");
                        Some(Err(self.error(ErrorKind::Timeout, &message)))
                    });
                }
            }
        }
    }

    fn bounded(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        self.received = self.received.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if self.received > self.max_bytes { Err(self.too_large()) } else { Ok(chunk) }
    }

    fn too_large(&mut self) -> Error {
        let message = format!("the file is larger than {} bytes, which the call allows (`max_bytes`)", self.max_bytes);
        self.error(ErrorKind::ResponseTooLarge, &message)
    }

    /// An error, which ends the file.
    fn error(&mut self, kind: ErrorKind, message: &str) -> Error {
        self.file.rest = None;
        let Head { status, log_id, attempts, operation } = &self.about;
        Error::new(kind, message).of(operation).with_head(*status, log_id.clone()).with_attempts(*attempts)
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.file.content_type)
            .field("name", &self.file.name)
            .field("size", &self.file.length)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// Makes a call and returns its file.
pub(crate) fn send_file(context: &Context, request: Result<Request, Error>) -> ResponseFuture<File> {
    start(context, request, |context, request| async move {
        let response = pin!(execute(&context, request, &mut FileDecoder(Expected::File))).await?;
        let (file, response) = split(response)?;
        let file = File { content: file.begun, content_type: file.content_type, name: file.name };
        Ok(Response::new(file, response))
    })
}

/// Makes a call and returns its file as it arrives.
pub(crate) fn send_stream(
    context: &Context,
    request: Result<Request, Error>,
    max_bytes: u64,
) -> ResponseFuture<Download> {
    start(context, request, |context, request| async move {
        let operation = request.operation;
        let response = pin!(execute(&context, request, &mut FileDecoder(Expected::Stream))).await?;
        let (file, response) = split(response)?;
        let about =
            Head { status: response.status, log_id: response.log_id.clone(), attempts: response.attempts, operation };
        let chunk_timeout = context.shared.transport.attempt_timeout;
        let mut download = Download { file, received: 0, max_bytes, chunk_timeout, timer: None, about };
        match download.size() {
            Some(size) if size > max_bytes => Err(download.too_large()),
            _ => Ok(Response::new(download, response)),
        }
    })
}

/// Takes the file out of its response.
fn split(mut response: HttpResponse) -> Result<(FileResponse, HttpResponse), Error> {
    let Some(mut file) = response.file.take() else {
        return Err(Error::new(ErrorKind::InvalidResponse, INVALID_RESPONSE));
    };
    file.begun = mem::take(&mut response.body);
    Ok((*file, response))
}

/// Lets the transport find out whether the response is a file; an envelope has no payload.
struct FileDecoder(Expected);

impl Decoder for FileDecoder {
    fn expected(&self) -> Expected {
        self.0
    }

    fn parse(&mut self, _: &[u8]) -> serde_json::Result<bool> {
        Ok(false)
    }

    fn recover(&mut self, _: &[u8]) -> serde_json::Result<bool> {
        Ok(false)
    }
}
