//! Markup inside Markdown: what tags of HTML stand for, and characters for nothing.
//!
//! In a cell `<br>` and `<li>` are all the lines that Markdown lets it have, and other
//! tags are looks. What is no tag of HTML is text that looks like one: `List<string>`.

use std::borrow::Cow;

/// Tags that say nothing but how their text looks.
const LOOKS: &[&str] = &[
    "a", "b", "i", "u", "s", "em", "strong", "del", "ins", "code", "pre", "kbd", "sup", "sub", "small", "font", "span",
    "mark", "ul", "ol", "img", "table", "thead", "tbody", "tr", "td", "th", "md", "details", "summary",
];
/// The platform's own tags that are looks, or whose text is all they hold, or whose attributes are read here.
const PORTAL: &[&str] = &[
    "md-a",
    "md-alert",
    "md-app-support",
    "md-center",
    "md-code",
    "md-code-json",
    "md-enum",
    "md-enum-item",
    "md-highlight",
    "md-icon",
    "md-perm",
    "md-space",
    "md-tag",
    "md-text",
    "md-title",
    "md-tooltip",
];
/// Tags that begin a line or end one.
const LINES: &[&str] = &["br", "p", "div", "hr"];

/// The text that a tag inside a line stands for.
pub(super) fn text_of(tag: &str) -> Cow<'_, str> {
    let word = tag.trim_start_matches(['<', '/']);
    let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(word.len());
    let (name, _) = word.split_at_checked(end).unwrap_or((word, ""));
    let name = name.to_ascii_lowercase();
    let closes = tag.starts_with("</");
    match name.as_str() {
        "li" => Cow::from(if closes { "" } else { "\n- " }),
        // The platform's own tags, of which some hold facts in their attributes.
        "md-app-support" => Cow::from(attribute(tag, "types").unwrap_or_default()),
        "md-perm" => attribute(tag, "name").map_or(Cow::from(""), |name| Cow::from(format!("`{name}` "))),
        "md-enum-item" => attribute(tag, "key").map_or(Cow::from(""), |key| Cow::from(format!("\n- `{key}`: "))),
        name if name.starts_with("md-") => Cow::from(""),
        name if LINES.contains(&name) => Cow::from("\n"),
        name if LOOKS.contains(&name) || tag.starts_with("<!--") => Cow::from(""),
        _ => Cow::from(tag),
    }
}

/// The names of the platform's own tags in a text that nobody knows.
pub(super) fn unknown_tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|tag| {
        let end = tag.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(tag.len());
        tag.get(..end).filter(|name| name.starts_with("md-") && !PORTAL.contains(name))
    })
}

/// The text of a block of HTML, tag by tag.
pub(super) fn text_in(html: &str) -> String {
    let mut text = String::new();
    for (index, part) in html.split('<').enumerate() {
        match part.split_once('>').filter(|_| index > 0) {
            Some((tag, rest)) => {
                text.push_str(&text_of(&format!("<{tag}>")));
                text.push_str(rest);
            }
            None => text.push_str(part),
        }
    }
    text
}

/// A heading without the anchor that the portal puts behind it: `请求{#ab12}`.
pub(super) fn without_anchor(heading: &str) -> &str {
    let anchor = heading.rsplit_once("{#").filter(|(_, anchor)| anchor.ends_with('}'));
    anchor.map_or(heading, |(heading, _)| heading.trim_end())
}

/// The value of an attribute.
pub(super) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// A text in which `&lt;` and its like were left as they are.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::from(text);
    }
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    Cow::from(marks.iter().fold(text.to_owned(), |text, (word, mark)| text.replace(word, mark)))
}

/// Code in a cell, with its backticks; a whole block of JSON on one line (`json {..}`) is an example, and no fact.
pub(super) fn code(text: &str) -> String {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_block = behind.len() < text.len()
        && behind.starts_with(|c: char| c.is_whitespace() || c == '<')
        && behind.replace("<br>", "").trim_start().starts_with(['{', '[']);
    if is_block { String::new() } else { format!("`{text}`") }
}

/// Characters that editors leave behind and nobody sees.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Whether a block of HTML can hold facts: a table, a sample, or Markdown that it swallowed.
pub(super) fn may_hold_facts(block: &str) -> bool {
    let lower = block.to_ascii_lowercase();
    let has_tag = ["<table", "<pre", "<code", "<md-table", "<md-dt"].iter().any(|tag| lower.contains(tag));
    has_tag || block.lines().any(|line| line.trim_start().starts_with(['|', '`']))
}
