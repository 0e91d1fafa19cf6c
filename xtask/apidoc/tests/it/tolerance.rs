//! The ways in which people write the same thing, and the ways in which they break it.
//!
//! Every test here changes the form of a document and not what it says, or breaks one
//! piece and asks that it is named while the rest is read.

use super::{PAGE, SDK, facts, operation, stated, warnings};
use apidoc::facts::{ExampleKind, Operation, Place};
use apidoc::{Reading, read};
use serde_json::{Value, json};

const CREATE: &str = include_str!("../documents/public/create-user-group.md");
const LIST: &str = include_str!("../documents/public/list-user-groups.md");

/// The page with one piece written otherwise.
fn page(piece: &str, replacement: &str) -> String {
    assert!(PAGE.contains(piece), "{piece}");
    PAGE.replace(piece, replacement)
}

fn reading(text: &str) -> Reading {
    read("doc.md", text).expect("the document is of a known family")
}

fn names(operation: &Operation) -> Vec<(&str, Place)> {
    operation.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.place)).collect()
}

fn fields(operation: &Operation) -> Vec<(&str, &str)> {
    operation.response_fields.iter().map(|field| (field.path.as_str(), field.kind.as_str())).collect()
}

/// The aspects that a parameter keeps whatever line it moves to.
fn without_line(operation: &Operation, name: &str) -> Value {
    let mut value = stated(operation, name);
    value.as_object_mut().expect("an object").remove("line");
    value
}

#[test]
fn row_spans_several_lines() {
    let row = "| state | integer | 否 | 书况 <br> **示例**: 1 <br> **可选值**:<br>- 0: 完好 <br>- 1: 破损 <br> |";
    let whole = facts(PAGE);
    for broken in [
        "| state | integer | 否 | 书况\n**可选值**:\n- 0: 完好\n- 1: 破损\n |",
        "| state | integer | 否 | 书况\n\n  **可选值**:\n\n  - 0: 完好\n  - 1: 破损 |",
        "| state | integer |\n否 | 书况 **可选值**:<ul><li>0: 完好</li><li>1: 破损</li></ul> |",
        "| state | integer | 否\n| 书况 可选值：0（完好）、1（破损） |",
    ] {
        let document = facts(&page(row, broken));
        let (read, whole) = (operation(&document, 0), operation(&whole, 0));
        assert_eq!(names(read), names(whole), "{broken}");
        for name in ["state", "note"] {
            assert_eq!(without_line(read, name), without_line(whole, name), "{broken}");
        }
        let (state, note) = (stated(read, "state")["line"].as_u64(), stated(read, "note")["line"].as_u64());
        assert_eq!((state, note), (Some(38), Some(38 + broken.lines().count() as u64)), "{broken}");
        assert_eq!((read.examples.len(), read.errors.len()), (whole.examples.len(), whole.errors.len()));
    }
}

#[test]
fn pipes_in_cells_are_kept_or_warn() {
    for cell in ["语言 \\| 地区", "语言 `a|b`", "语言 `a \\| b`"] {
        let document = facts(&page("| 语言 <br>", &format!("| {cell} <br>")));
        assert_eq!(stated(operation(&document, 0), "lang")["default"], json!("zh"), "{cell}");
    }
    let reading = reading(&page("| 语言 <br>", "| 语言 | 地区 <br>"));
    let told = warnings(&reading);
    assert!(
        told[0].starts_with("32:28: warning: the row has more cells than the table has columns: `地区"),
        "{told:?}"
    );
    assert_eq!(told.len(), 1);
}

#[test]
fn types_lose_only_their_markup() {
    for (cell, kind) in [("`string\\[\\]`", "string[]"), ("string\\[\\]", "string[]"), ("List<string>", "List<string>")]
    {
        let document = facts(&page("undefined[]", cell));
        assert_eq!(stated(operation(&document, 0), "books")["type"], json!(kind));
        assert_eq!(stated(operation(&document, 0), "books")["max_items"], json!(300));
    }
}

#[test]
fn headings_have_other_words() {
    for (piece, replacement) in [
        ("### 路径参数", "### Path Parameters"),
        ("### 查询参数", "#### 2.1 查询参数"),
        ("### 查询参数", "**Query 参数**"),
        ("### 请求体\n", "**请求体**：\n"),
        ("### 请求体\n", "### Request Body\n"),
        ("### 请求头", "### Headers"),
        ("## 请求\n", "## 1. 请求说明\n"),
        ("| 基本 | |", "| 基本信息 | 内容 |"),
        ("| HTTP URL |", "| 请求地址 |"),
        ("| HTTP Method |", "| HTTP 方法 |"),
        ("| 支持的访问令牌 | user_access_token", "| 认证方式 | 用户访问凭证"),
        ("| 支持的应用类型 | custom  isv", "| 支持的应用类型 | 自建应用、商店应用"),
        (
            "| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| lang | string | 否",
            "| 字段名 | 类型 | 是否必填 | 说明 |\n|:--|:-:|--:|---|\n| `lang` | `string` | optional",
        ),
        ("| HTTP状态码 | 错误码 | 描述 |", "| HTTP 状态码 | 返回码 | 错误信息 |"),
        ("| 400 | 77001 | loan is over |", "| 400 Bad Request | `77001` | loan<br>is over |"),
        ("**请求体示例**:", "请求体示例："),
        ("**响应示例**:", "#### 返回示例"),
        ("```json\n{\"code\"", "```\n{\"code\""),
    ] {
        let expected = facts(PAGE);
        let mut read = facts(&page(piece, replacement));
        let expected = operation(&expected, 0);
        let read = read.operations.first_mut().expect("an operation");
        assert_eq!(read, expected, "{replacement}");
    }
}

#[test]
fn place_follows_from_column_or_method() {
    let place = "| 名称 | 类型 | 必填 | 位置 | 描述 |\n| --- | --- | --- | --- | --- |\n| lang | string | 否 | query | 语言 |\n| mood | string | 否 | body | 心情 |\n";
    let document = facts(&format!("{PAGE}\n### 请求参数\n\n{}", place.replace("| lang |", "| dialect |")));
    let read = operation(&document, 0);
    assert_eq!(names(read)[6..], [("dialect", Place::Query), ("mood", Place::Body)]);
    let get = LIST.replace("### 查询参数", "### 请求参数");
    assert_eq!(names(operation(&facts(&get), 0)), names(operation(&facts(LIST), 0)));
    let unknown = CREATE.replace("### 查询参数", "### 请求参数");
    let reading = reading(&unknown);
    assert!(
        warnings(&reading)[0].contains("no heading says whether these parameters are in path, query, header or body")
    );
}

#[test]
fn required_is_read_from_prose() {
    let table = "| 名称 | 类型 | 描述 |\n| --- | --- | --- |\n| lang | string | 语言（选填） |\n| unit | string | 必填，单位 |\n| size | int | 多大 |\n";
    let text = page(
        "| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| lang | string | 否 | 语言 <br> **默认值**：`zh` |\n",
        table,
    );
    let reading = reading(&text);
    let read = operation(&reading.document, 0);
    let required = |name| stated(read, name)["required"].clone();
    assert_eq!((required("lang"), required("unit"), required("size")), (json!(false), json!(true), json!(false)));
    assert_eq!(
        warnings(&reading),
        ["34:1: warning: `size`: the table does not say whether it is required: read as optional"]
    );
}

#[test]
fn lenient_json_gives_several_examples() {
    let blocks = "\
**响应示例**:

```json
{ // good
  \"code\": 0, \"data\": {\"ids\": [1, 2,],},
}
```

**失败**

```jsonc
{\"code\": 77001, \"msg\": \"loan is over\"}
{\"code\": 77002, \"msg\": \"no reader\"}
```

```json
{\"code\": 0, \"data\": {\"ids\": [1, ...], ...}}
```
";
    let text = page("**响应示例**:\n\n```json\n{\"code\": 0}\n```\n", blocks);
    let reading = reading(&text);
    let examples: Vec<_> = operation(&reading.document, 0)
        .examples
        .iter()
        .filter(|example| example.kind == ExampleKind::Response)
        .map(|example| (example.line, example.value.clone()))
        .collect();
    assert_eq!(
        examples,
        [
            (52, json!({"code": 0, "data": {"ids": [1, 2]}})),
            (60, json!({"code": 77001, "msg": "loan is over"})),
            (61, json!({"code": 77002, "msg": "no reader"})),
            (65, json!({"code": 0, "data": {"ids": [1]}})),
        ]
    );
    assert_eq!(warnings(&reading), ["65:33: warning: the example has `...` here: read without what it leaves out"]);
}

#[test]
fn object_tables_nest_their_rows() {
    let text = format!(
        "{}\n#### reader 对象\n\n| 名称 | 类型 | 必填 | 描述 |\n|---|---|---|---|\n| id | string | 是 | 谁 |\n| [].x | int | 否 | |\n",
        page("| note |", "| reader | reader | 否 | 读者 |\n| note |")
            .replace("### 响应\n", "")
            .replace("### 错误码", "### 响应体\n\n| 名称 | 类型 | 描述 |\n|---|---|---|\n| data | object | |\n| data.loans[] | loan\\[\\] | |\n\n**loan**\n\n| 名称 | 类型 | 描述 |\n|---|---|---|\n| id | string | |\n\n### 错误码")
            .replace("### 调用示例", "### 请求体\n")
    );
    let reading = reading(&text);
    let read = operation(&reading.document, 0);
    assert_eq!(fields(read), [("data", "object"), ("data.loans", "loan[]"), ("data.loans.id", "string")]);
    assert!(names(read).contains(&("reader.id", Place::Body)), "{:?}", names(read));
    let told = warnings(&reading);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`[].x` is not the name of a parameter or field"), "{told:?}");
}

#[test]
fn tables_outside_operations_warn() {
    let errors = "| 错误码 | 描述 |\n|---|---|\n| 99 | bad |\n";
    for (text, line) in [
        (format!("# 全部\n\n{errors}\n{PAGE}"), 3),
        (format!("{PAGE}\n# 公共错误码\n\n{errors}"), 71),
        (format!("{SDK}\n## 公共错误\n\n{errors}"), 77),
    ] {
        let reading = reading(&text);
        let told = format!("{line}:1: warning: this table of error codes belongs to no operation: skipped");
        assert_eq!(warnings(&reading), [told]);
    }
}

#[test]
fn operation_without_url_is_kept() {
    let second = PAGE.replace("归还图书", "续借图书").replace("| HTTP URL |", "| 地点 |");
    let reading = reading(&format!("{PAGE}\n{second}"));
    let titles: Vec<_> = reading.document.operations.iter().map(|operation| operation.title.as_str()).collect();
    assert_eq!(titles, ["归还图书", "续借图书"]);
    let told = warnings(&reading);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("the request table gives no URL") && told[1].contains("the row `地点` was not understood")
    );
}

#[test]
fn operations_under_one_title_stay_apart() {
    let table = "| 基本 | |\n|---|---|\n| HTTP URL | /a/v1/b |\n| HTTP Method | GET |\n";
    let document = facts(&format!("# 甲\n\n{table}\n{}", table.replace("GET", "PUT")));
    let methods: Vec<_> = document.operations.iter().map(|operation| operation.method.as_deref()).collect();
    assert_eq!(methods, [Some("GET"), Some("PUT")]);
}

#[test]
fn html_tables_warn() {
    let html = "<table><tr><td>lang</td></tr></table>\n";
    let reading = reading(&format!("{PAGE}\n<div>提示</div>\n\n{html}"));
    assert_eq!(warnings(&reading), ["71:1: warning: this table or sample is HTML: skipped (write it as Markdown)"]);
}

#[test]
fn sdk_headings_and_words_may_vary() {
    let expected = facts(SDK);
    let flat = SDK.replace("### 函数名称", "## 函数签名").replace("### 参数", "## 参数");
    let document = facts(&flat);
    assert_eq!(operation(&document, 1).title, "找书");
    assert_eq!(operation(&document, 1).parameters, operation(&expected, 1).parameters);
    for (piece, replacement) in [
        ("**认证类型**", "**鉴权**"),
        ("tenant_access_token 或 UserAccessToken", "支持 `user_access_token` 和 `tenant_access_token`"),
        ("```csharp\nTask<Result<Page>>", "```\nTask<Result<Page>>"),
        ("| LendBookAsync |", "| `LendBookAsync(...)` |"),
        ("| POST | 借书", "| post | 借书"),
    ] {
        assert!(SDK.contains(piece), "{piece}");
        assert_eq!(facts(&SDK.replace(piece, replacement)), expected, "{replacement}");
    }
}

#[test]
fn sdk_body_and_response_tables_are_read() {
    let tables = "\
- **LoanRequest 属性**：

  | 属性 | 类型 | 必填 | 说明 |
  |---|---|---|---|
  | ReaderId | string | 是 | 谁，最大长度：20 |
  | Books | Book[] | 否 | 什么 |

- **响应**：

  | 字段 | 类型 | 说明 |
  |---|---|---|
  | code | int | 0 |
  | data.loan_id | string? | 借阅号 |
";
    let document = facts(&SDK.replace("- **响应**：\n", tables));
    let lend = operation(&document, 0);
    assert_eq!(names(lend)[3..], [("reader_id", Place::Body), ("books", Place::Body)]);
    assert_eq!(stated(lend, "reader_id")["max_length"], json!(20));
    assert_eq!(fields(lend), [("code", "int"), ("data.loan_id", "string")]);
    assert_eq!(lend.examples.len(), 2);
}

#[test]
fn second_signature_warns() {
    let second = "Task<A> OtherAsync([Path] string a);\n```\n\n### 参数";
    let reading = reading(&SDK.replace("= null)\n```\n\n### 参数", &format!("= null);\n{second}")));
    assert_eq!(warnings(&reading), ["55:1: warning: `OtherAsync` is the second signature in one block: skipped"]);
}

#[test]
fn blanks_and_invisible_characters_change_nothing() {
    for text in [CREATE, LIST, PAGE, SDK] {
        let plain = facts(text);
        for same in [
            format!("\u{feff}{}", text.replace('\n', "\r\n")),
            text.replace('\n', "\r"),
            text.replace(" | ", "\t|\t"),
            text.replace("| ", "| \u{200b}"),
            text.replace(" |\n", "\u{a0}|  \n"),
        ] {
            assert_eq!(facts(&same), plain);
        }
    }
}
