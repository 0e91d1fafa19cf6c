//! Clients that share a Redis server: one token fetch and one rate limit for all of them.
//!
//! Each client here has a connection of its own and knows nothing of the others, as if it
//! were another process. Without a redis-server on the machine these tests are skipped, and
//! say so.

use crate::redis_server::Redis;
use crate::support::token_server::{get_group, group_found, token_server, tokens_valid_for};
use crate::support::{Gate, Reply, Server, builder, eventually};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::store::{
    RateKey, RateStore, RateWindow, RedisStore, StoredToken, TokenKey, TokenOwner, TokenStore,
};
use feishu_user_groups::{Client, ErrorKind, Throttle, operation};
use std::time::Duration;
use tokio::task::JoinSet;

const MINUTE: Duration = Duration::from_secs(60);
/// Long enough that no machine takes a part of it for a test.
const DAY: Duration = Duration::from_secs(24 * 3600);

fn key() -> TokenKey {
    TokenKey::new("https://example.com", "cli_a", TokenOwner::Own)
}

fn rate_key(operation: &'static str) -> RateKey {
    RateKey::new("https://example.com", "cli_a", None, operation)
}

fn store(redis: &Redis) -> RedisStore {
    RedisStore::new(redis.address()).unwrap()
}

#[tokio::test]
async fn twenty_clients_fetch_one_token() {
    let Some(redis) = Redis::start() else { return };
    let simulator = Simulator::start().await.unwrap();
    let mut workers = JoinSet::new();
    for _ in 0..20 {
        let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).token_store(store(&redis));
        let client = client.build().unwrap();
        workers.spawn(async move { client.list_user_groups().send().await.map(|_| ()) });
    }
    assert!(workers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(simulator.token_fetches(), 1);
    // One of them has its token refused; the others' is the same, and none of them keeps it.
    simulator.expire_tokens();
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET).token_store(store(&redis));
    client.build().unwrap().list_user_groups().send().await.unwrap();
    assert_eq!(simulator.token_fetches(), 2);
}

/// One client after the other, each as if it were a process of its own.
async fn fifty_workers(server: &Server, redis: &Redis) {
    // A pool of connections takes longer to make than all of the rest.
    let builder = builder(server).http_client(feishu_user_groups::http_client_builder().unwrap().build().unwrap());
    for _ in 0..50 {
        let worker = builder.clone().app("cli_a", "secret").token_store(store(redis)).build().unwrap();
        get_group(&worker).await.unwrap();
        get_group(&worker).await.unwrap();
    }
}

#[tokio::test]
async fn fifty_workers_renew_a_token_once() {
    let Some(redis) = Redis::start() else { return };
    // No worker lives to see its renewal end.
    let gate = Gate::closed();
    let held = gate.clone();
    let server = token_server(move |number| tokens_valid_for(7200)(number).after_gate(&held), |_| group_found()).await;
    let key = TokenKey::new(&*server.url, "cli_a", TokenOwner::Own);
    store(&redis).put(&key, &StoredToken::new("t-old", MINUTE * 28)).await.unwrap();
    fifty_workers(&server, &redis).await;
    server.wait_until(|received| received.iter().any(crate::support::Received::is_token_fetch)).await;
    gate.open();
    eventually("t-1 is stored", async || store(&redis).get(&key).await.unwrap().unwrap().token.expose() == "t-1").await;
    fifty_workers(&server, &redis).await;
    assert_eq!((server.token_fetches(), server.received().last().unwrap().token()), (1, "t-1"));
}

#[tokio::test]
async fn fifty_workers_begin_one_renewal_that_fails() {
    let Some(redis) = Redis::start() else { return };
    let server = token_server(|_| Reply::new(500, ""), |_| group_found()).await;
    let key = TokenKey::new(&*server.url, "cli_a", TokenOwner::Own);
    store(&redis).put(&key, &StoredToken::new("t-old", MINUTE * 28)).await.unwrap();
    fifty_workers(&server, &redis).await;
    server.wait_until(|received| received.iter().any(crate::support::Received::is_token_fetch)).await;
    // The server itself ends the claim; until then nobody else has it.
    let renewal = format!("feishu-user-groups:renewal:{{{key}}}");
    assert!((1..=30_000).contains(&redis.ttl_millis(&renewal)));
    assert_eq!(server.token_fetches(), 1);
    assert_eq!(redis.command(&["PEXPIRE", &renewal, "0"]), "1");
    eventually("a worker refreshes the token", async || {
        fifty_workers(&server, &redis).await;
        server.token_fetches() >= 2
    })
    .await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn waiting_client_takes_over_failed_fetch() {
    let Some(redis) = Redis::start() else { return };
    let token = |number| if number == 1 { Reply::error(500, 1) } else { tokens_valid_for(7200)(number) };
    let server = token_server(token, |_| group_found()).await;
    let worker = || builder(&server).app("cli_a", "secret").token_store(store(&redis)).build().unwrap();
    let (first, second) = (worker(), worker());
    let (first, second) = tokio::join!(get_group(&first), get_group(&second));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn orphaned_claim_expires() {
    let Some(redis) = Redis::start() else { return };
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let key = TokenKey::new(&*server.url, "cli_a", TokenOwner::Own);
    store(&redis).claim(&key, DAY).await.unwrap().expect("nobody else has claimed it");
    let claim = format!("feishu-user-groups:claim:{{{key}}}");
    assert!((1..=86_400_000).contains(&redis.ttl_millis(&claim)), "the server itself ends it");
    let client = builder(&server).app("cli_a", "secret").token_store(store(&redis)).build().unwrap();
    let call = tokio::spawn(async move { get_group(&client).await });
    // The claim above, and two that were rejected.
    eventually("the claim was rejected twice", async || redis.command_count("set") >= 3).await;
    assert!(server.received().is_empty());
    assert_eq!(redis.command(&["PEXPIRE", &claim, "0"]), "1");
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn tokens_expire_and_delete_conditionally() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    assert!(store.get(&key()).await.unwrap().is_none());
    store.put(&key(), &StoredToken::new("t-1", DAY)).await.unwrap();
    let kept = other.get(&key()).await.unwrap().unwrap();
    assert_eq!(kept.token.expose(), "t-1");
    assert!(kept.expires_in <= DAY && kept.expires_in > DAY / 2, "{:?}", kept.expires_in);
    assert!(other.get(&TokenKey::new("https://example.com", "cli_b", TokenOwner::Own)).await.unwrap().is_none());
    assert!(!other.compare_and_delete(&key(), &"t-2".into()).await.unwrap());
    assert!(other.compare_and_delete(&key(), &"t-1".into()).await.unwrap());
    assert!(store.get(&key()).await.unwrap().is_none());
    let name = format!("feishu-user-groups:token:{{{}}}", key());
    store.put(&key(), &StoredToken::new("t-3", DAY)).await.unwrap();
    assert!((1..=86_400_000).contains(&redis.ttl_millis(&name)), "the server itself ends it");
    // A key without an end is none of a store's: nothing would take the token out again.
    assert_eq!(redis.command(&["PERSIST", &name]), "1");
    assert!(store.get(&key()).await.unwrap().is_none());
    assert_eq!(redis.command(&["PEXPIRE", &name, "0"]), "1");
    assert!(store.get(&key()).await.unwrap().is_none());
    // Too short to be kept, and no error.
    store.put(&key(), &StoredToken::new("t-4", Duration::ZERO)).await.unwrap();
}

#[tokio::test]
async fn only_holder_releases_claim() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    let claim = store.claim(&key(), DAY).await.unwrap().unwrap();
    assert_eq!(other.claim(&key(), DAY).await.unwrap(), None);
    other.release(&key(), &feishu_user_groups::store::Claim::new("somebody's")).await.unwrap();
    assert_eq!(other.claim(&key(), DAY).await.unwrap(), None);
    store.release(&key(), &claim).await.unwrap();
    assert!(other.claim(&key(), DAY).await.unwrap().is_some());
}

/// Takes so many turns that must be there, and then none: responses the wait for the next.
async fn takes(store: &RedisStore, operation: &'static str, windows: &[RateWindow], turns: usize) -> Duration {
    for _ in 0..turns {
        assert_eq!(store.try_acquire(&rate_key(operation), windows).await.unwrap(), Duration::ZERO);
    }
    store.try_acquire(&rate_key(operation), windows).await.unwrap()
}

/// Whether the wait is for what began when the test did: nothing here takes half of it.
fn is_about(wait: Duration, expected: Duration) -> bool {
    wait <= expected && wait > expected / 2
}

/// The same where the wait is short: who has to wait at all is what counts.
fn is_within(wait: Duration, expected: Duration) -> bool {
    wait <= expected && !wait.is_zero()
}

#[tokio::test]
async fn permits_respect_every_window() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    let (short, long) = (RateWindow::new(3, DAY * 2), RateWindow::new(5, DAY * 5));
    assert!(is_about(takes(&store, "a", &[short, long], 3).await, DAY * 2));
    for _ in 0..10 {
        assert!(is_about(takes(&other, "a", &[short, long], 0).await, DAY * 2), "nothing was taken meanwhile");
    }
    // There is room in the long window alone, for two.
    assert!(is_about(takes(&other, "a", &[long], 2).await, DAY * 5));
    assert!(is_about(takes(&store, "a", &[short, long], 0).await, DAY * 5), "the later of the two");
    // Another operation has turns of its own.
    assert!(is_about(takes(&other, "b", &[short, long], 3).await, DAY * 2));
}

#[tokio::test]
async fn different_rates_share_one_history() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    let (slow, fast) = ([RateWindow::new(20, DAY)], [RateWindow::new(100, DAY)]);
    let moment = [RateWindow::new(1000, Duration::from_millis(1))];
    assert!(is_about(takes(&store, "a", &slow, 20).await, DAY));
    assert!(is_about(takes(&other, "a", &fast, 80).await, DAY));
    assert!(is_about(takes(&store, "a", &slow, 0).await, DAY));
    // Nor does somebody with a short memory take it from the others.
    assert_eq!(takes(&other, "a", &moment, 0).await, Duration::ZERO);
    assert!(is_about(takes(&other, "a", &fast, 0).await, DAY));
}

/// By the clock of the server alone, which no test can set: a window is as short as it can be, and is asked about until
/// it has passed.
#[tokio::test]
async fn turn_granted_when_its_wait_is_over() {
    let Some(redis) = Redis::start() else { return };
    let (store, window) = (store(&redis), RateWindow::new(2, Duration::from_millis(50)));
    let mut granted: Vec<[Duration; 2]> = Vec::new();
    let mut due = None;
    while granted.len() < 12 {
        let before = redis.now();
        let wait = store.try_acquire(&rate_key("a"), &[window]).await.unwrap();
        let after = redis.now();
        match wait {
            Duration::ZERO => {
                granted.push([before, after]);
                due = None;
            }
            wait => {
                assert!(wait <= window.length, "{wait:?}");
                assert!(due.is_none_or(|due| before < due), "refused at {before:?}, and was due at {due:?}");
                due = Some(after + wait);
            }
        }
    }
    for turns in granted.windows(3) {
        assert!(turns[2][1] - turns[0][0] >= window.length, "three turns in one window: {turns:?}");
    }
}

#[tokio::test]
async fn shared_pause_is_never_shortened() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    store.pause(&rate_key("a"), MINUTE * 10).await.unwrap();
    store.pause(&rate_key("a"), MINUTE).await.unwrap();
    let windows = [RateWindow::new(100, DAY)];
    assert!(is_about(takes(&other, "a", &windows, 0).await, MINUTE * 10));
    // With no window there is still a pause to keep, and the turns count for those who have one.
    assert!(is_about(takes(&other, "a", &[], 0).await, MINUTE * 10));
    assert_eq!(takes(&other, "b", &[], 9).await, Duration::ZERO);
    assert!(is_about(takes(&other, "b", &windows, 90).await, DAY));
}

/// Five calls a minute, from any client, now or not at all.
fn worker(server: &Server, redis: &Redis) -> Client {
    let five_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(5), None));
    let builder = builder(server).throttle(five_a_minute).app("cli_a", "secret");
    builder.token_store(store(redis)).rate_store(store(redis)).max_wait(Duration::ZERO).build().unwrap()
}

/// How long a call would have to wait for its turn.
async fn wait_of(client: &Client) -> Duration {
    let error = get_group(client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled, "{error}");
    error.retry_after().unwrap()
}

#[tokio::test]
async fn two_clients_share_one_limit() {
    let Some(redis) = Redis::start() else { return };
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let (one, two) = (worker(&server, &redis), worker(&server, &redis));
    for client in [&one, &two, &one, &two, &one] {
        get_group(client).await.unwrap();
    }
    assert!(is_within(wait_of(&two).await, MINUTE + Duration::from_secs(1)));
    assert!(is_within(wait_of(&one).await, MINUTE + Duration::from_secs(1)));
    assert_eq!(server.received().len(), 6, "a token and five calls");
}

#[tokio::test]
async fn rate_limit_pauses_other_client() {
    let Some(redis) = Redis::start() else { return };
    let busy = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "60");
    let server = token_server(tokens_valid_for(7200), move |_| busy.clone()).await;
    let (one, two) = (worker(&server, &redis), worker(&server, &redis));
    assert!(get_group(&one).await.unwrap_err().is_rate_limited());
    assert!(is_within(wait_of(&two).await, MINUTE));
}

#[tokio::test]
async fn client_survives_outage_and_reconnects() {
    let Some(redis) = Redis::start() else { return };
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let client = worker(&server, &redis);
    get_group(&client).await.unwrap();
    let restart = redis.stop();
    for _ in 0..3 {
        get_group(&client).await.unwrap();
    }
    let redis = restart();
    // What only the new server knows, and the client learns if it asks there.
    let turns = RateKey::new(&*server.url, "cli_a", None, "get_user_group");
    store(&redis).pause(&turns, MINUTE * 4).await.unwrap();
    // It is left alone for a while; and its connection is made anew by the first who finds it broken.
    for _ in 0..50 {
        if get_group(&client).await.is_err() {
            break;
        }
        tokio::time::pause();
        tokio::time::advance(MINUTE * 2).await;
        tokio::time::resume();
    }
    assert!(is_about(wait_of(&client).await, MINUTE * 4));
}

#[tokio::test]
async fn prefix_separates_keys() {
    let Some(redis) = Redis::start() else { return };
    let (one, two) = (store(&redis).prefix("one:"), store(&redis).prefix("two:"));
    one.put(&key(), &StoredToken::new("t-1", DAY)).await.unwrap();
    assert!(two.get(&key()).await.unwrap().is_none());
    assert_eq!(one.get(&key()).await.unwrap().unwrap().token.expose(), "t-1");
}

#[test]
fn invalid_address_rejected_without_secrets() {
    for address in ["", "nonsense", "https://user:kept-secret@example.com"] {
        let error = RedisStore::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?}").contains("kept-secret"), "{error:?}");
    }
    let store = RedisStore::new("redis://user:kept-secret@127.0.0.1/").unwrap();
    assert!(!format!("{store:?}").contains("kept-secret"), "{store:?}");
}
