//! The admin API: every path that it describes, bad input, and who may use it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, UdpSocket};
use std::sync::{Arc, Mutex};

use feishu_user_groups::simulator::{AdminApi, FaultKind, Group, Seed, Simulator};
use serde_json::{Value, json};

use super::caller::{Caller, GROUP, LIST, Reply};

async fn caller() -> Caller {
    let builder = Simulator::builder().admin_api(AdminApi::LoopbackOnly).with_group(Group::new("g1", "Design"));
    Caller::of(builder.start().await.unwrap()).await
}

async fn admin(caller: &Caller, method: &str, path: &str, body: &str) -> Reply {
    caller.raw(method, &format!("/_simulator/{path}"), None, body).await
}

fn ok(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn state_is_read_replaced_and_reset() {
    let caller = caller().await;
    let mut state = ok(&admin(&caller, "GET", "state", "").await);
    assert_eq!(state, caller.simulator.state().to_json());
    state["groups"][0]["members"] = json!(["ou_7"]);
    ok(&admin(&caller, "PUT", "state", &state.to_string()).await);
    assert_eq!(caller.simulator.groups()[0].member_user_ids, ["ou_7"]);
    assert_eq!(caller.members("g1", "").await.member_ids(), ["ou_7"]);
    ok(&admin(&caller, "POST", "reset", "").await);
    assert!(caller.simulator.groups()[0].member_user_ids.is_empty());
    caller.get(LIST).await.assert_rejected(99991663);
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared() {
    let caller = caller().await;
    let fault = json!({ "kind": "bad-gateway", "operation": "get_user_group", "times": 2, "share": 1.0 });
    ok(&admin(&caller, "POST", "faults", &fault.to_string()).await);
    let slow = json!({ "kind": "slow", "seconds": 0.25, "share": 0.5 });
    ok(&admin(&caller, "POST", "faults", &slow.to_string()).await);
    assert_eq!(caller.get(&format!("{GROUP}/g1")).await.status, 502);
    let mut left = fault;
    left["times"] = json!(1);
    assert_eq!(ok(&admin(&caller, "GET", "faults", "").await), json!([left, slow]));
    ok(&admin(&caller, "DELETE", "faults", "").await);
    assert_eq!(ok(&admin(&caller, "GET", "faults", "").await), json!([]));
    assert_eq!(caller.get(&format!("{GROUP}/g1")).await.status, 200);
}

#[tokio::test]
async fn journal_is_shown_without_credentials() {
    let caller = caller().await;
    ok(&admin(&caller, "POST", "faults", r#"{"kind":"drop-after","operation":"create_user_group"}"#).await);
    caller.get(&format!("{LIST}?page_size=7")).await.data();
    let request = caller.http.post(format!("{}{GROUP}", caller.simulator.url())).bearer_auth(&caller.token);
    request.header("content-type", "application/json").body(r#"{"name":"n"}"#).send().await.unwrap_err();
    let reply = admin(&caller, "GET", "requests", "").await;
    let requests = ok(&reply);
    let [token, listed, dropped] = &requests.as_array().unwrap()[..] else { panic!("not three requests: {requests}") };
    assert_eq!((&token["body"], &token["response"]), (&json!("***"), &json!("***")));
    assert_eq!(listed["query"], json!([{ "name": "page_size", "value": "7" }]));
    assert_eq!((&listed["operation"], &listed["status"]), (&json!("list_user_groups"), &json!(200)));
    assert_eq!(listed["response"]["data"]["grouplist"][0]["id"], "g1");
    assert_eq!((&dropped["body"], &dropped["fault"]), (&json!({ "name": "n" }), &json!("drop-after")));
    assert!(dropped.get("response").is_none() && !reply.text.contains(&caller.token));
    ok(&admin(&caller, "DELETE", "requests", "").await);
    assert_eq!(caller.simulator.requests(), []);
}

#[tokio::test]
async fn clock_is_moved() {
    let caller = caller().await;
    assert_eq!(ok(&admin(&caller, "GET", "clock", "").await), json!({ "ahead_seconds": 0.0 }));
    let moved = admin(&caller, "POST", "clock", r#"{"advance_seconds":7200.5}"#).await;
    assert_eq!(ok(&moved), json!({ "ahead_seconds": 7200.5 }));
    caller.get(LIST).await.assert_rejected(99991663);
    // It goes no further than a hundred years.
    let moved = admin(&caller, "POST", "clock", r#"{"advance_seconds":1e19}"#).await;
    assert_eq!(ok(&moved), json!({ "ahead_seconds": 3_153_600_000.0 }));
    caller.fetch().await;
}

#[tokio::test]
async fn bad_input_has_field_and_reason() {
    let caller = caller().await;
    for (method, path, body, field, reason) in [
        ("PUT", "state", r#"{"groups":[{"id":"a"}]}"#, "groups[0].name", "missing"),
        ("PUT", "state", r#"{"group":[]}"#, "group", "there is no such field"),
        ("PUT", "state", r#"{"people":[{"user_id":"a"},{"user_id":"a"}]}"#, "people[1].open_id", "`ou_a` is taken"),
        ("POST", "faults", r#"{"kind":"bad"}"#, "kind", "there is no kind `bad`"),
        ("POST", "faults", r#"{"kind":"drop","operation":"x"}"#, "operation", "there is no operation `x`"),
        ("POST", "faults", r#"{"kind":"drop","times":-1}"#, "times", "must be an integer"),
        ("POST", "faults", r#"{"kind":"drop","share":2}"#, "share", "2 is not from 0 to 1"),
        ("POST", "faults", r#"{"kind":"drop","seconds":2}"#, "seconds", "only the kind `slow`"),
        ("POST", "faults", r#"{}"#, "kind", "missing"),
        ("POST", "clock", r#"{"advance_seconds":-1}"#, "advance_seconds", "must be a time of 0 or more"),
        ("POST", "clock", r#"{"advance_seconds":1e300}"#, "advance_seconds", "must be a time of 0 or more"),
        ("POST", "clock", r#"{}"#, "advance_seconds", "missing"),
    ] {
        let reply = admin(&caller, method, path, body).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{body}: {}", reply.text);
        assert!(reply.json()["reason"].as_str().unwrap().starts_with(reason), "{body}: {}", reply.text);
    }
    let reply = admin(&caller, "PUT", "state", "[").await;
    assert_eq!((reply.status, reply.json().get("field")), (400, None));
    assert_eq!(caller.simulator.groups().len(), 1, "nothing changes");
}

#[tokio::test]
async fn description_lists_every_path_and_field() {
    let caller = caller().await;
    let description = ok(&admin(&caller, "GET", "openapi.json", "").await);
    let paths = description["paths"].as_object().unwrap();
    for (path, methods) in paths {
        for method in ["GET", "PUT", "POST", "DELETE", "PATCH"] {
            let reply = caller.raw(method, path, None, "").await;
            let described = methods.get(method.to_lowercase()).is_some();
            assert_eq!(reply.status == 405, !described, "{method} {path}: {}", reply.text);
            assert_ne!(reply.status, 404, "{method} {path}");
        }
    }
    let unknown = admin(&caller, "GET", "stats", "").await;
    assert_eq!(unknown.status, 404);
    // The reader names the fields that it knows.
    let fields = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let schemas = &description["components"]["schemas"];
    let known = |seed: Value| -> BTreeSet<String> {
        let error = Seed::from_json(&seed).unwrap_err();
        error.reason().split_once("the fields are ").unwrap().1.split(", ").map(str::to_owned).collect()
    };
    let state = &schemas["State"]["properties"];
    assert_eq!(fields(state), known(json!({ "x": 1 })));
    assert_eq!(fields(&state["apps"]["items"]["properties"]), known(json!({ "apps": [{ "x": 1 }] })));
    for (name, list) in [
        ("People", "people"),
        ("Departments", "departments"),
        ("Groups", "groups"),
        ("PerformanceGroups", "performance_groups"),
    ] {
        assert_eq!(fields(&schemas[name]["items"]["properties"]), known(json!({ list: [{ "x": 1 }] })), "{name}");
    }
    let kinds = schemas["Fault"]["properties"]["kind"]["enum"].as_array().unwrap();
    for kind in kinds {
        kind.as_str().unwrap().parse::<FaultKind>().unwrap();
    }
    let all = "x".parse::<FaultKind>().unwrap_err().reason().matches(',').count() + 1;
    assert_eq!(kinds.len(), all);
}

#[tokio::test]
async fn pages_of_other_sites_are_rejected() {
    let caller = caller().await;
    let url = format!("{}/_simulator/reset", caller.simulator.url());
    let post = |origin: String| caller.http.post(&url).header("origin", origin).send();
    assert_eq!(post("http://example.com".to_owned()).await.unwrap().status(), 403);
    assert_eq!(post("null".to_owned()).await.unwrap().status(), 403);
    assert_eq!(post(caller.simulator.url().to_owned()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn site_with_the_name_of_this_machine_is_rejected() {
    let caller = caller().await;
    let port = caller.simulator.address().port();
    let url = format!("{}/_simulator/state", caller.simulator.url());
    for (host, status) in [("rebound.example.com", 403), ("localhost", 200), ("127.0.0.1", 200), ("[::1]", 200)] {
        // A page gets no `Origin` on a request to the site that it comes from.
        let request = caller.http.get(&url).header("host", format!("{host}:{port}"));
        assert_eq!(request.send().await.unwrap().status(), status, "{host}");
    }
}

/// An address of this machine that other machines use; `None` if it has no network.
fn outer_address() -> Option<IpAddr> {
    // Connecting a UDP socket chooses the address and sends nothing.
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    Some(address).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

#[tokio::test]
async fn callers_of_other_addresses_are_rejected() {
    // On a machine without a network there is no such caller.
    let Some(address) = outer_address() else { return };
    for (admin_api, status) in [(AdminApi::LoopbackOnly, 403), (AdminApi::Everywhere, 200)] {
        let builder = Simulator::builder().address((address, 0).into()).admin_api(admin_api);
        let caller = Caller::of(builder.start().await.unwrap()).await;
        let reply = admin(&caller, "GET", "state", "").await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert_eq!(reply.json().get("reason").is_some(), status == 403, "{}", reply.text);
        // The service itself is for everybody.
        caller.get(LIST).await.data();
    }
}

#[tokio::test]
async fn local_callers_by_ipv4_of_an_ipv6_server_are_local() {
    let builder = Simulator::builder().address((Ipv6Addr::UNSPECIFIED, 0).into()).admin_api(AdminApi::LoopbackOnly);
    // On a machine without IPv6 there is no such server.
    let Ok(simulator) = builder.start().await else { return };
    let http = feishu_user_groups::http_client_builder().unwrap().no_proxy().build().unwrap();
    let url = format!("http://127.0.0.1:{}/_simulator/state", simulator.address().port());
    // Where the system keeps the two apart, the connection fails.
    let Ok(response) = http.get(url).send().await else { return };
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn pages_of_this_machine_call_operations() {
    let caller = caller().await;
    let own = caller.simulator.url().to_owned();
    let send = |method: &'static str, path: &'static str, origin: &str| {
        let request = caller.http.request(method.parse().unwrap(), format!("{own}{path}")).bearer_auth(&caller.token);
        let request = request.header("origin", origin).header("access-control-request-method", "GET");
        async move { request.send().await.unwrap() }
    };
    for (origin, allowed) in [
        (&*own, true),
        ("http://localhost:5173", true),
        ("https://[::1]", true),
        ("http://example.com", false),
        ("null", false),
    ] {
        let expected = allowed.then_some(origin);
        let header = |response: &reqwest::Response, name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let preflight = send("OPTIONS", LIST, origin).await;
        assert_eq!(preflight.status(), if allowed { 204 } else { 404 }, "{origin}");
        assert_eq!(header(&preflight, "access-control-allow-origin").as_deref(), expected);
        let listed = send("GET", LIST, origin).await;
        assert_eq!(
            (listed.status().as_u16(), header(&listed, "access-control-allow-origin").as_deref()),
            (200, expected)
        );
        let state = send("GET", "/_simulator/state", origin).await;
        assert_eq!(header(&state, "access-control-allow-origin"), None);
        assert_eq!(state.status(), if origin == own { 200 } else { 403 }, "{origin}");
    }
    // A simulator that is used in process behaves as the service does.
    let caller = Caller::new().await;
    let url = format!("{}{LIST}", caller.simulator.url());
    let request = caller.http.get(url).header("origin", caller.simulator.url()).bearer_auth(&caller.token);
    assert!(request.send().await.unwrap().headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn large_state_is_replaced() {
    let caller = caller().await;
    // Larger than any request of the service.
    let state = json!({ "groups": [{ "id": "g1", "name": "n", "description": "x".repeat(5 * 1024 * 1024) }] });
    ok(&admin(&caller, "PUT", "state", &state.to_string()).await);
    assert_eq!(ok(&admin(&caller, "GET", "state", "").await)["groups"], state["groups"]);
    let reply = caller.create(json!({ "name": "x".repeat(5 * 1024 * 1024) })).await;
    assert_eq!(reply.status, 413, "{}", reply.text);
}

#[tokio::test]
async fn admin_api_is_off_by_default() {
    let caller = Caller::new().await;
    for path in ["openapi.json", "state"] {
        let reply = admin(&caller, "GET", path, "").await;
        assert_eq!((reply.status, &*reply.text), (404, "404 page not found"));
    }
}

#[tokio::test]
async fn requests_are_observed_with_their_responses() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let builder = Simulator::builder().admin_api(AdminApi::LoopbackOnly).on_request(move |request| {
        let status = request.response.as_ref().map(|response| response.status);
        seen.lock().unwrap().push((request.operation, status));
    });
    let caller = Caller::of(builder.start().await.unwrap()).await;
    caller.get(LIST).await.data();
    admin(&caller, "GET", "state", "").await;
    caller.get("/nowhere").await;
    let expected =
        [(Some("tenant_access_token_internal"), Some(200)), (Some("list_user_groups"), Some(200)), (None, Some(404))];
    assert_eq!(*lines.lock().unwrap(), expected);
}
