//! What follows from the rest of an operation: how it pages, and whether it may be repeated.
//!
//! These are the conventions that `validate` checks, applied the other way round.

use super::shape::Shapes;
use serde_json::{Map, Value, json};

/// Parameters that make a repeated call recognisable.
const KEYS: [&str; 4] = ["client_token", "idempotency_key", "request_id", "uuid"];

/// A parameter, resolved.
pub(super) struct Query<'a> {
    pub name: &'a str,
    pub required: bool,
    pub schema: &'a Value,
}

/// The query parameter by which the service knows a repeated call, of a method that needs one.
pub(super) fn key<'a>(method: &str, query: &'a [Query], shapes: &Shapes) -> Option<&'a str> {
    let is_key = |parameter: &&Query| {
        KEYS.contains(&parameter.name) && shapes.kind(parameter.schema).as_deref() == Some("string")
    };
    let needs_one = ["POST", "PATCH"].contains(&method);
    query.iter().find(is_key).filter(|_| needs_one).map(|parameter| parameter.name)
}

/// `x-feishu-retry`, and what a person has to decide about it.
pub(super) fn retry(
    method: &str,
    key: Option<&str>,
    scopes: &[String],
    kinds: &[(i64, String)],
) -> (Value, Option<String>) {
    let first = |wanted: &str| kinds.iter().find(|(_, kind)| kind == wanted).map(|(code, _)| *code);
    let with_arrived = |mut retry: Map<String, Value>, code: Option<i64>| {
        if let Some(code) = code {
            retry.insert("already_applied_code".to_owned(), code.into());
        }
        Value::from(retry)
    };
    let rule = |rule: &str| Map::from_iter([("rule".to_owned(), json!(rule))]);
    let only_reads = !scopes.is_empty() && scopes.iter().all(|scope| scope.ends_with(":readonly"));
    match (method, key) {
        (_, Some(key)) => {
            let mut retry = rule("idempotency-key");
            retry.insert("parameter".to_owned(), json!(key));
            let note = format!("TODO: does the service know a repeated call by `{key}`?");
            (with_arrived(retry, first("duplicate_request")), Some(note))
        }
        ("DELETE", None) => (with_arrived(rule("safe"), first("not_found")), None),
        ("GET" | "PUT", None) => (rule("safe").into(), None),
        ("POST", None) if only_reads => (with_arrived(rule("safe"), first("already_exists")), None),
        ("PATCH", None) => {
            let note = "safe, if the second call finds the state that the first one left";
            (rule("never-sent").into(), Some(note.to_owned()))
        }
        _ => (rule("never-sent").into(), None),
    }
}

/// `x-feishu-page` of a response whose payload has `has_more`, or what it lacks for one.
pub(super) fn page(payload: &Value, at: &str, query: &[Query], shapes: &Shapes) -> Option<Result<Value, String>> {
    let properties = payload.get("properties")?.as_object()?;
    let is = |schema: &Value, kind: &str| shapes.kind(schema).as_deref() == Some(kind);
    properties.get("has_more").filter(|schema| is(schema, "boolean"))?;
    Some((|| {
        let texts = || properties.iter().filter(|(_, schema)| is(schema, "string")).map(|(name, _)| name);
        let token =
            texts().find(|name| name.ends_with("page_token")).or_else(|| texts().find(|name| name.ends_with("token")));
        let token = token.ok_or("the response has no token of the next page")?;
        let lists: Vec<&String> =
            properties.iter().filter(|(_, schema)| is(schema, "array")).map(|(name, _)| name).collect();
        let held = |name: &&String| {
            let held = properties.get(*name)?.get("items")?.get("$ref")?.as_str()?;
            held.strip_prefix("#/components/schemas/").map(str::to_owned)
        };
        let objects = |name: &String| held(&name).filter(|item| shapes.is_object(item));
        let of_objects: Vec<(&String, String)> =
            lists.iter().filter_map(|name| Some((*name, objects(name)?))).collect();
        // One kind of object is listed; other lists, of ids that were not found for example, are no pages. Of several
        // kinds, `items` are what the pages hold.
        let is_one_kind = of_objects.windows(2).all(|pair| pair[0].1 == pair[1].1);
        let main = of_objects.iter().find(|(name, _)| ["items", "list"].contains(&name.as_str()));
        let paged: Vec<&(&String, String)> = match (of_objects.as_slice(), main) {
            ([], _) if lists.is_empty() => return Err("the response has no list".to_owned()),
            ([], _) => return Err("its lists hold values and no objects".to_owned()),
            (all, _) if is_one_kind => all.iter().collect(),
            (_, Some(main)) => vec![main],
            _ => return Err("its lists hold several kinds of object".to_owned()),
        };
        let item = &paged[0].1;
        let optional = |name: &str, kind: &str| {
            let found = query.iter().find(|parameter| parameter.name == name && is(parameter.schema, kind));
            found.filter(|parameter| !parameter.required).map(|parameter| parameter.name)
        };
        let request_token = optional("page_token", "string").ok_or("there is no optional parameter `page_token`")?;
        let request_size = optional("page_size", "integer").ok_or("there is no optional number `page_size`")?;
        let pointer = |name: &str| format!("{at}/{name}");
        Ok(json!({
            "items": paged.iter().map(|(name, _)| pointer(name)).collect::<Vec<_>>(),
            "item": item,
            "token": pointer(token),
            "has_more": pointer("has_more"),
            "request_token": request_token,
            "request_size": request_size,
        }))
    })())
}
