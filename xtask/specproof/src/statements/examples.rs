//! Examples, and what they show.
//!
//! An example proves less than a table: that a name exists and of what type it is, but
//! nothing about names that it leaves out. Where there is no table, examples are the
//! only evidence, so a document's statements include them.

use crate::fact::{Aspect, Fact, OperationAspect};
use crate::kind;
use crate::statements::{Complete, Statements};
use apidoc::facts::{Example, ExampleKind, Place};
use serde_json::{Map, Value, json};

pub(crate) fn of_value(kind: ExampleKind, value: &Value) -> Statements<()> {
    let mut statements = Statements::new(Complete::default());
    let Some(object) = value.as_object() else { return statements };
    match (kind, object.get("code").and_then(Value::as_i64)) {
        (ExampleKind::Request, _) => add_body(&mut statements, object, &[], ()),
        // How a failure is worded may differ from call to call.
        (ExampleKind::Response, Some(code)) if is_failure(object) => statements.add(Fact::error(code), json!({}), ()),
        (ExampleKind::Response, _) => add_fields(&mut statements, object, ()),
    }
    statements
}

/// Method, path and names: as text in a URL, a value shows no type.
pub(crate) fn add_request(statements: &mut Statements<()>, template: &str, sample: &Example) {
    statements.add_some(OperationAspect::Method.into(), sample.method.clone(), ());
    let filled = sample.path.as_ref().and_then(|path| fill(template, path));
    if filled.is_some() {
        statements.add(OperationAspect::Path, template, ());
    }
    let in_path = filled.into_iter().flatten().map(|(name, _)| (Place::Path, name));
    let by_name = sample.path_parameters.keys().map(|name| (Place::Path, name.clone()));
    let in_query = sample.query.keys().map(|name| (Place::Query, name.clone()));
    let in_header = sample.headers.keys().map(|name| (Place::Header, name.clone()));
    for (place, name) in in_path.chain(by_name).chain(in_query).chain(in_header) {
        statements.add(Fact::parameter(place, &name), Value::Null, ());
    }
}

/// A response whose code is not 0 shows a failure, not the fields of a success.
pub(crate) fn is_failure(response: &Map<String, Value>) -> bool {
    response.get("code").and_then(Value::as_i64).is_some_and(|code| code != 0)
}

/// Notes the fields that an example of the response shows.
pub(crate) fn add_fields<At: Copy>(statements: &mut Statements<At>, response: &Map<String, Value>, at: At) {
    add_within(statements, &Fact::field, &[], "", response, at);
}

/// Notes the properties that an example of the body shows; where a table lists those of an object, it lists all.
pub(crate) fn add_body<At: Copy>(statements: &mut Statements<At>, body: &Map<String, Value>, tabled: &[&str], at: At) {
    add_within(statements, &|path| Fact::parameter(Place::Body, path), tabled, "", body, at);
}

/// By dotted path, lists without brackets.
fn add_within<At: Copy>(
    statements: &mut Statements<At>,
    fact_of: &impl Fn(&str) -> Fact,
    tabled: &[&str],
    parent: &str,
    fields: &Map<String, Value>,
    at: At,
) {
    let is_tabled = tabled.iter().any(|path| path.rsplit_once('.').map_or("", |(parent, _)| parent) == parent);
    for (name, value) in fields {
        let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
        if !is_tabled {
            let fact = fact_of(&path);
            let kind = kind::of_value(value);
            statements.add(fact.clone(), kind.clone(), at);
            statements.add_some(fact.aspect(Aspect::Type), kind, at);
        } else if !tabled.contains(&path.as_str()) {
            continue;
        }
        for inner in objects(value) {
            add_within(statements, fact_of, tabled, &path, inner, at);
        }
    }
}

/// The objects that a value is or lists.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Object(fields) => vec![fields],
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

/// The values that a path has for the parameters of a template, if it has its form.
pub(crate) fn fill(template: &str, path: &str) -> Option<Vec<(String, Value)>> {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut values = Vec::new();
    for (pattern, segment) in template.into_iter().zip(path) {
        match pattern.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            // A sample may show the parameter's own name in the place of a value.
            Some(_) if segment.starts_with([':', '{', '<']) => {}
            Some(name) => values.push((name.to_owned(), Value::from(segment))),
            None if pattern == segment => {}
            None => return None,
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_fills_template() {
        let fill = |path| fill("/v3/group/{group_id}", path);
        assert_eq!(fill("/v3/group/g1"), Some(vec![("group_id".to_owned(), Value::from("g1"))]));
        assert_eq!(fill("/v3/group/:group_id"), Some(Vec::new()));
        assert_eq!(fill("/v3/groups/g1"), None);
        assert_eq!(fill("/v3/group/g1/x"), None);
    }
}
