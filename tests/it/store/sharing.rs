//! Clients that share a store of tokens fetch one together; a store that fails, lies or does
//! not response costs no call.

use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{Received, Reply, Server, builder, eventually};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::{BoxError, Claim, MemoryTokenStore, StoredToken, TokenKey, TokenOwner, TokenStore};
use feishu_user_groups::{AppTicket, Client, Secret};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

fn app(server: &Server, store: impl TokenStore + 'static) -> Client {
    builder(server).app(crate::support::APP_ID, crate::support::APP_SECRET).token_store(store).build().unwrap()
}

fn key(server: &Server) -> TokenKey {
    TokenKey::new(&*server.url, crate::support::APP_ID, TokenOwner::Own)
}

/// A store in memory that can be told to misbehave.
#[derive(Default)]
struct Odd {
    memory: MemoryTokenStore,
    /// Every key that was asked for.
    keys: Mutex<Vec<TokenKey>>,
    fails: AtomicBool,
    stalls: AtomicBool,
    never_deletes: AtomicBool,
    /// Whether another process is fetching.
    claimed: AtomicBool,
    claims: AtomicUsize,
    released: AtomicUsize,
}

impl Odd {
    async fn behaves(&self) -> Result<(), BoxError> {
        if self.stalls.load(SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.fails.load(SeqCst) { Err("the store is on strike".into()) } else { Ok(()) }
    }
}

impl TokenStore for Odd {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        self.keys.lock().unwrap().push(key.clone());
        Box::pin(async move {
            self.behaves().await?;
            self.memory.get(key).await
        })
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            self.behaves().await?;
            self.memory.put(key, token).await
        })
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async move {
            self.behaves().await?;
            if self.never_deletes.load(SeqCst) { Ok(false) } else { self.memory.compare_and_delete(key, token).await }
        })
    }

    fn claim<'a>(&'a self, _: &'a TokenKey, _: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(async move {
            self.behaves().await?;
            self.claims.fetch_add(1, SeqCst);
            Ok((!self.claimed.load(SeqCst)).then(|| Claim::new("ours")))
        })
    }

    fn release<'a>(&'a self, _: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            self.behaves().await?;
            assert_eq!(claim.as_str(), "ours");
            self.released.fetch_add(1, SeqCst);
            Ok(())
        })
    }
}

#[tokio::test]
async fn second_client_reuses_token() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = MemoryTokenStore::default();
    get_group(&app(&server, store.clone())).await.unwrap();
    get_group(&app(&server, store)).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1"]);
}

#[tokio::test]
async fn key_contains_host_app_tenant() {
    let server = Server::with_handler(|request| match request.target.contains("app_access_token") {
        true => Reply::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })),
        false if request.target.contains("tenant_access_token") => Reply::token("t-1", 7200),
        false => group_found(),
    })
    .await;
    let store = Arc::new(Odd::default());
    get_group(&app(&server, store.clone())).await.unwrap();
    let builder = builder(&server).token_store(store.clone());
    let client = builder.store_app("cli_store", "secret", AppTicket::new("ticket")).build().unwrap();
    get_group(&client.for_tenant("one").unwrap()).await.unwrap();
    let mut asked = store.keys.lock().unwrap().clone();
    asked.dedup();
    let tenant = TokenKey::new(&*server.url, "cli_store", TokenOwner::Key("one".to_owned()));
    let of_app = TokenKey::new(&*server.url, "cli_store", TokenOwner::None);
    assert_eq!(asked, [key(&server), tenant, of_app]);
}

#[test]
fn distinct_keys_format_differently() {
    let keys = [
        ("cli_a", TokenOwner::Own),
        ("cli_a", TokenOwner::None),
        ("cli_a", TokenOwner::Key(String::new())),
        ("cli_a", TokenOwner::Key("app".to_owned())),
        ("cli_a", TokenOwner::Key("a b".to_owned())),
        ("cli_a tenant", TokenOwner::Key("a".to_owned())),
        ("cli_a", TokenOwner::Key("tenant a".to_owned())),
        ("cli_a", TokenOwner::Key("{a}".to_owned())),
    ];
    let words: std::collections::HashSet<_> =
        keys.iter().map(|(app, tenant)| TokenKey::new("https://a", *app, tenant.clone()).to_string()).collect();
    assert_eq!(words.len(), keys.len(), "{words:?}");
    assert!(words.iter().all(|word| !word.contains(['{', '}'])), "{words:?}");
}

#[tokio::test]
async fn token_refreshed_elsewhere_is_used() {
    let server = token_server(tokens_valid_for(7200), |request: &Received| match request.token() {
        "t-elsewhere" => group_found(),
        "t-1" => Reply::error(401, 99991663),
        other => panic!("{other}"),
    })
    .await;
    let store = Arc::new(MemoryTokenStore::default());
    // The first call stores t-1; by the time that it is refused, another process has renewed it.
    let renewing = Arc::new(Renewing { memory: Arc::clone(&store), renewed: StoredToken::new("t-elsewhere", DAY) });
    assert_eq!(get_group(&app(&server, renewing)).await.unwrap(), 2);
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-elsewhere"]);
    assert_eq!(store.get(&key(&server)).await.unwrap().unwrap().token.expose(), "t-elsewhere");
}

/// Another process stores a new token right before this one deletes the refused one.
struct Renewing {
    memory: Arc<MemoryTokenStore>,
    renewed: StoredToken,
}

impl TokenStore for Renewing {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        self.memory.get(key)
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        self.memory.put(key, token)
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async move {
            self.memory.put(key, &self.renewed).await?;
            self.memory.compare_and_delete(key, token).await
        })
    }
}

#[tokio::test]
async fn undeleted_refused_token_is_ignored() {
    let refused =
        |request: &Received| if request.token() == "t-2" { group_found() } else { Reply::error(401, 99991663) };
    let server = token_server(tokens_valid_for(7200), refused).await;
    let store = Arc::new(Odd { never_deletes: true.into(), ..Odd::default() });
    assert_eq!(get_group(&app(&server, store)).await.unwrap(), 2);
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2"]);
}

#[tokio::test]
async fn refused_token_is_deleted() {
    let refused =
        |request: &Received| if request.token() == "t-1" { Reply::error(401, 99991663) } else { group_found() };
    let server =
        token_server(|number| if number == 1 { Reply::token("t-1", 7200) } else { Reply::error(500, 1) }, refused);
    let server = server.await;
    let store = MemoryTokenStore::default();
    get_group(&app(&server, store.clone())).await.unwrap_err();
    assert!(store.get(&key(&server)).await.unwrap().is_none());
}

#[tokio::test]
async fn refresh_adopts_stored_token() {
    let server = token_server(|_| Reply::new(500, ""), |_| group_found()).await;
    let store = MemoryTokenStore::default();
    let client = app(&server, store.clone());
    store.put(&key(&server), &StoredToken::new("t-old", Duration::from_secs(60))).await.unwrap();
    get_group(&client).await.unwrap();
    server.wait_until(|received| received.iter().any(Received::is_token_fetch)).await;
    store.put(&key(&server), &StoredToken::new("t-new", DAY)).await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    eventually("a call sends t-new", async || {
        get_group(&client).await.unwrap();
        tokens_sent(&server).last().is_some_and(|last| last == "t-new")
    })
    .await;
    // The first call had begun a renewal, which failed before there was anything new to be had.
    assert_eq!(server.token_fetches(), 1, "{:?}", tokens_sent(&server));
}

#[tokio::test]
async fn call_waits_for_other_process_fetch() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = Arc::new(Odd { claimed: true.into(), ..Odd::default() });
    let client = app(&server, store.clone());
    let call = tokio::spawn(async move { get_group(&client).await });
    eventually("the client claims the fetch", async || store.claims.load(SeqCst) > 0).await;
    store.memory.put(&key(&server), &StoredToken::new("t-theirs", DAY)).await.unwrap();
    call.await.unwrap().unwrap();
    assert_eq!(tokens_sent(&server), ["t-theirs"]);
}

#[tokio::test]
async fn a_claim_is_given_back_after_a_fetch_and_after_a_failed_or_silent_one() {
    let responses = [Reply::token("t-1", 7200), group_found(), Reply::error(200, 10014), Reply::stall()];
    let server = Server::with_script(responses).await;
    let store = Arc::new(Odd::default());
    let client = || app(&server, store.clone());
    get_group(&client()).await.unwrap();
    let released = async |count: usize| {
        eventually("the claim is released", async || store.released.load(SeqCst) >= count).await;
    };
    released(1).await;
    store.memory.compare_and_delete(&key(&server), &"t-1".into()).await.unwrap();
    get_group(&client()).await.unwrap_err();
    released(2).await;
    let stalled = client();
    let call = tokio::spawn(async move { get_group(&stalled).await });
    server.wait_until(|received| received.len() == 4).await;
    call.abort();
    // The fetch goes on for as long as one may take, since others share the store.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    released(3).await;
}

#[tokio::test]
async fn failing_store_fails_no_call() {
    let refused =
        |request: &Received| if request.token() == "t-1" { Reply::error(401, 99991663) } else { group_found() };
    let server = token_server(tokens_valid_for(7200), refused).await;
    let client = app(&server, Arc::new(Odd { fails: true.into(), ..Odd::default() }));
    for _ in 0..3 {
        get_group(&client).await.unwrap();
    }
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "fetch", "t-2", "t-2", "t-2"]);
}

#[tokio::test(start_paused = true)]
async fn hung_store_costs_one_second() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let builder =
        builder(&server).timeout(DAY).connect_timeout(DAY).app(crate::support::APP_ID, crate::support::APP_SECRET);
    let store = Arc::new(Odd { stalls: true.into(), ..Odd::default() });
    let client = builder.token_store(store).build().unwrap();
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 1, "looking, claiming and storing would be three");
    get_group(&client).await.unwrap();
    assert_eq!(tokens_sent(&server), ["fetch", "t-1", "t-1"]);
}
