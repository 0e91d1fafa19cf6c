//! `cargo xtask codegen`: prints the client's code as the build generates it.
//!
//! What `build.rs` writes into OUT_DIR is hard to find and gone after the next clean.
//! This prints the same code from any spec, so that the effect of a changed spec or pass
//! can be read as a diff.

use crate::Outcome;
use crate::args::spec_or_default;
use anyhow::{Context, bail};
use specproof::codegen::spec::features::named;
use specproof::source::Source;
use std::io::Write;
use std::path::PathBuf;

/// Print the client's code as the build generates it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The spec to generate from
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Leave out the tags whose `x-feishu-feature` is none of these, separated by commas; by default, every tag is built
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    features: Option<Vec<String>>,
}

/// Prints the code.
///
/// # Errors
///
/// Fails where the spec cannot be read, or has a mistake.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = spec_or_default(args.spec);
    let name = file.display().to_string();
    let text = std::fs::read_to_string(&file).with_context(|| name.clone())?;
    let is_on = |feature: &str| args.features.as_ref().is_none_or(|names| names.iter().any(|name| name == feature));
    let source = Source::parse(&name, &text)?;
    let named = named(&source.value);
    if let Some(unknown) = args.features.iter().flatten().find(|feature| !named.contains(*feature)) {
        let known = named.into_iter().collect::<Vec<_>>().join(", ");
        let help = if known.is_empty() { "no tag has any".to_owned() } else { format!("use one of: {known}") };
        bail!("{name}: no tag has the feature `{unknown}`; {help}");
    }
    drop(text);
    let code = specproof::codegen::generate_from(source, &is_on)?;
    out.write_all(code.as_bytes())?;
    Ok(Outcome::Fine)
}
