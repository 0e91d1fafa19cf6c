//! Lines of text that say what a request table would: `**频率限制**：100 次/分钟`.
//!
//! What no table and no signature has said may stand in a line of its own. A line whose
//! label nobody knows is told if what follows is a kind of token or a scope: those are
//! facts wherever they stand.

use super::markdown::Content;
use super::outline::Section;
use super::page::{Says, Understood};
use super::warnings::{Position, Warnings};
use super::{rates, words};
use crate::facts::Operation;

/// Words of a sentence about how often an operation may be called.
const RATES: &[&str] = &["频率", "频控", "限频", "限流", "QPS"];

/// Longer words are a sentence.
const LONGEST: usize = 12;

pub(super) fn read(section: &Section<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    for piece in &section.pieces {
        let Content::Text { label, text, lines, .. } = &piece.block.content else { continue };
        for (line, number) in text.split('\n').zip(lines) {
            let at = Position::line(*number);
            if line.matches('|').count() > 1 {
                warnings.add(at, "this seems to be a row of a table, and stands in none: it was not read");
            }
            if operation.rate_limit.is_none() && RATES.iter().any(|word| line.contains(word)) {
                operation.rate_limit = rates::rate_limit(line);
            }
            let Some((word, value)) = line.split_once([':', '：']) else { continue };
            let (word, value) = (word.trim(), value.trim());
            if value.is_empty() || word.chars().count() > LONGEST {
                continue;
            }
            match Says::of(word) {
                Some(says) if says.is_open(operation) => match says.take(value, operation) {
                    Understood::All => {}
                    Understood::Part(left) => {
                        warnings.add(at, format!("`{left}` of `{word}` was not understood: it was not read"));
                    }
                    Understood::Nothing => {
                        warnings.add(at, format!("`{word}` was not understood: nothing was read from it"));
                    }
                },
                None if label.as_deref() == Some(word) && states_access(value) => {
                    warnings
                        .add(at, format!("`{word}` is not understood: what it says of tokens or scopes was not read"));
                }
                _ => {}
            }
        }
    }
}

/// Whether a value begins with the name of a token, or is a scope.
fn states_access(value: &str) -> bool {
    let first = value.split_whitespace().next().unwrap_or_default().trim_matches('`');
    !words::scopes(first).is_empty() || first.ends_with("access_token") && !words::access_tokens(first).is_empty()
}
