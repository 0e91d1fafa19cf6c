//! What several commands have in common: where the inputs are, and where warnings go.

use apidoc::files::workspace_root;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use specproof::validate::Paths;
use std::io::Write;
use std::path::PathBuf;

// No doc comment: clap would show it instead of the command's own help.
#[allow(missing_docs, reason = "the fields' comments are the options' help")]
#[derive(Debug, clap::Args)]
pub struct InputPaths {
    /// The spec, instead of spec/openapi.yaml
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// A folder of facts, a Markdown document or a folder of them, instead of spec/documents; may be repeated
    #[arg(long, value_name = "PATH")]
    documents: Vec<PathBuf>,
    /// The folder of the service's facts, instead of spec/service
    #[arg(long, value_name = "PATH")]
    service: Option<PathBuf>,
    /// The errata, instead of spec/errata.yaml
    #[arg(long, value_name = "FILE")]
    errata: Option<PathBuf>,
}

impl From<InputPaths> for Paths {
    fn from(given: InputPaths) -> Self {
        let default = Self::default();
        Self {
            spec: given.spec.unwrap_or(default.spec),
            documents: if given.documents.is_empty() { default.documents } else { given.documents },
            service: given.service.unwrap_or(default.service),
            errata: given.errata.unwrap_or(default.errata),
        }
    }
}

/// The spec that was given, or else the one of this workspace.
pub fn spec_or_default(given: Option<PathBuf>) -> PathBuf {
    given.unwrap_or_else(|| workspace_root().join("spec/openapi.yaml"))
}

/// A parser of names that a list gives, each with its value and, if not empty, its help.
pub fn named<T: Copy + Send + Sync + 'static>(
    list: Vec<(T, &'static str, &'static str)>,
) -> impl TypedValueParser<Value = T> {
    let possible = list.iter().map(|(_, name, help)| match *help {
        "" => PossibleValue::new(*name),
        help => PossibleValue::new(*name).help(help),
    });
    PossibleValuesParser::new(possible.collect::<Vec<_>>()).try_map(move |given| {
        let found = list.iter().find(|(_, name, _)| *name == given).map(|(value, ..)| *value);
        found.ok_or_else(|| format!("`{given}` is not one of the names"))
    })
}

/// Prints warnings on standard error.
pub fn warn<'a>(warnings: impl IntoIterator<Item = &'a String>) -> std::io::Result<()> {
    let mut stderr = std::io::stderr();
    warnings.into_iter().try_for_each(|warning| writeln!(stderr, "{warning}"))
}
