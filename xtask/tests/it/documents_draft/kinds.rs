//! Kinds of operations that need more than a transcription: batches, listings of several lists, files, samples.

use super::workshop::{Workshop, document};
use std::fs;

/// The fixture with some of its text replaced, drafted; what is printed, and the spec.
fn drafted(name: &str, fixture: &str, changes: &[(&str, &str)]) -> (String, String) {
    let (workshop, said) = drafted_in(name, fixture, changes);
    (said, workshop.spec())
}

fn drafted_in(name: &str, fixture: &str, changes: &[(&str, &str)]) -> (Workshop, String) {
    let workshop = Workshop::new(name);
    let mut text = fs::read_to_string(document(fixture)).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let file = workshop.documents().join("page.md");
    fs::write(&file, text).unwrap();
    let said = workshop.draft_file(&file).unwrap();
    (workshop, said)
}

const LISTED: &str = "| &nbsp;&nbsp;└ `items` | `department\\[\\]` | 部门 |\n";

#[test]
fn list_of_failures_is_no_page() {
    let other = format!("| &nbsp;&nbsp;└ `missing_ids` | `string\\[\\]` | 没有的 |\n{LISTED}");
    let (_, spec) = drafted("kinds-lists", "list-departments", &[(LISTED, &other)]);
    assert!(spec.contains("        items: [/data/items]\n"), "{spec}");
}

#[test]
fn listing_by_required_page_size_has_a_note() {
    let (size, required) = ("| `page_size` | `int` | 否", "| `page_size` | `int` | 是");
    let (_, spec) = drafted("kinds-required", "list-departments", &[(size, required)]);
    let note = "# TODO: the response has `has_more`, and no x-feishu-page: there is no optional number `page_size`";
    assert!(spec.contains(note), "{spec}");
}

const BATCH: &[(&str, &str)] = &[
    ("directory/v2/departments", "directory/v2/departments/batch_create"),
    ("HTTP Method | GET", "HTTP Method | POST"),
    ("### 查询参数\n", "### 请求体\n"),
    (
        "| `parent_department_id` | `string` | 是 | 上级 |\n",
        "| `departments` | `department\\[\\]` | 是 | 部门 |\n| &nbsp;&nbsp;└ `department_id` | `string` | 是 | 部门 ID |\n",
    ),
    ("| &nbsp;&nbsp;&nbsp;&nbsp;└ `name` | `string` | 名称 |", "| &nbsp;&nbsp;&nbsp;&nbsp;└ `code` | `int` | 结果 |"),
    ("\"name\": \"研究院\"", "\"code\": 0"),
    ("| 400 | 46006 | parent department not found", "| 400 | 46006 | department already exists"),
];

#[test]
fn batch_says_where_its_results_are() {
    let (_, spec) = drafted("kinds-batch", "list-departments", BATCH);
    let (_, results) = spec.split_once("x-feishu-results:\n        sent: departments\n").unwrap();
    let lines: Vec<&str> = results.lines().take(5).map(str::trim).collect();
    assert_eq!(lines[0], "items: /data/items");
    assert_eq!(&lines[2..], ["id: department_id", "code: code", "already: [46006]"]);
}

#[test]
fn results_without_an_id_have_a_note() {
    let nothing = [("└ `department_id` | `string` | 是", "└ `department_id` | `string` | 否")];
    let (_, spec) = drafted("kinds-no-id", "list-departments", &[BATCH, &nothing[..]].concat());
    assert!(
        spec.contains("# TODO: each item has a code, and there is no x-feishu-results: no list of the body"),
        "{spec}"
    );
}

const NAME_IS_A_FILE: (&str, &str) = (
    "| `name` | `string` | 是 | 名称<br>**数据校验规则**：<br>- 长度范围：`1` ～ `100` 字符 |",
    "| `name` | `file` | 是 | 名称 |",
);

/// The rows of the fixture that are objects, and its sample of JSON.
const NO_FORM: [(&str, &str); 3] = [
    ("### 请求体示例\n\n```json\n", "### 说明\n\n```\n"),
    (
        "| `i18n_name` | `i18n_name` | 否 | 多语言名称 |\n| &nbsp;&nbsp;└ `zh_cn` | `string` | 否 | 中文，最大长度：`100` 字符 |\n\
         | &nbsp;&nbsp;└ `en_us` | `string` | 否 | 英文 |\n",
        "",
    ),
    (
        "| `leaders` | `department_leader\\[\\]` | 否 | 负责人，最大长度：`10` |\n\
         | &nbsp;&nbsp;└ `leader_type` | `int` | 是 | 种类<br>**可选值有**：<br>- `1`: 主 - `2`: 副 |\n\
         | &nbsp;&nbsp;└ `leader_id` | `string` | 是 | 用户 ID |\n",
        "",
    ),
];

#[test]
fn sent_file_makes_the_body_a_form() {
    let changes = [&NO_FORM[..], &[NAME_IS_A_FILE]].concat();
    let (workshop, said) = drafted_in("kinds-upload", "create-department", &changes);
    let spec = workshop.spec();
    let (_, operation) = spec.split_once("\n      operationId: create_department\n").expect(&said);
    let (_, body) = operation.split_once("\n      requestBody:\n").unwrap();
    let body = body.split_once("\n      responses:\n").unwrap().0;
    assert!(body.contains("multipart/form-data:\n") && !body.contains("examples"), "{body}");
    let (_, schema) = spec.split_once("\n    CreateDepartmentBody:\n").unwrap();
    let name = schema.lines().find(|line| line.trim_start().starts_with("name: ")).expect(schema);
    assert!(name.contains("type: string, format: binary") && !name.contains("maxLength"), "{name}");
    specproof::codegen::generate("openapi.yaml", &spec).unwrap();
    workshop.sync();
    assert_eq!(workshop.findings(), [""; 0], "the document proves the form");
    // What it says of a part is compared.
    fs::write(workshop.spec_file(), spec.replacen(", format: binary", "", 1)).unwrap();
    let found = "parameter-type: create_department: `body name type` is string in the spec; the document says file";
    assert_eq!(workshop.findings(), [found]);
}

#[test]
fn form_with_an_object_is_left_to_people() {
    let (said, spec) = drafted("kinds-uploads", "create-department", &[NAME_IS_A_FILE]);
    assert!(
        said.contains("it sends the file `name` (line 38) in a form, and `i18n_name` (line 41) is no part"),
        "{said}"
    );
    let by_hand = said.contains("write it by hand, as spec/README.md describes");
    assert!(by_hand && !spec.contains("create_department"), "{said}");
}

#[test]
fn file_in_json_is_left_out() {
    let file = [("└ `name` | `string` |", "└ `name` | `file` |")];
    let (said, spec) = drafted("kinds-download", "list-departments", &file);
    assert!(said.contains("is not drafted: it returns the file `"), "{said}");
    assert!(
        said.contains("write it by hand, as spec/README.md describes") && !spec.contains("list_departments"),
        "{said}"
    );
}

/// A page says that a success is a file by a row of that type, or by its path.
#[test]
fn returned_file_is_drafted_and_proven() {
    let text = fs::read_to_string(document("list-departments")).unwrap();
    let (_, rest) = text.split_once("### 响应体\n").unwrap();
    let described = format!("### 响应体\n{}", rest.split_once("### 错误码").unwrap().0);
    let row = "### 响应体\n\n| 名称 | 类型 | 描述 |\n| --- | --- | --- |\n| `file` | `file` | 文件 |\n\n";
    let address = ("directory/v2/departments", "directory/v2/departments/download");
    for (name, changes) in
        [("kinds-file-row", vec![(&*described, row)]), ("kinds-file-path", vec![(&*described, ""), address])]
    {
        let (workshop, said) = drafted_in(name, "list-departments", &changes);
        let spec = workshop.spec();
        assert!(spec.contains("application/octet-stream"), "{said}\n{spec}");
        assert!(!spec.contains("ListDepartmentsResponse"), "{spec}");
        workshop.sync();
        assert_eq!(workshop.findings(), [""; 0], "{name}");
        // An empty envelope is no file.
        let file = "        '200':\n          description: The file, or an envelope says why not.\n";
        let (before, after) = spec.split_once(file).unwrap();
        let (_, after) = after.split_once("        4XX:").unwrap();
        let envelope = "        '200':\n          description: Nothing.\n          content:\n            application/json:\n              \
                        schema: { $ref: '#/components/schemas/UpdateUserGroupResponse' }\n";
        fs::write(workshop.spec_file(), format!("{before}{envelope}        4XX:{after}")).unwrap();
        let findings = workshop.findings();
        assert!(findings.iter().any(|finding| finding.starts_with("unknown-field: ")), "{findings:?}");
    }
}

#[test]
fn sample_of_a_get_is_no_body() {
    let sample = "### 请求体示例\n\n```json\n{\"parent_department_id\": \"od-1\", \"page_size\": 10}\n```\n\n## 响应\n";
    let (_, spec) = drafted("kinds-sample", "list-departments", &[("## 响应\n", sample)]);
    let (_, operation) = spec.split_once("\n      operationId: list_departments\n").unwrap();
    let operation = operation.split_once("\n      responses:\n").unwrap().0;
    assert!(!operation.contains("requestBody"), "{operation}");
}

#[test]
fn every_drafted_schema_is_used() {
    let (_, spec) = drafted("kinds-used", "list-departments", &[]);
    let (_, components) = spec.split_once("\n  schemas:\n").unwrap();
    let (schemas, _) = components.split_once("\n  responses:\n").unwrap();
    assert!(schemas.contains("\n    ListDepartmentsData:\n"), "{schemas}");
    let names = schemas.lines().filter_map(|line| line.strip_prefix("    ")?.strip_suffix(':'));
    for name in names.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())) {
        let used = format!("'#/components/schemas/{name}'");
        assert!(spec.contains(&used) || spec.contains(&format!("item: {name}")), "{name}");
    }
}

#[test]
fn path_names_the_operation_not_the_file() {
    let (said, _) = drafted("kinds-name", "list-departments", &[]);
    assert!(said.contains("is drafted as list_departments"), "{said}");
    let workshop = Workshop::new("kinds-file");
    let file = workshop.documents().join("query-anything.md");
    fs::copy(document("list-departments"), &file).unwrap();
    assert!(workshop.draft_file(&file).unwrap().contains("is drafted as list_departments"));
}
