//! Going through a listing.
//!
//! `has_more: false` ends a listing and nothing else does: the token beside it may be
//! absent, empty or stale. `has_more: true` without a new token would mean asking for
//! the same page forever, or stopping early in silence, so it is an error. A page is
//! fetched when it is wanted, and only one is held at a time; one that cannot be gone on
//! from is given before the error.

use crate::client::Client;
use crate::envelope::Envelope;
use crate::operation::Operation;
use crate::request::Request;
use crate::{Error, ErrorKind, Response};
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
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
/// A page, and what comes after it: the token of the next one, or why there is none.
type Turn<T> = (Page<T>, Option<Result<(String, Trail), Error>>);
type Fetch<T> = Pin<Box<dyn Future<Output = Result<Turn<T>, Error>> + Send>>;
/// Fetches the page that begins at a token.
type Fetcher<T> = Box<dyn Fn(Option<String>, Trail) -> Fetch<T> + Send + Sync>;

/// The pages of a listing, fetched one at a time; also a [`Stream`].
#[must_use = "nothing is fetched before a page is asked for"]
pub struct Pages<T> {
    next: Next<T>,
}

/// What comes next.
enum Next<T> {
    /// The page that begins at this token.
    At(Fetcher<T>, Option<String>, Trail),
    /// The page that is on its way.
    Coming(Fetcher<T>, Fetch<T>),
    /// Nothing but this error.
    Failed(Error),
    /// Nothing.
    Ended,
}

impl<T> Pages<T> {
    /// The next page; `None` after the last one. An error ends the listing.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// The items of the pages still to come.
    pub fn into_items(self) -> Items<T> {
        Items { pages: self, held: Vec::new().into_iter() }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Fetched<T>>> {
        loop {
            match std::mem::replace(&mut self.next, Next::Ended) {
                Next::Ended => return Poll::Ready(None),
                Next::Failed(error) => return Poll::Ready(Some(Err(error))),
                Next::At(fetch, token, trail) => {
                    let coming = fetch(token, trail);
                    self.next = Next::Coming(fetch, coming);
                }
                Next::Coming(fetch, mut coming) => {
                    let Poll::Ready(turn) = coming.as_mut().poll(context) else {
                        self.next = Next::Coming(fetch, coming);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(turn.map(|(page, then)| {
                        self.next = match then {
                            Some(Ok((token, trail))) => Next::At(fetch, Some(token), trail),
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

/// The items of a listing, whose pages are fetched as they are wanted; also a [`Stream`].
#[must_use = "nothing is fetched before an item is asked for"]
#[derive(Debug)]
pub struct Items<T> {
    pages: Pages<T>,
    held: std::vec::IntoIter<T>,
}

// No item is ever pinned: the page in flight is boxed.
impl<T> Unpin for Items<T> {}

impl<T> Items<T> {
    /// The next item; `None` after the last one. An error ends the listing.
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

/// The pages of a request, from the one that begins at `token`; called by the generated builders.
///
/// `request` itself holds no token: `parameter` is the query parameter that it goes into.
pub(crate) fn pages<E>(
    client: Client,
    request: Result<Request, Error>,
    parameter: &'static str,
    token: Option<String>,
) -> Pages<<E::Data as PageData>::Item>
where
    E: Envelope<Data: PageData + Send>,
{
    let request = match request {
        Ok(request) => request,
        Err(error) => return Pages { next: Next::Failed(error) },
    };
    let fetch = move |token: Option<String>, trail| -> Fetch<_> {
        let (client, operation) = (client.clone(), request.operation);
        let request = match &token {
            Some(token) => request.with_query(parameter, token),
            None => request.clone(),
        };
        Box::pin(async move {
            let answer = client.call::<E>(request).await?;
            Ok(turn(answer, trail, operation))
        })
    };
    let token = token.filter(|token| !token.is_empty());
    let trail = Trail { mark: token.clone(), steps: 0, stride: 1 };
    Pages { next: Next::At(Box::new(fetch), token, trail) }
}

/// A page, and what comes after it. A listing that cannot go on still gives this page first.
fn turn<D: PageData>(answer: Response<D>, trail: Trail, operation: &'static Operation) -> Turn<D::Item> {
    let broken = answer.error(ErrorKind::Paging, operation);
    let log_id = answer.log_id().map(str::to_owned);
    let mut data = answer.into_inner();
    let token = data.take_token().filter(|token| !token.is_empty());
    let then = match (data.has_more(), token) {
        (Some(false), _) => None,
        (Some(true), Some(token)) => Some(match trail.goes_on(&token) {
            Some(trail) => Ok((token, trail)),
            None => Err("there is said to be more, at a page that has been before: the listing would never end"),
        }),
        (Some(true), None) => Some(Err("there is said to be more, and not where: the listing would be cut short")),
        (None, _) => Some(Err("it is not said whether there is more: the listing might be cut short")),
    };
    let next_token = then.as_ref().and_then(|then| then.as_ref().ok()).map(|(token, _)| token.clone());
    (Page { items: data.into_items(), next_token, log_id }, then.map(|then| then.map_err(|what| broken.saying(what))))
}

/// Where a listing has been, in constant space (Brent's cycle detection): a mark is left
/// after ever longer strides, and a listing that goes in circles comes by it again.
struct Trail {
    mark: Option<String>,
    steps: u64,
    stride: u64,
}

impl Trail {
    /// The trail with one more step; none where that leads back to the mark.
    fn goes_on(mut self, token: &str) -> Option<Self> {
        if self.mark.as_deref() == Some(token) {
            return None;
        }
        self.steps += 1;
        if self.steps == self.stride {
            (self.mark, self.steps, self.stride) = (Some(token.to_owned()), 0, self.stride.saturating_mul(2));
        }
        Some(self)
    }
}
