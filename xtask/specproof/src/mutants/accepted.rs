//! The accepted survivors: mutants that no check could notice, each with the reason.
//!
//! A list that only grows would hide gaps in the proof, so an entry without a survivor is
//! as wrong as a survivor without an entry.

use crate::source::{Mistake, Source};

/// One kind of mutant that may survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// A pattern for names of mutants, in which `*` matches anything.
    pub mutants: String,
    /// Why no check could notice it.
    pub reason: String,
    /// The line of the entry in its file.
    pub line: usize,
}

impl Accepted {
    /// Whether it covers the mutant of this name.
    pub fn covers(&self, name: &str) -> bool {
        has_form(name, &self.mutants)
    }
}

/// Reads the list.
///
/// # Errors
///
/// Fails at the first entry that is not of the form.
pub fn read(source: &Source) -> Result<Vec<Accepted>, Mistake> {
    let help = "write `accepted:` and below it entries of `mutants` and `reason`";
    let list = source.value.get("accepted").and_then(|list| list.as_array());
    let list = list.ok_or_else(|| source.mistake("", "the list `accepted` is missing", help))?;
    let entry = |(index, entry): (usize, &serde_json::Value)| {
        let pointer = format!("/accepted/{index}");
        let text = |key: &str| {
            let text = entry.get(key).and_then(|text| text.as_str()).filter(|text| !text.is_empty());
            let missing = || source.mistake(&pointer, format!("the entry has no text `{key}`"), help);
            text.map(str::to_owned).ok_or_else(missing)
        };
        let line = source.place(&pointer).map_or(1, |place| place.line);
        Ok(Accepted { mutants: text("mutants")?, reason: text("reason")?, line })
    };
    list.iter().enumerate().map(entry).collect()
}

/// Whether a name matches a pattern in which `*` matches anything.
fn has_form(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| has_form(&name[at..], rest))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_matches_anything() {
        for (name, form, fits) in [
            ("removed /a/b ", "removed /a/b ", true),
            ("removed /a/b ", "* /a*", true),
            ("changed /a/组 \"x\"", "*/组 *", true),
            ("changed /a/b", "changed /b", false),
            ("changed /a/b", "changed /a", false),
        ] {
            assert_eq!(has_form(name, form), fits, "{name} {form}");
        }
    }

    #[test]
    fn entry_without_reason_is_refused() {
        let read = |text: &str| read(&Source::parse("accepted.yaml", text).unwrap());
        let known = read("accepted:\n  - { mutants: 'a *', reason: b }\n").unwrap();
        assert_eq!(known, [Accepted { mutants: "a *".to_owned(), reason: "b".to_owned(), line: 2 }]);
        for (text, place) in [
            (
                "accepted:\n  - { mutants: a, reason: b }\n  - { mutants: a }\n",
                "accepted.yaml:3:5: the entry has no text `reason`",
            ),
            ("accepted:\n  - { reason: b }\n", "accepted.yaml:2:5: the entry has no text `mutants`"),
            ("{}", "accepted.yaml:1:1: the list `accepted` is missing"),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.starts_with(place), "{told}");
        }
    }
}
