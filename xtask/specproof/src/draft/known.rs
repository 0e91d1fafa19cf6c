//! What a document states about a body or a response: its tables and its examples, as one tree.
//!
//! A table names types, rules and often only the outermost fields; an example shows what is
//! inside of them, and what the table forgot. Neither alone makes a schema.

use crate::kind;
use crate::statements::examples::is_failure;
use apidoc::facts::{ExampleKind, Operation, Parameter, Place};
use serde_json::Value;

/// How deep a dotted name leads.
const DEEPEST: usize = 32;

/// A value and what is known of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known<'a> {
    pub name: String,
    /// The type that a table states, in the normal form.
    pub stated: Option<String>,
    /// The type that examples show, likewise.
    pub shown: Option<String>,
    /// The row of a table of parameters.
    pub row: Option<&'a Parameter>,
    /// The values that a table lists.
    pub values: &'a [Value],
    /// The fields of the object, or of the objects in the list.
    pub fields: Vec<Known<'a>>,
}

/// The body of an operation, if its document describes one.
pub(super) fn body(operation: &Operation) -> Option<Known<'_>> {
    let mut body = Known::default();
    for row in operation.parameters.iter().filter(|parameter| parameter.place == Place::Body) {
        if let Some(known) = body.at(&row.name)
            && known.row.is_none()
        {
            (known.row, known.values, known.stated) = (Some(row), &row.values, Some(kind::normal(&row.kind)));
        }
    }
    let is_form = sent_file(operation).is_some();
    let shown = operation.examples.iter().filter(|example| example.kind == ExampleKind::Request);
    for example in shown.filter(|_| !is_form) {
        body.show(&example.value);
    }
    // Without a table of the body, a sample may show what goes into the query or the path.
    if body.fields.iter().all(|field| field.row.is_none() && !field.is_tabled()) {
        let is_elsewhere = |name: &str| {
            operation.parameters.iter().any(|parameter| parameter.place != Place::Body && parameter.name == name)
        };
        body.fields.retain(|field| operation.method.as_deref() != Some("GET") && !is_elsewhere(&field.name));
    }
    (!body.fields.is_empty()).then_some(body)
}

/// The first file in the body of an operation, which is a form then.
pub(super) fn sent_file(facts: &Operation) -> Option<&Parameter> {
    facts.parameters.iter().find(|row| row.place == Place::Body && kind::normal(&row.kind).starts_with("file"))
}

/// The response of an operation that succeeded.
pub(super) fn response(operation: &Operation) -> Known<'_> {
    let mut response = Known::default();
    for field in &operation.response_fields {
        if let Some(known) = response.at(&field.path)
            && known.stated.is_none()
        {
            (known.values, known.stated) = (&field.values, Some(kind::normal(&field.kind)));
        }
    }
    for example in operation.examples.iter().filter(|example| example.kind == ExampleKind::Response) {
        if example.value.as_object().is_some_and(|response| !is_failure(response)) {
            response.show(&example.value);
        }
    }
    response
}

impl<'a> Known<'a> {
    pub fn field(&self, name: &str) -> Option<&Self> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether a table has rows for what is inside.
    pub fn is_tabled(&self) -> bool {
        self.fields.iter().any(|field| field.stated.is_some())
    }

    fn named(&mut self, name: &str) -> Option<&mut Self> {
        let at = match self.fields.iter().position(|field| field.name == name) {
            Some(at) => at,
            None => {
                self.fields.push(Self { name: name.to_owned(), ..Self::default() });
                self.fields.len() - 1
            }
        };
        self.fields.get_mut(at)
    }

    /// What a dotted name leads to.
    fn at(&mut self, path: &str) -> Option<&mut Self> {
        let names: Vec<&str> = path.split('.').map(|name| name.trim_end_matches("[]")).collect();
        if names.len() > DEEPEST {
            return None;
        }
        names.into_iter().try_fold(self, |here, name| here.named(name))
    }

    /// Takes in what an example has here.
    fn show(&mut self, value: &Value) {
        let shown = kind::of_value(value);
        let is_better = match (self.shown.as_deref(), shown.as_deref()) {
            (None, _) => true,
            (Some("array"), Some(list)) => kind::is_list(list),
            (Some("integer"), Some("number")) => true,
            _ => false,
        };
        if is_better {
            self.shown = shown;
        }
        self.show_inside(value);
    }

    fn show_inside(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if let Some(field) = self.named(name) {
                        field.show(value);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.show_inside(item)),
            _ => {}
        }
    }

    /// The type that fits best, and what a person has to decide about it.
    ///
    /// A table's word holds, unless it is open where an example is not.
    pub fn kind(&self) -> (String, Option<String>) {
        let shown = self.shown.as_deref();
        let inside = if self.fields.is_empty() { None } else { Some("object") };
        let Some(stated) = self.stated.as_deref() else {
            let kind = shown.or(inside).map(str::to_owned);
            return match kind {
                Some(kind) => closed(&kind, inside),
                None => ("string".to_owned(), Some("of what type? The document shows none".to_owned())),
            };
        };
        let (base, depth) = base(stated);
        let is_open = !["string", "integer", "number", "boolean", "file", "object"].contains(&base);
        let agrees = |shown: &str| kind::same(stated, shown) || stated == "number" && shown == "integer";
        match shown {
            Some(shown) if agrees(shown) && stated != "array" => closed(stated, inside),
            Some(shown) if agrees(shown) => closed(shown, inside),
            Some(shown) if is_open => {
                (closed(shown, inside).0, Some(format!("the document says {stated}; its example is {shown}")))
            }
            // A word that is no type's name is taken for an object's.
            Some(shown) if base == "object" && inside.is_none() => {
                (closed(shown, inside).0, Some(format!("the document names no known type; its example is {shown}")))
            }
            Some(shown) => (stated.to_owned(), Some(format!("the document says {stated}; its example is {shown}"))),
            None if base == "array" => closed("array", inside),
            None if is_open => {
                let kind = format!("{}{}", inside.unwrap_or("string"), "[]".repeat(depth));
                (kind, Some(format!("the document says {stated}")))
            }
            None => (stated.to_owned(), None),
        }
    }
}

/// A list of who knows what is one of its fields' objects, or of texts.
fn closed(kind: &str, inside: Option<&str>) -> (String, Option<String>) {
    let (base, depth) = base(kind);
    if base != "array" {
        return (kind.to_owned(), None);
    }
    let items = format!("{}[]{}", inside.unwrap_or("string"), "[]".repeat(depth));
    (items, inside.is_none().then(|| "a list of what?".to_owned()))
}

/// `string`, 2 of `string[][]`.
pub(super) fn base(kind: &str) -> (&str, usize) {
    let base = kind.trim_end_matches("[]");
    (base, (kind.len() - base.len()) / 2)
}
