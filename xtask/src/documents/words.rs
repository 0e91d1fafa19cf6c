//! Words that the documents share: types, yes and no, token kinds, scopes.

use serde_json::Value;

/// The type word without markup and without C#'s mark for "may be null".
pub(super) fn kind(text: &str) -> String {
    text.replace(['`', '?'], "").trim().to_owned()
}

pub(super) fn is_list(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    kind.ends_with("[]") || ["list", "array", "ienumerable"].iter().any(|word| kind.starts_with(word))
}

fn is_integer(kind: &str) -> bool {
    matches!(kind.to_lowercase().as_str(), "int" | "integer" | "long" | "number" | "int32" | "int64")
}

fn is_boolean(kind: &str) -> bool {
    matches!(kind.to_lowercase().as_str(), "bool" | "boolean")
}

/// A word as a value of the parameter's type; a word that is none stays a string.
pub(super) fn typed(word: &str, kind: &str) -> Value {
    let value = match word {
        _ if is_integer(kind) => word.parse::<i64>().ok().map(Value::from),
        "true" | "false" if is_boolean(kind) => Some(Value::from(word == "true")),
        _ => None,
    };
    value.unwrap_or_else(|| Value::from(word))
}

/// Whether a word can be a value of the type at all: `10` can be an int, `API` cannot.
pub(super) fn fits(word: &str, kind: &str) -> bool {
    !is_integer(kind) || word.parse::<i64>().is_ok()
}

pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "是" | "必填" | "必须" | "true" | "yes" | "required" => Some(true),
        "否" | "选填" | "可选" | "非必填" | "false" | "no" | "optional" => Some(false),
        _ => None,
    }
}

/// The kinds of access token that a text names, in whatever case it writes them.
pub(super) fn access_tokens(text: &str) -> Vec<String> {
    let text = text.replace('_', "").to_lowercase();
    ["tenant_access_token", "user_access_token", "app_access_token"]
        .into_iter()
        .filter(|token| text.contains(&token.replace('_', "")))
        .map(str::to_owned)
        .collect()
}

/// What looks like the identifier of a scope: lower-case words joined by colons, and no URL.
pub(super) fn scopes(text: &str) -> Vec<String> {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c))
    };
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_.:-/".contains(c)))
        .filter(|word| word.contains(':') && word.split(':').all(part))
        .map(str::to_owned)
        .collect()
}

/// The kinds of app: the bare words `custom` and `isv`, not the sentences around them.
pub(super) fn app_types(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .map(str::to_ascii_lowercase)
        .filter(|word| matches!(word.as_str(), "custom" | "isv"))
        .collect()
}

/// `GroupId`, `groupId` and `GroupID` are all `group_id` on the wire.
pub(super) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let ends_word = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
        let ends_acronym =
            before.is_some_and(|c| c.is_uppercase()) && letters.get(at + 1).is_some_and(|c| c.is_lowercase());
        if letter.is_uppercase() && (ends_word || ends_acronym) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (name, snake) in [
            ("GroupId", "group_id"),
            ("userIds", "user_ids"),
            ("GroupID", "group_id"),
            ("HTTPStatus", "http_status"),
            ("I18nName", "i18n_name"),
            ("page_size", "page_size"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn scopes_are_identifiers_and_nothing_else() {
        let text = "查看 <contact:group:readonly> 或 `im:chat`，见 https://example.com/a:b 于 12:30";
        assert_eq!(scopes(text), ["contact:group:readonly", "im:chat"]);
    }

    #[test]
    fn tokens_are_known_in_any_spelling() {
        assert_eq!(
            access_tokens("UserAccessToken 或 tenant_access_token"),
            ["tenant_access_token", "user_access_token"]
        );
    }
}
