//! A client for each request, over a store that they share, costs what one client costs.

use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{APP_ID, APP_SECRET, Gate, Received, Reply, Server, StoppedClock, builder, eventually};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::{BoxError, Claim, MemoryTokenStore, StoredToken, TokenKey, TokenOwner, TokenStore};
use feishu_user_groups::{AppTicket, Client, ClientBuilder, Secret, http_client_builder};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, yield_now};

const DAY: Duration = Duration::from_secs(86_400);
/// Within half an hour of its end a token is renewed.
const LEFT: Duration = Duration::from_secs(1700);

/// Makes clients of an app, which share connections and the store.
fn apps(server: &Server, store: &Arc<dyn TokenStore>) -> impl Fn() -> Client + use<> {
    clients(builder(server).app(APP_ID, APP_SECRET), store)
}

fn clients(builder: ClientBuilder, store: &Arc<dyn TokenStore>) -> impl Fn() -> Client + use<> {
    let http = http_client_builder().unwrap().no_proxy().build().unwrap();
    let builder = builder.token_store(Arc::clone(store)).http_client(http).timeout(DAY);
    move || builder.clone().build().unwrap()
}

fn key(server: &Server) -> TokenKey {
    TokenKey::new(&*server.url, APP_ID, TokenOwner::Own)
}

/// A store that implements no claims of its own.
#[derive(Clone, Default)]
struct Plain(MemoryTokenStore);

impl TokenStore for Plain {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        self.0.get(key)
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        self.0.put(key, token)
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        self.0.compare_and_delete(key, token)
    }
}

/// A new store with claims of its own, and one without.
fn stores() -> [Arc<dyn TokenStore>; 2] {
    [Arc::new(MemoryTokenStore::default()), Arc::new(Plain::default())]
}

async fn put(store: &Arc<dyn TokenStore>, server: &Server, left: Duration) {
    store.put(&key(server), &StoredToken::new("t-old", left)).await.unwrap();
}

/// Waits until the store holds this token.
async fn until_stored(store: &impl TokenStore, key: &TokenKey, token: &str) {
    eventually(&format!("{token} is stored"), async || {
        store.get(key).await.unwrap().is_some_and(|stored| stored.token.expose() == token)
    })
    .await;
}

#[tokio::test]
async fn fifty_clients_renew_a_token_once() {
    for store in stores() {
        for calls in [1, 2] {
            // No client lives to see its refresh end, and the refresh has no time limit meanwhile.
            let _clock = StoppedClock::new();
            let gate = Gate::closed();
            let held = gate.clone();
            let server =
                token_server(move |number| tokens_valid_for(7200)(number).after_gate(&held), |_| group_found()).await;
            put(&store, &server, LEFT).await;
            let app = apps(&server, &store);
            for _ in 0..50 {
                let client = app();
                for _ in 0..calls {
                    get_group(&client).await.unwrap();
                }
                server.wait_until(|received| received.iter().any(Received::is_token_fetch)).await;
            }
            gate.open();
            until_stored(&store, &key(&server), "t-1").await;
            get_group(&app()).await.unwrap();
            assert_eq!((server.token_fetches(), &*tokens_sent(&server).pop().unwrap()), (1, "t-1"));
        }
    }
}

#[tokio::test]
async fn fifty_clients_repeat_a_failed_renewal_once_in_half_a_minute() {
    for store in stores() {
        let server = token_server(|_| Reply::new(500, ""), |_| group_found()).await;
        put(&store, &server, LEFT).await;
        let app = apps(&server, &store);
        for round in 1..=3 {
            for _ in 0..50 {
                let client = app();
                get_group(&client).await.unwrap();
                get_group(&client).await.unwrap();
            }
            eventually("a client refreshes the token", async || {
                get_group(&app()).await.unwrap();
                server.token_fetches() >= round
            })
            .await;
            assert_eq!(server.token_fetches(), round);
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(31)).await;
            tokio::time::resume();
        }
    }
}

#[tokio::test]
async fn fifty_clients_at_once_fetch_one_token() {
    for store in stores() {
        let clock = StoppedClock::new();
        let gate = Gate::closed();
        let held = gate.clone();
        let server =
            token_server(move |number| tokens_valid_for(7200)(number).after_gate(&held), |_| group_found()).await;
        let (app, mut calls) = (apps(&server, &store), JoinSet::new());
        for _ in 0..50 {
            let client = app();
            calls.spawn(async move { get_group(&client).await });
        }
        server.wait_until(|received| !received.is_empty()).await;
        for _ in 0..100 {
            yield_now().await;
        }
        gate.open();
        until_stored(&store, &key(&server), "t-1").await;
        // The other clients sleep between two looks into the store.
        drop(clock);
        assert!(calls.join_all().await.iter().all(Result::is_ok));
        assert_eq!(server.token_fetches(), 1);
    }
}

#[tokio::test]
async fn sent_fetch_finishes_into_store_after_client_drop() {
    // A renewal, and the fetch of a first token.
    for left in [Some(LEFT), None] {
        for store in stores() {
            let _clock = StoppedClock::new();
            let gate = Gate::closed();
            let held = gate.clone();
            let server =
                token_server(move |number| tokens_valid_for(7200)(number).after_gate(&held), |_| group_found()).await;
            if let Some(left) = left {
                put(&store, &server, left).await;
            }
            let app = apps(&server, &store);
            let client = app();
            let call = tokio::spawn(async move { get_group(&client).await });
            server.wait_until(|received| received.iter().any(Received::is_token_fetch)).await;
            call.abort();
            let _ = call.await;
            gate.open();
            until_stored(&store, &key(&server), "t-1").await;
            get_group(&app()).await.unwrap();
            assert_eq!((server.token_fetches(), &*tokens_sent(&server).pop().unwrap()), (1, "t-1"));
        }
    }
}

/// A store that grants a claim at once, and responds when a gate opens, as a remote one may.
struct SlowClaims {
    tokens: MemoryTokenStore,
    granted: Gate,
    response: Gate,
}

impl TokenStore for SlowClaims {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        self.tokens.get(key)
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        self.tokens.put(key, token)
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        self.tokens.compare_and_delete(key, token)
    }

    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(async move {
            let claim = self.tokens.claim(key, lease).await;
            self.granted.open();
            self.response.wait().await;
            claim
        })
    }

    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        self.tokens.release(key, claim)
    }
}

#[tokio::test]
async fn claim_not_lost_with_client() {
    let _clock = StoppedClock::new();
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let (tokens, granted, response) = (MemoryTokenStore::default(), Gate::closed(), Gate::closed());
    let slow = SlowClaims { tokens: tokens.clone(), granted: granted.clone(), response: response.clone() };
    let store: Arc<dyn TokenStore> = Arc::new(slow);
    let client = apps(&server, &store)();
    let call = tokio::spawn(async move { get_group(&client).await });
    granted.wait().await;
    // The client is gone before it knows that it has the claim.
    call.abort();
    let _ = call.await;
    response.open();
    until_stored(&tokens, &key(&server), "t-1").await;
    eventually("the claim is released", async || {
        tokens.claim(&key(&server), Duration::from_secs(15)).await.unwrap().is_some()
    })
    .await;
    assert_eq!(server.token_fetches(), 1);
}

/// The tokens of a store app and of one of its tenants, `a-1`, `a-2`, .. and `t-1`, `t-2`, ..
async fn platform(gate: &Gate) -> Server {
    let gate = gate.clone();
    let count = std::sync::atomic::AtomicUsize::new(0);
    Server::with_handler(move |request| {
        let next = || count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        match request.target.contains("/auth/v3/") {
            true if request.target.ends_with("app_access_token") => {
                let token = json!({ "code": 0, "app_access_token": format!("a-{}", next()), "expire": 7200 });
                Reply::json(200, &token).after_gate(&gate)
            }
            true => Reply::token(&format!("t-{}", next()), 7200).after_gate(&gate),
            false => group_found(),
        }
    })
    .await
}

#[tokio::test]
async fn fifty_clients_of_a_store_app_renew_each_token_once() {
    for store in stores() {
        let _clock = StoppedClock::new();
        let gate = Gate::closed();
        let server = platform(&gate).await;
        let of_app = TokenKey::new(&*server.url, APP_ID, TokenOwner::None);
        let of_tenant = TokenKey::new(&*server.url, APP_ID, TokenOwner::Key("one".to_owned()));
        store.put(&of_app, &StoredToken::new("a-old", LEFT)).await.unwrap();
        store.put(&of_tenant, &StoredToken::new("t-old", LEFT)).await.unwrap();
        let app = clients(builder(&server).store_app(APP_ID, APP_SECRET, AppTicket::new("ticket")), &store);
        for _ in 0..50 {
            let client = app().for_tenant("one").unwrap();
            get_group(&client).await.unwrap();
            get_group(&client).await.unwrap();
            server.wait_until(|received| received.iter().any(|request| request.target.contains("/auth/v3/"))).await;
        }
        gate.open();
        for (key, old) in [(of_app, "a-old"), (of_tenant, "t-old")] {
            eventually(&format!("{old} is replaced"), async || {
                store.get(&key).await.unwrap().unwrap().token.expose() != old
            })
            .await;
        }
        get_group(&app().for_tenant("one").unwrap()).await.unwrap();
        let asked: Vec<_> = server.received().into_iter().filter(|request| request.target.contains("/auth/")).collect();
        assert_eq!(asked.len(), 2, "one for the app and one for its tenant: {asked:?}");
    }
}

#[test]
fn runtime_that_ends_gives_its_claim_back() {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    for store in stores() {
        let (first, second) = (runtime(), runtime());
        let silent = |number| if number == 1 { Reply::stall() } else { tokens_valid_for(7200)(number) };
        let server = second.block_on(token_server(silent, |_| group_found()));
        let client = apps(&server, &store)();
        let call = first.spawn(async move { get_group(&client).await });
        // The server's runtime has to run for the first to get that far.
        std::thread::scope(|scope| {
            let done = Gate::closed();
            let opened = done.clone();
            scope.spawn(move || first.block_on(async { done.wait().await }));
            second.block_on(server.wait_until(|received| received.len() == 1));
            opened.open();
        });
        drop(call);
        second.block_on(async {
            // The runtime ended with the fetch in flight.
            let claim =
                store.claim(&key(&server), Duration::from_secs(15)).await.unwrap().expect("the claim was released");
            store.release(&key(&server), &claim).await.unwrap();
            get_group(&apps(&server, &store)()).await.unwrap();
        });
    }
}

#[tokio::test(start_paused = true)]
async fn claims_in_memory_exclude_and_end() {
    let second = Duration::from_secs(1);
    for store in stores() {
        let key = |app: &str| TokenKey::new("https://claims.example", app, TokenOwner::Own);
        let claim = store.claim(&key("a"), second * 15).await.unwrap().expect("nobody has it");
        assert!(store.claim(&key("a"), second * 15).await.unwrap().is_none());
        let other = store.claim(&key("b"), second * 15).await.unwrap().expect("another token's");
        // Only its holder gives it back.
        store.release(&key("a"), &other).await.unwrap();
        assert!(store.claim(&key("a"), second * 15).await.unwrap().is_none());
        store.release(&key("a"), &claim).await.unwrap();
        store.claim(&key("a"), second * 15).await.unwrap().expect("it was given back");
        tokio::time::advance(second * 14).await;
        assert!(store.claim(&key("a"), second * 15).await.unwrap().is_none());
        tokio::time::advance(second).await;
        store.claim(&key("a"), second * 15).await.unwrap().expect("it ended");

        assert!(store.claim_renewal(&key("a"), second * 27).await.unwrap());
        assert!(!store.claim_renewal(&key("a"), second * 27).await.unwrap());
        assert!(store.claim_renewal(&key("b"), second * 27).await.unwrap());
        tokio::time::advance(second * 26).await;
        assert!(!store.claim_renewal(&key("a"), second * 27).await.unwrap());
        tokio::time::advance(second).await;
        assert!(store.claim_renewal(&key("a"), second * 27).await.unwrap());
    }
}
