//! A page in the portal's own form, of which Markdown is a conversion: tables and samples in tags.

use std::fmt::Write;

/// The page with its tables and JSON samples in tags; the level of a row is an attribute.
pub(super) fn in_tags(page: &str) -> String {
    let mut out = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "```json" {
            let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let _ = writeln!(out, ":::html\n<md-code-json>\n{}\n</md-code-json>\n:::", code.join("\n"));
        } else if line.starts_with('|') {
            // The first row is the head, and the second one parts it from the others.
            out.push_str(":::html\n<md-dt-table>\n  <md-dt-thead>\n");
            row(&mut out, line, "md-dt-th");
            out.push_str("  </md-dt-thead>\n  <md-dt-tbody>\n");
            while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
                if !line.starts_with("| ---") {
                    row(&mut out, line, "md-dt-td");
                }
            }
            out.push_str("  </md-dt-tbody>\n</md-dt-table>\n:::\n");
        } else {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

fn row(out: &mut String, line: &str, cell: &str) {
    let level = line.matches("&nbsp;&nbsp;").count();
    let cells = line.trim_matches('|').split(" | ").map(|text| text.replace("&nbsp;&nbsp;", "").replace("└ ", ""));
    let _ = writeln!(out, "<md-dt-tr level=\"{level}\">");
    for text in cells {
        let text = text.trim();
        // A word of code alone; quotes within prose stay.
        let word = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')).filter(|text| !text.contains('`'));
        let _ = writeln!(out, "\t<{cell}>\n\t{}\n\t</{cell}>", word.unwrap_or(text));
    }
    out.push_str("</md-dt-tr>\n");
}
