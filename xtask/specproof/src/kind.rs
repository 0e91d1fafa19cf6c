//! Type words: `int`, `string?`, `group[]` and the like, brought to one form.
//!
//! Documents, service and OpenAPI have their own words for the same types. An
//! object's own name (`group`, `write_user_group_scope_data`) is no fact of the
//! wire, so it is `object`. A word that says that the writer did not know
//! (`undefined`) stays as it is: it agrees with nothing, and needs an erratum.

use serde_json::Value;

/// The one form: `string`, `integer`, `number`, `boolean`, `file`, `object`, `array` for a
/// list of unknown items, or the form of the items and `[]`.
pub(crate) fn normal(word: &str) -> String {
    let word = word.trim().trim_end_matches('?').replace('\\', "");
    if let Some(item) = word.strip_suffix("[]") {
        return format!("{}[]", normal(item));
    }
    let list_of =
        ["List<", "list<", "Array<", "array<"].iter().find_map(|list| word.strip_prefix(list)?.strip_suffix('>'));
    if let Some(item) = list_of {
        return format!("{}[]", normal(item));
    }
    // `number(float)`: what stands in brackets says how the number is kept, or that it is whole.
    let (base, note) = word
        .split_once(['(', '（'])
        .map_or((word.as_str(), ""), |(base, note)| (base.trim(), note.trim_end_matches([')', '）']).trim()));
    match base {
        "string" | "str" | "String" => "string",
        "int" | "integer" | "int32" | "int64" | "long" | "uint" | "uint32" | "uint64" => "integer",
        "number" if note.starts_with("int") => "integer",
        "number" | "float" | "double" | "decimal" | "float32" | "float64" => "number",
        "bool" | "boolean" => "boolean",
        "array" | "list" => "array",
        "undefined" | "unknown" | "any" => return word,
        _ if ["file", "binary", "byte", "bytes", "stream"].contains(&base.to_lowercase().as_str()) => "file",
        _ => "object",
    }
    .to_owned()
}

/// Whether two normal forms agree; `array` leaves its items open.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let open = |a: &str, b: &str| a == "array" && is_list(b);
    a == b || open(a, b) || open(b, a)
}

pub(crate) fn is_list(kind: &str) -> bool {
    kind == "array" || kind.ends_with("[]")
}

/// The type that a value in an example shows; `null` shows none.
pub(crate) fn of_value(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(number) if number.is_f64() => "number".to_owned(),
        Value::Number(_) => "integer".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Object(_) => "object".to_owned(),
        Value::Array(items) => match items.iter().find_map(of_value) {
            Some(item) => format!("{item}[]"),
            None => "array".to_owned(),
        },
    })
}

/// A value that tables hold as text, in the type that its parameter has.
pub(crate) fn typed(value: &Value, kind: &str) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let read = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<f64>().ok().map(Value::from),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn type_words_are_normalised() {
        assert_eq!(normal("string?"), "string");
        assert_eq!(normal("int"), "integer");
        assert_eq!((normal("FILE").as_str(), normal("Binary").as_str()), ("file", "file"));
        assert_eq!(normal("-"), "object");
        assert_eq!(normal("\\-"), "object");
        assert_eq!(normal("group[]"), "object[]");
        assert_eq!(normal("List<string>"), "string[]");
        assert_eq!(normal("undefined[]"), "undefined[]");
        assert_eq!(normal("number(float)"), "number");
        assert_eq!(normal("number(int64)[]"), "integer[]");
        assert_eq!(normal("map<string, map<string, user[]>>"), "object");
    }

    #[test]
    fn array_agrees_with_any_list() {
        assert!(same("array", "string[]") && same("object[]", "array"));
        assert!(!same("undefined[]", "string[]") && !same("array", "object"));
    }

    #[test]
    fn values_show_their_type() {
        assert_eq!(of_value(&json!([null, 1])).as_deref(), Some("integer[]"));
        assert_eq!(of_value(&json!([])).as_deref(), Some("array"));
        assert_eq!(of_value(&json!(1.5)).as_deref(), Some("number"));
        assert_eq!(typed(&json!("50"), "integer"), json!(50));
        assert_eq!(typed(&json!("Consts.X"), "integer"), json!("Consts.X"));
    }
}
