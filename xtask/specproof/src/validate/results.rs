//! x-feishu-results: which items of a batch are done must not be a guess.
//!
//! A failed item that counts as done is lost silently. The linter proves that each name leads to a value of the right
//! type. Here the codes are compared with the kinds of the errors, and a batch whose items have codes must have the
//! extension. Where a failure has the results, no document shows them: then its message must name the list.

use super::error_names;
use super::finding::Finding;
use super::rule::Rule;
use crate::codegen::spec::error_category::ErrorCategory;
use crate::spec_model::{Failure, Node, Operation, Spec};
use serde_json::Value;

pub(crate) fn check(spec: &Spec, operation: &Operation, findings: &mut Vec<Finding>) {
    let kinds = error_names::kinds(spec);
    let errors = operation.errors();
    let of_kind = |wanted: ErrorCategory| {
        let kind = |error: &&Failure| error.name.and_then(|name| kinds.get(name).copied().flatten());
        errors.iter().filter(move |error| kind(error) == Some(wanted.word()))
    };
    let mut find = |pointer: &str, message: String, help: &str| {
        findings.push(operation.finding(spec, Rule::Results, pointer, message, help));
    };
    let partial = of_kind(ErrorCategory::PartialFailure).next();
    let Some(results) = operation.node.get("x-feishu-results") else {
        let help = "say where the results are; spec/README.md describes x-feishu-results";
        if let Some(error) = partial {
            let message = format!("error {} says that items failed, and x-feishu-results is missing", error.code);
            find(&error.node.pointer, message, help);
        } else if let Some(list) = coded_list(operation) {
            let message = format!("each item of `{list}` has a code, and x-feishu-results is missing");
            find(&operation.node.pointer, message, help);
        }
        return;
    };
    let at = |key: &str| results.get(key).map_or_else(|| results.pointer.clone(), |node| node.pointer);

    let listed = codes(results.get("already").as_ref());
    let existing = sorted(of_kind(ErrorCategory::AlreadyExists).map(|error| error.code).collect());
    if listed != existing {
        let message = format!("`already` lists {listed:?}, and the errors of kind already_exists are {existing:?}");
        find(&at("already"), message, "list the codes of these errors, or correct their kinds");
    }

    let partial_code = results.value.get("partial_code").and_then(Value::as_i64);
    match partial {
        Some(error) if partial_code == Some(error.code) => {
            let list = results.get_text("items").and_then(|items| items.rsplit('/').next()).unwrap_or_default();
            if !names(error.node.get_text("message").unwrap_or_default(), list) {
                let message = format!("the message of error {} does not name `{list}`", error.code);
                find(&at("items"), message, "point at the list that the message names");
            }
        }
        Some(error) => {
            let message = format!("`partial_code` is not {}, the error of kind partial_failure", error.code);
            find(&at("partial_code"), message, "name that code, or correct the error's kind");
        }
        None if partial_code.is_some() => {
            let message = "`partial_code` is not an error of kind partial_failure".to_owned();
            find(&at("partial_code"), message, "correct the code, or the error's kind");
        }
        None => {}
    }
}

/// A list of the payload whose items have a code, of an operation that changes something.
fn coded_list<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    if operation.method == "GET" {
        return None;
    }
    let data = operation.node.get("x-feishu-data");
    let data = operation.response()?.schema_at(data.as_ref().and_then(Node::text).unwrap_or("/data"))?;
    let has_code = |list: &Node| {
        let code = list.keyword("items").and_then(|item| item.property("code"));
        list.kind().as_deref() == Some("object[]") && code.is_some_and(|code| code.kind().as_deref() == Some("integer"))
    };
    data.properties().into_iter().find(|(_, list)| has_code(list)).map(|(name, _)| name)
}

fn codes(list: Option<&Node>) -> Vec<i64> {
    sorted(list.iter().flat_map(|list| list.items()).filter_map(|code| code.value.as_i64()).collect())
}

fn sorted(mut codes: Vec<i64>) -> Vec<i64> {
    codes.sort_unstable();
    codes
}

/// Whether one of the words of a message is this name.
fn names(message: &str, name: &str) -> bool {
    message.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word.eq_ignore_ascii_case(name))
}
