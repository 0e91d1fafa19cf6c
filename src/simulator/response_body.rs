//! The body of a response, which can end before it is whole.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// Bytes to send, and what happens then.
pub(super) struct ResponseBody {
    rest: Option<Bytes>,
    ending: Ending,
}

enum Ending {
    Complete,
    /// The bytes are sent before the connection is closed: an error at once would close it before.
    SendFirst,
    Close,
}

impl ResponseBody {
    pub fn whole(bytes: Bytes) -> Self {
        Self { rest: Some(bytes), ending: Ending::Complete }
    }

    /// A part of a body, after which the connection is closed.
    pub fn cut(part: Bytes) -> Self {
        Self { rest: Some(part), ending: Ending::SendFirst }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.rest.take().filter(|bytes| !bytes.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.ending {
            Ending::Complete => Poll::Ready(None),
            Ending::SendFirst => {
                self.ending = Ending::Close;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Close => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.as_ref().is_none_or(Bytes::is_empty) && matches!(self.ending, Ending::Complete)
    }

    fn size_hint(&self) -> SizeHint {
        match self.ending {
            Ending::Complete => SizeHint::with_exact(self.rest.as_ref().map_or(0, |rest| rest.len() as u64)),
            _ => SizeHint::default(),
        }
    }
}
