//! The spec's side of an operation, in the form of the other two.
//!
//! Each claim carries the pointer of the very keyword that makes it, which is where a
//! finding points, and which is how a schema that several operations share is known
//! to be the same.

use super::fact::{Aspect, Fact, Trait};
use super::side::{Complete, Side};
use super::view::{Node, Operation, Parameter};
use apidoc::facts::Place;
use serde_json::json;

/// How deep lists of lists are followed.
const DEEPEST_LIST: usize = 4;
/// How often a schema may stand within itself before it is taken for endless.
const WITHIN_ITSELF: usize = 2;

/// What the spec says.
pub(crate) fn side(operation: &Operation) -> Side<String> {
    let mut side = Side::new(Complete::all());
    let node = &operation.node;
    side.say(Trait::Method, operation.method.clone(), node.pointer.clone());
    side.say(Trait::Path, operation.path, operation.path_pointer.clone());
    for of_operation in Trait::ALL {
        // The build wants every list; an empty one says what a document says that names none: nothing.
        let stated = of_operation.key().and_then(|key| node.get(key));
        if let Some(node) = stated.filter(|node| node.value.as_array().is_none_or(|list| !list.is_empty())) {
            side.say(of_operation, node.value.clone(), node.pointer);
        }
    }
    for parameter in &operation.parameters {
        say_parameter(&mut side, parameter);
    }
    if let Some(body) = operation.body() {
        say_body(&mut side, &body, "", &mut Vec::new());
    }
    if let Some(response) = operation.response() {
        say_fields(&mut side, &response);
    }
    for error in operation.errors() {
        let value = json!({ "http": error.http, "message": error.node.get_text("message") });
        side.say(Fact::error(error.code), value, error.node.pointer);
    }
    side
}

fn say_parameter(side: &mut Side<String>, parameter: &Parameter) {
    let place = match parameter.place {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return,
    };
    let fact = Fact::parameter(place, parameter.name);
    let at = &parameter.node.pointer;
    let kind = parameter.schema.as_ref().and_then(Node::kind);
    side.say(fact.clone(), kind, at.clone());
    let required = parameter.node.get("required");
    let required_at = required.as_ref().map_or(at, |node| &node.pointer);
    side.say(fact.aspect(Aspect::Required), parameter.node.is_true("required"), required_at.clone());
    if let Some(schema) = &parameter.schema {
        say_aspects(side, &fact, schema);
    }
}

/// Body properties; those of nested objects by dotted name.
fn say_body(side: &mut Side<String>, schema: &Node, prefix: &str, around: &mut Vec<String>) {
    if !enter(schema, around) {
        return;
    }
    for (name, property) in schema.properties() {
        let path = format!("{prefix}{name}");
        let fact = Fact::parameter(Place::Body, &path);
        side.say(fact.clone(), property.kind(), property.pointer.clone());
        let required = schema.requires(name);
        let required_at = required.as_ref().map_or(&property.pointer, |entry| &entry.pointer);
        side.say(fact.aspect(Aspect::Required), required.is_some(), required_at.clone());
        say_aspects(side, &fact, &property);
        say_body(side, &innermost(&property), &format!("{path}."), around);
    }
    around.pop();
}

/// Fields of an answer, by dotted path.
pub(crate) fn say_fields(side: &mut Side<String>, schema: &Node) {
    say_nested_fields(side, schema, "", &mut Vec::new());
}

fn say_nested_fields(side: &mut Side<String>, schema: &Node, prefix: &str, around: &mut Vec<String>) {
    if !enter(schema, around) {
        return;
    }
    for (name, property) in schema.properties() {
        let path = format!("{prefix}{name}");
        let fact = Fact::field(&path);
        side.say(fact.clone(), property.kind(), property.pointer.clone());
        if let Some(entry) = schema.requires(name) {
            side.say(fact.aspect(Aspect::Required), true, entry.pointer);
        }
        say_aspects(side, &fact, &property);
        say_nested_fields(side, &innermost(&property), &format!("{path}."), around);
    }
    around.pop();
}

/// Steps into a schema, unless that would never end.
fn enter(schema: &Node, around: &mut Vec<String>) -> bool {
    let pointer = schema.resolved().pointer;
    if around.iter().filter(|other| **other == pointer).count() >= WITHIN_ITSELF {
        return false;
    }
    around.push(pointer);
    true
}

/// What a schema says of its value; of a list also what it says of the items.
fn say_aspects(side: &mut Side<String>, fact: &Fact, schema: &Node) {
    if let Some(kind) = schema.kind() {
        let at = schema.keyword("type").map_or_else(|| schema.pointer.clone(), |node| node.pointer);
        side.say(fact.aspect(Aspect::Type), kind, at);
    }
    let items = innermost(schema);
    for aspect in Aspect::ALL {
        if matches!(aspect, Aspect::Type | Aspect::Required) {
            continue;
        }
        if let Some(node) = schema.keyword(aspect.keyword()).or_else(|| items.keyword(aspect.keyword())) {
            side.say(fact.aspect(aspect), node.value.clone(), node.pointer);
        }
    }
}

/// The schema of a list's items, and theirs.
pub(crate) fn innermost<'a>(schema: &Node<'a>) -> Node<'a> {
    let mut here = schema.clone();
    for _ in 0..DEEPEST_LIST {
        match here.keyword("items") {
            Some(items) => here = items,
            None => break,
        }
    }
    here
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::validate::claim::Claim;
    use crate::validate::view::Spec;

    #[test]
    fn a_schema_that_holds_itself_has_an_end() {
        let text = "paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/s'}}}}}}}}\n\
                    s: {type: object, properties: {s: {$ref: '#/s'}}}";
        let source = Source::parse("spec", text).unwrap();
        let spec = Spec::new(&source);
        let side = side(&spec.operations[0]);
        assert_eq!(side.claim(&Fact::field("s.s")), Claim::Says("object".into()));
        assert_eq!(side.claim(&Fact::field("s.s.s")), Claim::Absent);
    }
}
