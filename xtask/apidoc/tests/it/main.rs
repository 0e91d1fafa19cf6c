//! Reading documents of every family, and keeping their facts.
//!
//! The documents here are of our own making: small, in the families' form, one
//! piece for each kind of fact.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a failed test should say where")]

mod families;
mod faults;
mod forms;
mod garbled;
mod hostile;
mod lock;
#[path = "../../../../src/property.rs"]
mod property;
mod published;
mod service;
mod tolerance;

use apidoc::facts::{Document, ExampleKind, Operation, Place};
use apidoc::{Reading, read};
use serde_json::{Value, json};

const SDK: &str = include_str!("../documents/reference.md");
const PAGE: &str = include_str!("../documents/page.md");

fn facts(text: &str) -> Document {
    let reading = read("folder/doc.md", text).expect("the document is of a known family");
    assert_eq!(reading.warnings, [], "the document is read without a warning");
    reading.document
}

fn operation(document: &Document, index: usize) -> &Operation {
    document.operations.get(index).expect("the document has so many operations")
}

/// Takes the lines out of facts: what moves says the same.
fn without_lines(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("line");
            fields.values_mut().for_each(without_lines);
        }
        Value::Array(items) => items.iter_mut().for_each(without_lines),
        _ => {}
    }
}

/// The facts of a parameter that are not silent, as JSON.
fn stated(operation: &Operation, name: &str) -> Value {
    let parameter =
        operation.parameters.iter().find(|parameter| parameter.name == name).expect("the parameter is there");
    let mut value = serde_json::to_value(parameter).expect("facts are JSON");
    let silent = [json!(null), json!([])];
    value.as_object_mut().expect("a parameter is an object").retain(|_, fact| !silent.contains(fact));
    value
}

/// `line:column` of each warning, with its message.
fn warnings(reading: &Reading) -> Vec<String> {
    reading.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn the_reference_gives_its_operations() {
    let document = facts(SDK);
    assert_eq!((document.document.as_str(), document.title.as_str()), ("doc.md", "图书馆"));
    let lend = operation(&document, 0);
    assert_eq!((lend.name.as_str(), lend.title.as_str(), lend.line), ("LendBookAsync", "借书", 12));
    assert_eq!((lend.method.as_deref(), lend.path.as_deref()), (Some("POST"), None));
    assert_eq!(lend.access_tokens, ["tenant_access_token", "user_access_token"]);
    let find = operation(&document, 1);
    assert_eq!(
        (find.method.as_deref(), find.access_tokens.as_slice()),
        (Some("GET"), ["user_access_token".to_owned()].as_slice())
    );
}

#[test]
fn signature_and_table_make_one_parameter() {
    let document = facts(SDK);
    let lend = operation(&document, 0);
    let names: Vec<_> = lend.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.place)).collect();
    assert_eq!(names, [("shelf_id", Place::Path), ("X-Desk", Place::Header), ("kind", Place::Query)]);
    assert_eq!(
        stated(lend, "shelf_id"),
        json!({"name": "shelf_id", "in": "path", "type": "string", "required": true, "max_length": 20, "line": 30})
    );
    assert_eq!(
        stated(lend, "kind"),
        json!({"name": "kind", "in": "query", "type": "string", "required": false, "default": "Consts.Book_Kind", "line": 33})
    );
    let find = operation(&document, 1);
    assert_eq!(
        stated(find, "size"),
        json!({"name": "size", "in": "query", "type": "int", "required": false, "default": 10, "minimum": 1, "maximum": 50, "line": 66})
    );
    assert_eq!(
        stated(find, "kind"),
        json!({"name": "kind", "in": "query", "type": "int", "required": false, "enum": [1, 2], "line": 67})
    );
}

#[test]
fn the_reference_gives_its_examples() {
    let document = facts(SDK);
    let [response, request] = operation(&document, 0).examples.as_slice() else { panic!("two examples") };
    assert_eq!((response.kind, response.line), (ExampleKind::Response, 37));
    assert_eq!(response.value, json!({"code": 0, "data": {"loan_id": "l1"}}));
    assert_eq!((request.kind, request.line), (ExampleKind::Request, 43));
    assert_eq!(request.value, json!({"reader_id": "r1", "days": 14, "books": [{"isbn": "978"}]}));
    assert_eq!(json!(request.query), json!({"kind": "paper"}));
    assert_eq!(json!(request.path_parameters), json!({"shelf_id": "s1"}));
}

#[test]
fn signature_and_table_disagreement_warns() {
    let text = SDK.replace("默认 10", "默认 20").replace("| desk | string? | 否", "| desk | int | 是");
    let reading = read("doc.md", &text).expect("known family");
    assert_eq!(
        warnings(&reading),
        [
            "32:1: warning: `desk`: the table says required yes, the signature no",
            "32:1: warning: `desk`: the table says type int, the signature string",
            "66:1: warning: `size`: the table says default 20, the signature 10",
        ]
    );
}

#[test]
fn unmatched_functions_and_sections_warn() {
    let text = SDK.replace("| 2 | FindBooksAsync", "| 2 | SeekBooksAsync");
    let reading = read("doc.md", &text).expect("known family");
    assert_eq!(
        warnings(&reading),
        [
            "8:7: warning: no section has a signature of `SeekBooksAsync`",
            "52:1: warning: `FindBooksAsync` is not in the list of functions: its HTTP method is unknown",
        ]
    );
}

#[test]
fn the_page_gives_its_operation() {
    let document = facts(PAGE);
    let operation = operation(&document, 0);
    assert_eq!(operation.name, "loans/{loan_id}/return");
    assert_eq!((operation.title.as_str(), operation.line), ("归还图书", 1));
    assert_eq!(operation.method.as_deref(), Some("POST"));
    assert_eq!(operation.path.as_deref(), Some("/open-apis/library/v1/loans/{loan_id}/return"));
    assert_eq!(operation.access_tokens, ["user_access_token"]);
    assert_eq!(operation.app_types, ["custom", "isv"]);
    assert_eq!(operation.scopes, ["library:loan:write"]);
    assert_eq!(json!(operation.rate_limit), json!({"per_minute": 100, "per_second": 5}));
    assert_eq!(json!(operation.errors), json!([{"http": 400, "code": 77001, "message": "loan is over", "line": 59}]));
}

#[test]
fn the_page_gives_its_parameters() {
    let document = facts(PAGE);
    let operation = operation(&document, 0);
    let names: Vec<_> =
        operation.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.place)).collect();
    assert_eq!(
        names,
        [
            ("X-Desk", Place::Header),
            ("loan_id", Place::Path),
            ("lang", Place::Query),
            ("books", Place::Body),
            ("state", Place::Body),
            ("note", Place::Body)
        ]
    );
    assert_eq!(stated(operation, "lang")["default"], json!("zh"));
    assert_eq!(
        stated(operation, "books"),
        json!({"name": "books", "in": "body", "type": "undefined[]", "required": true, "min_items": 1, "max_items": 300, "line": 37})
    );
    assert_eq!(
        stated(operation, "state"),
        json!({"name": "state", "in": "body", "type": "integer", "required": false, "enum": [0, 1], "line": 38})
    );
    assert_eq!(stated(operation, "note")["max_length"], json!(64));
}

#[test]
fn the_page_gives_its_examples() {
    let document = facts(PAGE);
    let [request, response, curl] = operation(&document, 0).examples.as_slice() else { panic!("three examples") };
    assert_eq!((request.kind, request.line), (ExampleKind::Request, 44));
    assert_eq!((response.kind, response.line), (ExampleKind::Response, 52));
    assert_eq!(json!(curl.query), json!({"lang": "zh-cn"}));
    assert_eq!(curl.value, json!({"books": []}));
}

#[test]
fn one_page_may_hold_several_operations() {
    let document = facts(&format!("{PAGE}\n{}", PAGE.replace("归还图书", "续借图书").replace("/return", "/renew")));
    let names: Vec<_> =
        document.operations.iter().map(|operation| (operation.title.as_str(), operation.name.as_str())).collect();
    assert_eq!(names, [("归还图书", "loans/{loan_id}/return"), ("续借图书", "loans/{loan_id}/renew")]);
    assert!(
        document.operations.iter().all(|operation| operation.parameters.len() == 6 && operation.examples.len() == 3)
    );
}

#[test]
fn byte_order_mark_and_tabs_change_nothing() {
    for text in [SDK, PAGE] {
        let plain = facts(text);
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(facts(&windows), plain);
        assert_eq!(facts(&text.replace("    ", "\t")), plain);
    }
}

#[test]
fn broken_json_warns_where_it_breaks() {
    let text =
        PAGE.replace(r#"{"books": ["b1"], "state": 1}"#, "{\n  \"书\": 1\n]").replace("\"code\": 0", "\"code\": 零");
    let reading = read("doc.md", &text).expect("known family");
    let places: Vec<_> = reading.warnings.iter().map(|warning| (warning.line, warning.column)).collect();
    assert_eq!(places, [(46, 1), (54, 10)]);
    assert_eq!(operation(&reading.document, 0).examples.len(), 1, "the curl sample is left");
}

#[test]
fn unknown_pieces_warn() {
    let odd = [
        (
            "| loan_id | string | 是 |",
            "| loan_id | string | 也许 |",
            "26:22: warning: `loan_id`: `也许` is neither yes nor no",
        ),
        ("| books |", "| 书 本 |", "37:3: warning: `书 本` is not the name of a parameter"),
        (
            "### 查询参数",
            "### 其他参数",
            "30:1: warning: no heading says whether these parameters are in path, query, header or body",
        ),
        ("| 400 | 77001 |", "| 400 | 多 |", "59:9: warning: `多` is not an error code"),
        ("| 支持的应用类型 |", "| 应用图标 |", "11:3: warning: the row `应用图标` was not understood"),
        ("最大长度: 64", "最大长度: 很长", "39:23: warning: `最大长度` is not followed by a number"),
        ("```bash\ncurl", "```perl\ncurl", "66:1: warning: `perl` is not a language of samples"),
        ("```bash\ncurl", "```bash\nwget", "66:1: warning: no request was read from this bash sample"),
        ("| HTTP状态码 | 错误码 | 描述 |", "| 甲 | 乙 | 丙 |", "57:1: warning: this table lists neither"),
    ];
    for (piece, replacement, expected) in odd {
        assert!(PAGE.contains(piece), "{piece}");
        let reading = read("doc.md", &PAGE.replace(piece, replacement)).expect("known family");
        let told = warnings(&reading);
        assert!(told.iter().any(|warning| warning.starts_with(expected)), "{piece}: {told:?}");
    }
}

#[test]
fn truncated_documents_do_not_panic() {
    for text in [SDK, PAGE] {
        for (end, _) in text.char_indices() {
            let _ = read("doc.md", &text[..end]);
        }
    }
}

#[test]
fn unknown_family_is_an_error() {
    let error = read("notes.md", "# 笔记\n\n没有接口。\n").expect_err("no family");
    let message = error.to_string();
    assert!(message.starts_with("notes.md:1:1: this document belongs to no known family"), "{message}");
    assert!(message.contains("HTTP URL"), "{message}");
}
