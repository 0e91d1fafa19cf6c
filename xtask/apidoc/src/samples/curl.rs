//! curl: the words of the command line, as a shell would split them.

use super::cursor::Cursor;
use super::{apply_url, request};
use crate::facts::{Example, ExampleSource, Operation};
use crate::json;
use crate::markdown::Code;
use crate::warnings::{Position, Warnings};

struct Word {
    text: String,
    at: Position,
}

/// Flags that say nothing about the request, alone and with a value.
const SWITCHES: &[&str] = &[
    "-i",
    "--include",
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-sS",
    "-v",
    "--verbose",
    "-k",
    "--insecure",
    "-L",
    "--location",
    "-f",
    "--fail",
    "-g",
    "--globoff",
    "--compressed",
    "-N",
    "--no-buffer",
    "--http1.1",
    "--http2",
];
const SETTINGS: &[&str] =
    &["-o", "--output", "-m", "--max-time", "--connect-timeout", "-w", "--write-out", "-x", "--proxy"];

pub(super) fn read(code: &Code, _: &Operation, warnings: &mut Warnings) -> Vec<Example> {
    let words = words(Cursor::new(code));
    words
        .split(|word| matches!(word.text.as_str(), "|" | ";" | "&&" | "\n"))
        .filter_map(|command| read_command(command, warnings))
        .collect()
}

fn read_command(command: &[Word], warnings: &mut Warnings) -> Option<Example> {
    let curl = command.iter().position(|word| word.text == "curl")?;
    let mut words = command.get(curl..)?.iter();
    let mut example = request(ExampleSource::Curl, words.next()?.at.line);
    let mut body: Option<&Word> = None;
    while let Some(word) = words.next() {
        let (flag, attached) = split_flag(&word.text);
        let mut value = || match attached {
            Some(value) => Some(value),
            None => words.next().map(|word| word.text.as_str()),
        };
        match flag {
            "-X" | "--request" => example.method = value().map(str::to_uppercase),
            "-H" | "--header" => {
                if let Some((name, value)) = value().and_then(|header| header.split_once(':')) {
                    example.headers.insert(name.trim().to_owned(), value.trim().to_owned());
                }
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                body = if attached.is_some() { Some(word) } else { words.next() };
            }
            "--url" => apply_url(value()?, &mut example),
            _ if SWITCHES.contains(&flag) => {}
            _ if SETTINGS.contains(&flag) => drop(value()),
            _ if word.text.contains("://") => apply_url(&word.text, &mut example),
            _ => {
                let shown: String = word.text.chars().take(20).collect();
                warnings.add(word.at, format!("`{shown}` is not a known part of a request: left out"));
            }
        }
    }
    example.path.as_ref()?;
    if let Some(word) = body {
        let text = split_flag(&word.text).1.unwrap_or(&word.text);
        (example.value, example.line) = (json::body(text, word.at, warnings)?, word.at.line);
    }
    let method = if body.is_some() { "POST" } else { "GET" };
    example.method.get_or_insert_with(|| method.to_owned());
    Some(example)
}

/// A flag and the value written onto it: `-XPOST`, `--url=https://...`.
fn split_flag(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
    }
    match word.split_at_checked(2) {
        Some((flag @ ("-X" | "-H" | "-d"), value)) if !value.is_empty() => (flag, Some(value)),
        _ => (word, None),
    }
}

/// The words of a script; the end of a line is a word of its own, unless a backslash takes it away.
fn words(mut cursor: Cursor<'_>) -> Vec<Word> {
    let mut words = Vec::new();
    loop {
        cursor.take_while(|c| c.is_whitespace() && c != '\n');
        if cursor.rest.starts_with("\\\n") {
            cursor.take(2);
            continue;
        }
        let at = cursor.at;
        match cursor.peek() {
            None => return words,
            Some('#') => {
                cursor.take_while(|c| c != '\n');
            }
            Some('\n') => words.push(Word { text: cursor.take(1).to_owned(), at }),
            Some(_) => words.push(Word { text: word(&mut cursor), at }),
        }
    }
}

/// One word: plain characters and quoted parts, up to a blank.
fn word(cursor: &mut Cursor<'_>) -> String {
    let mut text = String::new();
    while let Some(c) = cursor.peek().filter(|c| !c.is_whitespace()) {
        if cursor.rest.starts_with("\\\n") {
            break;
        }
        cursor.take(c.len_utf8());
        match c {
            '\'' => text.push_str(cursor.take_through("'").unwrap_or_default()),
            '"' => double_quoted(cursor, &mut text),
            '\\' => {
                let escaped = cursor.peek().map_or(0, char::len_utf8);
                text.push_str(cursor.take(escaped));
            }
            _ => text.push(c),
        }
    }
    text
}

/// Between double quotes a backslash stands before `"`, `\`, `$` and a backtick, and else for itself.
fn double_quoted(cursor: &mut Cursor<'_>, text: &mut String) {
    while let Some(c) = cursor.peek() {
        cursor.take(c.len_utf8());
        match (c, cursor.peek()) {
            ('"', _) => return,
            ('\\', Some(escaped @ ('"' | '\\' | '$' | '`'))) => {
                cursor.take(1);
                text.push(escaped);
            }
            _ => text.push(c),
        }
    }
}
