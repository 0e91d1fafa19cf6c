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
