//! A draft into the text of a spec, of which not a byte changes.
//!
//! The text is no longer the spec's writer's if a tool writes it anew: comments, order
//! and layout are lost. So lines are inserted behind the last one of each map or list,
//! and the result is read again: it must mean the old spec and the draft, nothing else.

use super::fragment::{Addition, Fragment, merged};
use crate::source::{Mistake, Source, segment};
use crate::yaml::{Map, Yaml};
use serde_json::Value;
use std::cmp::Reverse;

/// The spec's text with the draft in it, and what it reads as.
pub(super) fn insert(source: &Source, text: &str, fragment: &Fragment) -> Result<(String, Source), Mistake> {
    let has_path = |path: &str| source.value.get("paths").and_then(|paths| paths.get(path)).is_some();
    let additions = fragment.additions(has_path);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    // With their ends, which may differ.
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut places = Vec::new();
    let mut expected = source.value.clone();
    for addition in additions {
        places.push(place(source, &mut lines, &addition)?);
        expected = merged(expected, &addition).ok_or_else(|| unplaced(source, &pointer(&addition.at)))?;
    }
    // Deeper lines belong to what is above them.
    places.sort_by_key(|place| (place.behind, Reverse(place.indent)));
    let mut out = String::new();
    let mut places = places.into_iter().peekable();
    for (index, line) in lines.iter().enumerate() {
        out.push_str(line);
        while let Some(place) = places.next_if(|place| place.behind == index + 1) {
            if !out.ends_with('\n') {
                out.push_str(newline);
            }
            place.text.lines().for_each(|line| out.extend([line, newline]));
        }
    }
    drop(lines);
    match Source::parse(&source.file, &out) {
        Ok(read) if read.value == expected => Ok((out, read)),
        _ => Err(unplaced(source, "")),
    }
}

/// Lines, and behind how many lines of the spec they go.
struct Place {
    behind: usize,
    /// How many blanks in they begin.
    indent: usize,
    text: String,
}

fn place(source: &Source, lines: &mut [String], addition: &Addition) -> Result<Place, Mistake> {
    let pointer = pointer(&addition.at);
    let there = source.value.pointer(&pointer);
    let first = match there {
        Some(Value::Object(entries)) => entries.keys().next().map(|key| format!("{pointer}/{}", segment(key))),
        Some(Value::Array(items)) => items.first().map(|_| format!("{pointer}/0")),
        Some(Value::Null) => None,
        Some(_) => return Err(unplaced(source, &pointer)),
        None => return place_around(source, lines, addition),
    };
    let key = source.place(&pointer).map_or(0, |place| place.line);
    match first {
        Some(first) => {
            let line = source.place(&first).map_or(0, |place| place.line);
            let Some(indent) = lines.get(line.wrapping_sub(1)).filter(|_| line > key).map(|line| indent(line)) else {
                return Err(unplaced(source, &pointer));
            };
            let text = addition.what.text(indent);
            Ok(Place { behind: last(lines, line, indent), indent, text: spaced(&text, &addition.at) })
        }
        // An empty one is `key: {}`, or a key alone.
        None => {
            let Some(line) = lines.get_mut(key.wrapping_sub(1)) else { return Err(unplaced(source, &pointer)) };
            let written = line.trim_end();
            let bare = written.trim_end_matches("{}").trim_end_matches("[]").trim_end().to_owned();
            if !bare.ends_with(':') {
                return Err(unplaced(source, &pointer));
            }
            let inside = indent(line) + 2;
            *line = bare + line.strip_prefix(written).unwrap_or_default();
            Ok(Place { behind: key, indent: inside, text: addition.what.text(inside) })
        }
    }
}

/// What is not there is added to what is around it.
fn place_around(source: &Source, lines: &mut [String], addition: &Addition) -> Result<Place, Mistake> {
    let Some((key, around)) = addition.at.split_last() else { return Err(unplaced(source, "")) };
    let mut what = Map::default();
    what.put(key, addition.what.clone());
    if around.is_empty() {
        return Ok(Place { behind: lines.len(), indent: 0, text: format!("\n{}", what.text(0)) });
    }
    place(source, lines, &Addition { at: around.to_vec(), what: Yaml::Map(what) })
}

/// The last line of the map or list whose first entry is in a line with this indent.
fn last(lines: &[String], first: usize, indent_of_first: usize) -> usize {
    let is_item = |line: &str| line.trim_start().starts_with('-');
    let is_list = lines.get(first.wrapping_sub(1)).is_some_and(|line| is_item(line));
    let mut last = first;
    for (index, line) in lines.iter().enumerate().skip(first) {
        if line.trim().is_empty() {
            continue;
        }
        let is_inside = indent(line) > indent_of_first || (indent(line) == indent_of_first && is_list == is_item(line));
        if !is_inside && !line.trim_start().starts_with('#') {
            break;
        }
        if is_inside {
            last = index + 1;
        }
    }
    last
}

/// Separates paths by blank lines.
fn spaced(text: &str, at: &[String]) -> String {
    if at != ["paths"] {
        return text.to_owned();
    }
    let starts = |line: &str| !line.starts_with("   ") && line.starts_with("  /");
    text.lines().map(|line| if starts(line) { format!("\n{line}\n") } else { format!("{line}\n") }).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn pointer(keys: &[String]) -> String {
    keys.iter().map(|key| format!("/{}", segment(key))).collect()
}

fn unplaced(source: &Source, pointer: &str) -> Mistake {
    let what = "the draft cannot be inserted here";
    source.mistake(pointer, what, "write this as a block, one entry on a line, or insert the printed draft by hand")
}
