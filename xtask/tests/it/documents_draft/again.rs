//! The operations that the spec has, drafted again from their documents: what people
//! wrote by hand, and what the machine writes, state the same where the document does.

use super::workshop::{Workshop, assert_golden, document, spec};
use apidoc::files::workspace_root;
use serde_json::{Value, json};
use specproof::source::Source;
use std::collections::BTreeMap;
use std::fs;

/// The spec without its operations, and without their errors and examples, which belong to them.
fn without_operations() -> String {
    let text = spec();
    let (head, rest) = text.split_once("\npaths:\n").unwrap();
    let (_, components) = rest.split_once("\ncomponents:\n").unwrap();
    let (schemas, rest) = components.split_once("\n  responses:\n").unwrap();
    let (_, platform) = rest.split_once("\n    platform_error_").unwrap();
    let failure = "    Failure:\n      description: A failure.\n      content:\n        application/json:\n          \
                   schema: { $ref: '#/components/schemas/ErrorResponse' }";
    format!(
        "{head}\npaths: {{}}\n\ncomponents:\n{schemas}\n  responses:\n{failure}\n  examples:\n    platform_error_{platform}"
    )
}

fn drafted_again(name: &str, file: &std::path::Path) -> Workshop {
    let workshop = Workshop::new(name);
    fs::write(workshop.spec_file(), without_operations()).unwrap();
    workshop.draft_file(file).unwrap();
    workshop
}

/// Findings about what the draft does not use of the old spec, or what no document knows.
fn is_of_the_rest(finding: &str) -> bool {
    ["unused-component", "unused-error-name", "tag", "missing-operation", "source"]
        .iter()
        .any(|rule| finding.starts_with(&format!("{rule}:")))
}

#[test]
fn redrafted_spec_has_golden_findings() {
    let workshop = drafted_again("again", &workspace_root().join("spec/documents"));
    let findings: Vec<String> =
        workshop.findings_by_documents_alone().into_iter().filter(|finding| !is_of_the_rest(finding)).collect();
    assert_golden("again.txt", &(findings.join("\n") + "\n"));
    workshop.code();
}

/// What an operation states, by name: all but prose, names and the order of lists.
fn statements(spec: &Value, operation: &Value) -> BTreeMap<String, Value> {
    let mut said = BTreeMap::new();
    for (key, value) in operation.as_object().unwrap() {
        if key.starts_with("x-feishu") && !["x-feishu-errors", "x-feishu-source"].contains(&key.as_str()) {
            said.insert(key.clone(), value.clone());
        }
    }
    for error in operation["x-feishu-errors"].as_array().unwrap() {
        said.insert(format!("error {}", error["code"]), json!([error["http"], error["message"]]));
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(spec, parameter);
        let name = format!("{} {}", parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
        said.insert(format!("{name} required"), (parameter["required"] == true).into());
        add_schema(spec, &parameter["schema"], &name, &mut said);
    }
    let schema = |holder: &Value| holder["content"]["application/json"]["schema"].clone();
    add_schema(spec, &schema(&operation["requestBody"]), "body", &mut said);
    add_schema(spec, &schema(&operation["responses"]["200"]), "response", &mut said);
    said
}

fn add_schema(spec: &Value, schema: &Value, name: &str, said: &mut BTreeMap<String, Value>) {
    let schema = resolved(spec, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        add_schema(spec, part, name, said);
    }
    for (key, value) in schema.as_object().into_iter().flatten() {
        match key.as_str() {
            "description" | "allOf" | "x-enum-varnames" | "x-enum-descriptions" | "x-feishu-first-of" => {}
            "items" => add_schema(spec, value, &format!("{name}[]"), said),
            "properties" => {
                for (property, schema) in value.as_object().unwrap() {
                    add_schema(spec, schema, &format!("{name}.{property}"), said);
                }
            }
            "required" => {
                for property in value.as_array().unwrap() {
                    said.insert(format!("{name}.{} required", property.as_str().unwrap()), true.into());
                }
            }
            _ => {
                said.insert(format!("{name} {key}"), value.clone());
            }
        }
    }
}

fn resolved<'a>(spec: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => resolved(spec, spec.pointer(&target[1..]).unwrap()),
        None => value,
    }
}

fn operations(spec: &Value) -> BTreeMap<(String, String), &Value> {
    let paths = spec["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    // No document describes a token endpoint.
    let operations = operations.filter(|operation| operation.get("x-feishu-token-endpoint").is_none());
    let source = |operation: &Value, key: &str| operation["x-feishu-source"][key].as_str().unwrap().to_owned();
    operations.map(|operation| ((source(operation, "document"), source(operation, "operation")), operation)).collect()
}

/// What the draft states and the spec of this repository does not, a line each.
fn only_drafted(drafted: &Value, by_hand: &Value, pairs: &[(&Value, &Value)]) -> String {
    let mut lines = String::new();
    for (draft, spec) in pairs {
        let id = spec["operationId"].as_str().unwrap();
        let (draft, spec) = (statements(drafted, draft), statements(by_hand, spec));
        for (fact, value) in &draft {
            if spec.get(fact) != Some(value) && *value != json!([]) {
                let by_hand = spec.get(fact).map_or("nothing".to_owned(), Value::to_string);
                lines.push_str(&format!("{id}: {fact}: drafted {value}, by hand {by_hand}\n"));
            }
        }
    }
    lines
}

/// Every line of the golden files has its erratum, or is a choice that a person makes.
#[test]
fn draft_states_no_more_than_spec() {
    let by_hand = Source::parse("", &spec()).unwrap().value;
    let workshop = drafted_again("by-hand", &workspace_root().join("spec/documents"));
    let drafted = Source::parse("", &workshop.spec()).unwrap().value;
    let (ours, theirs) = (operations(&drafted), operations(&by_hand));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    let pairs: Vec<_> = ours.into_values().zip(theirs.into_values()).collect();
    assert_golden("by-hand.txt", &only_drafted(&drafted, &by_hand, &pairs));
}

/// The same of the two documents in the form of the platform's public reference.
#[test]
fn draft_of_public_pages_states_no_more() {
    let by_hand = Source::parse("", &spec()).unwrap().value;
    let workshop = drafted_again("public", &document("../../apidoc/tests/documents/public/create-user-group"));
    workshop.draft_file(&document("../../apidoc/tests/documents/public/list-user-groups")).unwrap();
    let drafted = Source::parse("", &workshop.spec()).unwrap().value;
    let at = |spec: &'static str, method: &'static str| move |root: &Value| root["paths"][spec][method].clone();
    let (create, list) =
        (at("/open-apis/contact/v3/group", "post"), at("/open-apis/contact/v3/group/simplelist", "get"));
    let pairs = [(create(&drafted), create(&by_hand)), (list(&drafted), list(&by_hand))];
    let pairs: Vec<_> = pairs.iter().map(|(draft, spec)| (draft, spec)).collect();
    assert_golden("public.txt", &only_drafted(&drafted, &by_hand, &pairs));
}
