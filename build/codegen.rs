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
pub mod lint;
mod passes;
#[allow(dead_code, reason = "the build needs it for the page of the offline service alone")]
pub mod readers;
pub mod spec;
mod transforms;

pub use spec::yaml::Mistake;

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
    let mut source = Source::parse(file, text)?;
    let mistakes = lint::check(&source);
    if !mistakes.is_empty() {
        return Err(Mistakes(mistakes));
    }
    let left_out = features::leave_out(&mut source.value, is_on);
    let mut model = Model::read(&source).map_err(Mistakes)?;
    model.left_out = left_out;
    if model.operations.is_empty() && !model.is_whole() {
        let names = model.left_out.features.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = "the feature of every tag is off";
        return Err(source.mistake("/tags", message, format!("turn on at least one of: {names}")).into());
    }
    let spec = transforms::apply(&source.value, &model).map_err(|message| internal(file, message))?;
    let mut code = progenitor_code(file, spec)?;
    passes::apply(&mut code, &model).map_err(|message| internal(file, message))?;
    Ok(prettyplease::unparse(&code))
}

fn progenitor_code(file: &str, spec: serde_json::Value) -> Result<syn::File, Mistake> {
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
    let tokens = quietly(|| Generator::new(&settings).generate_tokens(&api))
        .map_err(|panic| internal(file, format!("progenitor panicked on the spec: {panic}")))?
        .map_err(|error| internal(file, format!("progenitor rejects the spec: {error}")))?;
    syn::parse2(tokens).map_err(|error| internal(file, format!("progenitor wrote code that is not Rust: {error}")))
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
