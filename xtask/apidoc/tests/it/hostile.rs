//! Documents that nobody wrote: no text makes the reader panic or hang.
//!
//! Arbitrary text seldom gets past the first heading, so real pieces are bent as well:
//! lines deleted, doubled and swapped, odd characters put in, pieces of the forms
//! thrown together. What is huge is read to its end: in time that grows as it does, or never.

use super::{PAGE, SDK};
use apidoc::{Reading, read};
use proptest::prelude::*;

const CREATE: &str = include_str!("../documents/public/create-user-group.md");
const LIST: &str = include_str!("../documents/public/list-user-groups.md");
const PORTAL: &str = include_str!("../documents/faults/portal.md");
const ENGLISH: &str = include_str!("../documents/faults/english.md");
const DOCUMENTS: [&str; 6] = [SDK, PAGE, CREATE, LIST, PORTAL, ENGLISH];

/// What holds of any reading, if the text is a document at all.
fn check(text: &str) -> Option<Reading> {
    let reading = read("folder/doc.md", text).ok()?;
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
    for warning in &reading.warnings {
        assert!((1..=lines).contains(&warning.line), "{warning} in a text of {lines} lines");
        assert!(warning.column >= 1 && !warning.message.is_empty());
    }
    assert!(reading.warnings.is_sorted_by_key(|warning| (warning.line, warning.column)));
    for operation in &reading.document.operations {
        let lines_of = operation.parameters.iter().map(|parameter| parameter.line);
        let lines_of = lines_of.chain(operation.response_fields.iter().map(|field| field.line));
        for line in lines_of.chain(operation.errors.iter().map(|error| error.line)).chain([operation.line]) {
            assert!((1..=lines).contains(&line), "line {line} of {lines}");
        }
    }
    assert_eq!(read("folder/doc.md", text).expect("as before"), reading, "reading is a function of the text");
    Some(reading)
}

/// One change to the lines of a document.
#[derive(Clone, Debug)]
enum Change {
    Delete(usize),
    Double(usize),
    Swap(usize, usize),
    Insert(usize, usize, String),
    Cut(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..200usize;
    let odd = prop_oneof![
        "[|`*_~<>&#\\\\:：└\"'\u{a0}\u{200b}{}\\[\\]-]{1,3}",
        prop::sample::select(vec![
            "<br>",
            "```",
            "| --- |",
            "<md-td>",
            "</md-table>",
            "<md-code-json>",
            "\r",
            "\t",
            "…",
            "&nbsp;",
            "<table>",
            "默认值：",
            "可选值有：",
            "- ",
            "\\|"
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        at.clone().prop_map(Change::Delete),
        at.clone().prop_map(Change::Double),
        (at.clone(), at.clone()).prop_map(|(a, b)| Change::Swap(a, b)),
        (at.clone(), at.clone(), odd).prop_map(|(line, column, text)| Change::Insert(line, column, text)),
        (at.clone(), at).prop_map(|(line, column)| Change::Cut(line, column)),
    ]
}

fn changed(document: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
    for change in changes {
        let count = lines.len().max(1);
        match change {
            Change::Delete(at) if !lines.is_empty() => {
                lines.remove(at % count);
            }
            Change::Double(at) if !lines.is_empty() => lines.insert(at % count, lines[at % count].clone()),
            Change::Swap(a, b) if !lines.is_empty() => lines.swap(a % count, b % count),
            Change::Insert(at, column, text) if !lines.is_empty() => {
                let line = &mut lines[at % count];
                let offsets: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
                line.insert_str(offsets[column % offsets.len()], text);
            }
            Change::Cut(at, column) if !lines.is_empty() => {
                let line = &mut lines[at % count];
                let kept: String = line.chars().take(*column).collect();
                *line = kept;
            }
            _ => {}
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(crate::property::config(300))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_pieces_of_the_forms_are_read_or_refused(pieces in prop::collection::vec((0..6usize, 0..120usize), 0..40)) {
        let lines = |index: usize| DOCUMENTS[index].lines().collect::<Vec<_>>();
        let text: Vec<&str> = pieces.iter().filter_map(|&(index, line)| lines(index).get(line).copied()).collect();
        check(&text.join("\n"));
    }

    #[test]
    fn any_change_of_a_document_is_read_or_refused(
        index in 0..6usize,
        changes in prop::collection::vec(change(), 1..12),
    ) {
        check(&changed(DOCUMENTS[index], &changes));
    }

    #[test]
    fn a_row_that_goes_missing_takes_only_itself(index in 2..4usize, row in 0..100usize) {
        let whole = read("doc.md", DOCUMENTS[index]).expect("known family").document;
        // A row that others are drawn inside of takes them along.
        let is_leaf = |line: &str| !line.contains("`data`") && !line.contains("`grouplist`");
        let is_row = |line: &str| (line.starts_with("| `") || line.starts_with("| &nbsp;")) && is_leaf(line);
        let lines: Vec<&str> = DOCUMENTS[index].lines().collect();
        let rows: Vec<usize> = (0..lines.len()).filter(|&at| is_row(lines[at])).collect();
        let line = rows[row % rows.len()];
        let kept: Vec<&str> = lines.iter().enumerate().filter(|(at, _)| *at != line).map(|(_, line)| *line).collect();
        let rest = read("doc.md", &kept.join("\n")).expect("known family");
        prop_assert_eq!(rest.warnings, []);
        let names = |document: &apidoc::facts::Document| {
            let operation = &document.operations[0];
            let names = operation.parameters.iter().map(|parameter| parameter.name.clone());
            names.chain(operation.response_fields.iter().map(|field| field.path.clone())).collect::<Vec<_>>()
        };
        let (whole, rest) = (names(&whole), names(&rest.document));
        let lost = whole.iter().filter(|name| !rest.contains(name)).count();
        prop_assert!(lost <= 1);
        prop_assert_eq!(whole.len(), rest.len() + 1);
    }
}

/// Where a piece is repeated.
#[derive(Clone, Copy, Debug)]
enum In {
    Cell,
    Page,
    Sdk,
    Code(&'static str),
}

fn repeated(place: In, piece: &str, count: usize) -> String {
    let pieces = piece.repeat(count);
    match place {
        In::Cell => LIST.replace("每页条数", &pieces),
        In::Page => format!("{PAGE}\n{pieces}"),
        In::Sdk => format!("{SDK}\n{pieces}"),
        In::Code(language) => format!("{PAGE}\n```{language}\n{pieces}\n```\n"),
    }
}

/// How long what is repeated becomes: what takes time in the square of it does not end on any machine.
const HUGE: usize = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

#[test]
fn huge_documents_are_read_in_time() {
    assert!(LIST.contains("每页条数"));
    for (place, piece) in [
        (In::Cell, "可选值"),
        (In::Cell, "可选值有：- 值 "),
        (In::Cell, "取值范围：[1,"),
        (In::Cell, "默认值：`"),
        (In::Cell, "默认`"),
        (In::Cell, "最大长度"),
        (In::Cell, "<br>- **x**"),
        (In::Cell, "1,111"),
        (In::Cell, "9"),
        (In::Cell, "9 字符 "),
        (In::Cell, "1：甲 "),
        (In::Cell, "- 1: 甲 "),
        (In::Cell, "**x**："),
        (In::Cell, "└"),
        (In::Cell, "（最多 1"),
        (In::Cell, "可选 "),
        (In::Cell, "可选 - a：甲 "),
        (In::Cell, "Values: a or "),
        (In::Cell, "枚举值（"),
        (In::Cell, "`a``b```"),
        (In::Page, "<md-table>\n"),
        (In::Page, "<md-table><md-tr level=\"1\"><md-td>a\n"),
        (In::Page, "<md-table><md-tr level=\"1\"><md-td>a</md-table>\n"),
        (In::Page, "<md-dt-td"),
        (In::Page, "|a|b|\n|-|-|-|\n|c\n```\n"),
        (In::Page, "**类型额外说明**:\n\n- **a** 类型说明:\n\n  - **b** (object):\n"),
        (In::Sdk, "```csharp\nTask<A> F([Path] string a)\n```\n"),
        (In::Page, "|"),
        (In::Page, "|\n"),
        (In::Page, "└"),
        (In::Page, "{"),
        (In::Page, "["),
        (In::Page, "- "),
        (In::Page, "> "),
        (In::Page, "`"),
        (In::Page, "**a"),
        (In::Page, "a | b\n--- | ---\nc  \n"),
        (In::Page, "a：b|c|d\n"),
        (In::Sdk, "### 参数\n```csharp\nTask<A> F([Path] string a)\n```\n"),
        (In::Page, "### 请求\n| 基本 | |\n|---|---|\n| HTTP URL | /a/b |\n"),
        (In::Page, "| a | b | 是\n"),
        (In::Page, "\n| a | b |\n|---|---|\n| c\nd\n\n"),
        (In::Page, "# a\n"),
        (In::Code("json"), "["),
        (In::Code("json"), "[...,"),
        (In::Code("javascript"), "client.request({url: a, data: {a: [1]}});\n"),
        (In::Code("java"), "a(b.c("),
        (In::Code("php"), "$a = $b; $b = $a; new Request($a, $b);\n"),
        (In::Code("javascript"), "a = [a, a]; client.request({url: a});\n"),
        (In::Code("bash"), "curl '\""),
    ] {
        let reading = read("doc.md", &repeated(place, piece, HUGE / piece.len()));
        assert!(reading.is_ok_and(|reading| !reading.document.operations.is_empty()), "{place:?} {piece:?}");
    }
}

#[test]
fn oversized_document_is_refused() {
    let error = read("doc.md", &repeated(In::Page, "a\n", 9_000_000)).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "doc.md:1:1: this document has 18 MB, and no API document has more than 16; split it, one operation in each file"
    );
}
