//! Each kind of fault is what a client can meet, and applies to the requests that it is for.

use std::time::Duration;

use feishu_user_groups::simulator::{Fault, FaultKind, Group, ListingEnd, Simulator, USER_TOKEN};
use feishu_user_groups::{ErrorKind, RetryPolicy};
use serde_json::{Value, json};

use super::caller::{Caller, GROUP, LIST, assert_is_fact, encoded, members_of};

/// A caller whose simulator has the groups `g1` and `g2` and one fault.
async fn with(fault: Fault) -> Caller {
    let builder = Simulator::builder().with_group(Group::new("g1", "Design").members(["ou_1", "ou_2", "ou_3"]));
    Caller::of(builder.with_group(Group::new("g2", "Legal")).with_fault(fault).start().await.unwrap()).await
}

fn next(kind: FaultKind) -> Fault {
    Fault::new(kind).times(1)
}

/// The error of a request that got no whole response.
async fn broken(caller: &Caller, body: &Value) -> reqwest::Error {
    let request = caller.http.post(format!("{}{GROUP}", caller.simulator.url())).bearer_auth(&caller.token);
    let request = request.header("content-type", "application/json").body(body.to_string());
    let response = match request.send().await {
        Err(error) => return error,
        Ok(response) => response,
    };
    response.bytes().await.unwrap_err()
}

#[tokio::test]
async fn rate_limit_has_code_status_and_wait() {
    for (status, reset) in [(429, Some(7)), (429, None), (400, Some(7)), (400, None)] {
        let caller = with(next(FaultKind::RateLimit { status, reset })).await;
        let reply = caller.create(json!({ "name": "n" })).await;
        assert_eq!((reply.status, reply.code()), (status, 99991400));
        let header = reply.headers.get("x-ogw-ratelimit-reset").map(String::as_str);
        assert_eq!(header, reset.map(|_| "7"));
        assert_eq!(caller.simulator.groups().len(), 2, "nothing was done");
        caller.create(json!({ "name": "n" })).await.data();
    }
}

#[tokio::test]
async fn failures_come_before_or_after_the_act() {
    for acted in [false, true] {
        let groups = 2 + usize::from(acted);
        let caller = with(next(FaultKind::InternalError { acted })).await;
        assert_is_fact(&caller.create(json!({ "name": "n" })).await, "create_user_group", 40003);
        assert_eq!(caller.simulator.groups().len(), groups);

        let caller = with(next(FaultKind::BadGateway { acted })).await;
        let reply = caller.create(json!({ "name": "n" })).await;
        assert_eq!((reply.status, &*reply.headers["content-type"]), (502, "text/html"));
        assert!(reply.text.starts_with("<html>"));
        assert_eq!(caller.simulator.groups().len(), groups);

        let caller = with(next(FaultKind::Drop { acted })).await;
        let error = broken(&caller, &json!({ "name": "n" })).await;
        assert!(error.is_request(), "{error:?}");
        assert_eq!(caller.simulator.groups().len(), groups);
    }
}

#[tokio::test]
async fn stalled_request_times_out() {
    for acted in [false, true] {
        let caller = with(next(FaultKind::Stall { acted })).await;
        let builder = caller.simulator.client_builder().attempt_timeout(Duration::from_millis(50));
        let client = builder.retry_policy(RetryPolicy::none()).build().unwrap();
        let error = client.create_user_group().body_map(|body| body.name("n")).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert_eq!(caller.simulator.groups().len(), 2 + usize::from(acted));
    }
}

#[tokio::test]
async fn slow_response_is_late_and_whole() {
    let caller = with(next(FaultKind::Slow(Duration::from_secs(60)))).await;
    let before = tokio::time::Instant::now();
    tokio::time::pause();
    let reply = caller.get(LIST).await;
    assert_eq!(reply.data()["grouplist"].as_array().unwrap().len(), 2);
    assert!(before.elapsed() >= Duration::from_secs(60));
}

#[tokio::test]
async fn cut_body_breaks_off_after_the_act() {
    let caller = with(next(FaultKind::CutBody)).await;
    let error = broken(&caller, &json!({ "name": "n" })).await;
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(caller.simulator.groups().len(), 3);
}

#[tokio::test]
async fn expired_token_is_rejected_and_invalid() {
    for status in [200, 400, 401] {
        let caller = with(next(FaultKind::ExpiredToken { status })).await;
        let reply = caller.get(LIST).await;
        assert_eq!((reply.status, reply.code()), (status, 99991663));
        assert_eq!(caller.get(LIST).await.code(), 99991663, "it stays expired");
        assert_ne!(caller.fetch().await.0, caller.token);
    }
    let caller = with(next(FaultKind::ExpiredToken { status: 400 })).await;
    let auth = format!("Bearer {USER_TOKEN}");
    let group = format!("{GROUP}/g1");
    assert_eq!(caller.raw("GET", &group, Some(&auth), "").await.code(), 99991668);
    caller.raw("GET", &group, Some(&auth), "").await.data();
}

#[tokio::test]
async fn has_more_says_the_opposite() {
    let caller = with(Fault::new(FaultKind::WrongHasMore).operation("list_user_groups")).await;
    let first = caller.get(&format!("{LIST}?page_size=1")).await.data();
    assert_eq!(first["has_more"], false);
    let client = caller.simulator.client().unwrap();
    // The client finds out: there is more, and no token for it.
    let mut pages = client.list_user_groups().pages();
    let mut last = Ok(None);
    for _ in 0..2 {
        last = pages.try_next().await.map(|page| page.map(|page| page.items.len()));
    }
    assert_eq!(last.unwrap_err().kind(), ErrorKind::Pagination);
}

#[tokio::test]
async fn page_token_is_repeated() {
    let caller = with(next(FaultKind::RepeatedPageToken)).await;
    let page = |token: Option<Value>| {
        let token = token.map(|token| format!("&page_token={}", encoded(&token))).unwrap_or_default();
        let (caller, path) = (&caller, format!("{}?page_size=1{token}", members_of("g1", "simplelist")));
        async move { caller.get(&path).await.data() }
    };
    let first = page(None).await;
    let second = page(Some(first["page_token"].clone())).await;
    assert_eq!((&second["page_token"], &second["has_more"]), (&first["page_token"], &json!(true)));
    // The first page has no token to repeat, so the fault waited for the second.
    let third = page(Some(first["page_token"].clone())).await;
    assert_ne!(third["page_token"], first["page_token"]);
}

#[tokio::test]
async fn unknown_fields_and_values_are_in_every_object() {
    let caller = with(next(FaultKind::UnknownFields)).await;
    let reply = caller.get(LIST).await;
    assert_eq!(reply.text.matches("field_of_a_later_version").count(), 4, "{}", reply.text);

    let caller = with(next(FaultKind::UnknownEnumValues)).await;
    let data = caller.get(LIST).await.data();
    assert_eq!(data["grouplist"][0]["type"], 9999);
    assert_eq!(data["grouplist"][0]["name"], "Design");
    let caller = with(next(FaultKind::UnknownEnumValues).operation("list_user_group_members")).await;
    let data = caller.get(&members_of("g1", "simplelist")).await.data();
    assert_eq!(data["memberlist"][2]["member_type"], "value_of_a_later_version");
}

#[tokio::test]
async fn empty_lists_are_null() {
    let caller = with(next(FaultKind::NullLists)).await;
    assert_eq!(caller.members("g1", "").await.member_ids().len(), 3, "no empty list in it");
    assert_eq!(caller.members("g2", "").await.data()["memberlist"], Value::Null);
    assert_eq!(caller.members("g2", "").await.data()["memberlist"], json!([]));
}

/// The numbers of the requests that fail with HTTP 502.
async fn failing(caller: &Caller, requests: usize) -> Vec<usize> {
    let mut failing = Vec::new();
    for number in 0..requests {
        if caller.get(LIST).await.status == 502 {
            failing.push(number);
        }
    }
    failing
}

const BAD: FaultKind = FaultKind::BadGateway { acted: false };

#[tokio::test]
async fn faults_are_limited_by_operation_count_and_predicate() {
    let caller = with(Fault::new(BAD).operation("get_user_group")).await;
    assert_eq!(failing(&caller, 2).await, [0; 0]);
    assert_eq!(caller.get(&format!("{GROUP}/g1")).await.status, 502);

    let caller = with(Fault::new(BAD).times(2)).await;
    assert_eq!(failing(&caller, 4).await, [0, 1]);
    assert_eq!(failing(&with(Fault::new(BAD).times(0)).await, 2).await, [0; 0]);

    let caller = with(Fault::new(BAD).when(|request| request.query("page_size") == Some("7"))).await;
    assert_eq!(failing(&caller, 1).await, [0; 0]);
    assert_eq!(caller.get(&format!("{LIST}?page_size=7")).await.status, 502);
    caller.simulator.clear_faults();
    assert_eq!(caller.get(&format!("{LIST}?page_size=7")).await.status, 200);
}

#[tokio::test]
async fn share_follows_the_seed() {
    let mut drawn = Vec::new();
    for seed in [1, 1, 2] {
        let builder = Simulator::builder().with_fault(Fault::new(BAD).share(0.2)).fault_seed(seed);
        let caller = Caller::of(builder.start().await.unwrap()).await;
        drawn.push(failing(&caller, 200).await);
    }
    assert_eq!(drawn[0], drawn[1]);
    assert_ne!(drawn[0], drawn[2]);
    assert!((20..60).contains(&drawn[0].len()), "{drawn:?}");
}

#[tokio::test]
async fn first_fault_that_applies_is_met() {
    let caller = with(Fault::new(BAD).operation("get_user_group")).await;
    caller.simulator.add_fault(next(FaultKind::InternalError { acted: false })).unwrap();
    assert_eq!(caller.get(&format!("{GROUP}/g1")).await.status, 502);
    assert_eq!(caller.get(LIST).await.status, 500);
    assert_eq!(caller.get(LIST).await.status, 200);
}

#[tokio::test]
async fn token_endpoints_meet_only_faults_that_name_them() {
    let simulator = Simulator::builder().with_fault(Fault::new(BAD)).start().await.unwrap();
    let caller = Caller::of(simulator).await;
    let fault =
        Fault::new(FaultKind::RateLimit { status: 400, reset: Some(1) }).operation("tenant_access_token_internal");
    caller.simulator.add_fault(fault.times(1)).unwrap();
    let body = json!({ "app_id": "x", "app_secret": "y" }).to_string();
    assert_eq!(caller.raw("POST", super::caller::INTERNAL, None, &body).await.code(), 99991400);
}

#[tokio::test]
async fn fault_that_never_applies_is_an_error() {
    let simulator = Simulator::start().await.unwrap();
    let error = simulator.add_fault(Fault::new(BAD).operation("get_group")).unwrap_err();
    assert_eq!(error.field(), "operation");
    assert!(error.reason().starts_with("there is no operation `get_group`; there are "), "{error}");
    let error = simulator.add_fault(Fault::new(BAD).share(1.5)).unwrap_err();
    assert_eq!(error.to_string(), "share: 1.5 is not from 0 to 1");
    let error = Simulator::builder().with_fault(Fault::new(BAD).operation("x")).start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn faults_are_read_from_text() {
    let shown = |text: &str| text.parse::<Fault>().map(|fault| format!("{fault:?}")).map_err(|error| error.to_string());
    let two = Fault::new(FaultKind::BadGateway { acted: true }).operation("get_user_group").times(2);
    assert_eq!(shown("get_user_group:bad-gateway-after:2").unwrap(), format!("{two:?}"));
    assert_eq!(shown("*:stall").unwrap(), format!("{:?}", Fault::new(FaultKind::Stall { acted: false })));
    assert!(shown("a:bad").unwrap_err().starts_with("kind: there is no kind `bad`; the kinds are rate-limit, "));
    assert_eq!(shown("a").unwrap_err(), "kind: missing: write OPERATION:KIND[:COUNT]");
    assert_eq!(shown("a:drop:many").unwrap_err(), "times: must be an integer of 0 or more");
    assert_eq!(shown("a:drop:1:2").unwrap_err(), "write OPERATION:KIND[:COUNT]");
    for name in ["rate-limit-400-without-reset", "expired-token-200", "slow", "null-lists"] {
        assert_eq!(name.parse::<FaultKind>().unwrap().to_string(), name);
    }
    assert_eq!(FaultKind::Slow(Duration::from_millis(5)).to_string(), "slow");
    assert_eq!(FaultKind::RateLimit { status: 400, reset: Some(9) }.to_string(), "rate-limit-400");
}

#[tokio::test]
async fn journal_has_fault_and_response() {
    let caller = with(next(FaultKind::Drop { acted: true })).await;
    broken(&caller, &json!({ "name": "n" })).await;
    caller.simulator.add_fault(next(FaultKind::CutBody)).unwrap();
    broken(&caller, &json!({ "name": "m" })).await;
    caller.get(LIST).await.data();
    let [_, dropped, cut, listed] = &caller.simulator.requests()[..] else { panic!("not four requests") };
    assert_eq!((dropped.fault, &dropped.response), (Some(FaultKind::Drop { acted: true }), &None));
    assert_eq!(cut.fault, Some(FaultKind::CutBody));
    assert_eq!(cut.response.as_ref().unwrap().code(), Some(0));
    assert_eq!((listed.fault, listed.response.as_ref().unwrap().status), (None, 200));
    assert_eq!(listed.operation, Some("list_user_groups"));
}

/// A listing whose pages end in each documented form is walked in spite of faults that a client must survive.
#[tokio::test]
async fn client_survives_strange_responses() {
    for kind in [FaultKind::UnknownFields, FaultKind::UnknownEnumValues, FaultKind::NullLists] {
        let builder = Simulator::builder().with_group(Group::new("g1", "Design")).with_group(Group::new("g2", "Legal"));
        let simulator = builder.listing_end(ListingEnd::Stale).with_fault(Fault::new(kind)).start().await.unwrap();
        let client = simulator.client().unwrap();
        let mut pages = client.list_user_groups().page_size(1).pages();
        let mut count = 0;
        while let Some(page) = pages.try_next().await.unwrap() {
            count += page.items.len();
        }
        assert_eq!(count, 2, "{kind}");
    }
}
