//! Subcommand `cargo xtask documents`: Markdown in, facts out.
//!
//! The road is the same for every document: Markdown becomes a flat list of blocks
//! (`markdown`), the family that knows its own mark among them is found (`family`),
//! and its reader turns sections, tables and samples into `facts`. What it cannot
//! turn becomes a warning; what belongs to no family is an error.

mod api_page;
mod choices;
mod defaults;
mod errors;
mod family;
mod fields;
mod json;
mod labelled;
mod leftovers;
mod lenient;
mod limits;
mod lock;
mod markdown;
mod markup;
mod objects;
mod outline;
mod outside;
mod page;
mod parameters;
mod parts;
mod prose;
mod rates;
mod reference;
mod repeated;
mod rows;
mod samples;
mod sdk_reference;
mod source;
mod tables;
mod tree;
mod warnings;
mod words;

pub use warnings::Warning;

use crate::{Outcome, diff, draft, facts, workspace_root};
use anyhow::{Context, bail};
use markdown::{Block, Content};
use source::Source;
use std::io::Write;
use std::path::{Path, PathBuf};
use warnings::Warnings;

/// Read API documents
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the facts of one document as JSON
    Read {
        /// A Markdown document of a known family
        file: PathBuf,
    },
    /// Write the facts of every document in a folder to spec/documents
    Sync {
        /// Folder with the Markdown documents
        dir: PathBuf,
        /// Write nothing; exit 1 if the facts are stale
        #[arg(long)]
        check: bool,
        /// Folder of the facts, instead of spec/documents
        #[arg(long, value_name = "DIR")]
        lock: Option<PathBuf>,
    },
    /// Tell what two states of the documents state otherwise, and whether it breaks callers
    Diff(diff::Args),
    Draft(draft::Args),
}

/// Runs the subcommand; facts and states go to `out`, warnings to standard error.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Read { file } => {
            out.write_all(to_json(&load(&file)?)?.as_bytes())?;
            Ok(Outcome::Fine)
        }
        Command::Sync { dir, check, lock } => {
            let lock = lock.unwrap_or_else(|| from_here(&workspace_root().join("spec/documents")));
            lock::sync(&dir, &lock, check, out)
        }
        Command::Diff(args) => diff::run(args, out),
        Command::Draft(args) => draft::run(args, out),
    }
}

/// A path as someone in the current folder would write it.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

/// What a document states, and what in it could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The facts.
    pub document: facts::Document,
    /// Pieces that are missing from the facts, and contradictions; in the order of lines.
    pub warnings: Vec<Warning>,
}

const MEGABYTE: usize = 1_000_000;
/// A thousand times what documents have: what is larger was given by mistake.
const LARGEST: usize = 16 * MEGABYTE;

/// Reads a document; `name` is its path or file name.
///
/// # Errors
///
/// Fails if the text belongs to no known family of documents, or is larger than any.
pub fn read(name: &str, text: &str) -> anyhow::Result<Reading> {
    if text.len() > LARGEST {
        let (size, most) = (text.len() / MEGABYTE, LARGEST / MEGABYTE);
        bail!(
            "{name}:1:1: this document has {size} MB, and no API document has more than {most}; \
             split it, one operation in each file"
        );
    }
    let mut warnings = Warnings::default();
    let source = Source::read(text, &mut warnings);
    let blocks = markdown::blocks(&source, &mut warnings);
    let Some(family) = family::recognise(&blocks) else {
        bail!(
            "{name}:1:1: this document belongs to no known family, so no facts can be read from it; \
             a document is known by {}",
            family::marks()
        );
    };
    let mut operations = family.read(&blocks, &mut warnings);
    let title = title(&blocks, source.title);
    if let [operation] = operations.as_mut_slice()
        && operation.title.is_empty()
    {
        operation.title.clone_from(&title);
    }
    let document = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = facts::Document { document, title, operations };
    Ok(Reading { document, warnings: warnings.into_sorted() })
}

/// The first heading that is not a part's, or what the front matter says.
fn title(blocks: &[Block], noted: Option<String>) -> String {
    let headings = || {
        blocks.iter().filter_map(|block| match &block.content {
            Content::Heading { text, .. } => Some(text),
            _ => None,
        })
    };
    let own = headings().find(|text| !parts::is_part_title(text)).cloned();
    own.or(noted).or_else(|| headings().next().cloned()).unwrap_or_default()
}

/// The facts of a file; its warnings are told on standard error.
fn load(file: &Path) -> anyhow::Result<facts::Document> {
    let (document, warnings) = load_quietly(file)?;
    std::io::stderr().write_all(warnings.as_bytes())?;
    Ok(document)
}

/// The facts of a file, and its warnings as lines.
fn load_quietly(file: &Path) -> anyhow::Result<(facts::Document, String)> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("{shown}: cannot read this file"))?;
    let text = match str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            bail!("{shown}:{line}:{column}: this byte is not UTF-8; save the document as UTF-8");
        }
    };
    let reading = read(&shown.to_string(), text)?;
    let warnings = reading.warnings.iter().map(|warning| format!("{shown}:{warning}\n")).collect();
    Ok((reading.document, warnings))
}

/// Facts as they stand in files and on standard output.
fn to_json(document: &facts::Document) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}
