//! Words that the documents share: types, yes and no, token kinds, scopes.

use serde_json::Value;

/// The type word without markup and without C#'s mark for "may be null".
pub(super) fn kind(text: &str) -> String {
    text.replace(['`', '?', '\\'], "").trim().to_owned()
}

pub(super) fn is_list(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    kind.ends_with("[]") || ["list", "array", "ienumerable", "数组", "列表"].iter().any(|word| kind.starts_with(word))
}

/// `number(float)` is a `number`, and of which kind.
fn scalar(kind: &str) -> (String, String) {
    let kind = kind.to_lowercase();
    let (word, note) = kind.split_once(['(', '（']).unwrap_or((&kind, ""));
    (word.trim().to_owned(), note.trim_end_matches([')', '）']).trim().to_owned())
}

/// Whether the values are whole numbers, or any numbers where the type leaves that open.
pub(super) fn is_integer(kind: &str) -> bool {
    let (word, note) = scalar(kind);
    let is_whole = |word: &str| {
        matches!(word, "int" | "integer" | "long" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint32" | "uint64")
    };
    is_whole(&word) || word == "number" && (note.is_empty() || is_whole(&note))
}

/// Whether the type's values are numbers or flags.
pub(super) fn is_scalar(kind: &str) -> bool {
    is_integer(kind) || is_float(kind) || is_boolean(kind)
}

/// Whether the values are numbers with fractions.
pub(super) fn is_float(kind: &str) -> bool {
    let (word, note) = scalar(kind);
    let has_fractions = |word: &str| matches!(word, "float" | "double" | "decimal" | "float32" | "float64");
    has_fractions(&word) || word == "number" && (note.is_empty() || has_fractions(&note))
}

pub(super) fn is_boolean(kind: &str) -> bool {
    matches!(scalar(kind).0.as_str(), "bool" | "boolean")
}

/// A word as a value of the parameter's type; a word that is none stays a string.
pub(super) fn typed(word: &str, kind: &str) -> Value {
    let float = || word.parse::<f64>().ok().filter(|_| is_float(kind)).map(Value::from);
    let value = match word {
        _ if is_integer(kind) || is_float(kind) => word.parse::<i64>().ok().map(Value::from).or_else(float),
        "true" | "false" if is_boolean(kind) => Some(Value::from(word == "true")),
        _ => None,
    };
    value.unwrap_or_else(|| Value::from(word))
}

/// Whether a word can be a value of the type: `10` can be an int, `API` cannot.
pub(super) fn fits(word: &str, kind: &str) -> bool {
    match kind {
        _ if is_float(kind) => word.parse::<f64>().is_ok_and(f64::is_finite),
        _ if is_integer(kind) => word.parse::<i64>().is_ok(),
        _ if is_boolean(kind) => matches!(word, "true" | "false"),
        _ => true,
    }
}

/// A flag; what stands behind a clear word is its reason: `是，除非……`.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.split(['，', ',', '。', '；', ';', '（', '(', '\n']).next().unwrap_or_default();
    match word.trim().to_lowercase().as_str() {
        "是" | "必填" | "必须" | "必选" | "必传" | "true" | "yes" | "y" | "required" | "√" | "✓" | "✔" | "✅" => {
            Some(true)
        }
        "⚪" | "○" | "否" | "选填" | "可选" | "非必填" | "不必填" | "非必须" | "非必选" | "选传" | "false" | "no"
        | "n" | "optional" | "×" | "✗" | "❌" => Some(false),
        _ => None,
    }
}

/// The flag that prose states in a clause of its own: `柜台（选填）`.
pub(super) fn required_in_prose(text: &str) -> Option<bool> {
    let mut clauses = text.split(['，', ',', '。', '；', ';', '、', '（', '）', '(', ')', '[', ']', '【', '】', '\n']);
    clauses.find_map(|clause| match clause.trim() {
        "必填" | "必填项" | "必填参数" | "必须" | "必选" | "必传" | "Required" | "required" => {
            Some(true)
        }
        "Optional" | "optional" | "选填" | "选填项" | "可选" | "可选项" | "可选参数" | "非必填" | "不必填"
        | "可不填" | "选传" => Some(false),
        _ => None,
    })
}

/// Kinds of access token, and what else they are called where their name is not given.
const TOKENS: &[(&str, &[&str])] = &[
    ("tenant_access_token", &["租户访问凭证", "租户访问令牌", "应用访问令牌", "租户令牌"]),
    ("user_access_token", &["用户访问凭证", "用户访问令牌", "用户令牌"]),
    ("app_access_token", &["应用访问凭证"]),
];

/// The kinds of access token that a text names, in whatever case it writes them, unless it says that they are not accepted.
pub(super) fn access_tokens(text: &str) -> Vec<String> {
    let refused =
        |clause: &&str| !["不支持", "不需要", "无需", "不可使用", "不能使用"].iter().any(|word| clause.contains(word));
    let text: String = text.split(['，', ',', '。', '；', ';', '\n']).filter(refused).collect::<Vec<_>>().join(" ");
    let letters = text.replace(['_', '-', ' '], "").to_lowercase();
    let tokens = |fits: &dyn Fn(&str, &[&str]) -> bool| -> Vec<String> {
        TOKENS.iter().filter(|(token, names)| fits(token, names)).map(|&(token, _)| token.to_owned()).collect()
    };
    let named = tokens(&|token, _| letters.contains(&token.replace('_', "")));
    if named.is_empty() { tokens(&|_, names| names.iter().any(|name| letters.contains(name))) } else { named }
}

/// The alternatives of a text that name no kind of access token, where others do.
pub(super) fn no_access_tokens(text: &str) -> Vec<&str> {
    // What brackets hold explains a name.
    let outside = text.split(['(', '（']).map(|part| part.split_once([')', '）']).map_or(part, |(_, rest)| rest));
    let first = text.split(['(', '（']).next().unwrap_or_default();
    let alternatives =
        std::iter::once(first).chain(outside.skip(1)).flat_map(|part| part.split(['、', '/', '或', '和']));
    let alternatives = alternatives.flat_map(|part| part.split(" or ")).flat_map(|part| part.split(" and "));
    let is_odd = |part: &&str| !part.trim().is_empty() && !is_filler(part) && access_tokens(part).is_empty();
    let refuses = |part: &&str| ["不支持", "不需要", "无需", "不可", "不能"].iter().any(|word| part.contains(word));
    let odd: Vec<&str> = alternatives
        .map(|part| part.trim_matches([' ', '`', '\n']))
        .filter(is_odd)
        .filter(|part| !refuses(part))
        .collect();
    if access_tokens(text).is_empty() { Vec::new() } else { odd }
}

/// Words around what a cell lists.
fn is_filler(part: &str) -> bool {
    let word = part.trim().trim_end_matches(['。', '，', '.', ',', ':', '：']).to_lowercase();
    matches!(
        word.as_str(),
        "" | "需要"
            | "支持"
            | "使用"
            | "任一"
            | "均可"
            | "二选一"
            | "应用"
            | "app"
            | "apps"
            | "仅"
            | "or"
            | "and"
            | "any"
            | "one"
            | "of"
            | "only"
    )
}

/// Whether a cell says that there is nothing.
pub(super) fn is_none(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "\\-" | "无" | "不需要" | "无需权限" | "无需" | "/" | "None" | "none" | "N/A")
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

/// What is written like the identifier of a scope and is none.
pub(super) fn no_scopes(text: &str) -> Vec<&str> {
    let is_odd = |word: &&str| {
        let letters = word.contains(|c: char| c.is_ascii_alphabetic());
        let is_address = word.contains("//");
        // `Tip:` begins a sentence.
        let is_label = word.ends_with(':') && word.starts_with(|c: char| c.is_ascii_uppercase());
        word.contains(':') && letters && !is_address && !is_label && scopes(word).is_empty()
    };
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_.:-/".contains(c))).filter(is_odd).collect()
}

/// The parts of a list of app types that name none.
pub(super) fn no_app_types(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| c.is_whitespace() || ",，、/;；|或和".contains(c));
    parts.filter(|part| !is_filler(part) && app_types(part).is_empty()).collect()
}

/// The kinds of app: the bare words `custom` and `isv`, or their names.
pub(super) fn app_types(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    [("custom", "自建"), ("isv", "商店"), ("store", "store app")]
        .into_iter()
        .filter(|(word, name)| words.contains(word) || lower.contains(name))
        .map(|(word, _)| if word == "store" { "isv" } else { word }.to_owned())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The method that a text begins with.
pub(super) fn method(text: &str) -> Option<String> {
    let letters = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next()?.to_uppercase();
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(&letters.as_str()).then_some(letters)
}

/// The path of a URL, without scheme, host and query.
pub(crate) fn url_path(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    address.find('/').and_then(|at| address.get(at..)).unwrap_or("/").to_owned()
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
    fn unknown_words_are_returned() {
        assert_eq!(
            no_scopes("`contact:Group` 或 contact: 见 https://example.com/a:b，Tip: 12:30"),
            ["contact:Group", "contact:"]
        );
        assert_eq!(no_app_types("custom  isv、自建应用"), Vec::<&str>::new());
        assert_eq!(no_app_types("custom, isw"), ["isw"]);
        assert_eq!(no_access_tokens("需要 tenant_access_token（应用访问令牌）"), Vec::<&str>::new());
        assert_eq!(no_access_tokens("tenant_access_token，不支持 user_access_token"), Vec::<&str>::new());
        assert_eq!(no_access_tokens("tenant_access_token 或 UserToken"), ["UserToken"]);
    }

    #[test]
    fn tokens_are_known_in_any_spelling() {
        assert_eq!(
            access_tokens("UserAccessToken 或 tenant_access_token"),
            ["tenant_access_token", "user_access_token"]
        );
        assert_eq!(access_tokens("租户访问凭证"), ["tenant_access_token"]);
        assert_eq!(access_tokens("tenant_access_token，不支持 user_access_token"), ["tenant_access_token"]);
        assert_eq!(access_tokens("令牌"), Vec::<String>::new());
    }

    #[test]
    fn flags_are_clauses_of_their_own() {
        assert_eq!(required_in_prose("柜台（选填），可选值有 1"), Some(false));
        assert_eq!(required_in_prose("必填。柜台"), Some(true));
        assert_eq!(required_in_prose("类型为 1 时必填，可选值：1"), None);
        assert_eq!(yes_or_no("是，除非另有约定"), Some(true));
        assert_eq!(yes_or_no("条件必填"), None);
    }
}
