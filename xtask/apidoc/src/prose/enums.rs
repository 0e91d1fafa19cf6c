//! Enum values in prose.
//!
//! Enum values come as an announced list (`可选值有`, then `- 0: ...` for each, on lines of
//! their own or all on one, or the values in one sentence), or as a bare list of numbers
//! with their names: `1-甲，2-乙`.
//!
//! A value that is missing from an enum cannot be sent, so prose must not become one. A mark
//! of values stands in any sentence (`枚举值可通过接口查询`) and announces a list only before a
//! colon, a word such as `有`, a quoted value, or lines of values. Words that announce
//! something else (`默认值`, `示例`) end the list. `true` and `false` say of a flag what its
//! type says.

use super::entries::{count_of_sure_items, distinct, has_items, item, items, lines, sentence};
use super::limits::states_range;
use super::numbers::bare_list;
use crate::warnings::{Position, Warnings};
use crate::words::is_boolean;
use serde_json::Value;

const MARKS: &[&str] = &[
    "可选值",
    "可能值",
    "可能的值",
    "可能取值",
    "可能的取值",
    "枚举值",
    "枚举",
    "可取值",
    "取值",
    "有效值",
    "支持的值",
    "Optional values",
    "optional values",
    "Possible values",
    "possible values",
    "Enum values",
    "enum values",
    "Valid values",
    "Allowed values",
    "Values",
    "values",
];
/// Announces a range as often as a list.
const RANGES: &[&str] = &["取值范围"];
/// Says that nothing is required, or announces the items that follow it.
const OPTIONAL: &[&str] = &["可选", "可选项"];
/// Words between a mark and its list, which make a list of what follows.
const ANNOUNCING: &[&str] = &["有", "为", "是", "包括", "包含", "如下", "are", "include"];
/// Words between a mark and its colon.
const FILLERS: &[&str] = &["说明", "列表", "含义", "以下", "分别", "几种", "所示", "定义"];
/// What a list is not part of, wherever a clause begins with it.
const OTHERS: &[&str] = &[
    "默认值",
    "默认取值",
    "缺省值",
    "示例值",
    "数据校验规则",
    "当值为",
    "字段权限要求",
    "Default value",
    "Example value",
    "Data validation rules",
    "When the value is",
];
/// The same where a line or an item begins with it; a value's name may have these words.
const OTHER_ITEMS: &[&str] =
    &["示例", "最大", "最小", "长度", "注意", "Maximum", "Minimum", "Length range", "Value range", "Note"];

pub(crate) fn enum_values(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let values = all_values(text, kind, at, warnings);
    if !is_boolean(kind) {
        return values;
    }
    if let [only] = values.as_slice() {
        warnings.add(at, format!("`{only}` alone of a flag's two values is possible: skipped"));
    }
    Vec::new()
}

fn all_values(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let announced = announced(text);
    if announced.is_empty() {
        if count_of_sure_items(text) > 1 {
            warnings.add(at, "this looks like a list of values, but no words announce one: none read");
        }
        return bare_list(text, kind, at, warnings);
    }
    let ends = announced.iter().skip(1).map(|next| next.mark).chain([text.len()]);
    let mut is_promised = false;
    for (list, end) in announced.iter().zip(ends) {
        let rest = text.get(list.start..end).unwrap_or_default();
        let rest = other(rest).and_then(|end| rest.get(..end)).unwrap_or(rest);
        is_promised |= list.has_colon;
        let values = if has_items(rest) {
            items(rest, kind, at, warnings)
        } else {
            let lines = lines(rest, kind);
            if lines.is_empty() { sentence(rest, kind, list.has_colon) } else { lines }
        };
        if !values.is_empty() {
            return distinct(values);
        }
    }
    if is_promised {
        warnings.add(at, "possible values are announced, but none follow: none read");
    }
    Vec::new()
}

/// A mark that announces a list.
struct Announced {
    /// Where the mark begins.
    mark: usize,
    /// Where the list begins.
    start: usize,
    /// A colon says that something follows.
    has_colon: bool,
}

/// The marks that announce lists, in their order.
fn announced(text: &str) -> Vec<Announced> {
    let ranges: &[&str] = if states_range(text) { &[] } else { RANGES };
    let mut found = Vec::new();
    let mut covered = 0;
    let mut marks: Vec<(usize, &str)> =
        MARKS.iter().chain(ranges).chain(OPTIONAL).flat_map(|mark| text.match_indices(mark)).collect();
    // Of two that begin at one place the longer one holds.
    marks.sort_by_key(|(at, mark)| (*at, std::cmp::Reverse(mark.len())));
    for (mark, word) in marks {
        let before = text.get(..mark).unwrap_or_default();
        let is_default = before.ends_with(['认', '省']) || before.ends_with("efault ") || before.ends_with("xample ");
        if mark < covered || is_default {
            continue;
        }
        let start = mark + word.len();
        let rest = text.get(start..).unwrap_or_default();
        let list = if OPTIONAL.contains(&word) { optional_list(rest) } else { list_behind(rest) };
        if let Some((list, has_colon)) = list {
            found.push(Announced { mark, start: text.len() - list.len(), has_colon });
            covered = start;
        }
    }
    found
}

/// The list that follows a mark, and whether a colon announces it.
fn list_behind(rest: &str) -> Option<(&str, bool)> {
    let mut rest = rest;
    let mut announces = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\u{a0}']);
        if let Some(list) = rest.strip_prefix([':', '：']) {
            return Some((list, true));
        }
        if let Some(behind) = ANNOUNCING.iter().find_map(|word| rest.strip_prefix(word)) {
            (rest, announces) = (behind, true);
        } else if let Some(behind) = FILLERS.iter().find_map(|word| rest.strip_prefix(word)).or_else(|| remark(rest)) {
            rest = behind;
        } else {
            break;
        }
    }
    let is_quoted = rest.starts_with(['`', '"', '“']);
    let has_lines =
        || rest.starts_with('\n') && (item(first_line(rest)).is_some() || !lines(near(rest), "").is_empty());
    (announces || is_quoted || has_lines()).then_some((rest, false))
}

/// What follows `可选` if it is items or values: `可选 - a：甲 - b：乙`, `可选 A、B`.
fn optional_list(rest: &str) -> Option<(&str, bool)> {
    let list = rest.trim_start_matches([' ', '\u{a0}', ':', '：']);
    let items = near(list).trim_start();
    let is_list = items.starts_with('-') && count_of_sure_items(items) > 1;
    let begins = list.starts_with(|c: char| c.is_ascii_alphanumeric() || "`\"“".contains(c));
    (is_list || begins && sentence(first_line(list), "", false).len() > 1).then_some((list, false))
}

/// As much of a text as tells whether a list begins it: a huge one is not searched for each mark.
fn near(text: &str) -> &str {
    const FARTHEST: usize = 500;
    text.char_indices().nth(FARTHEST).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn first_line(text: &str) -> &str {
    near(text).trim_start().split('\n').next().unwrap_or_default()
}

/// What follows the remark in brackets that a text begins with.
fn remark(text: &str) -> Option<&str> {
    const LONGEST: usize = 60;
    let inside = text.strip_prefix(['(', '（'])?;
    let (end, close) = inside.char_indices().take(LONGEST).find(|(_, c)| matches!(c, ')' | '）' | '\n'))?;
    let rest = inside.get(end + close.len_utf8()..)?;
    (close != '\n' && rest.trim_start().starts_with([':', '：'])).then_some(rest)
}

/// Where the first words stand that announce something else.
fn other(list: &str) -> Option<usize> {
    let begins_clause = |at: &usize| {
        let before = list.get(..*at).unwrap_or_default();
        before.ends_with(['\n', ' ', '\u{a0}', '-', '，', ',', '。', '；', ';', '（', '('])
    };
    let begins_item = |at: &usize| {
        let before = list.get(..*at).unwrap_or_default().trim_end_matches([' ', '\u{a0}']);
        before.is_empty() || before.ends_with('\n') || before.ends_with('-')
    };
    let others = OTHERS.iter().flat_map(|word| list.match_indices(word)).map(|(at, _)| at).filter(begins_clause);
    let items = OTHER_ITEMS.iter().flat_map(|word| list.match_indices(word)).map(|(at, _)| at).filter(begins_item);
    others.chain(items).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str, kind: &str) -> Vec<Value> {
        enum_values(text, kind, Position::line(1), &mut Warnings::default())
    }

    fn warnings(text: &str, kind: &str) -> usize {
        let mut warnings = Warnings::default();
        enum_values(text, kind, Position::line(3), &mut warnings);
        warnings.into_sorted().len()
    }

    #[test]
    fn listed_values_take_parameter_type() {
        let text = "可见性\n示例: 1\n可选值:\n- 0: 公开 \n- 1: 只读";
        assert_eq!(read(text, "integer"), [json!(0), json!(1)]);
        assert_eq!(read(text, "string"), [json!("0"), json!("1")]);
    }

    #[test]
    fn entries_may_share_a_line() {
        let text = "可选值有：\n- open_id: 甲，以 `od-` 开头 - `user_id`：乙\n默认值：open_id\n- 最大值：100";
        assert_eq!(read(text, "string"), [json!("open_id"), json!("user_id")]);
        assert_eq!(warnings(text, "string"), 0);
    }

    #[test]
    fn names_are_written_in_many_ways() {
        for text in [
            "可选值有：- a: 甲 - b: 乙",
            "可选值：a、b",
            "可能值有：\n- a：甲 - b：乙",
            "枚举值：`a`（甲）或 `b`（乙）",
            "可选值：\n- a\n- b",
            "可选值：\n* a 甲\n* b 乙",
            "取值范围：`a`、`b`",
            "可选值见下。可选值：a：甲；b：乙",
        ] {
            assert_eq!(read(text, "string"), [json!("a"), json!("b")], "{text}");
            assert_eq!(warnings(text, "string"), 0, "{text}");
        }
        assert_eq!(read("可选值：\n- `男`: 甲\n- `zh/CN`: 乙", "string"), [json!("男"), json!("zh/CN")]);
    }

    #[test]
    fn bare_lists_need_two_entries() {
        assert_eq!(read("种类：1-普通，2-动态，默认 1", "int"), [json!(1), json!(2)]);
        assert_eq!(read("0：倒序 1：正序", "int"), [json!(0), json!(1)]);
        assert_eq!(read("种类：1：普通；2：动态", "int"), [json!(1), json!(2)]);
        assert_eq!(read("0 表示普通，1 表示动态", "int"), [json!(0), json!(1)]);
        assert_eq!(read("取 1-10 之间的数", "int"), Vec::<Value>::new());
        assert_eq!(read("取 1-普通", "int"), Vec::<Value>::new());
    }

    #[test]
    fn unreadable_enum_entry_warns() {
        for (text, count) in [
            ("种类：1-普通，甲-动态", 0),
            ("种类：1-普通，甲-动态，3-其他", 2),
            ("种类：1-普通，2-动态，甲-其他", 2),
            ("种类：1-普通", 0),
            ("可选值：\n- 1: 甲 - 乙: 丙 - 3: 丁", 2),
            ("种类\n- 1: 甲\n- 2: 乙", 0),
        ] {
            assert_eq!((read(text, "int").len(), warnings(text, "int")), (count, 1), "{text}");
        }
        assert_eq!(read("可选值：\n- 0: 甲 <x>- 1: 乙", "int"), [json!(0), json!(1)]);
    }

    #[test]
    fn announced_list_without_values_warns() {
        assert_eq!((read("可选值：见附录", "int"), warnings("可选值：见附录", "int")), (Vec::new(), 1));
        assert_eq!(warnings("可选值：\n- 男：甲\n- 1：乙", "int"), 1);
        assert_eq!(warnings("取值范围：1 ～ 2", "int"), 0);
    }

    #[test]
    fn prose_announces_no_values() {
        for (text, kind) in [
            ("枚举值", "string"),
            ("名称，见枚举值详情", "string"),
            (
                "枚举值可通过[详情](x)接口查询，查询参数如下：  - object_name = \"person\"  - field_name = \"grade\"\n示例值：\"a\"",
                "string",
            ),
            ("取值是 `user_id` 时必填", "string"),
            ("枚举值为 open_id、user_id 时返回", "string"),
            ("默认取值为 1、2 之一", "int"),
            ("可选。\n- 不传时，ID 由系统给出 - 传时，ID 要唯一", "string"),
            ("可选", "int"),
            ("The values are sorted", "string"),
            ("Default values: a, b", "string"),
            ("可选 JSON、XML 格式", "string"),
            ("可选，a、b 二选一", "string"),
        ] {
            assert_eq!((read(text, kind), warnings(text, kind)), (Vec::new(), 0), "{text}");
        }
    }

    #[test]
    fn prose_in_a_list_warns() {
        for (text, values) in [
            ("可选值：\n- `a`：甲\n- Lark 客户端 6.0 以上的版本才有其他的选项可以用", json!(["a"])),
            ("可选值：\n- a = \"x\"\n- b：乙", json!(["b"])),
            ("枚举值：\n- ID 为空时不返回，此时应当先创建一个再来查询", json!([])),
            ("可选值如下：见 Lark 文档", json!([])),
        ] {
            assert_eq!(json!(read(text, "string")), values, "{text}");
            assert!(warnings(text, "string") > 0, "{text}");
        }
    }

    #[test]
    fn lists_are_announced_in_many_ways() {
        for text in [
            "可选值\n- a：甲\n- b：乙",
            "可能值有\n- a：甲 - b：乙",
            "枚举值（字符串）：a、b",
            "取值有 a、b",
            "取值为 `a` 或 `b`",
            "可选值包括 a 和 b。",
            "枚举值说明：\na：甲\nb：乙",
            "可能的取值如下：a=甲、b=乙",
            "可选 - a：甲 - b：乙",
            "可选：\n- a：甲\n- b：乙",
            "默认 a ，可选 a、b",
            "状态，可能值有：\n- a = 停用 / x\n- b = 启用",
            "Optional values are：\n- `a`：First one. - `b`：Second one",
            "Possible values: a, b",
            "Values: a (default) or b",
            "Kind of thing, values: a (default), or b.",
            "Example values: c, d. Values: a and b",
            "How to open it.Optional values are: Example value：\"a\" Optional values are：  - `a`: First - `b`: Second",
            "哪一种，可选a,b",
            "可选值有：\n- `a`：最大\n- `b`：最小\n示例：\n- c：丙",
            "可选值有：\n- `a`：甲\n- `b`：乙\n为 a 时还要：\n- x：丁",
            "可选值：\n- a：甲 - 见 b 节\n- b：乙",
        ] {
            assert_eq!((json!(read(text, "string")), warnings(text, "string")), (json!(["a", "b"]), 0), "{text}");
        }
        assert_eq!(read("可选值：\n1：甲\n2：乙", "int"), [json!(1), json!(2)]);
        assert_eq!(read("状态，可能值有：\n- 1 = Inactive / 停用\n- 2 = Active / 启用", "int"), [json!(1), json!(2)]);
        assert_eq!(read("可选值：-1、0", "int"), [json!(-1), json!(0)]);
        assert_eq!(read("可选值：\n-1：甲\n-2：乙", "int"), [json!(1), json!(2)]);
        assert_eq!(read("可选值：\n- -1：甲\n- 0：乙", "int"), [json!(-1), json!(0)]);
        assert_eq!(read("可选值：\n- text/plain：甲\n- +86：乙", "string"), [json!("text/plain"), json!("+86")]);
        assert_eq!(read("可选值：\n- 0.5：甲\n- 1：乙", "number(float)"), [json!(0.5), json!(1)]);
    }

    #[test]
    fn flags_have_no_enum() {
        for text in ["可选值有：\n- true：开 - false：关", "可选值：`true`、`false`", "可选值：true 或 false"]
        {
            assert_eq!((read(text, "boolean"), warnings(text, "boolean")), (Vec::new(), 0), "{text}");
            assert_eq!(read(text, "string"), [json!("true"), json!("false")]);
        }
        assert_eq!((read("可选值：true", "bool"), warnings("可选值：true", "bool")), (Vec::new(), 1));
    }
}
