//! Enum values in prose, in the two forms that the documents have.
//!
//! A marked list: `可选值` and then `- 0: ...` for each. And a bare one, numbers
//! with their names in a sentence: `1-甲，2-乙`. A bare list needs two
//! entries, because one alone is a number with a dash after it.

use super::prose::integer;
use super::warnings::Warnings;
use super::words::typed;
use serde_json::Value;

const MARKS: &[&str] = &["可选值", "枚举值"];

pub(super) fn choices(text: &str, kind: &str, line: usize, warnings: &mut Warnings) -> Vec<Value> {
    let Some((_, list)) = MARKS.iter().find_map(|mark| text.split_once(mark)) else {
        return bare_list(text, kind);
    };
    let values: Vec<Value> = marked_list(list).map(|word| typed(word, kind)).collect();
    if values.is_empty() {
        warnings
            .add_line(line, "a list of possible values is announced, but no `- value: name` follows: none was read");
    }
    values
}

/// The values of `- 0: name` entries, each on its own line or after a blank.
fn marked_list(list: &str) -> impl Iterator<Item = &str> {
    let entries = list.split('\n').map(str::trim_start).flat_map(|line| {
        // What stands before a line's first dash is no entry.
        let first = usize::from(!line.starts_with("- "));
        line.trim_start_matches("- ").split(" - ").skip(first)
    });
    entries.filter_map(|entry| {
        let (value, _) = entry.split_once([':', '：'])?;
        let value = value.trim().trim_matches(['`', '"']);
        let is_value = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        (is_value && !value.is_empty()).then_some(value)
    })
}

/// The numbers of `1-name，2-name`.
fn bare_list(text: &str, kind: &str) -> Vec<Value> {
    let values: Vec<Value> = text
        .split(['，', ',', '、', '；', ';', '：', ':', '\n', '（', '('])
        .filter_map(|entry| {
            let (value, name) = integer(entry.trim())?;
            let name = name.trim_start().strip_prefix(['-', '–', '—', '='])?.trim_start();
            name.starts_with(char::is_alphabetic).then(|| typed(&value.to_string(), kind))
        })
        .collect();
    if values.len() > 1 { values } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str, kind: &str) -> Vec<Value> {
        choices(text, kind, 1, &mut Warnings::default())
    }

    #[test]
    fn marked_lists_have_the_type_of_their_parameter() {
        let text = "可见性\n示例: 1\n可选值:\n- 0: 公开 \n- 1: 只读";
        assert_eq!(read(text, "integer"), [json!(0), json!(1)]);
        assert_eq!(read(text, "string"), [json!("0"), json!("1")]);
    }

    #[test]
    fn entries_may_share_a_line() {
        let text = "可选值有：\n- open_id: 甲 - `user_id`：乙\n默认值：open_id";
        assert_eq!(read(text, "string"), [json!("open_id"), json!("user_id")]);
    }

    #[test]
    fn bare_lists_need_two_entries() {
        assert_eq!(read("种类：1-普通，2-动态，默认 1", "int"), [json!(1), json!(2)]);
        assert_eq!(read("取 1-10 之间的数", "int"), Vec::<Value>::new());
        assert_eq!(read("取 1-普通", "int"), Vec::<Value>::new());
    }

    #[test]
    fn an_announced_list_without_values_is_told() {
        let mut warnings = Warnings::default();
        assert!(choices("可选值：见附录", "int", 3, &mut warnings).is_empty());
        assert_eq!(warnings.into_sorted().len(), 1);
    }
}
