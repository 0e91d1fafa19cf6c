//! Generates the client from `spec/openapi.yaml` into OUT_DIR; `build/codegen.rs` says how.

#![allow(clippy::print_stdout, reason = "cargo reads a build script on its standard output")]

#[path = "build/codegen.rs"]
mod codegen;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

const SPEC: &str = "spec/openapi.yaml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SPEC}");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=build.rs");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let spec = fs::read_to_string(SPEC).map_err(|error| format!("{SPEC}: {error}; the package must hold the spec"))?;
    let code = codegen::generate(SPEC, &spec).map_err(|mistake| mistake.to_string())?;
    let folder = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set; run this through cargo")?;
    let file = PathBuf::from(folder).join("client.rs");
    fs::write(&file, code).map_err(|error| format!("{}: {error}", file.display()))
}
