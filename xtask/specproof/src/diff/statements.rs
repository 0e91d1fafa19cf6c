//! What each thing of a document states, as a list of aspects and values.
//!
//! Each function takes its type apart by name, so that a field added to the facts
//! does not compile until somebody has decided how it is compared.

use super::json_diff;
use super::topic::{Aspect, Shown};
use apidoc::facts::{ErrorCode, Example, Field, Operation, Parameter, RateLimit};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// An aspect and its value; silence is none.
pub(crate) type Statement = (Aspect, Option<Value>);

/// An empty list says nothing.
fn list<T: Clone + Into<Value>>(values: &[T]) -> Option<Value> {
    (!values.is_empty()).then(|| values.iter().cloned().map(Into::into).collect::<Vec<Value>>().into())
}

fn some<T: Clone + Into<Value>>(value: &Option<T>) -> Option<Value> {
    value.clone().map(Into::into)
}

/// What the operation as a whole has; its parts are compared one by one.
pub(crate) fn of_operation(operation: &Operation) -> Vec<Statement> {
    let Operation {
        name,
        title,
        line: _,
        method,
        path,
        access_tokens,
        scopes,
        app_types,
        rate_limit,
        parameters: _,
        response_fields: _,
        examples: _,
        errors: _,
    } = operation;
    let RateLimit { per_minute, per_second } = rate_limit.unwrap_or_default();
    vec![
        (Aspect::Name, Some(json!(name))),
        (Aspect::Title, Some(json!(title))),
        (Aspect::Method, some(method)),
        (Aspect::Path, some(path)),
        (Aspect::AccessTokens, list(access_tokens)),
        (Aspect::Scopes, list(scopes)),
        (Aspect::AppTypes, list(app_types)),
        (Aspect::PerMinute, some(&per_minute)),
        (Aspect::PerSecond, some(&per_second)),
    ]
}

pub(crate) fn of_parameter(parameter: &Parameter) -> Vec<Statement> {
    let Parameter {
        name,
        place,
        kind,
        required,
        default,
        values,
        minimum,
        maximum,
        min_length,
        max_length,
        min_items,
        max_items,
        line: _,
    } = parameter;
    vec![
        (Aspect::Name, Some(json!(name))),
        (Aspect::Place, Some(json!(place))),
        (Aspect::Type, Some(json!(kind))),
        (Aspect::Required, Some(json!(required))),
        (Aspect::Default, some(default)),
        (Aspect::Enum, list(values)),
        (Aspect::Minimum, some(minimum)),
        (Aspect::Maximum, some(maximum)),
        (Aspect::MinLength, some(min_length)),
        (Aspect::MaxLength, some(max_length)),
        (Aspect::MinItems, some(min_items)),
        (Aspect::MaxItems, some(max_items)),
    ]
}

pub(crate) fn of_field(field: &Field) -> Vec<Statement> {
    let Field { path, kind, values, line: _ } = field;
    vec![(Aspect::Name, Some(json!(path))), (Aspect::Type, Some(json!(kind))), (Aspect::Enum, list(values))]
}

pub(crate) fn of_error(error: &ErrorCode) -> Vec<Statement> {
    let ErrorCode { http, code, message, line: _ } = error;
    vec![(Aspect::Code, Some(json!(code))), (Aspect::Http, some(http)), (Aspect::Message, Some(json!(message)))]
}

/// What an example is, and each part of what it shows by its name in facts.
pub(crate) fn of_example(example: &Example) -> Vec<Statement> {
    let Example { kind, source, value, line: _, method, path, query, headers, path_parameters } = example;
    let shown = |part, value| (Aspect::Shown(Shown { part, pointer: String::new() }), value);
    vec![
        (Aspect::Kind, Some(json!(kind))),
        (Aspect::Source, Some(json!(source))),
        shown("method", some(method)),
        shown("path", some(path)),
        shown("path_parameters", Some(json!(path_parameters))),
        shown("query", Some(json!(query))),
        shown("headers", Some(json!(headers))),
        shown("value", Some(value.clone())),
    ]
}

/// All statements in one value, for something that only one state has; its topic says its name.
pub(crate) fn together(statements: Vec<Statement>) -> Value {
    let naming = [Aspect::Name, Aspect::Place, Aspect::Code, Aspect::Kind, Aspect::Source];
    let said = statements.into_iter().filter(|(aspect, _)| !naming.contains(aspect));
    let entries: Map<String, Value> = said
        .filter_map(|(aspect, value)| Some((aspect.word().to_owned(), value?)))
        .filter(|(_, value)| value.as_object().is_none_or(|parts| !parts.is_empty()))
        .collect();
    entries.into()
}

/// Two values of one aspect as what differs within them: values of a list one by one, as their order
/// means nothing, and what an example shows leaf by leaf. Scopes stay together: an app is granted the list.
pub(crate) fn within(
    aspect: &Aspect,
    old: Option<Value>,
    new: Option<Value>,
) -> Vec<(Aspect, Option<Value>, Option<Value>)> {
    if let Aspect::Shown(shown) = aspect {
        let leaves = json_diff::differing(old.as_ref(), new.as_ref()).into_iter();
        let at = |pointer| Aspect::Shown(Shown { part: shown.part, pointer });
        return leaves.map(|(pointer, old, new)| (at(pointer), old.cloned(), new.cloned())).collect();
    }
    match (&old, &new) {
        (Some(Value::Array(before)), Some(Value::Array(after))) if *aspect == Aspect::Scopes => {
            let same = before.len() == after.len() && before.iter().all(|scope| after.contains(scope));
            if same { Vec::new() } else { vec![(aspect.clone(), old, new)] }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let known = |values: &[Value]| values.iter().map(Value::to_string).collect::<BTreeSet<_>>();
            let (of_old, of_new) = (known(before), known(after));
            let lost = before.iter().filter(|value| !of_new.contains(&value.to_string()));
            let gained = after.iter().filter(|value| !of_old.contains(&value.to_string()));
            let lost = lost.map(|value| (aspect.clone(), Some(value.clone()), None));
            lost.chain(gained.map(|value| (aspect.clone(), None, Some(value.clone())))).collect()
        }
        _ if old == new => Vec::new(),
        _ => vec![(aspect.clone(), old, new)],
    }
}
