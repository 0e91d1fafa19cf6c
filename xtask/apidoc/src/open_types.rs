//! Types that a table leaves open (`-`), as the document's examples show them.
//!
//! A dash in place of a type says neither object nor list. The example of the response or
//! of the body does, so its word takes the dash's place if all values that it shows agree.
//! Rows of the payload that stand without the envelope around them (`data`) get its name, if
//! that is where the example has them. An object stays a dash: that is what a dash with rows below it means anyway. A table
//! without a column for types leaves all of them open.

use crate::facts::{Example, ExampleKind, Field, Operation, Place};
use serde_json::Value;

/// More values of one field than an example needs to show its type.
const ENOUGH: usize = 100;

/// Closes the open types of an operation whose tables and examples have been read.
pub(super) fn close(operation: &mut Operation) {
    let Operation { parameters, response_fields, examples, .. } = operation;
    if is_payload(response_fields, examples) {
        for field in response_fields.iter_mut() {
            field.path.insert_str(0, "data.");
        }
    }
    let mut next = response_fields.iter().skip(1).map(|field| field.path.clone()).collect::<Vec<_>>().into_iter();
    for field in response_fields.iter_mut() {
        let has_rows = next.next().is_some_and(|next| is_inside(&next, &field.path));
        if !is_open(&field.kind) {
            continue;
        }
        if let Some(kind) = shown(examples, ExampleKind::Response, &field.path, has_rows) {
            field.kind = kind;
        } else if has_rows {
            "-".clone_into(&mut field.kind);
        }
    }
    let mut next = parameters.iter().skip(1).map(|row| row.name.clone()).collect::<Vec<_>>().into_iter();
    for row in parameters.iter_mut() {
        let has_rows = next.next().is_some_and(|next| is_inside(&next, &row.name));
        if row.place == Place::Body
            && is_open(&row.kind)
            && let Some(kind) = shown(examples, ExampleKind::Request, &row.name, has_rows)
        {
            row.kind = kind;
        }
    }
}

/// Whether the rows are those of `data`: no row is of the envelope, and the example has the outermost ones there.
fn is_payload(fields: &[Field], examples: &[Example]) -> bool {
    let outermost = || fields.iter().map(|field| field.path.as_str()).filter(|path| !path.contains('.'));
    let has_envelope = outermost().any(|path| matches!(path, "code" | "msg" | "data"));
    let mut responses = examples.iter().filter(|example| example.kind == ExampleKind::Response);
    let shown = |value: &Value| value.get("data").is_some_and(|data| outermost().all(|path| data.get(path).is_some()));
    !fields.is_empty() && !has_envelope && responses.any(|example| shown(&example.value))
}

fn is_open(kind: &str) -> bool {
    matches!(kind, "" | "-" | "/" | "undefined")
}

fn is_inside(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// The word for what the examples have at a dotted path, if it is one and no object.
fn shown(examples: &[Example], kind: ExampleKind, path: &str, has_rows: bool) -> Option<String> {
    let mut values = Vec::new();
    for example in examples.iter().filter(|example| example.kind == kind) {
        collect(&example.value, path, &mut values);
    }
    let mut words = values.into_iter().filter(|value| !value.is_null()).map(|value| word(value, has_rows));
    let first = words.next()??;
    words.all(|word| word.as_ref() == Some(&first)).then_some(first)
}

/// The values at a path; of a list each item's.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a Value>) {
    if found.len() >= ENOUGH {
        return;
    }
    match value {
        Value::Array(items) => items.iter().take(ENOUGH).for_each(|item| collect(item, path, found)),
        _ => {
            let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
            match (value.get(name), rest) {
                (Some(inner), Some(rest)) => collect(inner, rest, found),
                (Some(inner), None) => found.push(inner),
                (None, _) => {}
            }
        }
    }
}

fn word(value: &Value, has_rows: bool) -> Option<String> {
    match value {
        Value::Array(_) if has_rows => Some("-[]".to_owned()),
        Value::Array(items) => match items.first()? {
            Value::Object(_) => Some("-[]".to_owned()),
            item => Some(format!("{}[]", word(item, false).filter(|word| !word.ends_with("[]"))?)),
        },
        _ if has_rows => None,
        Value::String(_) => Some("string".to_owned()),
        Value::Bool(_) => Some("boolean".to_owned()),
        Value::Number(number) if number.is_f64() => Some("number".to_owned()),
        Value::Number(_) => Some("int".to_owned()),
        Value::Object(_) | Value::Null => None,
    }
}
