//! Generates the client from `spec/openapi.yaml` into OUT_DIR; see `build/codegen.rs`.

#![allow(clippy::print_stdout, reason = "cargo reads a build script on its standard output")]

#[path = "build/codegen.rs"]
mod codegen;
#[cfg(feature = "simulator-docs")]
#[path = "build/swagger_ui.rs"]
mod swagger_ui;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

const SPEC: &str = "spec/openapi.yaml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SPEC}");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=build.rs");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(messages) => {
            for message in messages {
                println!("cargo::error={message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Vec<String>> {
    let spec = fs::read_to_string(SPEC)
        .map_err(|error| vec![format!("{SPEC}: {error}; the package must contain the spec")])?;
    let code = codegen::generate_with(SPEC, &spec, &is_on)
        .map_err(|mistakes| mistakes.0.iter().map(describe).collect::<Vec<_>>())?;
    let folder = env::var_os("OUT_DIR").ok_or_else(|| vec!["OUT_DIR is not set; run this through cargo".to_owned()])?;
    #[cfg(feature = "simulator-docs")]
    write_reference(Path::new(&folder), &spec)?;
    write(&Path::new(&folder).join("client.rs"), &code).map_err(|message| vec![message])
}

/// Writes what the page under `/docs` of the offline service loads.
#[cfg(feature = "simulator-docs")]
fn write_reference(folder: &Path, spec: &str) -> Result<(), Vec<String>> {
    swagger_ui::write(folder).map_err(|message| vec![message])?;
    let document = codegen::readers::for_readers(SPEC, spec, &is_on);
    let mut document = document.map_err(|mistakes| mistakes.0.iter().map(describe).collect::<Vec<_>>())?;
    // The page calls the server that it comes from.
    document["servers"] = serde_json::json!([{ "url": "/", "description": "The offline service" }]);
    write(&folder.join("reference.json"), &document.to_string()).map_err(|message| vec![message])
}

/// Whether cargo turned a feature on.
fn is_on(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase().replace('-', "_"))).is_some()
}

/// A mistake in one line, with the rule that `cargo xtask validate --explain` explains.
fn describe(mistake: &codegen::Mistake) -> String {
    mistake.rule.map_or_else(|| mistake.to_string(), |rule| format!("{mistake} [{rule}]"))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
