//! Operations of the spec that have no handler: checked against the spec, and responded to with its example.
//!
//! A new operation is in the spec before somebody writes down what it does to the state. Until then a program that uses
//! it can be tested all the same: a wrong request is rejected, and the response has the documented shape.

use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::Value;

use super::call::Fields;
use super::form;
use super::request::RecordedRequest;
use super::response::{self, FullResponse, Rejection, reject};
use super::schema;
use super::spec::Spec;

/// The media type of envelopes.
const JSON: &str = "application/json";

/// What is returned where a file is documented, of which the spec has no example.
const FILE: &[u8] = b"A file of the offline service.\n";
const FILE_NAME: &str = "example.txt";

/// The platform's code for a request of the wrong form.
const INVALID_PARAMETER: u32 = 40001;

/// Checks the query and the body of a request, and returns a success.
pub(super) fn respond(operation: &str, request: &RecordedRequest) -> Result<FullResponse, Rejection> {
    let spec = Spec::get();
    let facts = spec.operation(operation).unwrap_or(&Value::Null);
    check_query(spec, facts, request)?;
    check_body(spec, facts, request)?;
    let content = &facts["responses"]["200"]["content"];
    if let Some(media_type) = content.as_object().and_then(|content| content.keys().find(|media| *media != JSON)) {
        return Ok(response::file(media_type, FILE_NAME, Bytes::from_static(FILE)));
    }
    let media = &content[JSON];
    let example = ["service", "document"].into_iter().find_map(|shown_by| media["examples"].get(shown_by));
    let example = example.and_then(|example| spec.resolve(example).get("value"));
    let mut body = example.cloned().unwrap_or_else(|| schema::example(spec, &media["schema"]));
    if let Some(envelope) = body.as_object_mut() {
        envelope.insert("code".to_owned(), 0.into());
        envelope.insert("msg".to_owned(), "success".into());
        // The envelope's `error` is for failures.
        envelope.remove("error");
    }
    Ok(response::plain_json(StatusCode::OK, &body))
}

fn check_query(spec: &Spec, facts: &Value, request: &RecordedRequest) -> Result<(), Rejection> {
    let parameters = facts["parameters"].as_array().into_iter().flatten().map(|parameter| spec.resolve(parameter));
    for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
        let name = parameter["name"].as_str().unwrap_or_default();
        match request.query(name) {
            None if parameter["required"] == true => {
                return Err(reject(INVALID_PARAMETER).field(name, "", "required"));
            }
            None => {}
            Some(text) => {
                let value = schema::parameter(spec, &parameter["schema"], text);
                schema::check(spec, &parameter["schema"], &value, name)
                    .map_err(|(field, rule)| reject(INVALID_PARAMETER).field(&field, text, rule))?;
            }
        }
    }
    Ok(())
}

fn check_body(spec: &Spec, facts: &Value, request: &RecordedRequest) -> Result<(), Rejection> {
    let expected = spec.resolve(&facts["requestBody"]);
    let form = expected.pointer("/content/multipart~1form-data/schema");
    let Some(schema) = form.or_else(|| expected.pointer("/content/application~1json/schema")) else { return Ok(()) };
    if request.body.is_empty() && expected["required"] != true {
        return Ok(());
    }
    let body = match form {
        Some(_) => form::parse(spec, schema, request, INVALID_PARAMETER)?,
        None => Fields::parse(request, INVALID_PARAMETER)?.into_value(),
    };
    let checked = schema::check(spec, schema, &body, "");
    checked.map_err(|(field, rule)| reject(INVALID_PARAMETER).field(&field, "", rule))
}
