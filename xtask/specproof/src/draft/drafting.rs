//! From documents to a draft: which operations are drafted, and what all of them add.

use super::errors::ErrorNames;
use super::fragment::Fragment;
use super::insert::insert;
use super::names::Taken;
use super::operation::{Writer, method};
use super::schemas::Schemas;
use crate::codegen::{self, spec::METHODS};
use crate::examples::{failure_schema, known_in_spec};
use crate::kind;
use crate::source::Source;
use crate::spec_model::{Node, Spec};
use crate::statements::document::returns_file;
use crate::yaml::{Map, on_one_line};
use anyhow::{Context, bail};
use apidoc::facts;
use apidoc::load::Loaded;
use std::collections::{HashMap, HashSet};

/// What is drafted.
#[derive(Debug)]
pub struct Draft {
    fragment: Fragment,
    /// The spec's text with the additions in it, or why there can be none.
    pub spec: anyhow::Result<String>,
    /// What was drafted and what was not, a line each.
    pub notes: Vec<String>,
}

impl Draft {
    /// The additions alone, as a document of their own.
    pub fn fragment(&self) -> String {
        self.fragment.text()
    }
}

/// What became of one operation of a document.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The document, as messages call it.
    pub file: String,
    pub line: usize,
    pub name: String,
    /// The operation in the draft, or why there is none.
    pub drafted: Result<Address, Reason>,
    /// What is left to a person.
    pub todos: usize,
}

/// Why an operation is not drafted.
#[derive(Debug)]
pub(crate) enum Reason {
    /// The spec has it, under this id.
    Known(String),
    Refused(String),
}

/// A draft that is not in the spec yet.
pub(crate) struct Drafts {
    pub source: Source,
    fragment: Fragment,
    pub outcomes: Vec<Outcome>,
}

impl Drafts {
    /// The spec's text with the draft in it, and what it reads as.
    pub fn inserted(&self, text: &str) -> anyhow::Result<(String, Source)> {
        match self.fragment.is_empty() {
            true => Ok((text.to_owned(), self.source.clone())),
            false => Ok(insert(&self.source, text, &self.fragment)?),
        }
    }
}

pub(super) fn draft(file: &str, text: &str, documents: Vec<Loaded>) -> anyhow::Result<Draft> {
    let drafts = drafts(file, text, &documents)?;
    drop(documents);
    let note = |outcome: &Outcome| {
        let Outcome { file, line, name, drafted, .. } = outcome;
        let what = match drafted {
            Ok(Address { id, .. }) => format!("is drafted as {id}"),
            Err(Reason::Known(id)) => format!("is in the spec already, as {id}"),
            Err(Reason::Refused(reason)) => format!("is not drafted: {reason}"),
        };
        on_one_line(&format!("{file}:{line}: `{name}` {what}"))
    };
    let notes = drafts.outcomes.iter().map(note).collect();
    let spec = if drafts.fragment.is_empty() { Ok(text.to_owned()) } else { built(&drafts, text) };
    Ok(Draft { fragment: drafts.fragment, spec, notes })
}

/// The spec with the draft in it, which the build takes.
fn built(drafts: &Drafts, text: &str) -> anyhow::Result<String> {
    let (inserted, source) = drafts.inserted(text)?;
    codegen::check(source).context("the spec with the draft in it would not build; leave out what this names")?;
    Ok(inserted)
}

/// Drafts every operation that the spec does not have.
pub(crate) fn drafts(file: &str, text: &str, documents: &[Loaded]) -> anyhow::Result<Drafts> {
    let source = Source::parse(file, text)?;
    let spec = Spec::new(&source);
    let Some(envelope) = failure_schema(&spec) else {
        bail!("{file}: there is no response 4XX or 5XX; write the first operation by hand");
    };
    let mut writer = Writer {
        ids: Taken::new(spec.operations.iter().map(|operation| operation.id.as_str())),
        schemas: Schemas::new(&spec),
        errors: ErrorNames::new(&spec),
        envelope,
        platform: known_in_spec(&spec),
        responses: Map::default(),
        examples: Map::default(),
        spec: &spec,
    };
    let (mut fragment, mut outcomes) = (Fragment::default(), Vec::new());
    let mut products = declared(&spec);
    let (existing, mut addresses) = (Existing::new(&spec), HashSet::new());
    for Loaded { facts: document, file: shown, .. } in documents {
        for facts in &document.operations {
            let mut end = |drafted: Result<Address, Reason>, todos: usize| {
                let (file, line, name) = (shown.clone(), facts.line, facts.name.clone());
                outcomes.push(Outcome { file, line, name, drafted, todos });
            };
            let shape = Shape::of(facts);
            if let Some(reason) = refusal(&existing, &document.document, facts, &shape, &addresses) {
                end(Err(reason), 0);
                continue;
            }
            addresses.insert(shape);
            let before = (writer.schemas.drafted.entries().count(), writer.errors.drafted.entries().count());
            let drafted = writer.operation(document, facts);
            let added = [writer.schemas.drafted.from(before.0), writer.errors.drafted.from(before.1)];
            let todos = added.iter().chain([&drafted.method]).map(|map| map.count("TODO")).sum();
            let method = drafted.method.entries().next().map(|(method, _)| method.to_owned()).unwrap_or_default();
            end(Ok(Address { id: drafted.id.clone(), path: drafted.path.clone(), method }), todos);
            if !products.contains(&drafted.product) {
                let mut tag = Map::default();
                tag.put("name", drafted.product.as_str());
                tag.put("description", format!("The product `{}`.", drafted.product));
                fragment.tags.push(tag);
                products.push(drafted.product);
            }
            fragment.add(&drafted.path, &drafted.method);
        }
    }
    // What an operation that was taken out has left is written anew by `cargo xtask spec --write`.
    let is_new =
        |section: &str, name: &str| spec.source.value.pointer(&format!("/components/{section}/{name}")).is_none();
    fragment.responses = writer.responses.filtered(|name| is_new("responses", name));
    fragment.examples = writer.examples.filtered(|name| is_new("examples", name));
    fragment.schemas = writer.schemas.drafted;
    fragment.drop_unused_schemas();
    fragment.error_names = writer.errors.drafted;
    Ok(Drafts { source: source.clone(), fragment, outcomes })
}

fn declared(spec: &Spec) -> Vec<String> {
    let tags = spec.root.get("tags");
    tags.iter().flat_map(Node::items).filter_map(|tag| tag.get_text("name").map(str::to_owned)).collect()
}

/// Where the draft has an operation.
#[derive(Debug)]
pub(crate) struct Address {
    pub id: String,
    pub path: String,
    /// As a key of the path.
    pub method: String,
}

/// Method and path, whatever the path's parameters are called.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    method: String,
    path: Option<String>,
}

impl Shape {
    fn of(facts: &facts::Operation) -> Self {
        Self { method: method(facts).0, path: facts.path.as_deref().map(shape) }
    }
}

fn shape(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// The operations that the spec has, by their address and by the place in a document that they come from.
struct Existing<'a> {
    by_address: HashMap<Shape, &'a str>,
    by_source: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Existing<'a> {
    fn new(spec: &'a Spec<'a>) -> Self {
        let (mut by_address, mut by_source) = (HashMap::new(), HashMap::new());
        for operation in &spec.operations {
            let address = Shape { method: operation.method.clone(), path: Some(shape(operation.path)) };
            by_address.entry(address).or_insert(operation.id.as_str());
            let source = operation.node.get("x-feishu-source");
            let source = source.and_then(|node| Some((node.get_text("document")?, node.get_text("operation")?)));
            if let Some(source) = source {
                by_source.entry(source).or_insert(operation.id.as_str());
            }
        }
        Self { by_address, by_source }
    }

    fn id(&self, document: &str, facts: &facts::Operation, address: &Shape) -> Option<&'a str> {
        let by_source = || self.by_source.get(&(document, facts.name.as_str()));
        self.by_address.get(address).or_else(by_source).copied()
    }
}

const BY_HAND: &str = "write it by hand, as spec/README.md describes";

/// Why an operation cannot be drafted: it sends what is no form that the build supports, or returns JSON with a file in it.
fn unsupported(facts: &facts::Operation) -> Option<String> {
    let sent = facts.parameters.iter().find(|row| kind::normal(&row.kind).starts_with("file"));
    if let Some((file, row)) = sent.and_then(|file| Some((file, no_part(facts)?))) {
        return Some(format!(
            "it sends the file `{}` (line {}) in a form, and `{}` (line {}) is no part of one; {BY_HAND}",
            file.name, file.line, row.name, row.line
        ));
    }
    let returned = facts.response_fields.iter().find(|field| kind::normal(&field.kind) == "file");
    let in_json = returned.filter(|_| !returns_file(facts))?;
    Some(format!("it returns the file `{}` (line {}) within JSON; {BY_HAND}", in_json.path, in_json.line))
}

/// What no form has: a part is a text, a list of texts or one file. Nothing else of a request is a file.
fn no_part(facts: &facts::Operation) -> Option<&facts::Parameter> {
    facts.parameters.iter().find(|row| {
        let kind = kind::normal(&row.kind);
        if row.place != facts::Place::Body {
            return kind.starts_with("file");
        }
        row.name.contains('.') || kind.starts_with("object") || kind == "file[]" || kind.ends_with("[][]")
    })
}

/// Why an operation is not drafted.
fn refusal(
    existing: &Existing,
    document: &str,
    facts: &facts::Operation,
    address: &Shape,
    taken: &HashSet<Shape>,
) -> Option<Reason> {
    if let Some(id) = existing.id(document, facts, address) {
        return Some(Reason::Known(id.to_owned()));
    }
    if !METHODS.contains(&address.method.to_lowercase().as_str()) {
        return Some(Reason::Refused(format!("no operation of this API has the method {}", address.method)));
    }
    if let Some(reason) = unsupported(facts) {
        return Some(Reason::Refused(reason));
    }
    (address.path.is_some() && taken.contains(address))
        .then(|| Reason::Refused("another operation has its method and path".to_owned()))
}
