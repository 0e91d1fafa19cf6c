//! From the spec to the client's code.
//!
//! progenitor makes the types and the builders. What makes this API differ from the
//! next one (envelopes, limits, tokens, paging, open enums) it has no word for, so
//! the facts of the spec's extensions come in as passes over its output. A transform
//! or pass says what it expects to find and fails if that is gone: a new generator
//! must not turn one of them off in silence.
//!
//! `build.rs` and `xtask/specproof` both compile this file as `crate::codegen`. Whatever
//! is wrong with the spec comes back as [`Mistakes`], each with its file and line.

pub mod lint;
mod passes;
pub mod spec;
mod transforms;

pub use spec::yaml::Mistake;

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use spec::model::Model;
use spec::yaml::Source;
use std::fmt;

/// What is wrong with a spec; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

/// One mistake on a line.
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

/// The client's code for the spec in `text`, which messages call `file`.
pub fn generate(file: &str, text: &str) -> Result<String, Mistakes> {
    let source = Source::parse(file, text)?;
    let mistakes = lint::check(&source);
    if !mistakes.is_empty() {
        return Err(Mistakes(mistakes));
    }
    let model = Model::read(&source).map_err(Mistakes)?;
    let spec = transforms::apply(&source.value, &model).map_err(|message| internal(file, message))?;
    let mut code = progenitor_code(file, spec)?;
    passes::apply(&mut code, &model).map_err(|message| internal(file, message))?;
    Ok(prettyplease::unparse(&code))
}

fn progenitor_code(file: &str, spec: serde_json::Value) -> Result<syn::File, Mistake> {
    let api: openapiv3::OpenAPI = serde_json::from_value(spec)
        .map_err(|error| internal(file, format!("openapiv3 does not take the spec: {error}")))?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged);
    // The generator panics on some specs; the message of the panic is all it tells.
    let tokens = quietly(|| Generator::new(&settings).generate_tokens(&api))
        .map_err(|panic| internal(file, format!("progenitor stopped on the spec: {panic}")))?
        .map_err(|error| internal(file, format!("progenitor does not take the spec: {error}")))?;
    syn::parse2(tokens).map_err(|error| internal(file, format!("progenitor wrote code that is not Rust: {error}")))
}

/// Runs `work`; a panic comes back as its message, without a backtrace on the way.
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

/// A mistake that has no place of its own in the spec.
fn internal(file: &str, message: String) -> Mistake {
    Mistake {
        rule: None,
        file: file.to_owned(),
        pointer: String::new(),
        place: None,
        message,
        help: "undo the last change of the spec, or mend the step of build/ that this names".to_owned(),
    }
}
