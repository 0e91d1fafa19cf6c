//! `cargo xtask codegen`: the client's code, to be read.
//!
//! What `build.rs` writes into OUT_DIR is hard to find and gone with the next clean.
//! This prints the same code from any spec, so that a change of the spec, or of a
//! pass, can be read as a difference of what downstream gets.

use crate::{Outcome, codegen, workspace_root};
use anyhow::Context;
use std::io::Write;
use std::path::PathBuf;

/// Print the client's code as the build generates it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The spec to generate from
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
}

/// Prints the code.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = args.spec.unwrap_or_else(|| workspace_root().join("spec/openapi.yaml"));
    let name = file.display().to_string();
    let text = std::fs::read_to_string(&file).with_context(|| name.clone())?;
    let code = codegen::generate(&name, &text)?;
    out.write_all(code.as_bytes())?;
    Ok(Outcome::Fine)
}
