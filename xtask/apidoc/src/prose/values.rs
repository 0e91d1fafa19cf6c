//! Enum values and defaults in prose.
//!
//! Enum values come as an announced list (`可选值有`, then `- 0: ...` for each, on lines of
//! their own or all on one, or the values in one sentence), or as a bare list of numbers
//! with their names: `1-甲，2-乙`. A bare list needs two entries, because one alone is a
//! number with a dash after it. Words that announce something else (`默认值`, `示例`) end
//! the list.
//!
//! Defaults come as `默认 10`, `默认值：open_id`, `默认为 Consts.User_Id_Type`. `默认` also
//! begins plain sentences (`默认 API 方式`), so without `值` it counts only where a value of
//! the type follows and the clause ends with it. If `默认值` stands there and no value
//! follows any mention of it, that is worth a warning.

use super::limits::states_range;
use super::{CLAUSE_ENDS, after, integer, word};
use crate::warnings::{Position, Warnings};
use crate::words::{fits, is_integer, is_scalar, typed};
use serde_json::Value;
use std::collections::BTreeSet;

const MARKS: &[&str] =
    &["可选值", "可能值", "可能的值", "可能取值", "枚举值", "可取值", "取值有", "有效值", "支持的值"];
/// Announces a range as often as a list.
const RANGES: &[&str] = &["取值范围"];
/// What a list is not part of.
const OTHERS: &[&str] =
    &["默认值", "默认取值", "示例", "数据校验规则", "最大", "最小", "长度", "当值为", "字段权限要求", "注意"];

pub(crate) fn enum_values(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let ranges: &[&str] = if states_range(text) { &[] } else { RANGES };
    let announced = after(text, MARKS).chain(after(text, ranges));
    let mut starts: Vec<usize> = announced.map(|(_, rest)| text.len() - rest.len()).collect();
    if starts.is_empty() {
        let entries = text.split('\n').filter_map(|line| line.trim().strip_prefix(BULLETS)).flat_map(split_entries);
        let named = entries.filter(|entry| is_entry(entry) && entry_value(entry.trim_start()).is_some());
        if named.count() > 1 {
            warnings.add(at, "this looks like a list of values, but no words announce one: none read");
        }
        return bare_list(text, kind, at, warnings);
    }
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    for (start, end) in starts.iter().zip(ends) {
        let rest = text.get(*start..end).unwrap_or_default();
        let other = OTHERS.iter().filter_map(|other| rest.find(other)).min();
        let list = other.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let values = match list.contains("- ") || list.split('\n').any(|line| line.trim_start().starts_with(BULLETS)) {
            true => marked_list(list, kind, at, warnings),
            false => sentence(list, kind),
        };
        if !values.is_empty() {
            return distinct(values);
        }
    }
    warnings.add(at, "possible values are announced, but none follow: none read");
    Vec::new()
}

const BULLETS: [char; 5] = ['-', '*', '•', '·', '–'];

/// The values of `- 0: name` entries, each on its own line or after a blank.
fn marked_list(list: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let mut values = Vec::new();
    for line in list.split('\n').map(str::trim) {
        // What stands before the first entry announces it.
        let entries = line.strip_prefix(BULLETS);
        // The first line may go on where the words end: `有：- 0: name`.
        let Some(entries) = entries.or_else(|| line.split_once("- ").map(|(_, entries)| entries)) else { continue };
        for (index, entry) in split_entries(entries).enumerate() {
            match entry_value(entry.trim_start()) {
                Some(value) => values.push(typed(value, kind)),
                // A dash behind an entry's name may stand for anything; the line's own opens an entry.
                None if entry.trim().is_empty() || index > 0 && !is_entry(entry) => {}
                None => warnings.add(at, format!("`{}` has no readable value: entry skipped", start_of(entry))),
            }
        }
    }
    values
}

/// The entries of a line: a dash opens one behind a blank, or behind what ends a tag or a clause.
fn split_entries(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let opens =
            |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with([' ', '>', ')', '）', ';', '；', '。']));
        match text.match_indices("- ").map(|(at, _)| at).find(|at| *at > 0 && opens(at)) {
            Some(at) => {
                rest = text.get(at + 2..);
                text.get(..at)
            }
            None => rest.take(),
        }
    })
}

/// Whether a piece behind a dash is written as an entry is: a short value, a colon, a name.
fn is_entry(piece: &str) -> bool {
    const LONGEST: usize = 12;
    piece.split_once([':', '：']).is_some_and(|(value, _)| value.trim().chars().count() <= LONGEST)
}

/// The value of `value: name`, `value（name）`, `value - name` or of the value alone.
fn entry_value(entry: &str) -> Option<&str> {
    let quoted = entry.starts_with(['`', '"', '“']);
    let (value, rest) = word(entry)?;
    let rest = rest.trim_start();
    let names = rest.is_empty() || rest.starts_with(NAME_SIGNS) || rest.starts_with(|c: char| !c.is_ascii());
    (quoted || names).then_some(value)
}

const NAME_SIGNS: [char; 14] = [':', '：', '(', '（', '-', '–', '—', '=', ',', '，', ';', '；', '。', '|'];

/// The values of one sentence: `a、b 和 c`, `1：甲；2：乙`, `1（甲）或 2（乙）`.
fn sentence(list: &str, kind: &str) -> Vec<Value> {
    let sentence = list.trim_start_matches(['有', '：', ':', ' ', '\n']).split(['\n', '。']).next().unwrap_or_default();
    let parts: Vec<&str> = sentence
        .split(['、', '，', ',', '；', ';', '|', '/', '或', '和'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut values = Vec::new();
    for part in parts {
        match entry_value(part) {
            Some(value) if !is_integer(kind) || value.parse::<i64>().is_ok() => values.push(typed(value, kind)),
            // One part that is no value makes it a sentence like any other.
            _ => return Vec::new(),
        }
    }
    values
}

/// The numbers of `1-name，2-name`; a list with an unreadable entry gets a warning.
fn bare_list(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Vec<Value> {
    let (mut values, mut odd) = (Vec::new(), None);
    let clauses = text.split(['，', ',', '、', '；', ';', '\n', '（', '(', '。']);
    for clause in clauses.flat_map(|clause| split_numbers(clause, kind)) {
        // What names the list stands before its first entry: `类型：1-甲`.
        let behind_colon = clause.split_once([':', '：']).map(|(_, entry)| entry);
        let mut forms = [Some(clause), behind_colon].into_iter().flatten().map(str::trim);
        match forms.clone().find_map(|entry| named_number(entry, kind)) {
            Some(value) => values.push(typed(&value.to_string(), kind)),
            None => odd = odd.or_else(|| forms.find(|entry| looks_named(entry, kind))),
        }
    }
    let values = distinct(values);
    let is_list = values.len() > 1;
    if let (Some(odd), true) = (odd, !values.is_empty()) {
        warnings.add(at, format!("`{}` looks like a possible value: skipped", start_of(odd)));
    } else if values.len() == 1 && is_integer(kind) {
        warnings.add(at, format!("`{}` alone is not a list of values: skipped", values[0]));
    }
    if is_list { values } else { Vec::new() }
}

/// The parts of a clause in which blanks alone part the entries: `0：甲 1：乙`.
fn split_numbers<'a>(clause: &'a str, kind: &str) -> Vec<&'a str> {
    let opens = |at: &usize| clause.get(at + 1..).is_some_and(|rest| named_number(rest, kind).is_some());
    // Behind other words a number is in a sentence: `非 0 表示失败`.
    if named_number(clause.trim_start(), kind).is_none() {
        return vec![clause];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for at in clause.match_indices(' ').map(|(at, _)| at).filter(opens) {
        parts.extend(clause.get(start..at));
        start = at + 1;
    }
    parts.extend(clause.get(start..));
    parts
}

/// Whether a clause has the form of an entry: something short, a dash, and a name.
fn looks_named(entry: &str, kind: &str) -> bool {
    const LONGEST: usize = 4;
    let Some((value, name)) = entry.split_once(['-', '–', '—', '=']) else { return false };
    let is_short = !value.trim().is_empty() && value.chars().count() <= LONGEST;
    is_integer(kind) && is_short && !name.trim().is_empty() && integer(name.trim()).is_none()
}

/// As much of an entry as a message can show.
fn start_of(entry: &str) -> String {
    entry.trim().chars().take(20).collect()
}

fn named_number(entry: &str, kind: &str) -> Option<i64> {
    let (value, name) = integer(entry.trim_start_matches('`'))?;
    let name = name.trim_start_matches(['`', ' ']);
    let signs: &[&str] = if is_integer(kind) {
        &["-", "–", "—", "=", ":", "：", "表示", "代表"]
    } else {
        &["-", "–", "—", "="]
    };
    let name = signs.iter().find_map(|sign| name.strip_prefix(sign))?.trim_start();
    name.starts_with(char::is_alphabetic).then_some(value)
}

/// Without repetitions, in the order of first mention.
fn distinct(mut values: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.to_string()));
    values
}

const STATED: &[&str] = &["默认值", "默认取值", "缺省值"];
const BARE: &[&str] = &["默认使用", "默认取", "默认", "缺省"];
/// `默认值：空` says that there is none.
const NONE: &[&str] = &["空", "无", "null", "不填", "没有", "\"\"", "-\n", "\\-"];

pub(crate) fn default(text: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    let mut stated = after(text, STATED).map(|(_, rest)| rest).peekable();
    if stated.peek().is_some() {
        let mut says_none = false;
        for rest in stated {
            if is_none(rest) {
                says_none = true;
            } else if let Some(value) = value(rest, kind) {
                return Some(value);
            }
        }
        if !says_none {
            warnings.add(at, "the stated default is neither an identifier nor a number: skipped");
        }
        return None;
    }
    let mut bare = after(text, BARE).map(|(_, rest)| rest).peekable();
    let is_announced = bare.peek().is_some();
    let found = bare.find_map(|rest| {
        let (word, rest) = word(rest)?;
        let rest = rest.trim_start_matches(['`', '"', ' ']);
        let clause_ends = rest.is_empty() || rest.starts_with(CLAUSE_ENDS);
        let is_value = fits(word, kind) && (clause_ends || word.parse::<i64>().is_ok());
        is_value.then(|| typed(word, kind))
    });
    // Of a number or a flag a sentence tells the default, too; of a text it tells anything.
    if found.is_none() && is_announced && is_scalar(kind) {
        warnings.add(at, format!("the default of this {kind} is described in words: none read"));
    }
    found
}

/// The default that a column of its own holds; an empty cell and a dash say that there is none.
pub(crate) fn default_in_column(cell: &str, kind: &str, at: Position, warnings: &mut Warnings) -> Option<Value> {
    let cell = cell.trim();
    if cell.is_empty() || is_none(cell) {
        return None;
    }
    let value = value(cell, kind);
    if value.is_none() {
        warnings.add(at, format!("the default `{cell}` is neither an identifier nor a number: skipped"));
    }
    value
}

fn is_none(rest: &str) -> bool {
    let rest = rest.trim_matches('`');
    rest == "-" || rest.is_empty() || NONE.iter().any(|none| rest.starts_with(none))
}

fn value(rest: &str, kind: &str) -> Option<Value> {
    if is_integer(kind)
        && let Some((number, behind)) = integer(rest.trim_start_matches('`'))
        && !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' && is_fraction(behind))
    {
        return Some(Value::from(number));
    }
    word(rest).map(|(word, _)| typed(word, kind))
}

fn is_fraction(behind: &str) -> bool {
    behind.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
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

    /// The default, and how many warnings there were.
    fn read_default(text: &str, kind: &str) -> (Option<Value>, usize) {
        let mut warnings = Warnings::default();
        let value = default(text, kind, Position::line(1), &mut warnings);
        (value, warnings.into_sorted().len())
    }

    #[test]
    fn values_and_constants_are_defaults() {
        for (text, kind, value) in [
            ("每页多少，默认 10", "int", json!(10)),
            ("默认值：`open_id`\n其他", "string", json!("open_id")),
            ("某种类型，默认为 Consts.Kind", "string", json!("Consts.Kind")),
            ("默认 20 条", "int", json!(20)),
            ("默认取值 `true`", "boolean", json!(true)),
            ("类型。默认取值 `1`。", "int", json!(1)),
            ("默认值：-1", "int", json!(-1)),
            ("默认值：1,000", "int", json!(1000)),
            ("默认值：0.5", "float", json!(0.5)),
            ("不填时取默认值。\n默认值：`50`", "int", json!(50)),
            ("默认值：\"外包组\"", "string", json!("外包组")),
            ("默认使用 `zh-CN`。", "string", json!("zh-CN")),
        ] {
            assert_eq!(read_default(text, kind), (Some(value), 0), "{text}");
        }
    }

    #[test]
    fn sentences_are_not_defaults() {
        for text in
            ["默认 API 方式处理", "默认按时间排序", "默认值：空，由系统给出", "一句话", "默认值：无", "默认值：-"]
        {
            assert_eq!(read_default(text, "string"), (None, 0), "{text}");
        }
    }

    #[test]
    fn unreadable_default_warns() {
        for text in ["默认值：今天", "默认值：https://example.com"] {
            assert_eq!(read_default(text, "string"), (None, 1), "{text}");
        }
    }
}
