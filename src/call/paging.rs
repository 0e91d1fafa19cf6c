//! Fetches the pages of a listing.
//!
//! Only `has_more: false` ends a listing: the page token next to it may be absent, empty or stale. `has_more: true`
//! without a new token is an error, since continuing would repeat a page forever and stopping would silently lose items.
//! A page is fetched when it is polled for, and only one is in memory at a time. The page before an error is returned
//! before the error.

use super::envelope::Payload;
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

/// The payload of one page; implemented by generated types.
pub trait PageData {
    /// The type of the listed items.
    type Item;
    /// Whether there is another page.
    fn has_more(&self) -> Option<bool>;
    /// The token of the next page.
    fn take_token(&mut self) -> Option<String>;
    /// The items of the page.
    fn into_items(self) -> Vec<Self::Item>;
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The token of the next page, `None` on the last one. Pass it to the builder to resume the listing later.
    pub next_token: Option<String>,
    /// The log id, which the platform's support asks for.
    pub log_id: Option<String>,
}

type PageResult<T> = Result<Page<T>, Error>;

/// The pages of a listing, fetched one at a time; also a [`Stream`].
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
/// let mut pages = client.list_user_groups().pages();
/// while let Some(page) = pages.try_next().await? {
///     println!("{} groups; the next page token is {:?}", page.items.len(), page.next_token);
/// }
/// # Ok(())
/// # }
/// ```
// Boxed, so that fetching is compiled in this crate and not in each crate that calls it.
#[must_use = "nothing is fetched before the first page is requested"]
pub struct Pages<T>(Pin<Box<dyn Stream<Item = PageResult<T>> + Send>>);

impl<T> Pages<T> {
    /// Fetches the next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// The error of the page's call, or [`ErrorKind::Pagination`] if the page before has no usable page token. An error
    /// ends the listing; resume it from the last page's [`next_token`](Page::next_token).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The items of the remaining pages.
    pub fn into_items(self) -> Items<T> {
        Items { pages: self, current: Vec::new().into_iter() }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<PageResult<T>>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T> Stream for Pages<T> {
    type Item = PageResult<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// The items of a listing, whose pages are fetched as needed; also a [`Stream`].
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
/// let mut groups = client.list_user_groups().stream();
/// while let Some(group) = groups.try_next().await? {
///     println!("{:?} {:?}", group.id(), group.name);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is fetched before the first item is requested"]
#[derive(Debug)]
pub struct Items<T> {
    pages: Pages<T>,
    /// The items left of the current page.
    current: std::vec::IntoIter<T>,
}

// No item is ever pinned: the page being fetched is boxed.
impl<T> Unpin for Items<T> {}

impl<T> Items<T> {
    /// The next item; `None` after the last one.
    ///
    /// # Errors
    ///
    /// Those of [`Pages::try_next`], after all items before them. An error ends the listing.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.current.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => self.current = page.items.into_iter(),
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

/// Fetches the pages of a listing with payloads of type `D`.
struct Listing<D> {
    call_context: CallContext,
    /// Makes the call for a page.
    call: fn(&CallContext, Result<Request, Error>) -> ResponseFuture<D>,
    /// The query parameter that takes the page token.
    token_parameter: &'static str,
    state: ListingState<D>,
}

/// The requests in it have no page token.
enum ListingState<D> {
    /// The page at the cursor is next.
    Ready(Request, PageCursor),
    /// The page at the cursor is being fetched.
    Fetching(Request, PageCursor, ResponseFuture<D>),
    /// The error is next, and ends the listing.
    Failed(Error),
    /// The listing has ended.
    Ended,
}

impl<D> Listing<D> {
    fn fetch(&self, request: &Request, cursor: &PageCursor) -> ResponseFuture<D> {
        let request = match &cursor.token {
            Some(token) => request.with_query(self.token_parameter, token),
            None => request.clone(),
        };
        (self.call)(&self.call_context, Ok(request))
    }
}

impl<D: PageData> Stream for Listing<D> {
    type Item = PageResult<D::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match mem::replace(&mut self.state, ListingState::Ended) {
                ListingState::Ended => return Poll::Ready(None),
                ListingState::Failed(error) => return Poll::Ready(Some(Err(error))),
                ListingState::Ready(request, cursor) => {
                    let call = self.fetch(&request, &cursor);
                    self.state = ListingState::Fetching(request, cursor, call);
                }
                ListingState::Fetching(request, cursor, mut call) => {
                    let Poll::Ready(response) = Pin::new(&mut call).poll(context) else {
                        self.state = ListingState::Fetching(request, cursor, call);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(response.map(|response| {
                        let (page, next) = page(response, cursor, request.operation);
                        self.state = match next {
                            Some(Ok(cursor)) => ListingState::Ready(request, cursor),
                            Some(Err(error)) => ListingState::Failed(error),
                            None => ListingState::Ended,
                        };
                        page
                    })));
                }
            }
        }
    }
}

/// The pages of a listing, from the one at `token` on; called by the generated builders.
///
/// `request` has no page token; `token_parameter` is the query parameter that takes it.
pub(crate) fn pages<P>(
    call_context: &CallContext,
    request: Result<Request, Error>,
    token_parameter: &'static str,
    token: Option<String>,
) -> Pages<<P::Data as PageData>::Item>
where
    P: Payload<Data: PageData>,
{
    let state = match request {
        Ok(request) => ListingState::Ready(request, PageCursor::new(token.filter(|token| !token.is_empty()))),
        Err(error) => ListingState::Failed(error),
    };
    Pages(Box::pin(Listing { call_context: call_context.clone(), call: send::<P>, token_parameter, state }))
}

/// A page, and the cursor of the next one or why there is none; nothing after the last page.
type PageAndNext<T> = (Page<T>, Option<Result<PageCursor, Error>>);

/// Splits a response into its page and what follows it. A page without a usable token is still returned.
fn page<D: PageData>(response: Response<D>, cursor: PageCursor, operation: &'static Operation) -> PageAndNext<D::Item> {
    let error = response.error(ErrorKind::Pagination, operation);
    let log_id = response.log_id().map(str::to_owned);
    let mut data = response.into_inner();
    let token = data.take_token().filter(|token| !token.is_empty());
    let next = match (data.has_more(), token) {
        (Some(false), _) => None,
        (Some(true), Some(token)) => Some(
            cursor
                .advance(token)
                .ok_or("the service returned a page token that it had already returned: the listing would never end"),
        ),
        (Some(true), None) => {
            Some(Err("`has_more` is true but no page token was returned: the listing would miss items"))
        }
        (None, _) => Some(Err("the response has no `has_more`: the listing might miss items")),
    };
    let next_token = next.as_ref().and_then(|next| next.as_ref().ok()?.token.clone());
    (
        Page { items: data.into_items(), next_token, log_id },
        next.map(|next| next.map_err(|why| error.with_message(why))),
    )
}

/// The position of a listing. It detects a token that returns, in constant space.
///
/// A page that leads back to itself is detected at once. A longer cycle is found by Brent's algorithm: the mark moves
/// to the current token after ever longer strides, until the cycle passes the mark again.
struct PageCursor {
    /// The token of the current page; none for the first page.
    token: Option<String>,
    mark: Option<String>,
    steps: u64,
    stride: u64,
}

impl PageCursor {
    fn new(token: Option<String>) -> Self {
        Self { mark: token.clone(), token, steps: 0, stride: 1 }
    }

    /// Moves to the next page; none if the token was seen before.
    fn advance(mut self, token: String) -> Option<Self> {
        if [&self.token, &self.mark].iter().any(|seen| seen.as_deref() == Some(&token)) {
            return None;
        }
        self.steps += 1;
        if self.steps == self.stride {
            (self.mark, self.steps, self.stride) = (Some(token.clone()), 0, self.stride.saturating_mul(2));
        }
        self.token = Some(token);
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that a listing keeps from one page to the next. Naming every field makes a new one fail to compile here.
    fn bytes_kept(PageCursor { token, mark, steps: _, stride: _ }: &PageCursor) -> usize {
        [token, mark].into_iter().flatten().map(String::capacity).sum()
    }

    #[test]
    fn memory_is_constant_across_pages() {
        let mut cursor = PageCursor::new(None);
        for page in 0..100_000 {
            cursor = cursor.advance(format!("{page:032}")).unwrap();
            assert!(bytes_kept(&cursor) <= 2 * 32, "{} bytes after {page} pages", bytes_kept(&cursor));
        }
    }
}
