//! `cargo xtask validate`: proves that the spec transcribes the documents.

use crate::Outcome;
use crate::args::{InputPaths, named, warn};
use specproof::validate::{Inputs, Rule, github, human, json, validate};
use std::io::Write;

/// Prove that the spec transcribes the documents and works on the service
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    paths: InputPaths,
    /// Let pass what a draft left open: lines with TODO
    #[arg(long)]
    draft: bool,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Explain a rule: what it asks for, why, and how to follow it; nothing is validated
    #[arg(long, value_parser = rules(), value_name = "RULE", hide_possible_values = true, exclusive = true)]
    explain: Option<Rule>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// Workflow commands, which GitHub shows at the changed lines
    Github,
}

fn rules() -> impl clap::builder::TypedValueParser<Value = Rule> {
    named(Rule::ALL.iter().map(|rule| (*rule, rule.name(), "")).collect())
}

/// Runs the command; findings go to `out`, warnings about documents to standard error.
///
/// # Errors
///
/// Fails where an input is missing or malformed, with file, line and column.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if let Some(rule) = args.explain {
        writeln!(out, "{}: {}\n\n{}", rule.name(), rule.explanation(), rule.reasoning().trim_end())?;
        return Ok(Outcome::Fine);
    }
    let inputs = Inputs::load(&args.paths.into())?;
    warn(&inputs.warnings)?;
    let mut findings = validate(&inputs)?;
    let found = findings.len();
    findings.retain(|finding| !(args.draft && finding.rule == Rule::Todo));
    let open = found - findings.len();
    match args.format {
        Format::Json => json(&findings, out)?,
        Format::Github => github(&findings, &inputs.texts, out)?,
        Format::Human => {
            human(&findings, &inputs.texts, out)?;
            if findings.is_empty() {
                let (documents, operations) = inputs.counts();
                let spec = &inputs.spec.file;
                writeln!(
                    out,
                    "{spec} agrees with its documents ({documents}) and the service's facts ({operations} operations)"
                )?;
                if open > 0 {
                    writeln!(out, "{open} lines still say TODO: `cargo xtask validate` shows them")?;
                }
            }
        }
    }
    Ok(Outcome::fine_if(findings.is_empty()))
}
