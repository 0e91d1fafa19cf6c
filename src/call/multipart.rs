//! A form as the body of one attempt: `multipart/form-data`, chunk by chunk.
//!
//! The length is known before the first byte, so the request has a `Content-Length`: some gateways take no body without
//! one. A streamed file must therefore have as many bytes as its caller stated; otherwise the attempt ends here, since the
//! service would wait for the rest or read what follows as another request.

use super::form::{Content, Form, Open, Part, Value, escaped};
use crate::future::no_panic;
use crate::transport::UploadError;
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

const PANICKED: &str = "cannot be read: the code that the call was given for it panicked";

/// The body of a form.
pub(super) struct FormBody {
    rest: VecDeque<Chunk>,
    /// The streamed file that is being sent.
    open: Option<OpenFile>,
    /// Bytes that are left.
    length: u64,
}

enum Chunk {
    Bytes(Bytes),
    /// Opened when its turn comes: an open file that waits may expire.
    File {
        part: String,
        length: u64,
        open: Arc<Open>,
    },
}

struct OpenFile {
    part: String,
    /// A mutex makes it `Sync`, as the HTTP client requires; it is never locked.
    stream: Mutex<Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>>,
    /// Bytes that it must still have.
    left: u64,
}

impl FormBody {
    /// The body with this boundary, which no part may hold; 128 random bits do not occur in one.
    pub(super) fn new(form: &Form, boundary: &str) -> Self {
        let mut body = Self { rest: VecDeque::new(), open: None, length: 0 };
        let mut text = String::new();
        for Part { name, value } in form.parts() {
            text += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escaped(name));
            match value {
                Value::Text(value) => text += &format!("\r\n\r\n{value}"),
                Value::File(file) => {
                    text += &file.head();
                    text += "\r\n\r\n";
                    body.push(Chunk::Bytes(std::mem::take(&mut text).into()));
                    body.push(match &file.content {
                        Content::Whole(content) => Chunk::Bytes(content.clone()),
                        Content::Streamed { length, open } => {
                            Chunk::File { part: name.clone(), length: *length, open: Arc::clone(open) }
                        }
                    });
                }
            }
            text += "\r\n";
        }
        text += &format!("--{boundary}--\r\n");
        body.push(Chunk::Bytes(text.into()));
        body
    }

    fn push(&mut self, chunk: Chunk) {
        let length = match &chunk {
            Chunk::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Chunk::File { length, .. } => *length,
        };
        self.length = self.length.saturating_add(length);
        self.rest.push_back(chunk);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, UploadError>>> {
        loop {
            if let Some(file) = &mut self.open {
                match ready!(file.poll(context)) {
                    // The task's other work has its turn, such as the timeout: there may be empty chunks without end.
                    Some(Ok(chunk)) if chunk.is_empty() => {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Some(chunk) => return Poll::Ready(Some(chunk)),
                    None => self.open = None,
                }
            }
            match self.rest.pop_front() {
                // An empty file has an empty chunk, which ends a body of some HTTP versions.
                Some(Chunk::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Chunk::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(Chunk::File { part, length, open }) => match no_panic(|| open()) {
                    Some(stream) => self.open = Some(OpenFile { part, stream: Mutex::new(stream), left: length }),
                    None => return Poll::Ready(Some(Err(UploadError::new(&part, PANICKED, None)))),
                },
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Body for FormBody {
    type Data = Bytes;
    type Error = UploadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadError>>> {
        let chunk = ready!(self.poll(context));
        if let Some(Err(_)) = &chunk {
            // What failed is not polled again.
            self.open = None;
            self.rest.clear();
        }
        if let Some(Ok(chunk)) = &chunk {
            self.length = self.length.saturating_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

impl OpenFile {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, UploadError>>> {
        let stream = self.stream.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(polled) = no_panic(|| stream.as_mut().poll_next(context)) else {
            return Poll::Ready(Some(Err(self.error(PANICKED, None))));
        };
        Poll::Ready(match ready!(polled) {
            Some(Ok(chunk)) => match self.left.checked_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX)) {
                Some(left) => {
                    self.left = left;
                    Some(Ok(chunk))
                }
                None => Some(Err(self.error("has more bytes than its stated length", None))),
            },
            Some(Err(error)) => Some(Err(self.error("cannot be read", Some(error)))),
            None if self.left > 0 => {
                let reason = format!("ended {} bytes before its stated length", self.left);
                Some(Err(self.error(&reason, None)))
            }
            None => None,
        })
    }

    fn error(&self, reason: &str, source: Option<io::Error>) -> UploadError {
        UploadError::new(&self.part, reason, source)
    }
}
