//! A store of tokens that panics, lies or keeps what has ended costs no call.

use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{Received, Reply, Server, builder};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::{BoxError, Claim, MemoryTokenStore, StoredToken, TokenKey, TokenOwner, TokenStore};
use feishu_user_groups::{Client, Secret};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

fn app(server: &Server, store: impl TokenStore + 'static) -> Client {
    let builder = builder(server).app(crate::support::APP_ID, crate::support::APP_SECRET).token_store(store);
    builder.timeout(DAY).connect_timeout(DAY).build().unwrap()
}

/// Panics whatever it is asked.
struct Panics;

impl TokenStore for Panics {
    fn get<'a>(&'a self, _: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        panic!("as the test wants it")
    }

    fn put<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async { panic!("as the test wants it") })
    }

    fn compare_and_delete<'a>(&'a self, _: &'a TokenKey, _: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async { panic!("as the test wants it") })
    }
}

/// Keeps tokens, and says always that others are fetching one.
#[derive(Default)]
struct Claimed(MemoryTokenStore);

impl TokenStore for Claimed {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        self.0.get(key)
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        self.0.put(key, token)
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        self.0.compare_and_delete(key, token)
    }

    fn claim<'a>(&'a self, _: &'a TokenKey, _: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(async { Ok(None) })
    }
}

#[tokio::test]
async fn panicking_store_fails_no_call() {
    let refused =
        |request: &Received| if request.token() == "t-1" { Reply::error(401, 99991663) } else { group_found() };
    let server = token_server(tokens_valid_for(7200), refused).await;
    let client = app(&server, Panics);
    for _ in 0..3 {
        get_group(&client).await.unwrap();
    }
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2", "t-2", "t-2"]);
}

#[tokio::test(start_paused = true)]
async fn permanent_claim_fails_no_call() {
    let server =
        token_server(|number| tokens_valid_for(if number == 1 { 1000 } else { 7200 })(number), |_| group_found()).await;
    let client = app(&server, Claimed::default());
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    assert!((10..25).contains(&begun.elapsed().as_secs()), "as long as any fetch takes: {:?}", begun.elapsed());
    // Nor is a token left without a renewal.
    while tokens_sent(&server).last().is_none_or(|last| last != "t-2") {
        get_group(&client).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(begun.elapsed() < Duration::from_secs(100));
    }
}

#[tokio::test]
async fn stored_token_lifetime_is_capped() {
    for lifetime in [DAY * 365, Duration::MAX] {
        let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
        let client = app(&server, Stubborn(lifetime, AtomicUsize::new(0)));
        get_group(&client).await.unwrap();
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(7201)).await;
        tokio::time::resume();
        get_group(&client).await.unwrap();
        assert_eq!(tokens_sent(&server), ["t-stored", "t-stored-again"]);
    }
}

/// Has one token and then another, which both live for so long.
struct Stubborn(Duration, AtomicUsize);

impl TokenStore for Stubborn {
    fn get<'a>(&'a self, _: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        let token = if self.1.fetch_add(1, SeqCst) == 0 { "t-stored" } else { "t-stored-again" };
        let token = StoredToken::new(token, self.0);
        Box::pin(async move { Ok(Some(token)) })
    }

    fn put<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async { Ok(()) })
    }

    fn compare_and_delete<'a>(&'a self, _: &'a TokenKey, _: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async { Ok(false) })
    }
}

#[tokio::test(start_paused = true)]
async fn expired_tokens_leave_memory() {
    let store = MemoryTokenStore::default();
    for tenant in 0..100 {
        let key = TokenKey::new("https://a", "cli_a", TokenOwner::Key(tenant.to_string()));
        store.put(&key, &StoredToken::new("t-1", Duration::from_secs(100))).await.unwrap();
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    assert_eq!(format!("{store:?}"), "MemoryTokenStore { tokens: 10 }");
}
