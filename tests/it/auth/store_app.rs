//! A store app acts in many tenants: an app_ticket gives the app's token, that one gives each tenant's.

use crate::support::token_server::{get_concurrently, get_group, group_found};
use crate::support::{Gate, Received, Reply, Server, builder};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, APP_TICKET, Group, Simulator};
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{AppTicket, AppTicketProvider, Client, ErrorKind, Secret, Throttle, UserToken, operation};
use serde_json::json;
use std::sync::Mutex;
use std::time::Duration;

const APP_TOKEN_PATH: &str = "/open-apis/auth/v3/app_access_token";
const TENANT_TOKEN_PATH: &str = "/open-apis/auth/v3/tenant_access_token";

/// Everything that was asked, in its order: `app`, `tenant key`, or the token of a call.
fn requests(server: &Server) -> Vec<String> {
    let chapter = |request: &Received| match &*request.target {
        APP_TOKEN_PATH => "app".to_owned(),
        TENANT_TOKEN_PATH => format!("tenant {}", request.json()["tenant_key"].as_str().unwrap()),
        _ => request.token().to_owned(),
    };
    server.received().iter().map(chapter).collect()
}

/// Gives out `a-1`, `a-2`, .. to the app and `t-key-1`, .. to its tenants; `taken` says about an app token whether
/// it is, and `call` responses calls.
async fn platform(
    taken: impl Fn(&str) -> bool + Send + Sync + 'static,
    call: impl Fn(&Received) -> Reply + Send + Sync + 'static,
) -> Server {
    let given = Mutex::new((0, 0));
    Server::with_handler(move |request| {
        let mut given = given.lock().unwrap();
        let body = request.json();
        match &*request.target {
            APP_TOKEN_PATH => {
                given.0 += 1;
                let token = format!("a-{}", given.0);
                Reply::json(200, &json!({ "code": 0, "app_access_token": token, "expire": 7200 }))
            }
            TENANT_TOKEN_PATH if taken(body["app_access_token"].as_str().unwrap()) => {
                given.1 += 1;
                Reply::token(&format!("t-{}-{}", body["tenant_key"].as_str().unwrap(), given.1), 7200)
            }
            TENANT_TOKEN_PATH => Reply::error(200, 99991664),
            _ => call(request),
        }
    })
    .await
}

fn store_app(server: &Server) -> Client {
    builder(server)
        .store_app(crate::support::APP_ID, crate::support::APP_SECRET, AppTicket::new("ticket"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn tenants_have_separate_groups() {
    let simulator = Simulator::builder().with_group_in("one", Group::new("g1", "only in one")).start().await.unwrap();
    let client = Client::builder().base_url(simulator.url());
    let client = client.store_app(APP_ID, APP_SECRET, AppTicket::new(APP_TICKET)).build().unwrap();
    let (one, two) = (client.for_tenant("one").unwrap(), client.for_tenant("two").unwrap());
    let found = one.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(found.group.name.as_deref(), Some("only in one"));
    let error = two.get_user_group().group_id("g1").send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn custom_app_operations_fail_locally() {
    let server = platform(|_| true, |_| group_found()).await;
    let client = store_app(&server).for_tenant("one").unwrap();
    for client in [client.with_user_token("u-1"), client] {
        let errors = [
            client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err(),
            client.update_user_group().group_id("g1").body_map(|body| body.name("R&D")).send().await.unwrap_err(),
            client.delete_user_group().group_id("g1").send().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
            assert!(
                error.to_string().contains("supports a custom app only, and this client is of a store app"),
                "{error}"
            );
        }
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn ticket_yields_app_then_tenant_token() {
    let server = platform(|_| true, |_| group_found()).await;
    let client = store_app(&server);
    for tenant in ["one", "two", "one"] {
        get_group(&client.for_tenant(tenant).unwrap()).await.unwrap();
    }
    assert_eq!(requests(&server), ["app", "tenant one", "t-one-1", "tenant two", "t-two-2", "t-one-1"]);
    let asked = server.received();
    let app =
        json!({ "app_id": crate::support::APP_ID, "app_secret": crate::support::APP_SECRET, "app_ticket": "ticket" });
    assert_eq!(asked[0].json(), app);
    assert_eq!(asked[1].json(), json!({ "app_access_token": "a-1", "tenant_key": "one" }));
}

#[tokio::test]
async fn concurrent_tenants_share_app_token() {
    let gate = Gate::closed();
    let held = gate.clone();
    let server = Server::with_handler(move |request| match &*request.target {
        APP_TOKEN_PATH => {
            Reply::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })).after_gate(&held)
        }
        TENANT_TOKEN_PATH => Reply::token("t-1", 7200),
        _ => group_found(),
    })
    .await;
    let client = store_app(&server);
    let (one, two) = (client.for_tenant("one").unwrap(), client.for_tenant("two").unwrap());
    let (first, second) =
        tokio::join!(get_concurrently(&one, 25, async || ()), get_concurrently(&two, 25, async || gate.open()));
    assert!(first.iter().chain(&second).all(Result::is_ok));
    let requests = requests(&server);
    let times = |what: &str| requests.iter().filter(|request| *request == what).count();
    assert_eq!((times("app"), times("tenant one"), times("tenant two"), times("t-1")), (1, 1, 1, 50));
}

#[tokio::test]
async fn refused_app_token_fetched_again() {
    let server = platform(|token| token == "a-2", |_| group_found()).await;
    get_group(&store_app(&server).for_tenant("one").unwrap()).await.unwrap();
    assert_eq!(requests(&server), ["app", "tenant one", "app", "tenant one", "t-one-1"]);
}

#[tokio::test]
async fn app_token_rejected_twice_is_error() {
    let server = platform(|_| false, |_| group_found()).await;
    let error = get_group(&store_app(&server).for_tenant("one").unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.is_auth()), (ErrorKind::Auth, Some(99991664), true));
    assert_eq!(error.operation(), Some("get_user_group"));
    assert_eq!(requests(&server), ["app", "tenant one", "app", "tenant one"]);
}

#[tokio::test]
async fn refused_tenant_token_fetched_again_alone() {
    let refused = |request: &Received| match request.token() {
        "t-one-1" => Reply::error(400, 99991663),
        _ => group_found(),
    };
    let server = platform(|_| true, refused).await;
    let client = store_app(&server);
    assert_eq!(get_group(&client.for_tenant("one").unwrap()).await.unwrap(), 2);
    assert_eq!(requests(&server), ["app", "tenant one", "t-one-1", "tenant one", "t-one-2"]);
    get_group(&client.for_tenant("two").unwrap()).await.unwrap();
    get_group(&client.for_tenant("one").unwrap()).await.unwrap();
    assert_eq!(requests(&server)[5..], ["tenant two", "t-two-3", "t-one-2"]);
}

#[tokio::test]
async fn new_ticket_used_for_next_token() {
    let server = Server::with_script([
        Reply::error(200, 10012).header("x-tt-logid", "log-1"),
        Reply::json(200, &json!({ "code": 0, "app_access_token": "a-1", "expire": 7200 })),
        Reply::token("t-1", 7200),
        group_found(),
    ])
    .await;
    let ticket = AppTicket::new("old ticket");
    let client =
        builder(&server).store_app("cli_a", "secret", ticket.clone()).build().unwrap().for_tenant("one").unwrap();
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.code(), error.log_id()), (Some(10012), Some("log-1")));
    assert!(error.to_string().contains("use the last app_ticket"), "{error}");
    ticket.set("new ticket");
    get_group(&client).await.unwrap();
    let tickets: Vec<_> = server.received()[..2].iter().map(|asked| asked.json()["app_ticket"].clone()).collect();
    assert_eq!(tickets, ["old ticket", "new ticket"]);
}

#[tokio::test]
async fn missing_ticket_sends_nothing() {
    let server = Server::with_script([]).await;
    let client = builder(&server).store_app("cli_a", "secret", AppTicket::default()).build().unwrap();
    let error = get_group(&client.for_tenant("one").unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(error.to_string().contains("has pushed no app_ticket"), "{error}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn ticket_provider_error_is_returned() {
    struct Archive;
    impl AppTicketProvider for Archive {
        fn app_ticket(&self) -> BoxFuture<'_, Result<Secret, BoxError>> {
            Box::pin(async { Err("the archive is closed".into()) })
        }
    }
    let server = Server::with_script([]).await;
    let client = builder(&server).store_app("cli_a", "secret", Archive).build().unwrap();
    let error = get_group(&client.for_tenant("one").unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("the archive is closed"), "{error}");
    let source = std::error::Error::source(&error).expect("the provider's own error is kept");
    assert_eq!(source.to_string(), "the archive is closed");
}

#[tokio::test]
async fn missing_or_unexpected_tenant_is_error() {
    let server = Server::with_script([]).await;
    let error = get_group(&store_app(&server)).await.unwrap_err();
    assert!(error.to_string().contains("choose one with `for_tenant`"), "{error}");
    for blank in ["", " ", "\t\n"] {
        let error = store_app(&server).for_tenant(blank).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("tenant_key is empty"), "{error}");
    }
    for other in
        [crate::support::app_client(&server), crate::support::client(&server), builder(&server).build().unwrap()]
    {
        let error = other.for_tenant("one").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("only a store app acts in many tenants"), "{error}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn tenant_of_a_users_client_is_refused() {
    let server = platform(|_| true, |_| group_found()).await;
    let provider = crate::support::provider::Provider::new(|_| async { Ok(UserToken::new("u-2")) });
    let app = store_app(&server);
    for user in [app.with_user_token("u-1"), app.with_user_token_provider(provider), app.with_user_token("")] {
        let error = user.for_tenant("one").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("call `for_tenant` on the app's client"), "{error}");
    }
    // The other way round the user stays, and so does the choice between tenants.
    let tenant = app.for_tenant("one").unwrap();
    get_group(&tenant.with_user_token("u-1")).await.unwrap();
    get_group(&tenant.for_tenant("two").unwrap()).await.unwrap();
    assert_eq!(requests(&server), ["u-1", "app", "tenant two", "t-two-1"]);
}

#[tokio::test]
async fn multiple_or_empty_credentials_are_rejected() {
    let builder = || Client::builder().store_app("cli_a", "secret", AppTicket::default());
    for builder in [builder().app("cli_a", "secret"), builder().tenant_token("t-1")] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("set one of them"), "{error}");
    }
    for (id, secret) in [("", "secret"), ("cli_a", "")] {
        let builder = Client::builder().store_app(id, secret, AppTicket::default());
        assert!(builder.build().unwrap_err().to_string().contains("is empty"));
    }
}

/// The service counts calls per app and tenant, and so does the client.
#[tokio::test(start_paused = true)]
async fn rate_limits_are_per_tenant() {
    let server = platform(|_| true, |_| group_found()).await;
    let one_a_minute = Throttle::documented().rate(&operation::GET_USER_GROUP, RateLimit::new(Some(1), None));
    let day = Duration::from_secs(86_400);
    let builder = builder(&server).throttle(one_a_minute).timeout(day).connect_timeout(day);
    let client = builder.store_app("cli_a", "secret", AppTicket::new("ticket")).build().unwrap();
    let begun = tokio::time::Instant::now();
    get_group(&client.for_tenant("one").unwrap()).await.unwrap();
    get_group(&client.for_tenant("two").unwrap()).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    get_group(&client.for_tenant("one").unwrap()).await.unwrap();
    assert!(begun.elapsed() > Duration::from_secs(60), "{:?}", begun.elapsed());
}
