//! Operations without a handler: checked against the spec, and responded to with an example.

use super::super::directory::UserIdType;
use super::super::{schema, spec::Spec};
use super::*;
use crate::operation::{self, Operation};
use serde_json::{Value, json};

/// A service that has token endpoints and no handler of an operation.
fn without_handlers(settings: Settings) -> Service {
    let mut service = Service::new(settings).unwrap();
    let routes = routes::handled().unwrap().into_iter();
    let endpoints = routes.filter(|route| matches!(route.handler, Handler::Token(_)));
    service.routes = routes::with_missing(endpoints.collect());
    service
}

/// A request of the form that the spec wants.
fn request(operation: &Operation, token: Option<&str>) -> RecordedRequest {
    let spec = Spec::get();
    let facts = spec.operation(operation.id).unwrap();
    let parameters = facts["parameters"].as_array().into_iter().flatten().map(|parameter| spec.resolve(parameter));
    let query = parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| {
        let value = schema::example(spec, &parameter["schema"]);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (parameter["name"].as_str().unwrap().to_owned(), value)
    });
    let body = facts.pointer("/requestBody/content/application~1json/schema");
    let token = token.map(|token| ("authorization".to_owned(), format!("Bearer {token}")));
    let path = operation.path.split('/').map(|segment| if segment.starts_with('{') { "g1" } else { segment });
    RecordedRequest {
        method: operation.method.to_string(),
        path: path.collect::<Vec<_>>().join("/"),
        query: query.collect(),
        headers: token.into_iter().chain([("content-type".to_owned(), "application/json".to_owned())]).collect(),
        body: body.map(|schema| schema::example(spec, schema).to_string()).unwrap_or_default().into(),
        ..RecordedRequest::default()
    }
}

fn body_of(service: &Service, request: RecordedRequest) -> (StatusCode, Value) {
    let outcome = service.respond(request);
    let response = outcome.response().unwrap();
    (response.status(), serde_json::from_slice(response.body()).unwrap())
}

fn respond(service: &Service, operation: &Operation, token: Option<&str>) -> (StatusCode, Value) {
    body_of(service, request(operation, token))
}

fn token(service: &Service) -> String {
    let body = serde_json::json!({ "app_id": super::super::APP_ID, "app_secret": super::super::APP_SECRET });
    let request = RecordedRequest {
        method: "POST".to_owned(),
        path: "/open-apis/auth/v3/tenant_access_token/internal".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into(),
        ..RecordedRequest::default()
    };
    let mut state = service.state();
    let now = state.clock.now();
    let issued = super::super::tokens::internal(&mut state.tokens, &request, now).unwrap();
    issued["tenant_access_token"].as_str().unwrap().to_owned()
}

#[test]
fn every_token_endpoint_of_spec_has_handler() {
    let routes = routes::handled().unwrap();
    let handled = routes.iter().filter(|route| route.handler.is_token_endpoint());
    let handled: Vec<_> = handled.map(|route| route.name).collect();
    let in_spec = include_str!("../../../spec/openapi.yaml").matches("x-feishu-token-endpoint: true").count();
    assert_eq!(handled.len(), in_spec);
    for id in handled {
        assert_eq!(Spec::get().operation(id).unwrap()["x-feishu-token-endpoint"], true, "{id}");
    }
}

#[test]
fn operation_without_handler_is_checked_then_example() {
    let service = without_handlers(Settings::default());
    let token = token(&service);
    for operation in operation::ALL {
        assert!(operation.app_types.contains(&AppType::Custom));
        assert_eq!(respond(&service, operation, None).0, StatusCode::BAD_REQUEST, "{}", operation.id);
        let (status, body) = respond(&service, operation, Some(&token));
        assert_eq!((status, &body["code"]), (StatusCode::OK, &0.into()), "{}: {body}", operation.id);
        let spec = Spec::get();
        let schema = spec.response_schema(operation.id).unwrap();
        assert_eq!(schema::check(spec, schema, &body, ""), Ok(()), "{}: {body}", operation.id);
    }
}

#[test]
fn wrong_form_is_rejected_without_handler() {
    let service = without_handlers(Settings::default());
    let token = token(&service);
    let find = |id| *operation::ALL.iter().find(|operation| operation.id == id).unwrap();
    for (id, query, body, field) in [
        ("create_user_group", "", json!({}), "name"),
        ("create_user_group", "", json!({ "name": 7 }), "name"),
        ("create_user_group", "", json!({ "name": "" }), "name"),
        ("create_user_group", "user_id_type=x", json!({ "name": "n" }), "user_id_type"),
        ("write_performance_group_members", "", json!({}), "client_token"),
        ("list_user_groups", "page_size=0", Value::Null, "page_size"),
        ("list_user_groups", "page_size=many", Value::Null, "page_size"),
        ("batch_add_user_group_members", "", json!({ "members": [] }), "members"),
        ("batch_add_user_group_members", "", json!({ "members": [{ "member_id": "a" }] }), "members[0].member_type"),
        ("find_user_ids", "", json!({ "emails": [null] }), "emails[0]"),
    ] {
        let mut request = request(find(id), Some(&token));
        request.query =
            query.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        request.body = body.to_string().into();
        let response = body_of(&service, request);
        assert_eq!((&response.1["code"], response.0), (&40001.into(), StatusCode::BAD_REQUEST), "{id} {body}");
        assert_eq!(response.1["error"]["field_violations"][0]["field"], field, "{id} {body}");
    }
}

#[test]
fn operation_without_handler_needs_its_scope() {
    let scopes = operation::ALL.iter().flat_map(|operation| operation.scopes);
    let withheld_scopes = scopes.map(|scope| (*scope).to_owned()).collect();
    let seed = Seed { withheld_scopes, ..Seed::default() };
    let service = without_handlers(Settings { seed, ..Settings::default() });
    let token = token(&service);
    for operation in operation::ALL {
        assert_eq!(respond(&service, operation, Some(&token)).1["code"], 99991672, "{}", operation.id);
    }
}

#[test]
fn removing_invents_nobody() {
    let mut seed = Seed::default();
    seed.tenant(TENANT_KEY).groups.push(super::super::Group::new("g1", "Design").member("ou_1"));
    let service = Service::new(Settings { seed, ..Settings::default() }).unwrap();
    let token = token(&service);
    for (id, code) in [("ou_stranger", 0), ("ou_1", 0), ("ou_missing", 41073)] {
        let body = json!({ "member_type": "user", "member_id_type": "open_id", "member_id": id });
        let operation = operation::ALL.iter().find(|operation| operation.id == "remove_user_group_member").unwrap();
        let request = RecordedRequest { body: body.to_string().into(), ..request(operation, Some(&token)) };
        assert_eq!(body_of(&service, request).1["code"], code, "{id}");
    }
    let is_kept = |id| service.home(|tenant| tenant.people.find(UserIdType::Open, id).is_some());
    assert!(is_kept("ou_1") && !is_kept("ou_stranger"));
}
