//! `cargo xtask documents draft`: the YAML for operations that the spec does not have.
//!
//! Transcribing is mostly copying: addresses, names, types, limits, codes. That part is
//! done here, from the same facts that `validate` will hold the spec to (`operation` and
//! what it is made of). What only a reader of the document can say stays a `TODO`. The
//! draft is printed, or inserted where it belongs (`insert`); either way it is a spec that
//! builds, or it is refused.

mod answer;
mod derived;
mod errors;
mod fragment;
mod insert;
mod known;
mod limits;
mod names;
mod operation;
mod parameters;
mod schemas;
mod shape;
mod yaml;

use crate::codegen::{self, lint};
use crate::reading::{Read, documents_at};
use crate::source::Source;
use crate::validate::view::{Node, Spec};
use crate::{Outcome, facts, files, workspace_root};
use anyhow::{Context, bail};
use errors::ErrorNames;
use fragment::Fragment;
use names::Taken;
use operation::Writer;
use schemas::Schemas;
use std::io::Write;
use std::path::PathBuf;
use yaml::Map;

/// Write the YAML of operations that the spec does not have, with a TODO where a document is silent
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A Markdown document, a file of facts, or a folder of either
    file: PathBuf,
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Insert the draft into the spec instead of printing it
    #[arg(long)]
    write: bool,
}

/// What a draft is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The additions alone, as a document of their own.
    pub fragment: String,
    /// The spec's text with the additions in it.
    pub spec: String,
    /// What was drafted and what was not, a line each.
    pub notes: Vec<String>,
}

/// Runs the subcommand; the draft goes to `out`, the warnings of a document's reader to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, and where the spec with the draft in it would not build.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let path = args.spec.unwrap_or_else(|| workspace_root().join("spec/openapi.yaml"));
    let text = files::text(&path)?;
    let mut warnings = Vec::new();
    let documents = documents_at(&args.file, &mut warnings)?;
    for warning in warnings {
        writeln!(std::io::stderr(), "{warning}")?;
    }
    let draft = drafted(&files::shown(&path), &text, &documents)?;
    if args.write {
        if draft.spec != text {
            std::fs::write(&path, &draft.spec)
                .with_context(|| format!("{}: cannot write this file", files::shown(&path)))?;
        }
        draft.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
    } else {
        draft.notes.iter().try_for_each(|note| writeln!(out, "# {note}"))?;
        out.write_all(draft.fragment.as_bytes())?;
    }
    Ok(Outcome::Fine)
}

/// Drafts every operation of documents that a spec, which messages call `file`, does not have.
///
/// # Errors
///
/// Fails where the spec is malformed, and where it would not build with the draft in it.
pub fn draft(file: &str, text: &str, documents: Vec<facts::Document>) -> anyhow::Result<Draft> {
    drafted(file, text, &documents.into_iter().map(Read::from).collect::<Vec<_>>())
}

fn drafted(file: &str, text: &str, documents: &[Read]) -> anyhow::Result<Draft> {
    let source = Source::parse(file, text)?;
    let spec = Spec::new(&source);
    let Some(failures) = operation::failures(&spec) else {
        bail!("{file}: there is no response 4XX or 5XX to refer to; write the first operation by hand");
    };
    let mut writer = Writer {
        ids: Taken::new(spec.operations.iter().map(|operation| operation.id.as_str())),
        schemas: Schemas::new(&spec),
        errors: ErrorNames::new(&spec),
        spec: &spec,
    };
    let (mut fragment, mut notes) = (Fragment::default(), Vec::new());
    let mut products = declared(&spec);
    let mut addresses: Vec<(String, String)> = Vec::new();
    for Read { facts: document, file: shown, .. } in documents {
        for facts in &document.operations {
            let mut note = |what: String| notes.push(format!("{shown}:{}: `{}` {what}", facts.line, facts.name));
            let method = facts.method.clone().unwrap_or_default();
            if let Some(id) = in_spec(&spec, &document.document, facts) {
                note(format!("is in the spec already, as {id}"));
                continue;
            }
            if !method.is_empty() && !lint::METHODS.contains(&method.to_lowercase().as_str()) {
                note(format!("is not drafted: no operation of this API has the method {method}"));
                continue;
            }
            let address = facts.path.as_ref().map(|path| (method, shape(path)));
            if address.as_ref().is_some_and(|address| addresses.contains(address)) {
                note("is not drafted: another operation has its method and path".to_owned());
                continue;
            }
            addresses.extend(address);
            let drafted = writer.operation(&document.document, facts, &failures);
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
    fragment.schemas = writer.schemas.drafted;
    fragment.error_names = writer.errors.drafted;
    if fragment.is_empty() {
        return Ok(Draft { fragment: String::new(), spec: text.to_owned(), notes });
    }
    let inserted = insert::insert(&source, text, &fragment)?;
    codegen::generate(file, &inserted)
        .context("the spec with the draft in it would not build; leave out what this names")?;
    Ok(Draft { fragment: fragment.text(), spec: inserted, notes })
}

fn declared(spec: &Spec) -> Vec<String> {
    let tags = spec.root.get("tags");
    tags.iter().flat_map(Node::items).filter_map(|tag| tag.get_text("name").map(str::to_owned)).collect()
}

/// The operation of the spec that transcribes one of a document: x-source names it, or its address is the same.
fn in_spec(spec: &Spec, document: &str, facts: &facts::Operation) -> Option<String> {
    let is_source = |node: Node| {
        node.get_text("document") == Some(document) && node.get_text("operation") == Some(facts.name.as_str())
    };
    let same = spec.operations.iter().find(|operation| {
        operation.node.get("x-source").is_some_and(is_source)
            || (facts.method.as_ref() == Some(&operation.method)
                && facts.path.as_deref().is_some_and(|path| shape(path) == shape(operation.path)))
    });
    same.map(|operation| operation.id.clone())
}

/// A path whatever its parameters are called.
fn shape(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}
