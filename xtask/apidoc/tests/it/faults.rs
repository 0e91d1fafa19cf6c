//! Pages with one odd piece each, and its neighbours: the right reading of every fault that was found.
//!
//! All start from one small page; what is odd is put into it here.

use super::{operation, stated, warnings};
use apidoc::facts::Operation;
use apidoc::{Reading, read};
use serde_json::{Value, json};

/// A page about lockers, whole and without any odd piece.
const PAGE: &str = include_str!("../documents/faults/lockers.md");

fn reading(text: &str) -> Reading {
    read("doc.md", text).expect("the document is of a known family")
}

/// The page with one piece written otherwise.
fn page(piece: &str, replacement: &str) -> Reading {
    assert!(PAGE.contains(piece), "{piece}");
    reading(&PAGE.replace(piece, replacement))
}

/// The page with this row in the table of the body.
fn row(kind: &str, description: &str) -> Reading {
    let row = "| `size` | `int` | 否 | 大小 |\n";
    page(row, &format!("{row}| `odd` | {kind} | 否 | {description} |\n"))
}

/// What the row says, its name, place, line and `required` aside, and the warnings.
fn odd(kind: &str, description: &str) -> (Value, Vec<String>) {
    let reading = row(kind, description);
    let mut value = stated(operation(&reading.document, 0), "odd");
    let fields = value.as_object_mut().expect("an object");
    for known in ["name", "in", "line", "required"] {
        fields.remove(known);
    }
    (value, warnings(&reading))
}

fn read_whole(operation: &Operation) -> bool {
    let parts = [operation.parameters.len(), operation.response_fields.len(), operation.examples.len()];
    parts == [3, 6, 2] && operation.errors.len() == 1
}

#[test]
fn the_plain_page_is_whole() {
    let reading = reading(PAGE);
    assert_eq!(warnings(&reading), Vec::<String>::new());
    assert!(read_whole(operation(&reading.document, 0)));
}

#[test]
fn prose_is_no_enum() {
    let (value, told) = odd(
        "string",
        "等级<br>枚举值可通过[字段详情](https://example.com/f)接口查询，查询参数如下：  - object_name = \"person\"  - field_name = \"grade\"<br>**示例值**：\"high\"",
    );
    assert_eq!((value, told), (json!({"type": "string"}), vec![]));
    for (kind, description, values) in [
        ("string", "等级<br>**可选值有**：<br>- `high`：高 - `low`：低", json!(["high", "low"])),
        ("string", "等级<br>**可能值有：**<br>- high：高 - low：低", json!(["high", "low"])),
        ("string", "等级<br>**可能值有**<br>- high：高<br>- low：低", json!(["high", "low"])),
        ("string", "等级，可选 - high：高 - low：低", json!(["high", "low"])),
        ("int", "等级<br>**枚举值**：<br>1：高<br>2：低", json!([1, 2])),
    ] {
        let (value, told) = odd(kind, description);
        assert_eq!((&value["enum"], told), (&values, vec![]), "{description}");
    }
}

#[test]
fn flags_have_no_enum() {
    let (value, told) = odd("boolean", "开否<br>**可选值有**：<br>- true：开 - false：关<br>**默认值**：`false`");
    assert_eq!((value, told), (json!({"type": "boolean", "default": false}), vec![]));
}

#[test]
fn limits_have_other_words() {
    for (kind, description, limits) in [
        ("string", "名称，最小1字符，最大200字符", json!({"type": "string", "min_length": 1, "max_length": 200})),
        ("string", "名称，最大50个字符", json!({"type": "string", "max_length": 50})),
        ("int", "多少，范围：0～100", json!({"type": "int", "minimum": 0, "maximum": 100})),
        ("int", "多少，取值范围[0,255]", json!({"type": "int", "minimum": 0, "maximum": 255})),
        ("number(float)", "多少，取值范围：0～1", json!({"type": "number(float)", "minimum": 0, "maximum": 1})),
        ("string[]", "哪些，最少 1 个，最大 20 个", json!({"type": "string[]", "min_items": 1, "max_items": 20})),
        ("string", "名称，最大不限", json!({"type": "string"})),
    ] {
        assert_eq!(odd(kind, description), (limits, vec![]), "{description}");
    }
}

#[test]
fn floats_have_several_words() {
    for kind in ["number(float)", "`number(double)`", "float", "number"] {
        let (value, told) = odd(kind, "多宽<br>**默认值**：`1.5`");
        assert_eq!((&value["default"], told), (&json!(1.5), vec![]), "{kind}");
    }
    for kind in ["number(int64)", "integer(int32)", "uint64"] {
        assert_eq!(odd(kind, "多少，默认 5").0["default"], json!(5), "{kind}");
    }
}

#[test]
fn other_headings_do_not_end_a_page() {
    for heading in [
        "#### 何时使用\n\n几句话。\n",
        "## 使用限制\n\n最多五个。\n",
        "### 关于柜子\n\n几句话。\n",
        "###### 注\n\n几句话。\n\n## 前提条件\n\n几句话。\n\n### 柜子的一生\n",
    ] {
        let reading = page("## 请求\n", &format!("{heading}\n## 请求\n"));
        let read = operation(&reading.document, 0);
        assert!(read_whole(read), "{heading}");
        assert_eq!((read.title.as_str(), read.line), ("分配柜子", 1), "{heading}");
        assert_eq!(warnings(&reading), Vec::<String>::new(), "{heading}");
    }
    // Without a heading of the first level the parts are as high as the title.
    let flat = reading(
        &PAGE.replace("# 分配柜子\n", "## 分配柜子\n").replace("## 请求\n", "## 使用限制\n\n五个。\n\n## 请求\n"),
    );
    assert_eq!(operation(&flat.document, 0).title, "分配柜子");
}

#[test]
fn each_operation_keeps_its_title() {
    let second = PAGE.replace("分配柜子", "收回柜子").replace("/assign", "/release");
    for (text, titles) in [
        (format!("{PAGE}\n{second}"), ["分配柜子", "收回柜子"]),
        (
            format!("# 柜子\n\n{PAGE}\n{second}")
                .replace("# 分配", "## 分配")
                .replace("# 收回", "## 收回")
                .replace("\n### ", "\n#### ")
                .replace("\n## 请", "\n### 请")
                .replace("\n## 响", "\n### 响"),
            ["分配柜子", "收回柜子"],
        ),
        (format!("# 柜子\n\n{PAGE}\n{second}").replace("\n# ", "\n## "), ["分配柜子", "收回柜子"]),
    ] {
        let reading = reading(&text);
        let found: Vec<&str> = reading.document.operations.iter().map(|operation| operation.title.as_str()).collect();
        assert_eq!(found, titles, "{text}");
        assert!(reading.document.operations.iter().all(read_whole));
    }
}

#[test]
fn open_types_follow_from_examples() {
    let field = |rows: &str, data: &str| {
        let text = PAGE.replace(
            "| &nbsp;&nbsp;&nbsp;&nbsp;└ `keys` | `string\\[\\]` | 钥匙 |\n",
            &format!("| &nbsp;&nbsp;&nbsp;&nbsp;└ `keys` | `string\\[\\]` | 钥匙 |\n{rows}"),
        );
        let reading = reading(&text.replace("{\"locker\": {", &format!("{{{data}\"locker\": {{")));
        assert_eq!(warnings(&reading), Vec::<String>::new());
        let fields = &operation(&reading.document, 0).response_fields;
        fields
            .iter()
            .find(|field| field.path == "data.odd")
            .map(|field| field.kind.clone())
            .expect("the field is there")
    };
    let row = "| &nbsp;&nbsp;└ `odd` | `\\-` | 哪些 |\n";
    let inside = "| &nbsp;&nbsp;&nbsp;&nbsp;└ `uid` | `string` | 标识 |\n";
    for (rows, data, kind) in [
        (format!("{row}{inside}"), "\"odd\": [{\"uid\": \"e1\"}], ", "-[]"),
        (format!("{row}{inside}"), "\"odd\": {\"uid\": \"e1\"}, ", "-"),
        (format!("{row}{inside}"), "", "-"),
        (row.to_owned(), "\"odd\": [\"a\", \"b\"], ", "string[]"),
        (row.to_owned(), "\"odd\": 3, ", "int"),
        (row.to_owned(), "\"odd\": null, ", "-"),
        (row.replace("`\\-`", "/"), "\"odd\": [3], ", "int[]"),
    ] {
        assert_eq!(field(&rows, data), kind, "{rows}{data}");
    }
}

#[test]
fn code_in_cells_keeps_its_pipes() {
    for description in [
        "形如 `a|b`<br>**默认值**：`x`",
        "形如 `a\\|b`<br>**默认值**：`x`",
        "形如 ``a|`b``、`c||d`<br>**默认值**：`x`",
        "形如 `a|b` 或 `c\\|d` \\| e<br>**默认值**：`x`",
    ] {
        let (value, told) = odd("string", description);
        assert_eq!((value, told), (json!({"type": "string", "default": "x"}), vec![]), "{description}");
    }
}

#[test]
fn fences_in_cells_do_not_end_tables() {
    for description in [
        "内容 ```json {\"a\": \"x|y\", \"most\": 5} ```<br>**默认值**：`x`",
        "内容\n```json\n{\"a\": \"x | y\",\n\n \"most\": 5}\n```\n**默认值**：`x`",
        "内容，如 ```json\n{\"a\": 1}\n``` 默认值：`x`",
    ] {
        let reading = row("string", description);
        let read = operation(&reading.document, 0);
        assert_eq!(stated(read, "odd")["default"], json!("x"), "{description}");
        assert_eq!(
            (read.parameters.len(), read.response_fields.len(), read.examples.len()),
            (4, 6, 2),
            "{description}"
        );
        assert_eq!(warnings(&reading), Vec::<String>::new(), "{description}");
    }
    // A fence right below a table is a block of its own.
    let reading =
        page("| `size` | `int` | 否 | 大小 |\n\n### 请求体示例\n\n```json", "| `size` | `int` | 否 | 大小\n```json");
    assert!(read_whole(operation(&reading.document, 0)), "{:?}", warnings(&reading));
}

#[test]
fn entities_in_code_are_characters() {
    assert_eq!(odd("`map&lt;string, string&gt;`", "按名称").0["type"], json!("map<string, string>"));
    assert_eq!(odd("array&lt;int64&gt;", "哪些").0["type"], json!("array<int64>"));
    assert_eq!(odd("array&amp;lt;int64&amp;gt;", "哪些").0["type"], json!("array<int64>"));
    let url = page(
        "https://open.feishu.cn/open-apis/demo/v1/lockers/:locker_id/assign",
        "`https://open.feishu.cn/open-apis/demo/v1/lockers/&lt;locker_id&gt;/assign`",
    );
    assert_eq!(operation(&url.document, 0).path.as_deref(), Some("/open-apis/demo/v1/lockers/{locker_id}/assign"));
}

#[test]
fn maps_name_the_type_of_their_values() {
    let tables = "\
| `owners` | `map<string, map<string, owner\\[\\]>>` | 否 | 谁 |

#### owner 对象

| 名称 | 类型 | 必填 | 描述 |
| --- | --- | --- | --- |
| `mail` | `string` | 是 | 邮箱 |
";
    let row = "| `size` | `int` | 否 | 大小 |\n";
    let reading = page(row, &format!("{row}{tables}"));
    let names: Vec<&str> = operation(&reading.document, 0).parameters.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["locker_id", "name", "size", "owners", "owners.mail"]);
    assert_eq!(stated(operation(&reading.document, 0), "owners")["type"], json!("map<string, map<string, owner[]>>"));
}

#[test]
fn older_tables_are_read() {
    let body = "\
参数 |类型|必填/选填| 说明 |默认值|实例
-- | -- | -- | -- | -- | --
name | string | 必填 | 谁的 | | 甲
box | / | 选填 | 箱子 | |
&emsp;∟size|int|选填| 大小 |1|1
&emsp;&emsp;∟unit|string|选填| 单位 | |
&emsp;∟tags|list|选填| 标签 | |
";
    let reading = page(
        "| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| `name` | `string` | 是 | 谁的 |\n| `size` | `int` | 否 | 大小 |\n",
        body,
    );
    let read = operation(&reading.document, 0);
    let names: Vec<&str> = read.parameters.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["locker_id", "name", "box", "box.size", "box.size.unit", "box.tags"]);
    assert_eq!(stated(read, "box.size")["default"], json!(1));
    assert_eq!(warnings(&reading), Vec::<String>::new());
}

#[test]
fn tables_follow_text_and_odd_delimiters() {
    for before in
        ["几句话。\n", "**注意**：几句话\n", ":::html\n<md-alert type=\"warn\">\n几句话\n</md-alert>\n\n:::\n"]
    {
        let reading = page("### 请求体\n\n", &format!("### 请求体\n\n{before}"));
        assert!(read_whole(operation(&reading.document, 0)), "{before}: {:?}", warnings(&reading));
    }
    let reading = page(
        "| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| `name`",
        "|名称|类型|必填|描述|\n|--|-----|--|----|----|\n| `name`",
    );
    assert!(read_whole(operation(&reading.document, 0)), "{:?}", warnings(&reading));
}

#[test]
fn query_of_the_url_is_told_or_read() {
    let url = "lockers/:locker_id/assign";
    let told = page(url, &format!("{url}?id_type=open&floor={{floor}}"));
    assert_eq!(operation(&told.document, 0).path.as_deref(), Some("/open-apis/demo/v1/lockers/{locker_id}/assign"));
    let message =
        |name: &str| format!("9:14: warning: `{name}` in the query of the URL is in no table of parameters: skipped");
    assert_eq!(warnings(&told), [message("id_type"), message("floor")]);
    let table = "### 参数\n\n| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| `id_type` | `string` | 是 | 哪种 |\n\n### 请求体\n\n";
    let text = PAGE.replace(url, &format!("{url}?id_type=open")).replace("### 请求体\n\n", table);
    let read = reading(&text);
    assert_eq!(stated(operation(&read.document, 0), "id_type")["in"], json!("query"));
    assert_eq!(warnings(&read), Vec::<String>::new());
}

#[test]
fn second_body_is_an_alternative() {
    let second = "### 请求体（按房间）\n\n| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| `size` | `int` | 是 | 大小 |\n| `room` | `room` | 是 | 房间 |\n| &nbsp;&nbsp;└ `no` | `int` | 是 | 房号 |\n\n### 请求体示例\n";
    let reading = page("### 请求体示例\n", second);
    let read = operation(&reading.document, 0);
    let required: Vec<(&str, bool)> = read.parameters.iter().map(|row| (row.name.as_str(), row.required)).collect();
    assert_eq!(required, [("locker_id", true), ("name", false), ("size", false), ("room", false), ("room.no", true)]);
    assert_eq!(
        warnings(&reading),
        ["36:1: warning: this is another body of the same request: the bodies were read as one"]
    );
}

#[test]
fn rates_that_are_not_fixed_are_no_loss() {
    for (cell, count) in [("[特殊频控](https://example.com/x)", 0), ("-", 0), ("[见文档](https://example.com/x)", 1)]
    {
        let reading = page("[10 次/秒](https://example.com/limits)", cell);
        assert_eq!((operation(&reading.document, 0).rate_limit, warnings(&reading).len()), (None, count), "{cell}");
    }
    for (description, count) in [("枚举值", 0), ("哪种枚举值", 0), ("可选值：见附录", 1)] {
        assert_eq!(odd("string", description).1.len(), count, "{description}");
    }
}

#[test]
fn responses_without_types_are_read() {
    let table = "|参数|说明|\n|-|-|\n|code|错误码|\n|msg|错误描述|\n|data|业务信息|\n|&emsp;∟locker|柜子|\n|&emsp;&emsp;∟id|标识|\n|&emsp;&emsp;∟keys|钥匙|\n|&emsp;&emsp;∟gone|没有例子|\n";
    let start = PAGE.find("| 名称 | 类型 | 描述 |\n| --- | --- | --- |\n| `code`").expect("the table is there");
    let end = PAGE.find("### 响应体示例").expect("the example is there");
    let reading = reading(&format!("{}{table}\n{}", &PAGE[..start], &PAGE[end..]));
    let fields: Vec<(&str, &str)> = operation(&reading.document, 0)
        .response_fields
        .iter()
        .map(|field| (field.path.as_str(), field.kind.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("code", "int"),
            ("msg", "string"),
            ("data", "-"),
            ("data.locker", "-"),
            ("data.locker.id", "string"),
            ("data.locker.keys", "string[]"),
            ("data.locker.gone", "undefined"),
        ]
    );
}

#[test]
fn payload_without_envelope_is_data() {
    let envelope = "| `code` | `int` | 错误码 |\n| `msg` | `string` | 错误描述 |\n| `data` | `\\-` | \\- |\n";
    let fields = |text: &str| -> Vec<String> {
        operation(&reading(text).document, 0).response_fields.iter().map(|field| field.path.clone()).collect()
    };
    assert!(PAGE.contains(envelope));
    assert_eq!(
        fields(&PAGE.replace(envelope, "").replace("&nbsp;&nbsp;└", "└")),
        ["data.locker", "data.locker.id", "data.locker.keys"]
    );
    let other = PAGE
        .replace(envelope, "")
        .replace("&nbsp;&nbsp;└", "└")
        .replace("\"data\": {\"locker\"", "\"box\": {\"locker\"");
    assert_eq!(fields(&other), ["locker", "locker.id", "locker.keys"]);
}

#[test]
fn missing_type_is_told() {
    let reading = page("└ `id` | `string` | 标识 |", "└ `id` | 这个柜子的标识，唯一 |");
    let field = &operation(&reading.document, 0).response_fields[4];
    assert_eq!((field.path.as_str(), field.kind.as_str()), ("data.locker.id", "string"));
    assert_eq!(warnings(&reading).len(), 1, "{:?}", warnings(&reading));
}

#[test]
fn curl_needs_no_language() {
    let call = "### 请求体示例\n\n```\ncurl --request POST 'https://example.com/open-apis/demo/v1/lockers/l1/assign' --data-raw '{\"name\": \"乙\"}'\n```\n";
    let reading = page("### 请求体示例\n", call);
    assert_eq!(operation(&reading.document, 0).examples[0].value, json!({"name": "乙"}));
    assert_eq!(warnings(&reading), Vec::<String>::new());
}
