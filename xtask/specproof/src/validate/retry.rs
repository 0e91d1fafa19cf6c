//! x-feishu-retry: whether a call may be retried must not be a guess.
//!
//! A wrong retry creates a second group or drops a member list. So the rule has to follow
//! from facts that are proven elsewhere: the method, a parameter that identifies a retry,
//! and an error that says that an earlier attempt was applied. A POST or PATCH promises
//! nothing by its method: that it may be repeated is the fact `retry`, which only the
//! spec states, so an erratum has to give the evidence (`messages`).

use super::error_names;
use super::finding::Finding;
use super::rule::Rule;
use crate::spec_model::{Failure, Operation, Spec};
use serde_json::Value;

pub(crate) fn check(spec: &Spec, operation: &Operation, findings: &mut Vec<Finding>) {
    let retry = operation.node.get("x-feishu-retry");
    let pointer = retry.as_ref().map_or(&operation.node.pointer, |node| &node.pointer).clone();
    if let Some((message, help)) = problem(spec, operation) {
        findings.push(operation.finding(spec, Rule::Retry, &pointer, message, help));
    }
}

fn problem(spec: &Spec, operation: &Operation) -> Option<(String, &'static str)> {
    let retry = operation.node.get("x-feishu-retry")?;
    let kinds = error_names::kinds(spec);
    let kind_of = |name: Option<&str>| name.and_then(|name| kinds.get(name).copied().flatten());
    let errors = operation.errors();
    let with_kind = |wanted: &str| errors.iter().find(|error| fails_call(error) && kind_of(error.name) == Some(wanted));
    let code = retry.value.get("already_applied_code").and_then(Value::as_i64);
    let rule = retry.get_text("rule").unwrap_or_default();
    match (rule, operation.method.as_str()) {
        ("safe", _) => {}
        ("never-sent" | "idempotency-key", "GET") => return Some(("a GET is safe".to_owned(), "write `rule: safe`")),
        ("never-sent", "POST") if operation.only_reads() => {
            return Some(("a POST whose scopes only read may be retried".to_owned(), "write `rule: safe`"));
        }
        ("never-sent", "PUT" | "DELETE") => {
            let help = "write `rule: safe`: a second call leaves the same state";
            return Some((format!("a {} may be retried", operation.method), help));
        }
        _ => {}
    }
    // The error that a retry would get, where the operation has one.
    let met = match (rule, operation.method.as_str()) {
        ("idempotency-key", _) => with_kind("duplicate_request"),
        ("safe", "DELETE") => with_kind("not_found"),
        ("safe", "POST") => with_kind("already_exists"),
        _ => None,
    };
    if rule != "idempotency-key"
        && let Some(repeated) = with_kind("duplicate_request")
    {
        let message = format!("error {} reports repeated requests, but the rule is {rule}", repeated.code);
        return Some((message, "write `rule: idempotency-key`, with the parameter and `already_applied_code`"));
    }
    match (met.map(|error| error.code), code) {
        (met, code) if met == code => None,
        (Some(met), _) => {
            let help = "name the code that a retry gets if an earlier attempt was applied";
            Some((format!("`already_applied_code` is not {met}, the error that a retry gets"), help))
        }
        (None, _) => {
            Some(("`already_applied_code` is not an error that a retry of this operation gets".to_owned(), "remove it"))
        }
    }
}

/// An error under HTTP 200 is that of one item of a call that itself succeeds.
fn fails_call(error: &Failure) -> bool {
    error.http != Some(200)
}
