//! One operation of a document as the spec would state it.
//!
//! Every key of `spec/README.md` in its order. What the document states is written down;
//! what the build insists on and the document leaves open is a placeholder under a
//! `TODO`, chosen so that it asserts as little as it can.

use super::batch::results;
use super::derived::{Query, key, page, retry};
use super::errors::{ErrorNames, Errors};
use super::known::{self, Known, sent_file};
use super::names::{Taken, noun, operation_ids, product};
use super::parameters::{Parameters, parameters, path};
use super::response::response;
use super::schemas::{Context, Schemas, reference};
use super::wording::summary;
use crate::codegen::spec::media::{FORM, JSON};
use crate::examples::{
    Example, Examples, Origin, PlatformExample, Row, failures, lines, names, requests_and_responses,
};
use crate::kind::is_list;
use crate::spec_model::Spec;
use crate::statements::document::returns_file;
use crate::yaml::{Map, Yaml};
use apidoc::facts::{Document, ExampleKind, Operation};
use heck::ToUpperCamelCase;
use serde_json::{Value, json};

/// Where the payload of most responses is.
const DATA: &str = "/data";

/// The kinds of token, and of app, that the client knows.
const TOKENS: [&str; 3] = ["tenant_access_token", "user_access_token", "app_access_token"];
const APPS: [&str; 2] = ["custom", "isv"];

/// What all operations of a draft are written with.
pub(super) struct Writer<'a> {
    pub spec: &'a Spec<'a>,
    pub ids: Taken,
    pub schemas: Schemas,
    pub errors: ErrorNames,
    /// The schema of the envelope of failures.
    pub envelope: Value,
    /// The errors that any operation may return.
    pub platform: Vec<PlatformExample>,
    /// What the draft adds to `components/responses` and `components/examples`.
    pub responses: Map,
    pub examples: Map,
}

/// An operation, ready to be put under `paths`.
pub(super) struct Drafted {
    pub id: String,
    pub path: String,
    /// The method as a key, with the operation below it.
    pub method: Map,
    pub product: String,
}

impl Writer<'_> {
    /// Writes one operation down.
    pub fn operation(&mut self, document: &Document, facts: &Operation) -> Drafted {
        let known = known::response(facts);
        let file = Some(document.document.as_str()).filter(|_| document.operations.len() == 1);
        let id = self.ids.first_free(&operation_ids(facts, lists_items(&known), file));
        let document = document.document.as_str();
        let (path, in_path, path_note) = path(facts, &id);
        let (method, method_note) = method(facts);
        let product = product(&path).to_owned();
        let noun = noun(&id);
        let base = id.to_upper_camel_case();
        let context = Context { owner: base.clone(), noun: &noun, operation: &id };
        let Parameters { list, notes: parameter_notes } =
            parameters(self.spec, facts, (&path, &in_path), &mut self.schemas, &context);
        let values: Vec<Value> = list.iter().map(|parameter| self.resolved(parameter.value())).collect();
        let query = query(&values);
        let body = known::body(facts).map(|known| {
            let schema = self.schemas.object(&known, &format!("What `{id}` takes."), &context);
            self.schemas.add(&format!("{base}Body"), schema)
        });
        let response = (!returns_file(facts)).then(|| response(&known, &mut self.schemas, &context));
        let key = key(&method, &query, &self.schemas.shapes);
        let Errors { rows, notes: error_notes, kinds, existing } = self.errors.errors(facts, key.is_some());
        let examples =
            Examples::new(&id, shown(facts), &rows.iter().filter_map(row).collect::<Vec<_>>(), &self.platform);
        requests_and_responses(&examples, &mut self.examples);
        let (retry, retry_note) = retry(&method, key, &facts.scopes, &kinds);
        let nothing = json!({});
        let payload =
            response.as_ref().map_or((&nothing, DATA), |response| (&response.payload, response.data.as_str()));
        let results = results(&method, body.as_deref(), payload, &existing, &self.schemas.shapes);
        let page = page(payload.0, payload.1, &query, &self.schemas.shapes);

        let mut notes = vec![format!("{document}, line {}: {}", facts.line, facts.title)];
        notes.extend(path_note.into_iter().chain(method_note));
        if facts.rate_limit.is_none() {
            notes.push("the document names no rate limit (x-feishu-rate-limit)".to_owned());
        }
        if let Some(Err(problem)) = &page {
            notes.push(format!("TODO: the response has `has_more`, and no x-feishu-page: {problem}"));
        }
        if let Some(Err(problem)) = &results {
            notes.push(format!("TODO: each item has a code, and there is no x-feishu-results: {problem}"));
        }
        let mut operation = Map::default();
        operation.put("operationId", id.as_str());
        operation.put("tags", json!([product]));
        operation.put("summary", summary(&id));
        operation.put("description", "TODO: what it does, and what a caller has to know.");
        operation.put("x-feishu-source", json!({ "document": document, "operation": facts.name }));
        for (key, list, what, known) in [
            ("x-feishu-access-tokens", &facts.access_tokens, "kind of token", &TOKENS[..]),
            ("x-feishu-scopes", &facts.scopes, "scope", &[]),
            ("x-feishu-app-types", &facts.app_types, "type of app", &APPS),
        ] {
            let is_known = |word: &&String| known.is_empty() || known.contains(&word.as_str());
            let (taken, others): (Vec<_>, Vec<_>) = list.iter().partition(is_known);
            // An operation may need no scope; without a kind of token or app it cannot be called.
            let todo = if known.is_empty() { "" } else { "TODO: " };
            let none = list.is_empty().then(|| format!("{todo}the document names no {what}"));
            let unknown =
                others.iter().map(|other| format!("TODO: left out, since the client knows no such {what}: {other}"));
            operation.put_noted(key, json!(taken), none.into_iter().chain(unknown));
        }
        if let Some(Ok(limit)) = facts.rate_limit.map(serde_json::to_value) {
            operation.put("x-feishu-rate-limit", limit);
        }
        operation.put_noted("x-feishu-retry", retry, retry_note);
        if let Some(Ok(page)) = page {
            let note = has_no_maximum(&query, &page).then(|| "the document gives no largest page size".to_owned());
            operation.put_noted("x-feishu-page", block(page), note);
        }
        if let Some(Ok(results)) = results {
            operation.put("x-feishu-results", block(results));
        }
        if payload.1 != DATA {
            operation.put("x-feishu-data", payload.1);
        }
        operation.put_noted("x-feishu-errors", Yaml::List(rows), error_notes);
        if !list.is_empty() || !parameter_notes.is_empty() {
            operation.put_noted("parameters", Yaml::List(list), parameter_notes);
        }
        if let Some(body) = body {
            let mut request = Map::default();
            request.put("required", true);
            let content = match sent_file(facts) {
                Some(_) => content(FORM, &body, &[]),
                None => content(JSON, &body, &examples.request),
            };
            request.put("content", content);
            operation.put("requestBody", request);
        }
        let mut responses = Map::default();
        match response {
            Some(response) => {
                let content = content(JSON, &response.schema, &examples.response);
                responses.put_noted(
                    "200",
                    success("The result, or the envelope says why not.", content),
                    response.notes,
                );
            }
            None => responses.put("200", success("The file, or an envelope says why not.", any_file())),
        }
        let described = failures(&examples, &self.envelope);
        for ((status, name), failure) in ["4XX", "5XX"].into_iter().zip(names(&id)).zip(described) {
            responses.put(status, reference("responses", &name));
            self.responses.put(&name, failure);
        }
        operation.put("responses", responses);
        let mut entry = Map::default();
        entry.put_noted(&method.to_lowercase(), operation, notes);
        Drafted { id, path, method: entry, product }
    }

    /// A parameter, or what its reference leads to.
    fn resolved(&self, parameter: Value) -> Value {
        let target = parameter.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        target.and_then(|pointer| self.spec.source.value.pointer(pointer)).cloned().unwrap_or(parameter)
    }
}

fn query(parameters: &[Value]) -> Vec<Query<'_>> {
    let in_query = parameters.iter().filter(|parameter| parameter.get("in") == Some(&json!("query")));
    in_query
        .filter_map(|parameter| {
            let required = parameter.get("required") == Some(&Value::Bool(true));
            Some(Query { name: parameter.get("name")?.as_str()?, required, schema: parameter.get("schema")? })
        })
        .collect()
}

/// Whether the payload is, as far as it is known, a list.
fn lists_items(response: &Known) -> bool {
    let data = response.field("data").into_iter().chain(response.field("data").and_then(|data| data.field("data")));
    data.flat_map(|data| &data.fields).any(|field| field.name == "has_more" || is_list(&field.kind().0))
}

/// The method that the document gives, or the one that the name suggests.
pub(super) fn method(facts: &Operation) -> (String, Option<String>) {
    if let Some(method) = &facts.method {
        return (method.clone(), None);
    }
    let ids = operation_ids(facts, false, None);
    let verb = ids.first().and_then(|id| id.split('_').next()).unwrap_or_default();
    let method = match verb {
        "get" | "list" | "find" | "query" | "search" => "GET",
        "update" | "patch" => "PATCH",
        "delete" | "remove" => "DELETE",
        _ => "POST",
    };
    (method.to_owned(), Some("TODO: the document gives no method".to_owned()))
}

/// A page size without a largest one cannot be told from any other number.
fn has_no_maximum(query: &[Query], page: &Value) -> bool {
    let size = query.iter().find(|parameter| Some(parameter.name) == page.get("request_size").and_then(Value::as_str));
    size.is_some_and(|size| size.schema.get("maximum").is_none())
}

/// What the document shows of an operation.
fn shown(facts: &Operation) -> impl Iterator<Item = (Origin, ExampleKind, &Value)> {
    let is_form = sent_file(facts).is_some();
    // A form has parts, which no JSON shows.
    let is_of_form = move |example: &apidoc::facts::Example| is_form && example.kind == ExampleKind::Request;
    let examples = facts.examples.iter().filter(move |example| !example.value.is_null() && !is_of_form(example));
    examples.map(|example| (Origin::Document, example.kind, &example.value))
}

/// A drafted row of `x-feishu-errors`.
fn row(drafted: &Yaml) -> Option<Row> {
    let row = drafted.value();
    let text = |key: &str| Some(row.get(key)?.as_str()?.to_owned());
    let (http, code) = (row.get("http")?.as_u64()?, row.get("code")?.as_i64()?);
    Some(Row { http, code, name: text("name")?, message: text("message")? })
}

fn block(value: Value) -> Map {
    let mut map = Map::default();
    for (key, value) in value.as_object().into_iter().flatten() {
        map.put(key, value.clone());
    }
    map
}

fn success(description: &str, content: Map) -> Map {
    let mut success = Map::default();
    success.put("description", description);
    success.put("content", content);
    success
}

/// Documents rarely give the type of a file; a program reads it from the response.
fn any_file() -> Map {
    let (mut media, mut content) = (Map::default(), Map::default());
    media.put("schema", json!({ "type": "string", "format": "binary" }));
    content.put("application/octet-stream", media);
    content
}

fn content(media_type: &str, schema: &str, examples: &[Example]) -> Map {
    let (mut media, mut content) = (Map::default(), Map::default());
    media.put("schema", reference("schemas", schema));
    if !examples.is_empty() {
        media.put("examples", lines(examples));
    }
    content.put(media_type, media);
    content
}
