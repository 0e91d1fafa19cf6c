//! Defaults in prose: `默认 10`, `默认值：open_id`, `默认为 Consts.User_Id_Type`.
//!
//! `默认` also begins plain sentences (`默认 API 方式`), so a bare one counts only
//! where a value of the type follows and the clause ends with it.

use super::prose::{after, word};
use super::warnings::Warnings;
use super::words::{fits, typed};
use serde_json::Value;

const STATED: &[&str] = &["默认值", "默认取值", "缺省值"];
/// `默认值：空` says that there is none.
const NONE: &[&str] = &["空", "无", "-", "null", "不填"];

pub(super) fn default(text: &str, kind: &str, line: usize, warnings: &mut Warnings) -> Option<Value> {
    if let Some(rest) = after(text, STATED) {
        if NONE.iter().any(|none| rest.starts_with(none)) {
            return None;
        }
        let value = word(rest).map(|(word, _)| typed(word, kind));
        if value.is_none() {
            warnings
                .add_line(line, "a default is stated, but its value is not an identifier or a number: it was not read");
        }
        return value;
    }
    let (word, rest) = word(after(text, &["默认"])?)?;
    let ends = rest.trim_start_matches(['`', '"', ' ']);
    let clause_ends = ends.is_empty() || ends.starts_with(['\n', '，', ',', '。', '；', ';', '、', ')', '）']);
    let is_value = fits(word, kind) && (clause_ends || word.parse::<i64>().is_ok());
    is_value.then(|| typed(word, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str, kind: &str) -> Option<Value> {
        default(text, kind, 1, &mut Warnings::default())
    }

    #[test]
    fn values_and_constants() {
        assert_eq!(read("每页多少，默认 10", "int"), Some(json!(10)));
        assert_eq!(read("默认值：`open_id`\n其他", "string"), Some(json!("open_id")));
        assert_eq!(read("某种类型，默认为 Consts.Kind", "string"), Some(json!("Consts.Kind")));
        assert_eq!(read("默认 20 条", "int"), Some(json!(20)));
        assert_eq!(read("默认取值 `true`", "boolean"), Some(json!(true)));
    }

    #[test]
    fn sentences_are_no_defaults() {
        assert_eq!(read("默认 API 方式处理", "string"), None);
        assert_eq!(read("默认按时间排序", "string"), None);
        assert_eq!(read("默认值：空，由系统给出", "string"), None);
        assert_eq!(read("一句话", "string"), None);
    }
}
