//! A token fetch belongs to the client and to no call: where one is dropped, is not polled any more,
//! panics or ends with its runtime, the others get their token.

use crate::support::provider::Provider;
use crate::support::token_server::{
    get_concurrently, get_group, group_found, token_server, tokens_sent, tokens_valid_for,
};
use crate::support::{APP_ID, APP_SECRET, Gate, Reply, Server, app_client, builder};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{AppTicketProvider, Client, Error, ErrorKind, RetryPolicy, Secret, UserToken};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

const DAY: Duration = Duration::from_secs(86_400);

fn begun(client: &Client) -> JoinHandle<Result<u32, Error>> {
    let client = client.clone();
    tokio::spawn(async move { get_group(&client).await })
}

/// Gives out its first token when the gate opens.
async fn behind(gate: &Gate) -> Server {
    let gate = gate.clone();
    token_server(move |number| tokens_valid_for(7200)(number).after_gate(&gate), |_| group_found()).await
}

#[tokio::test]
async fn unpolled_call_does_not_block_others() {
    let gate = Gate::closed();
    let server = behind(&gate).await;
    let client = app_client(&server);
    let mut kept = pin!(get_group(&client));
    tokio::select! {
        biased;
        result = &mut kept => panic!("{result:?}"),
        () = server.wait_until(|received| received.len() == 1) => {}
    }
    gate.open();
    // In the caller's own future this would wait for as long as the call may take.
    get_group(&client).await.unwrap();
    kept.await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1"]);
}

#[tokio::test]
async fn fetch_survives_dropped_calls() {
    let gate = Gate::closed();
    let server = behind(&gate).await;
    let client = app_client(&server);
    for _ in 0..3 {
        let call = begun(&client);
        server.wait_until(|received| received.len() == 1).await;
        tokio::task::yield_now().await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    gate.open();
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1"]);
}

#[tokio::test(start_paused = true)]
async fn failed_fetch_retried_for_all_waiters() {
    let token = |number| if number == 1 { Reply::new(502, "<html>") } else { tokens_valid_for(7200)(number) };
    let server = token_server(token, |_| group_found()).await;
    let builder = builder(&server).app(APP_ID, APP_SECRET).retry_policy(RetryPolicy::new());
    let client = builder.timeout(DAY).connect_timeout(DAY).max_in_flight(200).build().unwrap();
    // More than the budget has retries for.
    let calls = get_concurrently(&client, 200, async || {}).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?}");
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn fetch_outlives_timed_out_call() {
    let gate = Gate::closed();
    let server = behind(&gate).await;
    let client = builder(&server).app(APP_ID, APP_SECRET).timeout(Duration::from_secs(1)).build().unwrap();
    let late = begun(&client);
    server.wait_until(|received| received.len() == 1).await;
    let error = late.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.is_auth() && !error.may_have_been_applied(), "{error}");
    gate.open();
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1"]);
}

#[tokio::test(start_paused = true)]
async fn dropping_last_clone_cancels_fetch() {
    let gone = Gate::closed();
    let silent = Reply::stall_until_hang_up(&gone);
    let server = Server::with_handler(move |_| silent.clone()).await;
    let client = app_client(&server);
    let call = begun(&client);
    server.wait_until(|received| received.len() == 1).await;
    call.abort();
    call.await.unwrap_err();
    assert!(!gone.is_open(), "a clone is left");
    drop(client);
    let dropped = tokio::time::Instant::now();
    gone.wait().await;
    assert!(dropped.elapsed() < Duration::from_secs(1), "it did not end by itself: {:?}", dropped.elapsed());
}

/// Panics at the first question.
fn panicking_once() -> Provider {
    Provider::new(|number| async move {
        assert!(number > 1, "as the test wants it");
        Ok(UserToken::new("u-1"))
    })
}

#[tokio::test]
async fn provider_panic_fails_all_waiters() {
    let server = Server::with_handler(|_| group_found()).await;
    let provider = panicking_once();
    let client = app_client(&server).with_user_token_provider(provider.clone());
    for result in get_concurrently(&client, 10, async || ()).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Auth, Some("get_user_group")));
        assert!(error.to_string().contains("panicked"), "{error}");
        assert!(!error.is_retryable(), "a panic is a mistake in the program");
    }
    assert_eq!(provider.requests().len(), 1);
    get_group(&client).await.unwrap();
}

#[tokio::test]
async fn ticket_provider_panic_is_error() {
    struct Panics(AtomicBool);
    impl AppTicketProvider for Panics {
        fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
            // Not even a future comes of it.
            assert!(self.0.swap(true, SeqCst), "as the test wants it");
            Box::pin(async { Err("the archive is closed".into()) })
        }
    }
    let server = Server::with_script([]).await;
    let client = builder(&server).store_app("cli_a", "secret", Panics(AtomicBool::new(false))).build().unwrap();
    let client = client.for_tenant("one").unwrap();
    let error = get_group(&client).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Auth && error.to_string().contains("panicked"), "{error}");
    let error = get_group(&client).await.unwrap_err();
    assert!(error.to_string().contains("the archive is closed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn hung_provider_times_out() {
    let server = Server::with_handler(|_| group_found()).await;
    let provider = Provider::new(|number| async move {
        match number {
            1 => std::future::pending().await,
            _ => Ok(UserToken::new("u-1")),
        }
    });
    let client = builder(&server).app("cli_a", "secret").timeout(DAY).connect_timeout(DAY).build().unwrap();
    let client = client.with_user_token_provider(provider.clone());
    let begun = tokio::time::Instant::now();
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable(), begun.elapsed().as_secs()), (ErrorKind::Timeout, true, 30));
    get_group(&client).await.unwrap();
    assert_eq!((provider.requests().len(), provider.max_concurrent()), (2, 1));
}

/// A runtime on this thread alone, whose clock runs ahead while it has nothing to do if it is `paused`.
fn runtime(paused: bool) -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(paused).build().unwrap()
}

/// A client of a server on this runtime whose provider responses the second question alone, and that provider.
fn on(runtime: &Runtime) -> (Server, Client, Provider) {
    let provider = Provider::new(|number| async move {
        match number {
            1 => std::future::pending().await,
            _ => Ok(UserToken::new("u-1")),
        }
    });
    let server = runtime.block_on(Server::with_handler(|_| group_found()));
    let client = builder(&server).app("cli_a", "secret").timeout(DAY).connect_timeout(DAY).build().unwrap();
    (server, client.with_user_token_provider(provider.clone()), provider)
}

/// Begins a fetch that does not end, and leaves the runtime.
async fn begin_a_fetch(client: &Client, provider: &Provider) {
    tokio::select! {
        result = get_group(client) => panic!("{result:?}"),
        () = provider.wait_for_requests(1) => {}
    }
}

#[test]
fn fetch_restarts_on_next_runtime() {
    let (first, second) = (runtime(false), runtime(false));
    let (_server, client, provider) = on(&second);
    first.block_on(begin_a_fetch(&client, &provider));
    drop(first);
    second.block_on(get_group(&client)).unwrap();
    assert_eq!(provider.requests().len(), 2);
}

#[test]
fn waiting_call_survives_fetch_runtime_shutdown() {
    let (first, second) = (runtime(false), runtime(false));
    let (_server, client, provider) = on(&second);
    first.block_on(begin_a_fetch(&client, &provider));
    second.block_on(async {
        let waiting = begun(&client);
        tokio::task::yield_now().await;
        // A runtime is not to be dropped on another's thread in a way that blocks it.
        first.shutdown_background();
        waiting.await.unwrap().unwrap();
    });
    assert_eq!(provider.requests().len(), 2);
}

#[test]
fn fetch_on_idle_runtime_times_out() {
    let (idle, second) = (runtime(false), runtime(true));
    let (_server, client, provider) = on(&second);
    idle.block_on(begin_a_fetch(&client, &provider));
    second.block_on(get_group(&client)).unwrap();
    assert_eq!(provider.requests().len(), 2);
}
