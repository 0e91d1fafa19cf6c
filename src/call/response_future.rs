//! The future of a call, boxed by this crate.
//!
//! The state of a call (retries, waits, one HTTP exchange) is large, and an `async fn` would be compiled again in every
//! crate that awaits it, once per operation. Boxed, it is compiled here, and the caller's future stays small when it is
//! spawned, joined or moved. The price is one allocation per call.

use crate::{Error, Response};
use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of a call, which `send` or `send_raw` of a [builder](crate::builder) returns.
///
/// Nothing is sent before it is polled, and dropping it cancels the call. It borrows nothing, so it can be spawned and
/// stored:
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::ResponseFuture;
/// use feishu_user_groups::types::GetUserGroupData;
///
/// let call: ResponseFuture<GetUserGroupData> = client.get_user_group().group_id("g122817").send();
/// let task = tokio::spawn(call);
/// println!("{:?}", task.await??.group.name);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before the future is awaited"]
pub struct ResponseFuture<T>(Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>);

impl<T> ResponseFuture<T> {
    pub(crate) fn new(call: impl Future<Output = Result<Response<T>, Error>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }

    /// A call that fails before anything is sent.
    pub(crate) fn failed(error: Error) -> Self
    where
        T: Send + 'static,
    {
        Self::new(ready(Err(error)))
    }
}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::call::envelope::{NoPayload, Payload};
    use crate::call::request::RequestBuilder;
    use crate::client::Client;
    use crate::operation::ALL;
    use serde::Deserialize;

    /// Bytes: a quarter more than measured, and less than if one inner future were stored twice.
    const MAX_STATE: usize = 2432;

    /// A payload of `N` bytes.
    #[derive(Deserialize)]
    struct Sized<const N: usize>;

    impl<const N: usize> Payload for Sized<N> {
        type Data = [u8; N];
        fn open(_: Option<Self>) -> Option<[u8; N]> {
            None
        }
    }

    /// Bytes of a call's state on the heap.
    fn state_size<P: Payload>() -> usize {
        let client = Client::builder().tenant_token("t-tests").build().unwrap_or_else(|error| panic!("{error}"));
        let request = ALL.first().map(|operation| RequestBuilder::new(operation).finish());
        let call = request.map(|request| client.call::<P>(request));
        call.map_or(0, |call| size_of_val(&*call.0))
    }

    // An `async fn` that takes a future stores it twice; three nested ones store it eight times, and nothing else fails.
    #[test]
    fn state_of_a_call_is_bounded() {
        let empty = state_size::<Sized<0>>();
        assert!((500..=MAX_STATE).contains(&empty), "{empty}");
        assert!(state_size::<NoPayload>() <= MAX_STATE);
        // More would mean that an inner future stores the payload as well.
        let payload = state_size::<Sized<1024>>() - empty;
        assert!(payload <= 2 * 1024, "{payload}");
    }
}
