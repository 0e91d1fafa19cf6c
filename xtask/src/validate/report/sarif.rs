//! Findings as SARIF 2.1.0, which code scanning services and editors read.
//!
//! Columns are counted in characters, as everywhere here, and the form says so. Paths
//! are those of the other forms, relative to the repository where they lie in it.

use super::super::finding::{Finding, SpecPlace};
use super::super::rule::Rule;
use super::super::texts::Texts;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// One run with all rules and findings.
pub fn sarif(findings: &[Finding], texts: &Texts, out: &mut dyn Write) -> io::Result<()> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo xtask validate",
                "rules": Rule::ALL.iter().map(|rule| descriptor(*rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|finding| result(finding, texts)).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(rule: Rule) -> Value {
    json!({
        "id": rule.name(),
        "shortDescription": { "text": rule.explanation() },
        "help": { "text": rule.reasoning(), "markdown": rule.reasoning() },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding, texts: &Texts) -> Value {
    let Finding { rule, spec, document, service, help, .. } = finding;
    let mut related = Vec::new();
    if let Some(place) = document {
        related.push(json!({
            "message": { "text": "the document" },
            "physicalLocation": {
                "artifactLocation": { "uri": uri(texts.path(&place.file)) },
                "region": { "startLine": place.line },
            },
        }));
    }
    if let Some(place) = service {
        related.push(json!({
            "message": { "text": "the service" },
            "physicalLocation": { "artifactLocation": { "uri": uri(&place.file) } },
        }));
    }
    let mut result = json!({
        "ruleId": rule.name(),
        "ruleIndex": Rule::ALL.iter().position(|other| other == rule),
        "level": "error",
        "message": { "text": format!("{}\nhelp: {help}", super::message(finding)) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&spec.file) }, "region": region(spec) },
            "logicalLocations": [{ "fullyQualifiedName": spec.pointer, "kind": "value" }],
        }],
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn region(place: &SpecPlace) -> Value {
    let SpecPlace { line, column, end_line, end_column, .. } = place;
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

/// What a path may not hold as a URI.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn uri(path: &str) -> String {
    let scheme = if Path::new(path).is_absolute() { "file://" } else { "" };
    // A colon in a first segment would be taken for the end of a scheme.
    let dot =
        if scheme.is_empty() && path.split('/').next().is_some_and(|first| first.contains(':')) { "./" } else { "" };
    format!("{scheme}{dot}{}", utf8_percent_encode(path, ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("spec/openapi.yaml"), "spec/openapi.yaml");
        assert_eq!(uri("/a b/文.md"), "file:///a%20b/%E6%96%87.md");
        assert_eq!(uri("a:b/c#1%"), "./a:b/c%231%25");
    }
}
