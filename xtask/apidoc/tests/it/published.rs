//! Other modules, as their documents are published: tables without outer pipes, the platform's own tags.
//!
//! The documents here are of our own making, in forms that exporters and mirrors of the
//! platform's reference have.

use super::{PAGE, SDK, facts, operation, stated, warnings};
use apidoc::read;
use serde_json::json;

const OPEN: &str = include_str!("../documents/published/open-tables.md");
const TAGS: &str = include_str!("../documents/published/tags.md");

#[test]
fn open_rows_end_at_the_next() {
    for text in [OPEN.to_owned(), OPEN.replace('\n', "\r\n"), OPEN.replace("  \n**", "\n**")] {
        let document = facts(&text);
        let read = operation(&document, 0);
        assert_eq!(read.app_types, ["custom"]);
        assert_eq!(read.scopes, ["security:audit_log.openapi_log:readonly"]);
        assert_eq!(read.access_tokens, ["tenant_access_token"]);
        assert_eq!(
            stated(read, "api_keys"),
            json!({"name": "api_keys", "in": "body", "type": "string[]", "required": false, "max_items": 100, "line": 36})
        );
        assert_eq!(
            stated(read, "page_size"),
            json!({"name": "page_size", "in": "body", "type": "int", "required": false, "minimum": 1, "maximum": 100, "line": 42})
        );
        assert_eq!(stated(read, "page_token")["default"], json!("first"));
        assert_eq!((read.parameters.len(), read.response_fields.len(), read.errors.len()), (4, 5, 2));
        assert_eq!(read.examples.len(), 1);
    }
}

#[test]
fn extra_pipes_in_open_rows_warn() {
    let reading = read("doc.md", &OPEN.replace("分页标记  ", "分页 | 标记  ")).expect("known family");
    let told = warnings(&reading);
    assert!(
        told[0].starts_with("46:32: warning: the row has more cells than the table has columns: `标记"),
        "{told:?}"
    );
    let code = facts(&OPEN.replace("分页标记  ", "分页 `a|b`  "));
    assert_eq!(code, facts(OPEN));
}

#[test]
fn tags_hold_facts_in_their_attributes() {
    let reading = read("doc.md", TAGS).expect("known family");
    let read = operation(&reading.document, 0);
    assert_eq!(read.app_types, ["custom", "isv"]);
    assert_eq!(read.scopes, ["drive:drive", "drive:file"]);
    assert_eq!(read.access_tokens, ["tenant_access_token", "user_access_token"]);
    assert_eq!(json!(read.rate_limit), json!({"per_second": 5}));
    assert_eq!(stated(read, "parent_type")["enum"], json!(["explorer"]));
    assert_eq!(stated(read, "file_name")["max_length"], json!(250));
    assert_eq!(read.response_fields[2].path, "data.file_token");
    assert_eq!(
        warnings(&reading),
        ["31:31: warning: a body of `multipart/form-data` is not JSON: its parameters were read as JSON"]
    );
}

#[test]
fn labelled_lines_are_read() {
    let lines = "\n- **频率限制**：1000 次/分钟、50 次/秒\n- **权限要求**：`library:loan`\n- **应用类型**：custom\n- **请求地址**：https://example.com/open-apis/library/v1/loans\n";
    let document = facts(&SDK.replacen("\n- **认证类型**", &format!("{lines}- **认证类型**"), 1));
    let lend = operation(&document, 0);
    assert_eq!(json!(lend.rate_limit), json!({"per_minute": 1000, "per_second": 50}));
    assert_eq!(
        (lend.scopes.as_slice(), lend.app_types.as_slice()),
        (["library:loan".to_owned()].as_slice(), ["custom".to_owned()].as_slice())
    );
    assert_eq!(lend.path.as_deref(), Some("/open-apis/library/v1/loans"));
    let row = "| 接口频率限制 | 100 次/分钟、5 次/秒 |\n";
    let line = "\n**频率限制**：100 次/分钟、5 次/秒\n";
    let moved = facts(&PAGE.replace(row, "").replace("\n### 请求头", &format!("{line}\n### 请求头")));
    assert_eq!(json!(operation(&moved, 0).rate_limit), json!({"per_minute": 100, "per_second": 5}));
}

#[test]
fn unknown_label_warns() {
    for (line, told) in [
        ("**频率限制**：见文档", "13:1: warning: `频率限制` was not understood: nothing read from it"),
        (
            "<br>x<br>\n**权限要求**：`library:Loan`",
            "14:1: warning: `library:Loan` of `权限要求` was not understood: skipped",
        ),
        ("**凭据**：user_access_token", "13:1: warning: `凭据` is unknown: the tokens or scopes after it were skipped"),
        ("某事：a | b | c", "13:1: warning: this looks like a table row outside of any table: skipped"),
    ] {
        let page = PAGE
            .replace("| 接口频率限制 | 100 次/分钟、5 次/秒 |\n", "")
            .replace("| 权限要求 | library:loan:write |\n", "");
        let reading =
            read("doc.md", &page.replace("\n### 请求头", &format!("\n{line}\n\n### 请求头"))).expect("known family");
        let found = warnings(&reading);
        assert!(found.iter().any(|warning| warning == told), "{found:?}");
    }
}

#[test]
fn unknown_column_warns() {
    for (text, told) in [
        (PAGE.replace("排查建议", "分类"), "57:24: warning: the column `分类` is unknown: nothing read from it"),
        (
            PAGE.replace(
                "| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n| lang | string | 否 | 语言",
                "| 名称 | 类型 | 必填 | 取值 |\n| --- | --- | --- | --- |\n| lang | string | 否 | 语言",
            ),
            "30:18: warning: the column `取值` is unknown: nothing read from it",
        ),
        (
            PAGE.replace("| 令牌 |", "| `bearer` 或 `user_access_token` |"),
            "19:32: warning: `bearer` is not a kind of access token: skipped",
        ),
        (
            PAGE.replace("| 令牌 |", "| `tenant_access_token` |"),
            "19:32: warning: this says tenant_access_token, the request table user_access_token: the table's are used",
        ),
    ] {
        let reading = read("doc.md", &text).expect("known family");
        let found = warnings(&reading);
        assert!(found.iter().any(|warning| warning == told), "{found:?}");
    }
}
