//! Generates the client's code from the spec.
//!
//! progenitor writes the types and the builders. It cannot express what is special to
//! this API (envelopes, limits, tokens, paging, open enums), so passes over its output
//! add the facts of the spec's extensions. A transform or pass fails if it finds nothing
//! to change: a new version of the generator must not turn one off silently.
//!
//! `build.rs` and `xtask/specproof` both compile this file as `crate::codegen`. Errors
//! in the spec are returned as [`Mistakes`], each with its file and line.

mod facts;
mod items;
pub mod lint;
mod passes;
#[allow(dead_code, reason = "the build needs it for the page of the offline service alone")]
pub mod readers;
pub mod spec;
mod transforms;

pub use spec::yaml::Mistake;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use schemars_of_generator::schema::{InstanceType, SchemaObject};
use spec::features;
use spec::model::Model;
use spec::yaml::Source;
use std::fmt;

/// What is wrong with a spec; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

/// One mistake per line.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Mistakes {}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

/// The client's code for the whole spec in `text`, which messages call `file`.
#[allow(dead_code, reason = "the build knows from cargo which features are on")]
pub fn generate(file: &str, text: &str) -> Result<String, Mistakes> {
    generate_with(file, text, &|_| true)
}

/// As [`generate`], without the tags whose feature is off.
pub fn generate_with(file: &str, text: &str, is_on: &dyn Fn(&str) -> bool) -> Result<String, Mistakes> {
    generate_from(Source::parse(file, text)?, is_on)
}

/// As [`generate_with`], from a spec that has been read.
pub fn generate_from(source: Source, is_on: &dyn Fn(&str) -> bool) -> Result<String, Mistakes> {
    Ok(prettyplease::unparse(&code(source, is_on)?))
}

/// Whether the client can be generated: all that [`generate`] does, but for printing the code.
#[allow(dead_code, reason = "the build needs the code; `cargo xtask` proves drafts by this")]
pub fn check(source: Source) -> Result<(), Mistakes> {
    code(source, &|_| true).map(drop)
}

/// The client's code. Each form of the spec is dropped as soon as the next one exists: a platform has thousands of
/// operations, and every form of them is large.
fn code(mut source: Source, is_on: &dyn Fn(&str) -> bool) -> Result<syn::File, Mistakes> {
    let mut model = lint::read(&source).map_err(Mistakes)?;
    let left_out = features::leave_out(&mut source.value, is_on);
    if !left_out.paths.is_empty() {
        model = Model::read(&source).map_err(Mistakes)?;
    }
    model.left_out = left_out;
    if model.operations.is_empty() && !model.is_whole() {
        let names = model.left_out.features.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = "the feature of every tag is off";
        return Err(source.mistake("/tags", message, format!("turn on at least one of: {names}")).into());
    }
    let file = source.file.clone();
    let spec = transforms::apply(source.into_value(), &model).map_err(|message| internal(&file, message))?;
    let tokens = progenitor_code(&file, spec)?;
    Ok(passes::apply(tokens, &model).map_err(|message| internal(&file, message))?)
}

fn progenitor_code(file: &str, spec: serde_json::Value) -> Result<TokenStream, Mistake> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(spec).map_err(|error| internal(file, format!("openapiv3 rejects the spec: {error}")))?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged);
    let binary = SchemaObject {
        instance_type: Some(InstanceType::String.into()),
        format: Some("binary".to_owned()),
        ..SchemaObject::default()
    };
    settings.with_conversion(binary, "crate::Upload", std::iter::empty());
    // The generator panics on some specs; the panic's message is all there is.
    quietly(|| Generator::new(&settings).generate_tokens(&api))
        .map_err(|panic| internal(file, format!("progenitor panicked on the spec: {panic}")))?
        .map_err(|error| internal(file, format!("progenitor rejects the spec: {error}")))
}

/// Runs `work` and returns a panic's message, without printing the panic.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
    })
}

/// A mistake without a position in the spec.
fn internal(file: &str, message: String) -> Mistake {
    Mistake {
        rule: None,
        file: file.to_owned(),
        pointer: String::new(),
        place: None,
        message,
        help: "undo the last change of the spec, or fix the step of build/ that the message names".to_owned(),
    }
}
