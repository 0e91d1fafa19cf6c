//! Parameters in the path, the query and the headers.
//!
//! The build takes words, numbers and booleans there, and in the query lists of them. What
//! a document has beyond that gets a note, so that it is not lost.

use super::known::{Known, base};
use super::names::product;
use super::schemas::{Context, Schemas};
use super::wording::what_is;
use crate::codegen::lint::reserved;
use crate::codegen::spec::names::{is_field, is_path};
use crate::fact::place_word;
use crate::kind;
use crate::spec_model::{Node, Spec};
use crate::yaml::{Map, Yaml};
use apidoc::facts::{Operation, Parameter, Place};
use heck::ToSnakeCase;
use serde_json::Value;
use std::collections::BTreeSet;

/// The parameters of an operation, and what could not become one.
#[derive(Default)]
pub(super) struct Parameters {
    pub list: Vec<Yaml>,
    pub notes: Vec<String>,
}

/// All of them; the path comes with the names that it has.
pub(super) fn parameters(
    spec: &Spec,
    operation: &Operation,
    (path, in_path): (&str, &[String]),
    schemas: &mut Schemas,
    context: &Context,
) -> Parameters {
    let shared = Shared { spec, path };
    let mut parameters = Parameters::default();
    let mut fields = BTreeSet::new();
    for name in in_path {
        fields.insert(name.to_snake_case());
        let row = operation.parameters.iter().find(|row| row.place == Place::Path && row.name == *name);
        let known = known(name, row);
        let note = row.is_none().then(|| "no table of the document has this".to_owned());
        parameters.list.push(parameter(&shared, &known, Place::Path, note, schemas, context));
    }
    for row in &operation.parameters {
        let name = &row.name;
        let reason = match row.place {
            Place::Body => continue,
            Place::Path if in_path.contains(name) => continue,
            Place::Path => "the path does not have it",
            Place::Header if !reserved::is_free_header(name) => "the client writes that header itself, or none can",
            Place::Header | Place::Query if reserved::BUILDER.contains(&name.to_snake_case().as_str()) => {
                "every builder has a method of that name"
            }
            Place::Header | Place::Query if !is_field(name) => "it cannot name a setter",
            Place::Header | Place::Query if !fields.insert(name.to_snake_case()) => "another parameter has its name",
            Place::Header | Place::Query => {
                let known = known(name, Some(row));
                parameters.list.push(parameter(&shared, &known, row.place, None, schemas, context));
                continue;
            }
        };
        let note = format!("TODO: `{name}` in the {} (line {}) is left out: {reason}", place_word(row.place), row.line);
        parameters.notes.push(note);
    }
    parameters
}

fn known<'a>(name: &str, row: Option<&'a Parameter>) -> Known<'a> {
    Known {
        name: name.to_owned(),
        stated: row.map(|row| kind::normal(&row.kind)),
        shown: row.is_none().then(|| "string".to_owned()),
        row,
        values: row.map(|row| row.values.as_slice()).unwrap_or_default(),
        fields: Vec::new(),
    }
}

fn parameter(
    shared: &Shared,
    known: &Known,
    place: Place,
    note: Option<String>,
    schemas: &mut Schemas,
    context: &Context,
) -> Yaml {
    let mut notes: Vec<String> = note.into_iter().collect();
    let (kind, _) = known.kind();
    let (base, depth) = base(&kind);
    let is_list = depth == 1 && place == Place::Query;
    let asked = if ["string", "integer", "number", "boolean"].contains(&base) && (depth == 0 || is_list) {
        schemas.value(known, true, false, context)
    } else {
        notes.push(format!("TODO: the document says {kind}, which cannot be sent in the {}", place_word(place)));
        let text = Known { name: known.name.clone(), stated: Some("string".to_owned()), ..Known::default() };
        schemas.value(&text, true, false, context)
    };
    notes.extend(asked.notes);
    let required = place == Place::Path || known.row.is_some_and(|row| row.required);
    if notes.is_empty()
        && let Some(name) = shared.component(schemas, &known.name, place, required, &asked.schema.value())
    {
        let mut parameter = Map::default();
        parameter.put("$ref", format!("#/components/parameters/{name}"));
        return parameter.into();
    }
    let mut parameter = Map::default();
    parameter.put_noted("name", known.name.as_str(), notes);
    parameter.put("in", place_word(place));
    if required {
        parameter.put("required", true);
    }
    parameter.put("description", what_is(&known.name, &kind));
    parameter.put("schema", asked.schema);
    parameter.into()
}

/// The parameters that the spec has under components, for an operation with this path.
struct Shared<'a> {
    spec: &'a Spec<'a>,
    path: &'a str,
}

impl Shared<'_> {
    /// The same parameter in every respect; in the path of the same thing, also with limits that the document leaves out.
    fn component(&self, schemas: &Schemas, name: &str, place: Place, required: bool, schema: &Value) -> Option<String> {
        let components = self.spec.root.get("components")?.get("parameters")?;
        let same = |node: &Node| {
            let is_of_thing = place == Place::Path && self.is_of_same_thing(name, node);
            let same_schema = |other: Node| match is_of_thing {
                true => schemas.shapes.same_with_limits(other.value, schema),
                false => schemas.shapes.same(other.value, schema),
            };
            node.get_text("name") == Some(name)
                && node.get_text("in") == Some(place_word(place))
                && node.is_true("required") == required
                && !node.is_true("deprecated")
                && node.get("schema").is_some_and(same_schema)
        };
        components.entries().into_iter().find(|(_, node)| same(node)).map(|(component, _)| component.to_owned())
    }

    /// Whether an operation of the spec names the same thing by this component: their paths begin alike.
    fn is_of_same_thing(&self, name: &str, component: &Node) -> bool {
        let placeholder = format!("{{{name}}}");
        let begin = |path: &str| path.split_once(&placeholder).map(|(begin, _)| begin.to_owned());
        let begins = begin(self.path);
        let uses = |operation: &crate::spec_model::Operation| {
            operation.parameters.iter().any(|parameter| parameter.node.pointer == component.pointer)
        };
        begins.is_some()
            && self.spec.operations.iter().any(|operation| begin(operation.path) == begins && uses(operation))
    }
}

/// The path, the names in it, and what a person has to decide about it.
///
/// A document that gives no path leaves one to be found; what it says of parameters in
/// the path holds all the same.
pub(super) fn path(operation: &Operation, id: &str) -> (String, Vec<String>, Option<String>) {
    let names = |path: &str| -> Vec<String> {
        let inside = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        inside.map(str::to_owned).collect()
    };
    let is_taken = |path: &str| {
        let names = names(path);
        let distinct: BTreeSet<String> = names.iter().map(|name| name.to_snake_case()).collect();
        let are_free = names.iter().all(|name| !reserved::BUILDER.contains(&name.to_snake_case().as_str()));
        is_path(path) && !product(path).is_empty() && distinct.len() == names.len() && are_free
    };
    let note = match &operation.path {
        Some(path) if is_taken(path) => return (path.clone(), names(path), None),
        Some(path) => format!("TODO: the document's path is {path}, and the build takes no such path"),
        None => "TODO: the document gives no path".to_owned(),
    };
    let rows = operation.parameters.iter().filter(|row| row.place == Place::Path);
    let path = rows.fold(format!("/open-apis/todo/{id}"), |path, row| {
        let longer = format!("{path}/{{{}}}", row.name);
        if is_taken(&longer) { longer } else { path }
    });
    let names = names(&path);
    (path, names, Some(note))
}
