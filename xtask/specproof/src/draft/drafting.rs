//! From documents to a draft: which operations are drafted, and what all of them add.

use super::errors::ErrorNames;
use super::fragment::Fragment;
use super::insert::insert;
use super::names::Taken;
use super::operation::{Writer, method};
use super::schemas::Schemas;
use crate::codegen::{self, spec::METHODS};
use crate::examples::{failure_schema, known_in_spec};
use crate::source::Source;
use crate::spec_model::{Node, Spec};
use crate::yaml::{Map, on_one_line};
use anyhow::{Context, bail};
use apidoc::facts;
use apidoc::load::Loaded;

/// What is drafted.
#[derive(Debug)]
pub struct Draft {
    /// The additions alone, as a document of their own.
    pub fragment: String,
    /// The spec's text with the additions in it, or why there can be none.
    pub spec: anyhow::Result<String>,
    /// What was drafted and what was not, a line each.
    pub notes: Vec<String>,
}

pub(super) fn draft(file: &str, text: &str, documents: &[Loaded]) -> anyhow::Result<Draft> {
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
    let (mut fragment, mut notes) = (Fragment::default(), Vec::new());
    let mut products = declared(&spec);
    let mut addresses = Vec::new();
    for Loaded { facts: document, file: shown, .. } in documents {
        for facts in &document.operations {
            let mut note = |what: String| {
                notes.push(on_one_line(&format!("{shown}:{}: `{}` {what}", facts.line, facts.name)));
            };
            let address = Address::of(facts);
            if let Some(reason) = refusal(&spec, &document.document, facts, &address, &addresses) {
                note(reason);
                continue;
            }
            addresses.push(address);
            let drafted = writer.operation(document, facts);
            note(format!("is drafted as {}", drafted.id));
            if !products.contains(&drafted.product) {
                let mut tag = Map::default();
                tag.put("name", drafted.product.as_str());
                tag.put("description", format!("TODO: what `{}` is.", drafted.product));
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
    fragment.error_names = writer.errors.drafted;
    let with_draft = if fragment.is_empty() { Ok(text.to_owned()) } else { built(&source, text, &fragment) };
    Ok(Draft { fragment: fragment.text(), spec: with_draft, notes })
}

/// The spec with the draft in it, which the build takes.
fn built(source: &Source, text: &str, fragment: &Fragment) -> anyhow::Result<String> {
    let inserted = insert(source, text, fragment)?;
    codegen::generate(&source.file, &inserted)
        .context("the spec with the draft in it would not build; leave out what this names")?;
    Ok(inserted)
}

fn declared(spec: &Spec) -> Vec<String> {
    let tags = spec.root.get("tags");
    tags.iter().flat_map(Node::items).filter_map(|tag| tag.get_text("name").map(str::to_owned)).collect()
}

/// Method and path, whatever the path's parameters are called.
#[derive(PartialEq)]
struct Address {
    method: String,
    path: Option<String>,
}

impl Address {
    fn of(facts: &facts::Operation) -> Self {
        Self { method: method(facts).0, path: facts.path.as_deref().map(shape) }
    }
}

fn shape(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// Why an operation is not drafted.
fn refusal(
    spec: &Spec,
    document: &str,
    facts: &facts::Operation,
    address: &Address,
    taken: &[Address],
) -> Option<String> {
    let is_source = |node: Node| {
        node.get_text("document") == Some(document) && node.get_text("operation") == Some(facts.name.as_str())
    };
    let same = spec.operations.iter().find(|operation| {
        let is_there = address.method == operation.method && address.path == Some(shape(operation.path));
        is_there || operation.node.get("x-feishu-source").is_some_and(is_source)
    });
    if let Some(operation) = same {
        return Some(format!("is in the spec already, as {}", operation.id));
    }
    if !METHODS.contains(&address.method.to_lowercase().as_str()) {
        return Some(format!("is not drafted: no operation of this API has the method {}", address.method));
    }
    (address.path.is_some() && taken.contains(address))
        .then(|| "is not drafted: another operation has its method and path".to_owned())
}
