//! Findings as workflow commands, which GitHub shows at the changed lines.

use crate::validate::finding::Finding;
use crate::validate::inputs::Texts;
use std::io::{self, Write};

/// One `::error` command per finding.
pub fn github(findings: &[Finding], texts: &Texts, out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let Finding { rule, spec, document, service, help, paste, .. } = finding;
        let document = document.as_ref().map(|place| format!("document: {}:{}", texts.path(&place.file), place.line));
        let service = service.as_ref().map(|place| format!("service: {}", place.file));
        let lines = [Some(super::message(finding)), document, service, Some(format!("help: {help}")), paste.clone()];
        writeln!(
            out,
            "::error file={},line={},endLine={},col={},title={}::{}",
            property(&spec.file),
            spec.line,
            spec.end_line,
            spec.column,
            property(rule.name()),
            data(&lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
        )?;
    }
    Ok(())
}

/// The text after `::`, escaped to one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, before `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_command_text_is_escaped() {
        assert_eq!(data("50%\r\na::b,c"), "50%25%0D%0Aa::b,c");
        assert_eq!(property("C:\\a,b%\n"), "C%3A\\a%2Cb%25%0A");
    }
}
