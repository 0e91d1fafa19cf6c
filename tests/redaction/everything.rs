//! Every call of every kind of client fails, against a server that repeats what it receives. No error, log line,
//! observer event or public type shows a secret.

use crate::log;
use crate::misbehaving::{CALLS, TOKENS, misbehaving};
use crate::secrets::*;
use crate::support::{Reply, Server};
use crate::types;
use feishu_user_groups::operation::{AccessTokenKind, AppType, ErrorCategory, RateLimit, RetryRule};
use feishu_user_groups::simulator::{
    self, AdminApi, App, Department, Dialect, Expected, Fault, FaultKind, Group, ListingEnd, PerformanceGroup, Person,
    Seed, Simulator,
};
use feishu_user_groups::store::*;
use feishu_user_groups::telemetry::{AttemptEvent, CallEvent, Observer, TokenFetchEvent};
use feishu_user_groups::*;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Passes every event to `assert_shows_nothing`.
struct Watch;

impl Observer for Watch {
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        assert_shows_nothing(event);
    }

    fn on_call(&self, event: &CallEvent<'_>) {
        assert_shows_nothing(event);
    }

    fn on_token_fetch(&self, event: &TokenFetchEvent<'_>) {
        assert_shows_nothing(event);
    }
}

struct Session;

impl UserTokenProvider for Session {
    fn user_token<'a>(&'a self, refused: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
        let token = UserToken::new(PROVIDED).expires_in(Duration::from_secs(7200));
        assert_shows_nothing(&token);
        assert_shows_nothing(&refused);
        Box::pin(async move { if refused.is_some() { Err("signed out".into()) } else { Ok(token) } })
    }
}

struct NoTicket;

impl AppTicketProvider for NoTicket {
    fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
        Box::pin(async { Err("the archive is closed".into()) })
    }
}

/// Fails, and passes its arguments to `assert_shows_nothing`.
struct BrokenStore;

impl TokenStore for BrokenStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        assert_shows_nothing(key);
        Box::pin(async { Ok(None) })
    }

    fn put<'a>(&'a self, _: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        assert_shows_nothing(token);
        Box::pin(async { Err("the disk is full".into()) })
    }

    fn compare_and_delete<'a>(&'a self, _: &'a TokenKey, _: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async { Err("the disk is full".into()) })
    }
}

fn builder(server: &Server) -> ClientBuilder {
    let policy = RetryPolicy::new().max_attempts(2).initial_backoff(Duration::from_millis(1));
    let builder = Client::builder().base_url(&server.url).throttle(Throttle::off()).retry_policy(policy);
    builder.max_response_bytes(8_000).observer(Watch)
}

/// A client of each kind of authentication and of each token store.
async fn clients(server: &Server) -> Vec<Client> {
    let ticket = AppTicket::new(TICKET);
    assert_shows_nothing(&ticket);
    let memory = MemoryTokenStore::default();
    let key = TokenKey::new(&server.url, "cli_stored", TokenOwner::Own);
    memory.put(&key, &StoredToken::new(STORED, Duration::from_secs(7200))).await.unwrap();
    assert_shows_nothing(&memory);
    let app = || builder(server).app("cli_a", APP_SECRET);
    let builders = [
        app(),
        app().token_store(BrokenStore),
        builder(server).app("cli_stored", APP_SECRET).token_store(memory),
        builder(server).tenant_token(FIXED),
        builder(server).store_app("cli_b", APP_SECRET, ticket),
        builder(server).store_app("cli_b", APP_SECRET, NoTicket),
    ];
    let mut clients = Vec::new();
    for builder in builders {
        assert_shows_nothing(&builder);
        clients.push(builder.build().unwrap());
    }
    let tenants: Vec<_> = clients[4..6].iter().map(|client| client.for_tenant("one").unwrap()).collect();
    let users = [clients[3].with_user_token(USER), clients[0].with_user_token_provider(Session)];
    clients.extend(tenants.into_iter().chain(users));
    clients
}

#[cfg(feature = "redis")]
fn unreachable_redis() -> RedisStore {
    // Nothing listens on the port of TCP multiplexing.
    RedisStore::new(format!("redis://user:{PASSWORD}@127.0.0.1:1/")).unwrap()
}

/// Makes every kind of call; each one fails or returns the envelope of a failure.
async fn fail(client: &Client) -> usize {
    let mut errors = Vec::new();
    assert_shows_nothing(client);
    let get = client.get_user_group().group_id("g1");
    assert_shows_nothing(&get);
    errors.extend(get.send().await.err());
    match client.get_user_group().group_id("g1").send_raw().await {
        Ok(response) if response["code"] != json!(0) => assert_shows_nothing(&response),
        response => errors.extend(response.err()),
    }
    let create = client.create_user_group().body_map(|body| body.name("R&D"));
    assert_shows_nothing(&create);
    errors.extend(create.send().await.err());
    let update = client.update_user_group().group_id("g1").body_map(|body| body.name("R&D"));
    assert_shows_nothing(&update);
    errors.extend(update.send().await.err());
    let delete = client.delete_user_group().group_id("g1");
    assert_shows_nothing(&delete);
    let call = delete.send();
    assert_shows_nothing(&call);
    errors.extend(call.await.err());
    let write = client.write_performance_group_members();
    assert_shows_nothing(&write);
    let body = |body: feishu_user_groups::types::builder::WritePerformanceGroupMembersBody| {
        body.group_id("G").scope_visible_setting(0).user_ids(["ou_1"])
    };
    errors.extend(write.body_map(body).send().await.err());
    let member = client.list_member_user_groups().member_id("m");
    assert_shows_nothing(&member);
    errors.extend(member.send().await.err());
    let item = || {
        feishu_user_groups::types::MemberReference::builder()
            .member_id("m")
            .member_type("user")
            .member_id_type("open_id")
    };
    let members = || vec![item()];
    let add = client.batch_add_user_group_members().group_id("g1");
    assert_shows_nothing(&add);
    let call = add.body_map(|body| body.members(members())).send();
    assert_shows_nothing(&call);
    errors.extend(call.await.and_then(BatchResponse::into_result).err());
    let remove = client.batch_remove_user_group_members().group_id("g1");
    assert_shows_nothing(&remove);
    errors.extend(remove.body_map(|body| body.members(members())).send().await.err());
    let list = client.list_user_groups();
    assert_shows_nothing(&list);
    let mut pages = list.pages();
    assert_shows_nothing(&pages);
    errors.extend(pages.try_next().await.err());
    assert_shows_nothing(&pages);
    let mut items = client.list_user_groups().stream();
    errors.extend(items.try_next().await.err());
    assert_shows_nothing(&items);
    for error in &errors {
        assert_tells_nothing(error);
        assert_shows_nothing(&error.kind());
        assert_shows_nothing(&error.delivery());
        error.violations().iter().for_each(assert_shows_nothing);
        error.failed().for_each(|item| assert_shows_nothing(&item));
        error.known_code().iter().for_each(assert_shows_nothing);
    }
    errors.len()
}

/// Shows the public types that no failing call produces.
async fn show_the_rest() {
    let client = Client::builder().tenant_token(FIXED).build().unwrap();
    assert_shows_nothing(&client.add_user_group_member());
    assert_shows_nothing(&client.remove_user_group_member());
    assert_shows_nothing(&client.list_user_group_members());
    assert_shows_nothing(&client.find_user_ids());
    assert_shows_nothing(&client.request(Method::GET, "/open-apis/im/v1/messages"));
    let file = Upload::new("a.txt", APP_SECRET);
    assert_shows_nothing(&file);
    let form = Form::new().text("text", APP_SECRET).file("file", file);
    assert_shows_nothing(&client.request(Method::POST, "/open-apis/im/v1/images").form(form.clone()));
    assert_shows_nothing(&form);
    for operation in operation::ALL {
        assert_shows_nothing(*operation);
        assert_shows_nothing(&operation.retry);
        operation.errors.iter().for_each(assert_shows_nothing);
        operation.batch.iter().for_each(assert_shows_nothing);
    }
    assert_shows_nothing(&(AccessTokenKind::User));
    assert_shows_nothing(&(AppType::Isv));
    assert_shows_nothing(&(ErrorCategory::InvalidToken));
    assert_shows_nothing(&RateLimit::new(Some(1), None));
    assert_shows_nothing(&RetryRule::Safe);
    assert_shows_nothing(&Secret::from(APP_SECRET));
    assert_shows_nothing(&RetryPolicy::new());
    assert_shows_nothing(&Throttle::documented());
    assert_shows_nothing(&TokenOwner::Own);
    assert_shows_nothing(&Claim::new("a word"));
    assert_shows_nothing(&RateKey::new("https://open.feishu.cn", "cli_a", None, "get_user_group"));
    assert_shows_nothing(&RateWindow::new(1, Duration::from_secs(1)));
    #[cfg(feature = "redis")]
    {
        // Once only: each failed connection takes a moment.
        assert_shows_nothing(&unreachable_redis());
        let server = misbehaving(TOKENS[0], CALLS[3]).await;
        let app = builder(&server).app("cli_a", APP_SECRET).throttle(Throttle::documented());
        fail(&app.token_store(unreachable_redis()).rate_store(unreachable_redis()).build().unwrap()).await;
        for address in ["rediss://:{}@127.0.0.1/", "redis://:{}@:x/", "{}"] {
            assert_tells_nothing(&RedisStore::new(address.replace("{}", PASSWORD)).unwrap_err());
        }
    }

    let server = misbehaving(TOKENS[0], |_| Reply::ok(json!({ "results": null }))).await;
    let client = builder(&server).tenant_token(FIXED).build().unwrap();
    let item = feishu_user_groups::types::MemberReference::new("m", "user", "open_id");
    let add = client.batch_add_user_group_members().group_id("g1");
    assert_shows_nothing(&add.body_map(|body| body.members([item])).send().await.unwrap());

    let server = misbehaving(TOKENS[0], |_| {
        let file = Reply::new(200, format!("the file holds {FIXED}"));
        let file = file.header("Content-Type", &format!("text/{FIXED}"));
        file.header("Content-Disposition", &format!("attachment; filename={FIXED}"))
    })
    .await;
    let client = builder(&server).tenant_token(FIXED).build().unwrap();
    let request = || client.request(Method::GET, "/open-apis/drive/v1/medias/m1/download");
    assert_shows_nothing(&request().send_file().await.unwrap().into_inner());
    let mut download = request().send_stream(1_000).await.unwrap();
    assert_shows_nothing(&*download);
    assert!(download.try_next().await.unwrap().is_some());

    let builder = Simulator::builder().with_group(Group::new("g1", "R&D"));
    assert_shows_nothing(&builder);
    assert_shows_nothing(&ListingEnd::Stale);
    assert_shows_nothing(&Person::new("lisi"));
    assert_shows_nothing(&Department::new("D1"));
    assert_shows_nothing(&AdminApi::LoopbackOnly);
    assert_shows_nothing(&App::store("cli_a", APP_SECRET, TICKET));
    assert_shows_nothing(&Dialect::Documents);
    assert_shows_nothing(&FaultKind::Stall { acted: false });
    assert_shows_nothing(&Fault::new(FaultKind::Stall { acted: false }));
    assert_shows_nothing(&PerformanceGroup::new("p1"));
    let seed = json!({ "apps": [{ "id": "cli_a", "secret": APP_SECRET }], "user_tokens": [USER] });
    assert_shows_nothing(&Seed::from_json(&seed).unwrap());
    assert_shows_nothing(
        &Seed::from_json(&json!({ "apps": [{ "id": "cli_a", "secret": [APP_SECRET] }] })).unwrap_err(),
    );
    let simulator = builder.start().await.unwrap();
    simulator.add_user_token(USER);
    let client =
        Client::builder().base_url(simulator.url()).app(simulator::APP_ID, simulator::APP_SECRET).build().unwrap();
    assert_shows_nothing(&client.get_user_group().group_id("g1").send().await.unwrap());
    client.with_user_token(USER).get_user_group().group_id("g1").send().await.unwrap();
    assert_shows_nothing(&client.list_user_groups().pages().try_next().await.unwrap().unwrap());
    let other = Client::builder().base_url(simulator.url()).store_app("cli_a", APP_SECRET, AppTicket::new(TICKET));
    other.build().unwrap().for_tenant("one").unwrap().get_user_group().group_id("g1").send().await.unwrap_err();
    assert!(format!("{:?}", simulator.requests()).contains("***"));
    simulator.requests().iter().for_each(assert_shows_nothing);
    simulator.requests().iter().filter_map(|request| request.response.as_ref()).for_each(assert_shows_nothing);
    let expected = Expected::call("get_user_group").path("group_id", "g2");
    assert_shows_nothing(&simulator.expect(&expected).unwrap_err());
    assert_shows_nothing(&expected);
    simulator.groups().iter().for_each(assert_shows_nothing);
    assert_shows_nothing(&simulator);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_stay_hidden_under_failures() {
    log::keep();
    let mut runs: Vec<_> = CALLS.iter().map(|calls| (TOKENS[0], *calls)).collect();
    runs.extend(TOKENS[1..].iter().map(|tokens| (*tokens, CALLS[0])));
    let mut failures = 0;
    for (tokens, calls) in runs {
        let server = misbehaving(tokens, calls).await;
        for client in clients(&server).await {
            failures += fail(&client).await;
        }
    }
    assert!(failures > 1000, "{failures}");
    show_the_rest().await;

    let log = log::kept();
    let targets =
        ["feishu_user_groups::telemetry", "feishu_user_groups::store", "TRACE", "reqwest", "hyper", "feishu_attempt"];
    for target in targets {
        assert!(log.contains(target), "nothing of {target} was logged");
    }
    assert_clean(&log);

    let missing: BTreeSet<_> = types::public().difference(&shown()).cloned().collect();
    #[cfg(not(feature = "redis"))]
    let missing = &missing - &BTreeSet::from(["RedisStore".to_owned()]);
    assert!(missing.is_empty(), "show these to `assert_shows_nothing` with a secret in them: {missing:?}");
}

#[test]
fn spec_types_hold_no_credentials() {
    assert_eq!(types::not_plain(), BTreeSet::new());
}
