//! Going through a listing.
//!
//! `has_more: false` ends a listing and nothing else does: the token beside it may be
//! absent, empty or stale. `has_more: true` without a new token would mean asking for
//! the same page forever, or stopping early in silence, so it is an error. A page is
//! fetched when it is kind, and only one is held at a time; one that cannot be gone on
//! from is given before the error.

use super::envelope::Envelope;
use super::request::Request;
use super::{Context as CallContext, send};
use crate::operation::Operation;
use crate::{Error, ErrorKind, Response, ResponseFuture};
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What the generated payload of a page knows of itself.
pub trait PageData {
    /// What it lists.
    type Item;
    /// Whether there is another page.
    fn has_more(&self) -> Option<bool>;
    /// Where that begins.
    fn take_token(&mut self) -> Option<String>;
    /// What it lists.
    fn into_items(self) -> Vec<Self::Item>;
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page lists.
    pub items: Vec<T>,
    /// Where the next page begins, to resume a job there later; `None` on the last page.
    pub next_token: Option<String>,
    /// The id that the platform's support asks for.
    pub log_id: Option<String>,
}

type Fetched<T> = Result<Page<T>, Error>;

/// The pages of a listing, fetched one at a time; also a [`Stream`].
///
/// What fetches them is compiled in this crate: a caller's crate compiles a call through a pointer.
#[must_use = "nothing is fetched before a page is asked for"]
pub struct Pages<T>(Pin<Box<dyn Stream<Item = Fetched<T>> + Send>>);

impl<T> Pages<T> {
    /// The next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// Whatever the call for the page ended with, and [`ErrorKind::Pagination`] after a page from which the listing
    /// cannot go on. An error ends the listing: resume at the last page's [`next_token`](Page::next_token).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The items of the pages still to come.
    pub fn into_items(self) -> Items<T> {
        Items { pages: self, held: Vec::new().into_iter() }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Fetched<T>>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> Stream for Pages<T> {
    type Item = Fetched<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// The items of a listing, whose pages are fetched as they are kind; also a [`Stream`].
#[must_use = "nothing is fetched before an item is asked for"]
#[derive(Debug)]
pub struct Items<T> {
    pages: Pages<T>,
    held: std::vec::IntoIter<T>,
}

// No item is ever pinned: the page in flight is boxed.
impl<T> Unpin for Items<T> {}

impl<T> Items<T> {
    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of [`Pages::try_next`], once the items before them are given. An error ends the listing.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.held.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => self.held = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

/// Fetches the pages of a listing whose responses hold `D`.
struct Listing<D> {
    call_context: CallContext,
    /// Makes the call for a page.
    call: fn(&CallContext, Result<Request, Error>) -> ResponseFuture<D>,
    /// The query parameter that takes the page token.
    parameter: &'static str,
    next: Next<D>,
}

/// What comes next; a request in it has no page token.
enum Next<D> {
    /// The page at the cursor.
    At(Request, PageCursor),
    /// The page at the cursor, which is being fetched.
    Fetching(Request, PageCursor, ResponseFuture<D>),
    /// This error, and then nothing.
    Failed(Error),
    /// Nothing.
    Ended,
}

impl<D> Listing<D> {
    fn fetch(&self, request: &Request, cursor: &PageCursor) -> ResponseFuture<D> {
        let request = match &cursor.at {
            Some(token) => request.with_query(self.parameter, token),
            None => request.clone(),
        };
        (self.call)(&self.call_context, Ok(request))
    }
}

impl<D: PageData> Stream for Listing<D> {
    type Item = Fetched<D::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match mem::replace(&mut self.next, Next::Ended) {
                Next::Ended => return Poll::Ready(None),
                Next::Failed(error) => return Poll::Ready(Some(Err(error))),
                Next::At(request, cursor) => {
                    let call = self.fetch(&request, &cursor);
                    self.next = Next::Fetching(request, cursor, call);
                }
                Next::Fetching(request, cursor, mut call) => {
                    let Poll::Ready(response) = Pin::new(&mut call).poll(context) else {
                        self.next = Next::Fetching(request, cursor, call);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(response.map(|response| {
                        let (page, then) = page(response, cursor, request.operation);
                        self.next = match then {
                            Some(Ok(cursor)) => Next::At(request, cursor),
                            Some(Err(error)) => Next::Failed(error),
                            None => Next::Ended,
                        };
                        page
                    })));
                }
            }
        }
    }
}

/// The pages of a request, from the one that begins at `token`; called by the generated builders.
///
/// `request` itself holds no token: `parameter` is the query parameter that it goes into.
pub(crate) fn pages<E>(
    call_context: &CallContext,
    request: Result<Request, Error>,
    parameter: &'static str,
    token: Option<String>,
) -> Pages<<E::Data as PageData>::Item>
where
    E: Envelope<Data: PageData>,
{
    let next = match request {
        Ok(request) => Next::At(request, PageCursor::begin(token.filter(|token| !token.is_empty()))),
        Err(error) => Next::Failed(error),
    };
    Pages(Box::pin(Listing { call_context: call_context.clone(), call: send::<E>, parameter, next }))
}

/// A page, and what comes after it: where the next one begins, or why there is none.
type PageThen<T> = (Page<T>, Option<Result<PageCursor, Error>>);

/// A page, and what comes after it. A listing that cannot go on still gives this page first.
fn page<D: PageData>(answer: Response<D>, cursor: PageCursor, operation: &'static Operation) -> PageThen<D::Item> {
    let broken = answer.error(ErrorKind::Pagination, operation);
    let log_id = answer.log_id().map(str::to_owned);
    let mut data = answer.into_inner();
    let token = data.take_token().filter(|token| !token.is_empty());
    let then = match (data.has_more(), token) {
        (Some(false), _) => None,
        (Some(true), Some(token)) => Some(
            cursor
                .go_on(token)
                .ok_or("there is said to be more, at a page that has been before: the listing would never end"),
        ),
        (Some(true), None) => Some(Err("there is said to be more, and not where: the listing would be cut short")),
        (None, _) => Some(Err("it is not said whether there is more: the listing might be cut short")),
    };
    let next_token = then.as_ref().and_then(|then| then.as_ref().ok()?.at.clone());
    (Page { items: data.into_items(), next_token, log_id }, then.map(|then| then.map_err(|what| broken.saying(what))))
}

/// Where a listing is and has been, in constant space.
///
/// A page that leads back to itself is seen at once. A longer circle is found by Brent's cycle
/// detection: a mark is left after ever longer strides, and the listing comes by it again.
struct PageCursor {
    /// Where the page under way begins; the first one of all has no token.
    at: Option<String>,
    mark: Option<String>,
    steps: u64,
    stride: u64,
}

impl PageCursor {
    fn begin(at: Option<String>) -> Self {
        Self { mark: at.clone(), at, steps: 0, stride: 1 }
    }

    /// The cursor with one more step; none where that leads back.
    fn go_on(mut self, token: String) -> Option<Self> {
        if [&self.at, &self.mark].iter().any(|been| been.as_deref() == Some(&token)) {
            return None;
        }
        self.steps += 1;
        if self.steps == self.stride {
            (self.mark, self.steps, self.stride) = (Some(token.clone()), 0, self.stride.saturating_mul(2));
        }
        self.at = Some(token);
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a listing keeps from one page to the next, all of it: a field more must be looked at here.
    fn bytes_kept(PageCursor { at, mark, steps: _, stride: _ }: &PageCursor) -> usize {
        [at, mark].into_iter().flatten().map(String::capacity).sum()
    }

    #[test]
    fn memory_is_constant_across_pages() {
        let mut cursor = PageCursor::begin(None);
        for page in 0..100_000 {
            cursor = cursor.go_on(format!("{page:032}")).unwrap();
            assert!(bytes_kept(&cursor) <= 2 * 32, "{} bytes after {page} pages", bytes_kept(&cursor));
        }
    }
}
