//! A batch: one call about many items, each of which is done or fails by itself.
//!
//! Code 0 of such a call says only that it was processed. So `send` returns a response of a type of its own, which the
//! compiler warns about if it is not looked at, and which becomes a plain response only if every item that was sent is
//! done. Other batches fail as a whole and have the results in the data of the failure; their error holds the same
//! lists.
//!
//! Which items are done is decided in `error/partial`. The results are read when they are asked for: a batch costs no
//! more than any other call.

use super::envelope::{Payload, Response};
use super::request::Request;
use super::response_future::ResponseFuture;
use super::{Context, send};
use crate::error::partial::{ItemOutcome, PartialResults, unreported};
use crate::operation::Operation;
use crate::{Error, ErrorKind, ItemResult};
use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

/// The body of a batch. It is kept until the results are read, instead of a copy of its ids.
pub(crate) trait SentItems: Send + Sync + 'static {
    /// The id of an item; none after the last one.
    fn id(&self, index: usize) -> Option<&str>;
}

/// The items of a batch, as they were sent; none for any other call.
#[derive(Clone, Default)]
pub(crate) struct Sent(Option<Arc<dyn SentItems>>);

impl Sent {
    pub(crate) fn new(body: impl SentItems) -> Self {
        Self(Some(Arc::new(body)))
    }

    /// The ids of the items.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        (0..).map_while(|index| self.0.as_ref()?.id(index))
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// A payload with the results of a batch.
pub trait BatchData {
    /// The operation that returns it.
    fn operation() -> &'static Operation;
    /// The id and the code of each item, in the response's order.
    fn results(&self) -> impl Iterator<Item = (Option<&str>, Option<i64>)> + Clone;
}

/// Makes a call whose successes hold the results of a batch.
pub(crate) fn send_batch<P: Payload>(context: &Context, mut request: Result<Request, Error>) -> BatchFuture<P::Data> {
    let sent = request.as_mut().map(|request| mem::take(&mut request.sent)).unwrap_or_default();
    BatchFuture { call: send::<P>(context, request), sent }
}

/// The error of a batch whose results are in the data of its failure; any other error as it is.
pub(super) fn with_results(error: Error, request: &Request) -> Error {
    let Some(batch) = &request.operation.batch else { return error };
    if error.kind() != ErrorKind::Service || batch.partial_code.is_none() || error.code() != batch.partial_code {
        return error;
    }
    let results = PartialResults::in_data(request.operation, batch, request.sent.ids(), error.data());
    error.into_partial_failure(results)
}

/// The response of a batch: the result of each item, and what is known about the response.
///
/// Code 0 says only that the service processed the batch: items may have failed. Use [`into_result`](Self::into_result)
/// where that is an error, or read the lists. The compiler warns about a response that is not used.
///
/// Each item that was sent is in at least one of four lists: [`succeeded`](Self::succeeded), [`already`](Self::already),
/// [`failed`](Self::failed) or [`unreported`](Self::unreported). It dereferences to [`Response`], and so to the payload.
///
/// ```no_run
/// # use feishu_user_groups::{Client, Result, types::MemberReference};
/// # async fn add(client: &Client, members: Vec<MemberReference>) -> Result<()> {
/// let add = client.batch_add_user_group_members().group_id("g122817").body_map(|body| body.members(members));
/// let batch = add.send().await?;
/// println!("{} were added, {} were members", batch.succeeded().count(), batch.already().count());
/// for item in batch.failed() {
///     println!("{}: {}", item.id().unwrap_or("?"), item.advice().unwrap_or("no advice"));
/// }
/// println!("unknown: {}", batch.unreported().join(", "));
/// # Ok(())
/// # }
/// ```
#[must_use = "items may have failed: call `into_result`, or read `failed` and `unreported`"]
#[derive(Clone)]
pub struct BatchResponse<T> {
    response: Response<T>,
    sent: Sent,
}

impl<T: BatchData> BatchResponse<T> {
    /// The items that are done: named in the response, with code 0.
    pub fn succeeded(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.items(ItemOutcome::Succeeded)
    }

    /// The items for which nothing had to be done, such as a member who is in the group already.
    ///
    /// If the call was retried ([`Response::attempts`] is above 1), an earlier attempt whose response was lost may have
    /// done them.
    pub fn already(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.items(ItemOutcome::Already)
    }

    /// The items that failed, each with its code and advice. A result without a code, or one that names no item, is here
    /// too.
    pub fn failed(&self) -> impl Iterator<Item = ItemResult<'_>> {
        self.items(ItemOutcome::Failed)
    }

    /// The ids of the items that were sent and for which the response has no result: they may be done or not.
    pub fn unreported(&self) -> Vec<&str> {
        unreported(self.sent.ids(), self.response.results().map(|(id, _)| id))
    }

    /// The plain response, if every item is done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PartialFailure`] if an item [failed](Self::failed) or is [unreported](Self::unreported). The error
    /// holds the same four lists: [`Error::succeeded`], [`Error::already`], [`Error::failed`] and [`Error::unreported`].
    pub fn into_result(self) -> Result<Response<T>, Error> {
        if self.is_done_in_order() || (self.failed().next().is_none() && self.unreported().is_empty()) {
            return Ok(self.response);
        }
        let results = PartialResults::new(T::operation(), self.sent.ids(), self.response.results());
        Err(self.response.error(ErrorKind::PartialFailure, T::operation()).into_partial_failure(results))
    }

    /// Whether every item is done and reported at its place, as in most batches: then no id is searched for.
    fn is_done_in_order(&self) -> bool {
        let (mut sent, operation) = (self.sent.ids(), T::operation());
        let mut results = self.response.results();
        let is_done = |id, code| ItemOutcome::of(operation, id, code) != ItemOutcome::Failed;
        results.all(|(id, code)| id == sent.next() && is_done(id, code)) && sent.next().is_none()
    }

    fn items(&self, outcome: ItemOutcome) -> impl Iterator<Item = ItemResult<'_>> {
        let items = self.response.results().map(|(id, code)| ItemResult::new(T::operation(), id, code));
        items.filter(move |item| item.outcome() == outcome)
    }
}

impl<T> BatchResponse<T> {
    /// The payload by value, whatever the results in it say.
    pub fn into_inner(self) -> T {
        self.response.into_inner()
    }
}

impl<T> Deref for BatchResponse<T> {
    type Target = Response<T>;
    fn deref(&self) -> &Response<T> {
        &self.response
    }
}

impl<T> DerefMut for BatchResponse<T> {
    fn deref_mut(&mut self) -> &mut Response<T> {
        &mut self.response
    }
}

impl<T: fmt::Debug> fmt::Debug for BatchResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchResponse").field("response", &self.response).field("sent", &self.sent).finish()
    }
}

/// The future of a batch, as [`ResponseFuture`] is of any other call.
#[must_use = "nothing is sent before the future is awaited"]
pub struct BatchFuture<T> {
    call: ResponseFuture<T>,
    sent: Sent,
}

impl<T> Future for BatchFuture<T> {
    type Output = Result<BatchResponse<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        let call = Pin::new(&mut self.call).poll(context);
        call.map_ok(|response| BatchResponse { response, sent: mem::take(&mut self.sent) })
    }
}

impl<T> fmt::Debug for BatchFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchFuture").finish_non_exhaustive()
    }
}

/// ```compile_fail
/// #![deny(unused_must_use)]
/// async fn add(client: &feishu_user_groups::Client) -> feishu_user_groups::Result<()> {
///     client.batch_add_user_group_members().group_id("g1").send().await?;
///     Ok(())
/// }
/// ```
///
/// The same with its response used:
///
/// ```
/// #![deny(unused_must_use)]
/// async fn add(client: &feishu_user_groups::Client) -> feishu_user_groups::Result<()> {
///     client.batch_add_user_group_members().group_id("g1").send().await?.into_result()?;
///     Ok(())
/// }
/// ```
#[cfg(doctest)]
mod unused_response_is_a_warning {}
