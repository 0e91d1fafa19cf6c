//! Clients that share a store of rate limits keep to one limit; a store that fails, forgets, lies or does not response
//! costs no call, and frees none from the limit.
//!
//! Time is simulated, and the store says what it is reported to.

use crate::support::token_server::{get_group, group_found, token_server, tokens_sent, tokens_valid_for};
use crate::support::{Reply, Server, builder};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::store::{BoxError, RateKey, RateStore, RateWindow};
use feishu_user_groups::{ClientBuilder, ErrorKind, RetryPolicy, Throttle, operation};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const DAY: Duration = Duration::from_secs(86_400);

/// A store of rate limits that keeps what it was asked and responds as it is reported.
#[derive(Default)]
struct Turns {
    asked: Mutex<Vec<(RateKey, Vec<RateWindow>)>>,
    /// Waits to response, the last one first; then none.
    waits: Mutex<Vec<Duration>>,
    pauses: Mutex<Vec<(RateKey, Duration)>>,
    fails: AtomicBool,
}

impl Turns {
    fn questions(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl RateStore for Turns {
    fn try_acquire<'a>(
        &'a self,
        key: &'a RateKey,
        windows: &'a [RateWindow],
    ) -> BoxFuture<'a, Result<Duration, BoxError>> {
        self.asked.lock().unwrap().push((key.clone(), windows.to_vec()));
        let wait = self.waits.lock().unwrap().pop().unwrap_or_default();
        let fails = self.fails.load(SeqCst);
        Box::pin(async move { if fails { Err("the store is on strike".into()) } else { Ok(wait) } })
    }

    fn pause<'a>(&'a self, key: &'a RateKey, time: Duration) -> BoxFuture<'a, Result<(), BoxError>> {
        self.pauses.lock().unwrap().push((key.clone(), time));
        let fails = self.fails.load(SeqCst);
        Box::pin(async move { if fails { Err("the store is on strike".into()) } else { Ok(()) } })
    }
}

fn limited(server: &Server, store: &Arc<Turns>) -> ClientBuilder {
    let one_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    builder(server).throttle(one_a_minute).rate_store(Arc::clone(store)).timeout(DAY).connect_timeout(DAY)
}

#[tokio::test(start_paused = true)]
async fn permits_requested_with_operation_windows() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = Arc::new(Turns { waits: vec![Duration::from_secs(39), Duration::ZERO].into(), ..Turns::default() });
    let client = limited(&server, &store).app(crate::support::APP_ID, "secret").build().unwrap();
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1));
    get_group(&client).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 100, "the client's own wait, and what the store then said");
    let key = RateKey::new(&*server.url, crate::support::APP_ID, None, "get_user_group");
    let asked = (key, vec![RateWindow::new(1, Duration::from_secs(61))]);
    assert_eq!(*store.asked.lock().unwrap(), [asked.clone(), asked.clone(), asked]);
}

#[tokio::test(start_paused = true)]
async fn only_first_waiter_polls() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = Arc::new(Turns {
        waits: vec![50, 10].into_iter().map(Duration::from_secs).collect::<Vec<_>>().into(),
        ..Turns::default()
    });
    let two_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(2), None));
    let client = limited(&server, &store).throttle(two_a_minute).app(crate::support::APP_ID, "secret").build().unwrap();
    let begun = Instant::now();
    let (first, second) = tokio::join!(get_group(&client), async {
        sleep(Duration::from_secs(1)).await;
        get_group(&client).await
    });
    assert_eq!((first.unwrap(), second.unwrap()), (1, 1));
    assert_eq!((begun.elapsed().as_secs(), store.questions()), (60, 4));
}

#[tokio::test(start_paused = true)]
async fn late_permit_fails_call_immediately() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let wait = Duration::from_secs(290);
    let store = Arc::new(Turns { waits: vec![wait].into(), ..Turns::default() });
    let client = limited(&server, &store).max_wait(wait / 2).app(crate::support::APP_ID, "secret").build().unwrap();
    let begun = Instant::now();
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after(), error.attempts()), (ErrorKind::Throttled, Some(wait), 0));
    assert_eq!((begun.elapsed(), tokens_sent(&server).len()), (Duration::ZERO, 1));
}

/// Such as a pause of a day that an older client has written.
#[tokio::test(start_paused = true)]
async fn a_store_that_says_to_wait_for_longer_than_any_pause_is_not_believed() {
    for wait in [Duration::from_secs(301), DAY, Duration::MAX] {
        let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
        let store = Arc::new(Turns { waits: vec![wait].into(), ..Turns::default() });
        let client = limited(&server, &store).app(crate::support::APP_ID, "secret").build().unwrap();
        let begun = Instant::now();
        get_group(&client).await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
        get_group(&client).await.unwrap();
        assert_eq!((begun.elapsed().as_secs(), store.questions()), (61, 2), "the client's own limit holds");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_not_believed_is_not_passed_on_to_the_store() {
    let busy = Reply::error(429, 99991400).header("retry-after", "99999999999");
    let server = Server::with_script([Reply::token("t-1", 7200), busy.clone(), busy]).await;
    let store = Arc::new(Turns::default());
    let client = limited(&server, &store).throttle(Throttle::documented()).app(crate::support::APP_ID, "secret");
    let client = client.build().unwrap();
    for seconds in [30, 60] {
        let error = get_group(&client).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        sleep(Duration::from_secs(seconds)).await;
    }
    let pauses: Vec<_> = store.pauses.lock().unwrap().iter().map(|(_, time)| time.as_secs()).collect();
    assert_eq!(pauses, [30, 60], "until the next probe");
}

#[tokio::test(start_paused = true)]
async fn forgotten_pause_still_holds() {
    let limited_once = Mutex::new(Some(Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "60")));
    let server =
        token_server(tokens_valid_for(7200), move |_| limited_once.lock().unwrap().take().unwrap_or_else(group_found))
            .await;
    let store = Arc::new(Turns { fails: true.into(), ..Turns::default() });
    let client = limited(&server, &store).throttle(Throttle::documented()).app(crate::support::APP_ID, "secret");
    let client = client.build().unwrap();
    let begun = Instant::now();
    get_group(&client).await.unwrap_err();
    store.fails.store(false, SeqCst);
    // By then it is asked again, and knows of nothing.
    sleep(Duration::from_secs(10)).await;
    get_group(&client).await.unwrap();
    assert_eq!((begun.elapsed().as_secs(), store.questions()), (60, 2));
}

#[tokio::test(start_paused = true)]
async fn stored_permits_count_after_failure() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = Arc::new(Turns::default());
    let client = limited(&server, &store).app(crate::support::APP_ID, "secret").build().unwrap();
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    store.fails.store(true, SeqCst);
    get_group(&client).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 61);
}

#[tokio::test(start_paused = true)]
async fn service_pause_is_forwarded() {
    let busy = Reply::error(429, 99991400).header("x-ogw-ratelimit-reset", "7");
    let server = Server::with_script([Reply::token("t-1", 7200), busy]).await;
    let store = Arc::new(Turns::default());
    let client = limited(&server, &store).app(crate::support::APP_ID, "secret").build().unwrap();
    get_group(&client).await.unwrap_err();
    let key = RateKey::new(&*server.url, crate::support::APP_ID, None, "get_user_group");
    assert_eq!(*store.pauses.lock().unwrap(), [(key, Duration::from_secs(7))]);
}

#[tokio::test(start_paused = true)]
async fn failure_falls_back_to_local_limit() {
    let server = token_server(tokens_valid_for(7200), |_| group_found()).await;
    let store = Arc::new(Turns { fails: true.into(), ..Turns::default() });
    let two_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(2), None));
    let client = limited(&server, &store).throttle(two_a_minute).app(crate::support::APP_ID, "secret").build().unwrap();
    let begun = Instant::now();
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    assert_eq!((begun.elapsed().as_secs(), store.questions()), (0, 1), "the second call does not ask");
    get_group(&client).await.unwrap();
    assert_eq!((begun.elapsed().as_secs(), store.questions()), (61, 2), "after a while it is asked again");
}

#[tokio::test]
async fn client_without_app_stays_local() {
    let server = Server::with_handler(|_| group_found()).await;
    let store = Arc::new(Turns::default());
    let client = builder(&server).throttle(Throttle::documented()).rate_store(store.clone());
    get_group(&client.retry_policy(RetryPolicy::none()).tenant_token("t-1").build().unwrap()).await.unwrap();
    assert_eq!(store.questions(), 0);
}
