//! What a client tells about its calls: spans with OpenTelemetry's names, events, and an observer.

use crate::support::token_server::{get_group, group_found};
use crate::support::{Reply, Server, builder, eventually};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::telemetry::{AttemptEvent, CallEvent, Observer, TokenFetchEvent};
use feishu_user_groups::{Client, ErrorKind, Method, RetryPolicy, Throttle, operation};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The spans and events of this crate, in order.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Entry>>>);

#[derive(Clone, Debug)]
struct Entry {
    /// Of a span; an event has none.
    id: Option<u64>,
    parent: Option<u64>,
    name: String,
    level: Level,
    fields: BTreeMap<String, String>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target().starts_with("feishu_user_groups") {
            let mut fields = BTreeMap::new();
            attributes.record(&mut Fields(&mut fields));
            let parent = context.span(id).unwrap().parent().map(|span| span.id().into_u64());
            let (name, level) = (metadata.name().to_owned(), *metadata.level());
            self.0.lock().unwrap().push(Entry { id: Some(id.into_u64()), parent, name, level, fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut entries = self.0.lock().unwrap();
        let span = entries.iter_mut().rev().find(|entry| entry.id == Some(id.into_u64()));
        values.record(&mut Fields(&mut span.unwrap().fields));
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let name = context.span(follows).unwrap().name();
        let mut entries = self.0.lock().unwrap();
        let span = entries.iter_mut().rev().find(|entry| entry.id == Some(id.into_u64()));
        span.unwrap().fields.insert("follows from".to_owned(), name.to_owned());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target().starts_with("feishu_user_groups") {
            let mut fields = BTreeMap::new();
            event.record(&mut Fields(&mut fields));
            let name = fields.remove("message").unwrap_or_default();
            let (parent, level) =
                (context.event_span(event).map(|span| span.id().into_u64()), *event.metadata().level());
            self.0.lock().unwrap().push(Entry { id: None, parent, name, level, fields });
        }
    }
}

impl Recorder {
    fn spans(&self, name: &str) -> Vec<Entry> {
        let entries = self.0.lock().unwrap();
        entries.iter().filter(|entry| entry.id.is_some() && entry.name == name).cloned().collect()
    }

    fn events(&self) -> Vec<(Level, String)> {
        let entries = self.0.lock().unwrap();
        entries.iter().filter(|entry| entry.id.is_none()).map(|entry| (entry.level, entry.name.clone())).collect()
    }
}

/// Installs a global subscriber. Without one, `tracing` may cache a callsite as disabled on another test's thread at the
/// moment at which this test starts to record.
fn ensure_global_subscriber() {
    static LISTENING: std::sync::Once = std::sync::Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());
}

/// Records until the guard is dropped.
fn listen() -> (Recorder, tracing::subscriber::DefaultGuard) {
    ensure_global_subscriber();
    let recorded = Recorder::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(recorded.clone()));
    (recorded, guard)
}

fn fields<const N: usize>(fields: [(&str, &str); N]) -> BTreeMap<String, String> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Whatever time it took, it is a number.
fn without_times(mut entry: Entry) -> BTreeMap<String, String> {
    if let Some(waited) = entry.fields.remove("feishu.waited_ms") {
        waited.parse::<u64>().unwrap();
    }
    entry.fields
}

fn quick() -> RetryPolicy {
    RetryPolicy::new().initial_backoff(Duration::from_millis(1))
}

#[tokio::test]
async fn call_and_attempts_are_otel_spans() {
    let failure = Reply::new(502, "<html>").header("x-tt-logid", "log-1");
    let server = Server::with_script([failure, group_found().header("x-tt-logid", "log-2")]).await;
    let client = builder(&server).tenant_token("t-1").retry_policy(quick()).build().unwrap();
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap();
    drop(listening);

    let calls = recorded.spans("feishu_call");
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((call.level, call.parent), (Level::INFO, None));
    let expected = fields([
        ("feishu.log_id", "log-2"),
        ("feishu.operation", "get_user_group"),
        ("feishu.attempts", "2"),
        ("otel.name", "get_user_group"),
    ]);
    assert_eq!(without_times(call.clone()), expected);

    let attempts = recorded.spans("feishu_attempt");
    let [first, second] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!((first.parent, second.parent), (call.id, call.id));
    let port = server.url.rsplit(':').next().unwrap();
    let mut expected = fields([
        ("error.type", "502"),
        ("feishu.log_id", "log-1"),
        ("feishu.operation", "get_user_group"),
        ("feishu.attempt", "1"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "502"),
        ("otel.kind", "client"),
        ("otel.name", "GET /open-apis/contact/v3/group/{group_id}"),
        ("otel.status_code", "ERROR"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.template", "/open-apis/contact/v3/group/{group_id}"),
    ]);
    assert_eq!(without_times(first.clone()), expected);
    expected.retain(|name, _| !["error.type", "otel.status_code"].contains(&name.as_str()));
    expected.extend(fields([
        ("feishu.code", "0"),
        ("feishu.log_id", "log-2"),
        ("feishu.attempt", "2"),
        ("http.request.resend_count", "1"),
        ("http.response.status_code", "200"),
    ]));
    assert_eq!(without_times(second.clone()), expected);
    let events = [
        (Level::WARN, "attempt failed; retrying"),
        (Level::DEBUG, "attempt finished"),
        (Level::DEBUG, "call succeeded"),
    ];
    assert_eq!(recorded.events(), events.map(|(level, name)| (level, name.to_owned())));
}

#[tokio::test]
async fn spans_of_custom_request_name_template() {
    let server = Server::with_script([group_found()]).await;
    let client = builder(&server).tenant_token("t-1").build().unwrap();
    let (recorded, listening) = listen();
    let request = client.request(Method::GET, "/open-apis/contact/v3/users/{user_id}").path("user_id", "ou_1");
    request.query("name", "Ada").send_raw().await.unwrap();
    drop(listening);
    let spans = [recorded.spans("feishu_call"), recorded.spans("feishu_attempt")].concat();
    let name = "GET /open-apis/contact/v3/users/{user_id}";
    for span in &spans {
        assert_eq!((span.fields["otel.name"].as_str(), span.fields["feishu.operation"].as_str()), (name, name));
        assert!(!span.fields.values().any(|value| value.contains("ou_1") || value.contains("Ada")), "{span:?}");
    }
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[1].fields["url.template"], "/open-apis/contact/v3/users/{user_id}");
}

#[tokio::test]
async fn failed_spans_carry_error_type() {
    let server = Server::with_script([Reply::error(400, 42002)]).await;
    let client = crate::support::client(&server);
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap_err();
    let unconnected = crate::support::client(&server);
    drop(server);
    get_group(&unconnected).await.unwrap_err();
    drop(listening);
    for name in ["feishu_call", "feishu_attempt"] {
        let spans = recorded.spans(name);
        let kinds: Vec<_> =
            spans.iter().map(|span| (&*span.fields["error.type"], &*span.fields["otel.status_code"])).collect();
        assert_eq!(kinds, [("42002", "ERROR"), ("Connection", "ERROR")], "{name}");
    }
}

#[tokio::test]
async fn spans_and_events_omit_ids() {
    let server = Server::with_script([Reply::hang_up(), Reply::hang_up()]).await;
    let client = crate::support::client(&server);
    let (recorded, listening) = listen();
    client.get_user_group().group_id("kept-id-1").send().await.unwrap_err();
    client.list_member_user_groups().member_id("kept-id-2").send().await.unwrap_err();
    drop(listening);
    let everything = format!("{:?}", recorded.0.lock().unwrap());
    assert!(everything.contains("url.template") && !everything.contains("kept-id"), "{everything}");
}

/// An observer that keeps a line for each event.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>, Arc<Mutex<Duration>>);

impl Notes {
    fn push(&self, note: String) {
        self.0.lock().unwrap().push(note);
    }

    fn all(&self) -> Vec<String> {
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

fn observed(server: &Server, notes: &Notes) -> Client {
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
async fn token_fetch_is_separate_span() {
    let token = Reply::token("t-1", 7200).header("x-tt-logid", "log-1");
    let server =
        Server::with_script([Reply::error(400, 10014).header("x-tt-logid", "log-0"), token, group_found()]).await;
    let client = observed(&server, &Notes::default());
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap_err();
    get_group(&client).await.unwrap();
    drop(listening);

    let fetches = recorded.spans("feishu_token_fetch");
    let port = server.url.rsplit_once(':').unwrap().1;
    let common = [
        ("feishu.in_background", "false"),
        ("follows from", "feishu_call"),
        ("http.request.method", "POST"),
        ("otel.kind", "client"),
        ("otel.name", "token fetch"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.template", crate::support::TOKEN_PATH),
    ];
    let failed = [
        ("error.type", "10014"),
        ("feishu.code", "10014"),
        ("feishu.log_id", "log-0"),
        ("http.response.status_code", "400"),
        ("otel.status_code", "ERROR"),
    ];
    let done = [("feishu.code", "0"), ("feishu.log_id", "log-1"), ("http.response.status_code", "200")];
    let expected = [failed.to_vec(), done.to_vec()]
        .map(|own| own.into_iter().chain(common).map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    assert_eq!(fetches.iter().map(|fetch| fetch.fields.clone()).collect::<Vec<BTreeMap<_, _>>>(), expected);
    assert!(fetches.iter().all(|fetch| fetch.parent.is_none()));
    assert!(recorded.events().contains(&(Level::WARN, "token fetch failed".to_owned())));
}

#[tokio::test]
async fn failed_refresh_logs_no_warning() {
    let server = Server::with_script([Reply::token("t-1", 60), group_found(), group_found()]).await;
    let notes = Notes::default();
    let client = observed(&server, &notes);
    let (recorded, listening) = listen();
    get_group(&client).await.unwrap();
    get_group(&client).await.unwrap();
    eventually("the refresh fails", async || notes.all().contains(&"token Some(Auth) true".to_owned())).await;
    drop(listening);
    let events = recorded.events();
    assert!(events.contains(&(Level::DEBUG, "token refresh failed; the old token is valid".to_owned())), "{events:?}");
    assert!(events.iter().all(|(level, _)| *level > Level::WARN), "{events:?}");
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

/// Panics at whatever it sees.
struct Panics;

impl Observer for Panics {
    fn on_attempt(&self, _: &AttemptEvent<'_>) {
        panic!("as the test wants it")
    }

    fn on_call(&self, _: &CallEvent<'_>) {
        panic!("as the test wants it")
    }

    fn on_token_fetch(&self, _: &TokenFetchEvent<'_>) {
        // Not even the payload can be dropped.
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("as the test wants it")
            }
        }
        std::panic::panic_any(Bomb)
    }
}

fn panicking(server: &Server) -> Client {
    builder(server).app("cli_a", "secret").retry_policy(quick()).observer(Arc::new(Panics)).build().unwrap()
}

#[tokio::test]
async fn panicking_observer_changes_no_call() {
    let responses =
        [Reply::token("t-1", 7200), Reply::hang_up(), group_found(), group_found(), Reply::error(400, 42002)];
    let server = Server::with_script(responses).await;
    let client = panicking(&server);
    assert_eq!(get_group(&client).await.unwrap(), 2);
    assert_eq!(client.list_user_groups().send_raw().await.unwrap()["code"], 0);
    assert_eq!(get_group(&client).await.unwrap_err().code(), Some(42002));
    // The token was fetched once, and kept.
    assert_eq!(server.token_fetches(), 1);
}

#[tokio::test]
async fn panicking_observer_keeps_renewed_tokens() {
    let token = |number| Reply::token(&format!("t-{number}"), if number == 1 { 60 } else { 7200 });
    let server = crate::support::token_server::token_server(token, |_| group_found()).await;
    let client = panicking(&server);
    while crate::support::token_server::tokens_sent(&server).last().is_none_or(|last| last != "t-2") {
        get_group(&client).await.unwrap();
    }
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn panicking_observer_survives_dropped_calls() {
    let server = Server::with_script([Reply::token("t-1", 7200), Reply::stall(), Reply::stall()]).await;
    let client = panicking(&server);
    let call = |client: Client| tokio::spawn(async move { get_group(&client).await });
    let dropped = call(client.clone());
    server.wait_until(|received| received.len() == 2).await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    // Dropped by a panic of the caller's: a second one out of a destructor would abort the process.
    let unwound = tokio::spawn({
        let client = client.clone();
        let sent = server.received().len() + 1;
        let (mut call, seen) = (Box::pin(async move { get_group(&client).await }), server.subscribe());
        async move {
            tokio::select! {
                result = &mut call => panic!("{result:?}"),
                () = async { seen.clone().wait_for(|received| received.len() == sent).await.map(drop).unwrap() } => {}
            }
            let _dropped_while_unwinding = call;
            panic!("as the test wants it")
        }
    });
    assert!(unwound.await.unwrap_err().is_panic());
}
