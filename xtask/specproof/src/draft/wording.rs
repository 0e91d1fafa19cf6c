//! Words for what a document names: documentation that follows from names alone.
//!
//! The prose of a document is not copied, and most names say what they name: `user_id` is
//! the id of a user. So a draft leaves to people what no name says, and no more.

use crate::kind::is_list;
use heck::ToSnakeCase;

/// Last words of a name that belong to what comes before them: `user_id`, `group_name`.
const BELONG: &[&str] = &[
    "code",
    "description",
    "email",
    "id",
    "key",
    "language",
    "level",
    "link",
    "mobile",
    "name",
    "number",
    "reason",
    "size",
    "status",
    "time",
    "token",
    "type",
    "url",
    "version",
];
/// First words of the name of a flag, and how they are said.
const FLAGS: &[(&str, &str)] =
    &[("is", "it is"), ("has", "it has"), ("can", "it can"), ("need", "it needs"), ("with", "it comes with")];

/// Languages of the platform's texts, as they begin a locale. Other names of two short words are no locale: `to_id`.
const LANGUAGES: &[&str] = &["de", "en", "es", "fr", "id", "it", "ja", "ko", "ms", "pt", "ru", "th", "vi", "zh"];

/// What a value is, in one sentence: by its name, and by its type.
pub(super) fn what_is(name: &str, kind: &str) -> String {
    let snake = name.to_snake_case();
    match snake.as_str() {
        "page_size" => return "How many items a page has at most.".to_owned(),
        "page_token" => return "Where a page begins; the page before has it.".to_owned(),
        "has_more" => return "Whether there are more pages.".to_owned(),
        _ => {}
    }
    if snake.is_empty() || !snake.is_ascii() {
        return format!("The value of `{name}`.");
    }
    let words: Vec<&str> = snake.split('_').collect();
    let flag = words.split_first().and_then(|(first, rest)| {
        let (_, said) = FLAGS.iter().find(|(word, _)| word == first)?;
        (kind == "boolean" && !rest.is_empty()).then(|| format!("Whether {said} {}.", rest.join(" ")))
    });
    match words.as_slice() {
        _ if flag.is_some() => flag.unwrap_or_default(),
        _ if kind == "boolean" => format!("Whether `{name}` holds."),
        ["i18n", of @ ..] if !of.is_empty() => format!("The {} in several languages.", of.join(" ")),
        // `zh_cn`, as the platform writes a locale.
        [language, country] if LANGUAGES.contains(language) && country.len() == 2 => {
            format!("The text for the locale `{name}`.")
        }
        [of @ .., "count"] if !of.is_empty() => format!("How many {} there are.", plural(&of.join(" "))),
        [of @ .., "ids"] if !of.is_empty() => format!("The ids of the {}.", plural(&of.join(" "))),
        [of @ .., last] if !of.is_empty() && BELONG.contains(last) => {
            let many = if is_list(kind) && !last.ends_with('s') { "s" } else { "" };
            format!("The {last}{many} of the {}.", of.join(" "))
        }
        words => format!("The {}.", words.join(" ")),
    }
}

fn plural(words: &str) -> String {
    if words.ends_with('s') { words.to_owned() } else { format!("{words}s") }
}

/// What an operation does, from its id.
pub(super) fn summary(id: &str) -> String {
    sentence(&id.replace('_', " "))
}

/// What a value of an enum means, as far as its name says it.
pub(super) fn meaning(value: &str) -> String {
    let words = value.to_snake_case().replace('_', " ");
    let is_word = words.is_ascii() && words.starts_with(|c: char| c.is_ascii_lowercase());
    if is_word { format!("{}.", sentence(&words)) } else { format!("The value `{value}`.") }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_name() {
        for (name, kind, said) in [
            ("user_id", "string", "The id of the user."),
            ("user_ids", "string[]", "The ids of the users."),
            ("member_count", "integer", "How many members there are."),
            ("i18n_name", "object", "The name in several languages."),
            ("zh_cn", "string", "The text for the locale `zh_cn`."),
            ("id_id", "string", "The text for the locale `id_id`."),
            ("to_id", "string", "The id of the to."),
            ("cc_no", "string", "The cc no."),
            ("name", "string", "The name."),
            ("leaderUserId", "string", "The id of the leader user."),
            ("is_open", "boolean", "Whether it is open."),
            ("notify", "boolean", "Whether `notify` holds."),
            ("名称", "string", "The value of `名称`."),
            ("items", "object[]", "The items."),
        ] {
            assert_eq!(what_is(name, kind), said);
        }
        assert_eq!(summary("create_user_group"), "Create user group");
        assert_eq!(meaning("open_id"), "Open id.");
        assert_eq!(meaning("1"), "The value `1`.");
    }
}
