//! The same page in other forms: the portal's own tags, English, types explained below the table.

use super::{SDK, operation, stated, warnings, without_lines};
use apidoc::read;
use serde_json::{Value, json};

const PLAIN: &str = include_str!("../documents/faults/lockers.md");
const PORTAL: &str = include_str!("../documents/faults/portal.md");
const ENGLISH: &str = include_str!("../documents/faults/english.md");

/// What a page states, its lines left out, and the warnings.
fn comparable(text: &str) -> (Value, Vec<String>) {
    let reading = read("doc.md", text).expect("the document is of a known family");
    let mut value = serde_json::to_value(&reading.document).expect("facts are JSON");
    without_lines(&mut value);
    (value, warnings(&reading))
}

#[test]
fn portal_form_states_the_same() {
    assert_eq!(comparable(PORTAL), comparable(PLAIN));
    let joined = PORTAL.replace("\t", "").replace("</md-dt-td>\n<md-dt-td>", "</md-dt-td><md-dt-td>");
    assert_eq!(comparable(&joined), comparable(PLAIN));
    assert_eq!(comparable(&PORTAL.replace('\n', "\r\n")), comparable(PLAIN));
    // Inside of a table people also write the tags of HTML.
    let mixed = PORTAL.replace("<md-tr>", "<tr>").replace("</md-tr>", "</tr>").replace("md-thead>", "thead>");
    assert_eq!(comparable(&mixed), comparable(PLAIN));
}

#[test]
fn portal_rows_know_their_lines() {
    let reading = read("doc.md", PORTAL).expect("known family");
    let read = operation(&reading.document, 0);
    let lines: Vec<&str> = PORTAL.lines().collect();
    for (line, name) in read.parameters.iter().map(|row| (row.line, &row.name)) {
        assert!(lines[line - 1..line + 3].iter().any(|line| line.contains(name.as_str())), "{name}: {line}");
    }
    let told = read_with(">\n\t大小\n", ">\n\t大小\n\n**数据校验规则**：\n\n- 最大值：很大\n");
    let line = PORTAL.lines().position(|line| line.trim() == "大小").expect("the row is there") + 1;
    assert_eq!(told, [format!("{line}:2: warning: `最大值` is not followed by a number: no limit read")]);
}

/// The warnings of the portal's page with one piece written otherwise.
fn read_with(piece: &str, replacement: &str) -> Vec<String> {
    assert!(PORTAL.contains(piece), "{piece}");
    comparable(&PORTAL.replace(piece, replacement)).1
}

#[test]
fn portal_cells_hold_lists_and_limits() {
    let cell = "\t大小 | 几层\n\n**示例值**：1\n\n**可选值有**：\n<md-enum>\n<md-enum-item key=\"1\" >小</md-enum-item>\n<md-enum-item key=\"2\" >大</md-enum-item>\n</md-enum>\n\n**默认值**：`1`\n\n**数据校验规则**：\n\n- 取值范围：`1` ～ `2`\n";
    let reading = read("doc.md", &PORTAL.replace("\t大小\n", cell)).expect("known family");
    assert_eq!(warnings(&reading), Vec::<String>::new());
    let size = stated(operation(&reading.document, 0), "size");
    assert_eq!(
        (&size["enum"], &size["default"], &size["minimum"], &size["maximum"]),
        (&json!([1, 2]), &json!(1), &json!(1), &json!(2))
    );
}

#[test]
fn odd_tags_warn() {
    for (piece, replacement, told) in [
        (
            "\t大小\n",
            "\t<md-chart kind=\"x\">大小</md-chart>\n",
            "the tag `<md-chart>` is unknown: only the text inside of it was read",
        ),
        (
            "一句话。",
            "<md-chart>一句话。</md-chart>",
            "the tag `<md-chart>` is unknown: only the text inside of it was read",
        ),
        (
            ":::\n\n### 路径参数",
            "<md-timeline>\n今天\n</md-timeline>\n:::\n\n### 路径参数",
            "the tag `<md-timeline>` is unknown: only the text inside of it was read",
        ),
        (
            "  <md-td>检查参数</md-td>\n",
            "  <md-td>检查参数</md-td>\n  <md-td>多的</md-td>\n",
            "the row has more cells than the table has columns: the last ones were skipped",
        ),
        (
            "### 错误码\n\n:::html\n<md-table>",
            "### 错误码\n\n:::html\n<md-code-json>\n<md-table>",
            "`<md-code-json>` is never closed: skipped",
        ),
    ] {
        let found = read_with(piece, replacement);
        assert!(found.len() == 1 && found[0].ends_with(told), "{replacement}: {found:?}");
    }
}

#[test]
fn english_page_is_whole() {
    let reading = read("doc.md", ENGLISH).expect("known family");
    assert_eq!(warnings(&reading), Vec::<String>::new());
    assert_eq!(reading.document.title, "Assign a locker");
    let read = operation(&reading.document, 0);
    assert_eq!((read.title.as_str(), read.method.as_deref()), ("Assign a locker", Some("POST")));
    assert_eq!(read.access_tokens, ["tenant_access_token", "user_access_token"]);
    assert_eq!((read.app_types.join(" ").as_str(), read.scopes.join(" ").as_str()), ("custom isv", "demo:locker"));
    assert_eq!(json!(read.rate_limit), json!({"per_minute": 100, "per_second": 10}));
    let names: Vec<&str> = read.parameters.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["locker_id", "id_type", "name", "size", "tags"]);
    let part = |name: &str, fact: &str| stated(read, name)[fact].clone();
    assert_eq!((part("id_type", "enum"), part("id_type", "default")), (json!(["open", "union"]), json!("open")));
    assert_eq!((part("name", "min_length"), part("name", "max_length")), (json!(1), json!(100)));
    assert_eq!(
        (part("size", "minimum"), part("size", "maximum"), part("size", "default")),
        (json!(1), json!(3), json!(1))
    );
    assert_eq!((part("tags", "max_items"), part("name", "required")), (json!(5), json!(true)));
    assert_eq!(json!(read.response_fields[3].values), json!(["done", "queued"]));
    assert_eq!((read.examples.len(), read.errors.len()), (2, 1));
}

#[test]
fn explained_types_are_properties_of_rows() {
    let notes = "\
| `lid` | `object` | 否 | 盖子 |
| `box` | `object` | 否 | 箱子 |
| `keys` | `key\\[\\]` | 否 | 钥匙 |

**类型额外说明**:

- **key** 类型说明:

  基本属性:

   no: integer <br> lost: boolean <br>
- **locker_box** 类型说明:

  基本属性:

   kind: string <br>
  - **sides** (array):
    - **box_side** 类型说明:

      - **size** (object):
        - **box_size** 类型说明:

          基本属性:

           width: number <br> unit: string <br>
      - **colours** (array):
        - **box_colour** 类型说明:

          基本属性:

           name: string <br>
- **cover** 类型说明:

  基本属性:

   thick: number <br>


";
    let row = "| `size` | `int` | 否 | 大小 |\n";
    let reading = read("doc.md", &PLAIN.replace(row, &format!("{row}{notes}"))).expect("known family");
    assert_eq!(warnings(&reading), Vec::<String>::new());
    let rows: Vec<(&str, &str)> =
        operation(&reading.document, 0).parameters.iter().map(|row| (row.name.as_str(), row.kind.as_str())).collect();
    assert_eq!(
        rows[6..],
        [
            ("keys.no", "integer"),
            ("keys.lost", "boolean"),
            ("box.kind", "string"),
            ("box.sides", "array"),
            ("box.sides.size", "object"),
            ("box.sides.size.width", "number"),
            ("box.sides.size.unit", "string"),
            ("box.sides.colours", "array"),
            ("box.sides.colours.name", "string"),
            ("lid.thick", "number"),
        ]
    );
    assert_eq!(operation(&reading.document, 0).examples.len(), 2);
    let odd = PLAIN.replace(
        row,
        &format!("{row}{}", notes.replace("| `lid` | `object` | 否 | 盖子 |\n", "").replace("lost: boolean", "lost")),
    );
    let told = comparable(&odd).1;
    assert!(
        told.iter().any(|line| line.ends_with("no row has the type `cover` that is explained here: skipped")),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.ends_with("`lost` is not a property with its type: skipped")), "{told:?}");
}

#[test]
fn helpers_of_samples_are_no_operations() {
    for helper in [
        "public async Task<string> TokenAsync(string app)\n{\n    return await cache.GetAsync(app);\n}\n",
        "Task<string> TokenAsync(string app) => cache.GetAsync(app);\n",
    ] {
        let text = SDK.replace("## 版本", &format!("## 先取令牌\n\n```csharp\n{helper}```\n\n## 版本"));
        let reading = read("doc.md", &text).expect("known family");
        let names: Vec<&str> = reading.document.operations.iter().map(|operation| operation.name.as_str()).collect();
        assert_eq!(names, ["LendBookAsync", "FindBooksAsync"], "{helper}");
    }
    let inside =
        "```csharp\npublic async Task RunAsync()\n{\n    await api.FindBooksAsync(\"t\", size: 5);\n}\n```\n\n## 版本";
    let reading = read("doc.md", &SDK.replace("## 版本", inside)).expect("known family");
    assert_eq!(warnings(&reading), Vec::<String>::new());
    assert_eq!(json!(operation(&reading.document, 1).examples[0].query), json!({"size": "5"}));
}

#[test]
fn signatures_under_one_heading_are_operations() {
    let second = "\
```csharp
Task<Result<Page>> SeekBooksAsync(
    [Token][Header(\"Authorization\")] string user_access_token,
    [Query(\"word\")] string word)
```

| 参数名 | 类型 | 必填 | 说明 |
|---|---|---|---|
| user_access_token | string | 是 | 令牌 |
| word | string | 是 | 词，最大长度：20 |

## 版本";
    let text =
        SDK.replace("## 版本", second).replace("| 找书 |\n", "| 找书 |\n| 3 | SeekBooksAsync | GET | 按词找书 |\n");
    let reading = read("doc.md", &text).expect("known family");
    assert_eq!(warnings(&reading), Vec::<String>::new());
    let [_, find, seek] = reading.document.operations.as_slice() else { panic!("three operations") };
    assert_eq!((find.parameters.len(), seek.parameters.len()), (2, 1));
    assert_eq!(
        (seek.name.as_str(), seek.title.as_str(), seek.method.as_deref()),
        ("SeekBooksAsync", "找书", Some("GET"))
    );
    assert_eq!(seek.parameters[0].max_length, Some(20));
    let overload = SDK.replace("## 版本", "```csharp\nTask<Result<Page>> FindBooksAsync([Token][Header(\"Authorization\")] string user_access_token)\n```\n\n## 版本");
    let reading = read("doc.md", &overload).expect("known family");
    assert_eq!(reading.document.operations.len(), 2);
    assert!(
        warnings(&reading)[0].ends_with("`FindBooksAsync` has a signature above: skipped"),
        "{:?}",
        warnings(&reading)
    );
}

#[test]
fn rows_of_the_list_are_operations() {
    let text = SDK.replace("| 找书 |\n", "| 找书 |\n| 3 | BurnBookAsync | DELETE | 烧书 |\n");
    let reading = read("doc.md", &text).expect("known family");
    let burn = operation(&reading.document, 2);
    assert_eq!((burn.name.as_str(), burn.title.as_str(), burn.line), ("BurnBookAsync", "烧书", 9));
    assert_eq!((burn.method.as_deref(), burn.parameters.len()), (Some("DELETE"), 0));
    assert_eq!(warnings(&reading), ["9:7: warning: no section has a signature of `BurnBookAsync`"]);
}

#[test]
fn newer_references_are_read() {
    let text = "\
# 储物柜（用户权限）

## 函数列表

| 函数名称 | 功能描述 | 认证方式 | HTTP 方法 |
| :--- | :--- | :--- | :--- |
| OpenLockerAsync | 打开 | 用户令牌 | POST |
| ShutLockerAsync | 关上 | 租户令牌 / 用户令牌 | POST |

## 函数详细内容

### 打开

打开一个柜子。限频：10 次/秒。所需权限：demo:locker:write（管理柜子）。字段权限：demo:person.id（人员标识）。

**函数签名**

```csharp
Task<Result<Locker>?> OpenLockerAsync(
    [Path] string locker_id,
    [Query(\"kind\")] string? kind = null,
    CancellationToken cancellationToken = default);
```

**参数**

| 参数名 | 类型 | 必填 | 描述 | 示例 |
| :--- | :--- | :--- | :--- | :--- |
| `locker_id` | `string` | ✅ | 哪个 | `l1` |
| kind | string | ⚪ | 哪种 | - |
| cancellationToken | CancellationToken | ⚪ | 取消 | — |
";
    let reading = read("doc.md", text).expect("known family");
    let [open, shut] = reading.document.operations.as_slice() else { panic!("two operations") };
    assert_eq!((open.title.as_str(), open.method.as_deref()), ("打开", Some("POST")));
    assert_eq!(
        (open.access_tokens.join(" ").as_str(), open.scopes.join(" ").as_str()),
        ("user_access_token", "demo:locker:write")
    );
    assert_eq!(json!(open.rate_limit), json!({"per_second": 10}));
    let required: Vec<(&str, bool)> = open.parameters.iter().map(|row| (row.name.as_str(), row.required)).collect();
    assert_eq!(required, [("locker_id", true), ("kind", false)]);
    assert_eq!(shut.access_tokens, ["tenant_access_token", "user_access_token"]);
    assert_eq!(warnings(&reading), ["8:3: warning: no section has a signature of `ShutLockerAsync`"]);
}
