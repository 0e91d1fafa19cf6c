//! A renewal in the background disturbs no call, and is the one fetch in progress while it lasts.

use crate::support::provider::Provider;
use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{Gate, Received, Reply, Server, app_client, builder};
use feishu_user_groups::telemetry::{Observer, TokenFetchEvent};
use feishu_user_groups::{Client, ErrorKind, UserToken};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

const DAY: Duration = Duration::from_secs(86_400);

/// For each token fetch, whether it was in the background and whether it failed.
#[derive(Clone, Default)]
struct Fetches(Arc<Mutex<Vec<(bool, bool)>>>);

impl Observer for Fetches {
    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        self.0.lock().unwrap().push((event.in_background, event.error.is_some()));
    }
}

#[tokio::test(start_paused = true)]
async fn failing_refresh_retried_until_expiry() {
    let token = |number| if number == 1 { tokens_valid_for(7200)(1) } else { Reply::new(502, "<html>") };
    let server = token_server(token, |_| group_found()).await;
    let fetches = Fetches::default();
    let client = builder(&server).app("cli_a", "secret").observer(fetches.clone()).timeout(DAY).connect_timeout(DAY);
    let client = client.build().unwrap();
    let end = Instant::now() + Duration::from_secs(7200);
    let end_of_renewals = end - Duration::from_secs(6);
    while Instant::now() < end_of_renewals {
        assert_eq!(get_group(&client).await.unwrap(), 1);
        sleep(Duration::from_secs(3)).await;
    }
    let renewals = fetches.0.lock().unwrap()[1..].to_vec();
    assert!(renewals.iter().all(|fetch| *fetch == (true, true)), "{renewals:?}");
    assert!((60..=75).contains(&renewals.len()), "one in half a minute or so: {}", renewals.len());
    // So close to its end a token is replaced before it is sent; that fails, and the old one is still good.
    while Instant::now() < end - Duration::from_millis(200) {
        assert_eq!(get_group(&client).await.unwrap(), 1);
        sleep(Duration::from_millis(100)).await;
    }
    assert!(tokens_sent(&server).iter().all(|token| token == "fetch" || token == "t-1"));
    sleep_until(end + Duration::from_secs(1)).await;
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Auth, Some(502)));
}

/// A user's token that is about to be renewed.
fn short(token: &str) -> UserToken {
    UserToken::new(token).expires_in(Duration::from_secs(50))
}

/// A server that refuses `u-1` once the gate is open.
async fn refusing_once(open: &Gate) -> Server {
    let open = open.clone();
    Server::with_handler(move |request: &Received| match request.token() {
        "u-1" if open.is_open() => Reply::error(401, 99991668),
        _ => group_found(),
    })
    .await
}

/// A provider that renews when this opens, and knows so many times of nothing but the token that is to be refused.
fn renewing_at(renewal: &Gate, times: usize) -> Provider {
    let renewal = renewal.clone();
    Provider::new(move |number| {
        let renewal = renewal.clone();
        async move {
            if number > 1 {
                renewal.wait().await;
            }
            Ok(if number <= times { short("u-1") } else { UserToken::new("u-2") })
        }
    })
}

/// Calls until the provider is renewing, then has the token refused for another call and responses that one's end.
async fn refused_during_its_renewal(provider: &Provider, renewal: &Gate) -> (Client, Server, u32) {
    let refuses = Gate::closed();
    let server = refusing_once(&refuses).await;
    let client = app_client(&server).with_user_token_provider(provider.clone());
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    provider.wait_for_requests(2).await;
    refuses.open();
    let call = tokio::spawn({
        let client = client.clone();
        async move { get_group(&client).await }
    });
    server.wait_until(|received| received.len() == 3).await;
    // The refusal is on its way to a call that has no more to do than to ask for a token.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    renewal.open();
    let tries = call.await.unwrap().unwrap();
    (client, server, tries)
}

#[tokio::test]
async fn refused_call_waits_for_running_refresh() {
    let renewal = Gate::closed();
    let provider = renewing_at(&renewal, 1);
    let (client, server, tries) = refused_during_its_renewal(&provider, &renewal).await;
    get_group(&client).await.unwrap();
    assert_eq!((tries, provider.max_concurrent()), (2, 1));
    assert_eq!(provider.requests(), [None, None], "a refresh_token must not be used twice");
    assert_eq!(tokens_sent(&server), ["u-1", "u-1", "u-1", "u-2", "u-2"]);
}

#[tokio::test]
async fn refresh_returning_refused_token_is_retried() {
    let renewal = Gate::closed();
    // It did not know when it was asked the second time.
    let provider = renewing_at(&renewal, 2);
    let (_, server, tries) = refused_during_its_renewal(&provider, &renewal).await;
    assert_eq!((tries, provider.max_concurrent()), (2, 1));
    assert_eq!(provider.requests(), [None, None, Some("u-1".to_owned())]);
    assert_eq!(tokens_sent(&server), ["u-1", "u-1", "u-1", "u-2"]);
}

#[tokio::test(start_paused = true)]
async fn hung_refresh_times_out_and_retries() {
    let server = Server::with_handler(|_| group_found()).await;
    let provider = Provider::new(|number| async move {
        match number {
            1 => Ok(short("u-1").expires_in(Duration::from_secs(150))),
            2 => std::future::pending().await,
            _ => Ok(UserToken::new("u-2")),
        }
    });
    let client = builder(&server).app("cli_a", "secret").timeout(DAY).connect_timeout(DAY).build().unwrap();
    let client = client.with_user_token_provider(provider.clone());
    for _ in 0..200 {
        get_group(&client).await.unwrap();
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(tokens_sent(&server).last().map(String::as_str), Some("u-2"));
    assert_eq!((provider.requests().len(), provider.max_concurrent()), (3, 1));
}
