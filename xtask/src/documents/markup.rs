//! Markup inside Markdown: what tags of HTML stand for, and characters for nothing.
//!
//! In a cell `<br>` and `<li>` are all the lines that Markdown lets it have, and other
//! tags are looks. What is no tag of HTML is text that looks like one: `List<string>`.

/// Tags that say nothing but how their text looks.
const LOOKS: &[&str] = &[
    "a", "b", "i", "u", "s", "em", "strong", "del", "ins", "code", "pre", "kbd", "sup", "sub", "small", "font", "span",
    "mark", "ul", "ol", "img", "table", "thead", "tbody", "tr", "td", "th", "md", "details", "summary",
];
/// Tags that begin a line or end one.
const LINES: &[&str] = &["br", "p", "div", "hr"];

/// The text that a tag inside a line stands for.
pub(super) fn text_of(tag: &str) -> &str {
    let word = tag.trim_start_matches(['<', '/']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
    let (name, _) = word.split_at_checked(end).unwrap_or((word, ""));
    let name = name.to_ascii_lowercase();
    if name == "li" {
        if tag.starts_with("</") { "" } else { "\n- " }
    } else if LINES.contains(&name.as_str()) {
        "\n"
    } else if LOOKS.contains(&name.as_str()) || tag.starts_with("<!--") {
        ""
    } else {
        tag
    }
}

/// Characters that editors leave behind and nobody sees.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a block of HTML can hold facts: a table, a sample, or Markdown that it swallowed.
pub(super) fn may_hold_facts(block: &str) -> bool {
    let lower = block.to_ascii_lowercase();
    let has_tag = ["<table", "<pre", "<code"].iter().any(|tag| lower.contains(tag));
    has_tag || block.lines().any(|line| line.trim_start().starts_with(['|', '`']))
}
