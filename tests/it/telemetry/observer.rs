//! An observer sees every attempt, call and token fetch.

use super::quick;
use super::recorder::{ensure_global_subscriber, listen};
use crate::support::token_server::{get_group, group_found};
use crate::support::{Reply, Server, builder, eventually};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::telemetry::{AttemptEvent, CallEvent, Observer, TokenFetchEvent};
use feishu_user_groups::{Client, ErrorKind, Throttle, operation};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An observer that keeps a line for each event.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<String>>>, Arc<Mutex<Duration>>);

impl Notes {
    fn push(&self, note: String) {
        self.0.lock().unwrap().push(note);
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Notes {
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let AttemptEvent { operation, attempt, status, code, log_id, error, will_retry, .. } = event;
        let error = error.map(feishu_user_groups::Error::kind);
        self.push(format!("{} {attempt} {status:?} {code:?} {log_id:?} {error:?} {will_retry}", operation.id));
    }

    fn on_call(&self, event: &CallEvent<'_>) {
        let error = event.error.map(feishu_user_groups::Error::kind);
        assert!(event.waited <= event.elapsed);
        *self.1.lock().unwrap() = event.waited;
        self.push(format!("{} ended {} {error:?} {}", event.operation.id, event.attempts, event.dropped));
    }

    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        let error = event.error.map(feishu_user_groups::Error::kind);
        self.push(format!("token {error:?} {}", event.in_background));
    }
}

pub(super) fn observed(server: &Server, notes: &Notes) -> Client {
    ensure_global_subscriber();
    let builder = builder(server).app("cli_a", "secret").retry_policy(quick());
    builder.observer(notes.clone()).build().unwrap()
}

#[tokio::test]
async fn observer_sees_fetches_attempts_and_calls() {
    let responses = [
        Reply::token("t-1", 7200),
        Reply::hang_up(),
        Reply::error(400, 99991663).header("x-tt-logid", "log-1"),
        Reply::token("t-2", 7200),
        Reply::error(400, 42002),
    ];
    let server = Server::with_script(responses).await;
    let notes = Notes::default();
    get_group(&observed(&server, &notes)).await.unwrap_err();
    let expected = [
        "token None false",
        "get_user_group 1 None None None Some(Transport) true",
        "get_user_group 2 Some(400) Some(99991663) Some(\"log-1\") None true",
        "token None false",
        "get_user_group 3 Some(400) Some(42002) None None false",
        "get_user_group ended 3 Some(Service) false",
    ];
    assert_eq!(notes.all(), expected);
}

#[tokio::test]
async fn observer_sees_failed_and_background_fetches() {
    let server = Server::with_script([Reply::error(200, 10014), Reply::token("t-1", 60), group_found()]).await;
    let notes = Notes::default();
    let client = observed(&server, &notes);
    let error = get_group(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    get_group(&client).await.unwrap();
    // Less than half an hour is left: the next call begins a renewal, which finds the script at its end.
    get_group(&client).await.unwrap_err();
    eventually("the refresh fails", async || notes.all().contains(&"token Some(Auth) true".to_owned())).await;
    assert_eq!(notes.all()[..2], ["token Some(Auth) false", "get_user_group ended 0 Some(Auth) false"]);
}

#[tokio::test]
async fn observer_sees_dropped_call() {
    let server = Server::with_script([Reply::token("t-1", 7200), Reply::stall()]).await;
    let notes = Notes::default();
    let client = observed(&server, &notes);
    let call = tokio::spawn(async move { get_group(&client).await });
    server.wait_until(|received| received.len() == 2).await;
    call.abort();
    call.await.unwrap_err();
    assert_eq!(notes.all(), ["token None false", "get_user_group ended 1 None true"]);
}

#[tokio::test(start_paused = true)]
async fn rate_limit_wait_is_reported() {
    let server = Server::with_handler(|_| group_found()).await;
    let notes = Notes::default();
    let one_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    let builder = builder(&server).tenant_token("t-1").throttle(one_a_minute).observer(notes.clone());
    let day = Duration::from_secs(86_400);
    let client = builder.timeout(day).connect_timeout(day).build().unwrap();
    get_group(&client).await.unwrap();
    assert!(*notes.1.lock().unwrap() < Duration::from_secs(1));
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap();
    drop(listening);
    assert_eq!(notes.1.lock().unwrap().as_secs(), 61);
    let waited: u64 = recorded.spans("feishu_attempt")[0].fields["feishu.waited_ms"].parse().unwrap();
    assert_eq!(waited / 1000, 61);
}
