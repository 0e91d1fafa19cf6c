//! Clients that share a Redis server: one token fetch and one rate limit for all of them.
//!
//! Each client here has a connection of its own and knows nothing of the others, as if it
//! were another process. Without a redis-server on the machine these tests are skipped, and
//! say so.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

#[path = "support/redis.rs"]
mod server;
mod support;

use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use feishu_user_groups::store::{
    RateKey, RateStore, RateWindow, RedisStore, StoredToken, Tenant, TokenKey, TokenStore,
};
use feishu_user_groups::{Client, ErrorKind, Throttle, operations};
use server::Redis;
use std::time::{Duration, Instant};
use support::app::{found, get, issuing, lasting};
use support::{Answer, Server, builder};
use tokio::task::JoinSet;
use tokio::time::timeout;

const MINUTE: Duration = Duration::from_secs(60);

fn key() -> TokenKey {
    TokenKey::new("https://example.com", "cli_a", Tenant::Own)
}

fn rate_key(operation: &'static str) -> RateKey {
    RateKey::new("https://example.com", "cli_a", None, operation)
}

fn store(redis: &Redis) -> RedisStore {
    RedisStore::new(redis.address()).unwrap()
}

#[tokio::test]
async fn twenty_workers_fetch_one_token() {
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

#[tokio::test]
async fn a_worker_that_waits_takes_over_where_the_fetch_of_another_failed() {
    let Some(redis) = Redis::start() else { return };
    let token = |number| if number == 1 { Answer::code(500, 1) } else { lasting(7200)(number) };
    let server = issuing(token, |_| found()).await;
    let worker = || builder(&server).app("cli_a", "secret").token_store(store(&redis)).build().unwrap();
    let (first, second) = (worker(), worker());
    let (first, second) = tokio::join!(get(&first), get(&second));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn a_claim_whose_holder_died_ends_by_itself() {
    let Some(redis) = Redis::start() else { return };
    let server = issuing(lasting(7200), |_| found()).await;
    let key = TokenKey::new(&*server.url, "cli_a", Tenant::Own);
    store(&redis).claim(&key, MINUTE).await.unwrap().expect("nobody else has claimed it");
    let claim = format!("feishu-user-groups:claim:{{{key}}}");
    assert!((1..=60_000).contains(&redis.millis_left(&claim)), "the server itself ends it");
    let client = builder(&server).app("cli_a", "secret").token_store(store(&redis)).build().unwrap();
    let call = tokio::spawn(async move { get(&client).await });
    // The claim above, and two that were refused.
    while redis.times("set") < 3 {
        tokio::task::yield_now().await;
    }
    assert!(server.received().is_empty());
    assert_eq!(redis.ask(&["PEXPIRE", &claim, "0"]), "1");
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn tokens_are_kept_until_they_end_and_deleted_only_if_they_are_still_there() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    assert!(store.get(&key()).await.unwrap().is_none());
    store.put(&key(), &StoredToken::new("t-1", MINUTE)).await.unwrap();
    let kept = other.get(&key()).await.unwrap().unwrap();
    assert_eq!(kept.token.expose(), "t-1");
    assert!(kept.expires_in <= MINUTE && kept.expires_in > MINUTE / 2, "{:?}", kept.expires_in);
    assert!(other.get(&TokenKey::new("https://example.com", "cli_b", Tenant::Own)).await.unwrap().is_none());
    assert!(!other.compare_and_delete(&key(), &"t-2".into()).await.unwrap());
    assert!(other.compare_and_delete(&key(), &"t-1".into()).await.unwrap());
    assert!(store.get(&key()).await.unwrap().is_none());
    let name = format!("feishu-user-groups:token:{{{}}}", key());
    store.put(&key(), &StoredToken::new("t-3", MINUTE)).await.unwrap();
    assert!((1..=60_000).contains(&redis.millis_left(&name)), "the server itself ends it");
    // A key without an end is none of a store's: nothing would take the token out again.
    assert_eq!(redis.ask(&["PERSIST", &name]), "1");
    assert!(store.get(&key()).await.unwrap().is_none());
    assert_eq!(redis.ask(&["PEXPIRE", &name, "0"]), "1");
    assert!(store.get(&key()).await.unwrap().is_none());
    // Too short to be kept, and no error.
    store.put(&key(), &StoredToken::new("t-4", Duration::ZERO)).await.unwrap();
}

#[tokio::test]
async fn a_claim_is_given_back_by_its_holder_alone() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    let claim = store.claim(&key(), MINUTE).await.unwrap().unwrap();
    assert_eq!(other.claim(&key(), MINUTE).await.unwrap(), None);
    other.release(&key(), &feishu_user_groups::store::Claim::new("somebody's")).await.unwrap();
    assert_eq!(other.claim(&key(), MINUTE).await.unwrap(), None);
    store.release(&key(), &claim).await.unwrap();
    assert!(other.claim(&key(), MINUTE).await.unwrap().is_some());
}

#[tokio::test]
async fn turns_keep_both_windows_whoever_takes_them() {
    let Some(redis) = Redis::start() else { return };
    let stores = [store(&redis), store(&redis), store(&redis)];
    let windows = [RateWindow::new(3, Duration::from_secs(100)), RateWindow::new(5, Duration::from_secs(300))];
    let begun = Instant::now();
    let mut turns = Vec::new();
    for turn in 0..10 {
        let wait = stores[turn % 3].take_turn(&rate_key("a"), &windows).await.unwrap();
        turns.push((begun.elapsed() + wait).as_secs_f64());
    }
    let expected = [0, 0, 0, 100, 100, 300, 300, 300, 400, 400].map(f64::from);
    let near = |(turn, expected): (&f64, &f64)| (turn - expected).abs() < 20.0;
    assert!(turns.iter().zip(&expected).all(near), "{turns:?}");
    // Another operation has turns of its own, and one without windows needs none.
    assert_eq!(stores[0].take_turn(&rate_key("c"), &[]).await.unwrap(), Duration::ZERO);
    assert_eq!(stores[0].take_turn(&rate_key("b"), &windows).await.unwrap(), Duration::ZERO);
}

#[tokio::test]
async fn a_pause_holds_for_all_and_a_shorter_one_does_not_end_it() {
    let Some(redis) = Redis::start() else { return };
    let (store, other) = (store(&redis), store(&redis));
    assert_eq!(other.pause_left(&rate_key("a")).await.unwrap(), Duration::ZERO);
    store.pause(&rate_key("a"), MINUTE * 10).await.unwrap();
    store.pause(&rate_key("a"), MINUTE).await.unwrap();
    let window = [RateWindow::new(100, MINUTE)];
    for left in [
        other.pause_left(&rate_key("a")).await.unwrap(),
        other.take_turn(&rate_key("a"), &window).await.unwrap(),
        other.take_turn(&rate_key("a"), &window).await.unwrap(),
    ] {
        assert!(left <= MINUTE * 10 && left > MINUTE * 9, "{left:?}");
    }
    assert_eq!(other.take_turn(&rate_key("b"), &window).await.unwrap(), Duration::ZERO);
}

/// Five calls a minute, whoever makes them.
fn worker(server: &Server, redis: &Redis) -> Client {
    let five_a_minute = Throttle::documented().rate(&operations::GET_USER_GROUP, RateLimit::new(Some(5), None));
    let builder = builder(server).throttle(five_a_minute).app("cli_a", "secret");
    builder.token_store(store(redis)).rate_store(store(redis)).build().unwrap()
}

/// Whether a call is kept waiting for longer than anything else here takes.
async fn is_kept_waiting(client: &Client) -> bool {
    timeout(Duration::from_secs(2), get(client)).await.is_err()
}

#[tokio::test]
async fn two_workers_share_one_limit() {
    let Some(redis) = Redis::start() else { return };
    let server = issuing(lasting(7200), |_| found()).await;
    let (one, two) = (worker(&server, &redis), worker(&server, &redis));
    for client in [&one, &two, &one, &two, &one] {
        get(client).await.unwrap();
    }
    assert!(is_kept_waiting(&two).await);
    assert!(is_kept_waiting(&one).await);
    assert_eq!(server.received().len(), 6, "a token and five calls");
}

#[tokio::test]
async fn a_refusal_of_one_worker_pauses_the_other() {
    let Some(redis) = Redis::start() else { return };
    let busy = Answer::code(429, 99991400).header("x-ogw-ratelimit-reset", "60");
    let server = issuing(lasting(7200), move |_| busy.clone()).await;
    let (one, two) = (worker(&server, &redis), worker(&server, &redis));
    assert!(get(&one).await.unwrap_err().is_rate_limited());
    assert!(is_kept_waiting(&two).await);
}

#[tokio::test]
async fn a_server_that_dies_costs_no_call_and_is_used_again_when_it_is_back() {
    let Some(redis) = Redis::start() else { return };
    let server = issuing(lasting(7200), |_| found()).await;
    let client = worker(&server, &redis);
    get(&client).await.unwrap();
    let address = store(&redis);
    let restart = redis.stop();
    for _ in 0..3 {
        get(&client).await.unwrap();
    }
    let redis = restart();
    // It is left alone for a while before it is asked again.
    let turns = RateKey::new(&*server.url, "cli_a", None, "get_user_group");
    let window = [RateWindow::new(1, MINUTE)];
    tokio::time::sleep(Duration::from_secs(6)).await;
    // A connection that broke is made anew by the first who finds it broken.
    let _ = address.pause_left(&turns).await;
    get(&worker(&server, &redis)).await.unwrap();
    get(&client).await.unwrap();
    assert!(address.take_turn(&turns, &window).await.unwrap() > MINUTE / 2, "the last call took its turn there");
}

#[tokio::test]
async fn keys_begin_as_they_are_told_to() {
    let Some(redis) = Redis::start() else { return };
    let (one, two) = (store(&redis).prefix("one:"), store(&redis).prefix("two:"));
    one.put(&key(), &StoredToken::new("t-1", MINUTE)).await.unwrap();
    assert!(two.get(&key()).await.unwrap().is_none());
    assert_eq!(one.get(&key()).await.unwrap().unwrap().token.expose(), "t-1");
}

#[test]
fn what_is_no_address_is_refused_and_not_told() {
    for address in ["", "nonsense", "https://user:kept-secret@example.com"] {
        let error = RedisStore::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?}").contains("kept-secret"), "{error:?}");
    }
    let store = RedisStore::new("redis://user:kept-secret@127.0.0.1/").unwrap();
    assert!(!format!("{store:?}").contains("kept-secret"), "{store:?}");
}
