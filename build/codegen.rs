//! From the spec to the client's code.
//!
//! ```text
//! YAML -> Value -> lint -> facts -> named transforms -> openapiv3 -> progenitor -> syn passes -> checks -> prettyplease
//! ```
//!
//! progenitor makes the types and the builders. What makes this API differ from the
//! next one (envelopes, limits, tokens, paging, open enums) it has no word for, so
//! the facts of the spec's extensions come in as passes over its output. A transform
//! or pass says what it expects to find and fails if that is gone: a new generator
//! must not turn one of them off in silence.
//!
//! One function serves `build.rs` and `cargo xtask codegen`. Whatever is wrong with
//! the spec comes back as a [`Mistake`] with its file and line.

mod checks;
mod enums;
pub mod error_category;
mod extensions;
mod facts;
pub mod lint;
pub mod operations;
mod paging;
mod paths;
mod rules;
pub mod source;
mod tables;
mod transforms;
mod types;

pub use source::Mistake;

use facts::Facts;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use source::Source;

/// The client's code for the spec in `text`, which messages call `file`.
pub fn generate(file: &str, text: &str) -> Result<String, Mistake> {
    let source = Source::parse(file, text)?;
    lint::check(&source)?;
    let facts = Facts::read(&source)?;
    let mut spec = source.value.clone();
    transforms::apply(&mut spec, &facts).map_err(|message| internal(file, message))?;
    let mut code = progenitor_code(file, spec)?;
    types::apply(&mut code, &facts)
        .and_then(|()| enums::apply(&mut code, &facts))
        .and_then(|()| operations::apply(&mut code, &facts))
        .map_err(|message| internal(file, message))?;
    code.items.extend(rules::checks(&facts));
    code.items.extend(paging::envelopes(&facts));
    code.items.extend(tables::tables(&facts));
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
        file: file.to_owned(),
        place: None,
        message,
        help: "undo the last change of the spec, or mend the step of build/codegen.rs that this names".to_owned(),
    }
}
