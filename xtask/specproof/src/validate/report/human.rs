//! Findings as rustc draws them: the line, underlined, and what to do.
//!
//! Colours are always written; the command line takes them out where no
//! terminal shows them, so that this need not know.

use crate::place::{DocumentPlace, SpecPlace};
use crate::validate::finding::Finding;
use crate::validate::inputs::Texts;
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::io::{self, Write};
use std::ops::Range;

/// One block per finding, and their number.
pub fn human(findings: &[Finding], texts: &Texts, out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::styled();
    for finding in findings {
        writeln!(out, "{}\n", renderer.render(&[block(finding, texts)]))?;
        // Nothing stands before these lines: they are copied as they are.
        if let Some(paste) = &finding.paste {
            writeln!(out, "{paste}")?;
        }
    }
    let Some(first) = findings.first() else { return Ok(()) };
    let errors = if findings.len() == 1 { "1 error".to_owned() } else { format!("{} errors", findings.len()) };
    let rule = first.rule.name();
    writeln!(out, "{errors}; `cargo xtask validate --explain {rule}` tells why, and so for every rule")
}

fn block<'a>(finding: &'a Finding, texts: &'a Texts) -> Group<'a> {
    let Finding { rule, operation: _, message: _, spec, document, service, help, paste: _ } = finding;
    let pointer = if spec.pointer.is_empty() { "/" } else { &spec.pointer };
    let named = |name: &'static str, text: String| Level::NOTE.with_name(name).message(text);
    let mut block = Level::ERROR.primary_title(super::message(finding)).id(rule.name()).element(of_spec(spec, texts));
    if let Some(document) = document {
        block = match texts.line(&document.file, document.line) {
            Some(line) => block.element(of_document(document, line, texts)),
            None => block.element(named("document", format!("{}:{}", document.file, document.line))),
        };
    }
    block = block.element(named("pointer", pointer.to_owned()));
    if let Some(service) = service {
        block = block.element(named("service", service.file.clone()));
    }
    block.element(Level::HELP.message(help))
}

/// The line of the spec, what is meant in it underlined; a place without it, if the text is not at hand.
fn of_spec<'a>(spec: &'a SpecPlace, texts: &'a Texts) -> Element<'a> {
    let path = texts.path(&spec.file);
    let Some(line) = texts.line(&spec.file, spec.line) else {
        return Origin::path(path).line(spec.line).char_column(spec.column).into();
    };
    // Of a value of several lines, the rest of its first line is underlined.
    let end = if spec.end_line > spec.line { usize::MAX } else { spec.end_column };
    let span = offset(line, spec.column)..offset(line, end).min(line.trim_end().len());
    snippet(line, spec.line, path, AnnotationKind::Primary.span(not_empty(span)))
}

fn of_document<'a>(document: &'a DocumentPlace, line: &'a str, texts: &'a Texts) -> Element<'a> {
    let span = line.len() - line.trim_start().len()..line.trim_end().len();
    let annotation = AnnotationKind::Context.span(not_empty(span)).label("the document");
    snippet(line, document.line, texts.path(&document.file), annotation)
}

fn snippet<'a>(line: &'a str, number: usize, path: &'a str, annotation: Annotation<'a>) -> Element<'a> {
    Snippet::source(line).line_start(number).path(path).annotation(annotation).into()
}

/// Where a column, in characters and from 1, begins in bytes.
fn offset(line: &str, column: usize) -> usize {
    line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(offset, _)| offset)
}

fn not_empty(span: Range<usize>) -> Range<usize> {
    span.start..span.end.max(span.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Rule, ServicePlace};

    fn shown(document: &str, spec: &str) -> String {
        let mut texts = Texts::default();
        texts.add("spec.yaml", "spec/spec.yaml", spec.to_owned());
        if !document.is_empty() {
            texts.add("things.md", "docs/things.md", document.to_owned());
        }
        let finding = Finding {
            rule: Rule::ParameterLimit,
            operation: Some("list_things".to_owned()),
            message: "`query page_size maximum` is 9".to_owned(),
            spec: SpecPlace {
                file: "spec.yaml".to_owned(),
                line: 2,
                column: 3,
                end_line: 2,
                end_column: 13,
                pointer: "/a".to_owned(),
            },
            document: Some(DocumentPlace { file: "things.md".to_owned(), line: 2 }),
            service: Some(ServicePlace { file: "service/list_things.json".to_owned() }),
            help: "make it 5".to_owned(),
            paste: Some("  - id: a\n".to_owned()),
        };
        let mut out = Vec::new();
        human(&[finding], &texts, &mut out).unwrap();
        anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string()
    }

    #[test]
    fn both_lines_are_underlined() {
        let expected = "\
error[parameter-limit]: list_things: `query page_size maximum` is 9
 --> spec/spec.yaml:2:3
  |
2 |   maximum: 9 # 组
  |   ^^^^^^^^^^
  |
 ::: docs/things.md:2:1
  |
2 | | 页大小 | 5 |
  | -------------- the document
  |
  = pointer: /a
  = service: service/list_things.json
  = help: make it 5

  - id: a

1 error; `cargo xtask validate --explain parameter-limit` tells why, and so for every rule
";
        assert_eq!(shown("one\n| 页大小 | 5 |\n", "a:\n  maximum: 9 # 组\n"), expected);
    }

    #[test]
    fn document_without_text_is_referenced() {
        let shown = shown("", "a:\n  maximum: 9\n");
        assert!(shown.contains("  = document: things.md:2\n"), "{shown}");
    }

    #[test]
    fn truncated_text_does_not_panic() {
        for spec in ["", "a:\n", "a:\n\n", "a:\n  m\n"] {
            assert!(shown("one", spec).contains("spec.yaml:2"));
        }
    }
}
