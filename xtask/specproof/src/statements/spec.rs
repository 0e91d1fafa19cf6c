//! What the spec states about an operation, in the same form as the other two.
//!
//! Each assertion carries the pointer of the very keyword that makes it, which is where a
//! finding points, and which is how a schema that several operations share is known
//! to be the same.

use crate::fact::{Aspect, Fact, OperationAspect};
use crate::spec_model::{Node, Operation, Parameter};
use crate::statements::{Complete, Statements};
use apidoc::facts::Place;
use serde_json::json;

/// How deep lists of lists are followed.
const DEEPEST_LIST: usize = 4;
/// How often a schema may contain itself before it counts as endless: mutants make such schemas.
const WITHIN_ITSELF: usize = 2;

/// What the spec says.
pub(crate) fn statements(operation: &Operation) -> Statements<String> {
    let mut statements = Statements::new(Complete::all());
    let node = &operation.node;
    statements.add(OperationAspect::Method, operation.method.clone(), node.pointer.clone());
    statements.add(OperationAspect::Path, operation.path, operation.path_pointer.clone());
    for of_operation in OperationAspect::ALL.into_iter().filter(|each| *each != OperationAspect::Retry) {
        // The build wants every list; an empty one says what a document says that names none: nothing.
        let stated = of_operation.key().and_then(|key| node.get(key));
        if let Some(node) = stated.filter(|node| node.value.as_array().is_none_or(|list| !list.is_empty())) {
            statements.add(of_operation, node.value.clone(), node.pointer);
        }
    }
    if let Some(rule) = operation.repeatable() {
        statements.add(OperationAspect::Retry, rule.value.clone(), rule.pointer);
    }
    for parameter in &operation.parameters {
        add_parameter(&mut statements, parameter);
    }
    if let Some(body) = operation.body() {
        add_body(&mut statements, &body, "", &mut Vec::new());
    }
    if let Some(response) = operation.response() {
        add_fields(&mut statements, &response);
    }
    for error in operation.errors() {
        let value = json!({ "http": error.http, "message": error.node.get_text("message") });
        statements.add(Fact::error(error.code), value, error.node.pointer);
    }
    statements
}

fn add_parameter(statements: &mut Statements<String>, parameter: &Parameter) {
    let place = match parameter.place {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return,
    };
    let fact = Fact::parameter(place, parameter.name);
    let at = &parameter.node.pointer;
    let kind = parameter.schema.as_ref().and_then(Node::kind);
    statements.add(fact.clone(), kind, at.clone());
    let required = parameter.node.get("required");
    let required_at = required.as_ref().map_or(at, |node| &node.pointer);
    statements.add(fact.aspect(Aspect::Required), parameter.node.is_true("required"), required_at.clone());
    if let Some(schema) = &parameter.schema {
        add_aspects(statements, &fact, schema);
    }
}

/// Body properties; those of nested objects by dotted name.
fn add_body(statements: &mut Statements<String>, schema: &Node, prefix: &str, around: &mut Vec<String>) {
    if !enter(schema, around) {
        return;
    }
    for (name, property) in schema.properties() {
        let path = format!("{prefix}{name}");
        let fact = Fact::parameter(Place::Body, &path);
        statements.add(fact.clone(), property.kind(), property.pointer.clone());
        let required = schema.requires(name);
        let required_at = required.as_ref().map_or(&property.pointer, |entry| &entry.pointer);
        statements.add(fact.aspect(Aspect::Required), required.is_some(), required_at.clone());
        add_aspects(statements, &fact, &property);
        add_body(statements, &innermost(&property), &format!("{path}."), around);
    }
    around.pop();
}

/// Fields of a response, by dotted path.
pub(crate) fn add_fields(statements: &mut Statements<String>, schema: &Node) {
    add_nested_fields(statements, schema, "", &mut Vec::new());
}

fn add_nested_fields(statements: &mut Statements<String>, schema: &Node, prefix: &str, around: &mut Vec<String>) {
    if !enter(schema, around) {
        return;
    }
    for (name, property) in schema.properties() {
        let path = format!("{prefix}{name}");
        let fact = Fact::field(&path);
        statements.add(fact.clone(), property.kind(), property.pointer.clone());
        if let Some(entry) = schema.requires(name) {
            statements.add(fact.aspect(Aspect::Required), true, entry.pointer);
        }
        add_aspects(statements, &fact, &property);
        add_nested_fields(statements, &innermost(&property), &format!("{path}."), around);
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
fn add_aspects(statements: &mut Statements<String>, fact: &Fact, schema: &Node) {
    if let Some(kind) = schema.kind() {
        let at = schema.keyword("type").map_or_else(|| schema.pointer.clone(), |node| node.pointer);
        statements.add(fact.aspect(Aspect::Type), kind, at);
    }
    let items = innermost(schema);
    for aspect in Aspect::ALL {
        if matches!(aspect, Aspect::Type | Aspect::Required) {
            continue;
        }
        if let Some(node) = schema.keyword(aspect.keyword()).or_else(|| items.keyword(aspect.keyword())) {
            statements.add(fact.aspect(aspect), node.value.clone(), node.pointer);
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
    use crate::assertion::Assertion;
    use crate::source::Source;
    use crate::spec_model::Spec;

    #[test]
    fn recursive_schema_ends() {
        let text = "paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/s'}}}}}}}}\n\
                    s: {type: object, properties: {s: {$ref: '#/s'}}}";
        let source = Source::parse("spec", text).unwrap();
        let spec = Spec::new(&source);
        let statements = statements(&spec.operations[0]);
        assert_eq!(statements.assertion(&Fact::field("s.s")), Assertion::Says("object".into()));
        assert_eq!(statements.assertion(&Fact::field("s.s.s")), Assertion::Absent);
    }
}
