//! One operation in every family: every family states the same facts.

use super::{facts, operation, without_lines};
use apidoc::facts::Operation;
use serde_json::{Value, json};

/// A request table for each family of pages, and the headings that it goes with.
const PAGE_HEAD: &str = "\
## 续借图书

## 请求

| 基本 | |
| --- | --- |
| HTTP URL | `https://example.com/open-apis/library/v1/loans/:loan_id/renew` |
| HTTP Method | POST |
| 支持的访问令牌 | tenant_access_token user_access_token |
| 接口频率限制 | 1000 次/分钟、50 次/秒 |
";
const REFERENCE_HEAD: &str = "\
---
title: \"续借图书\"
---

# 续借图书

## 请求

| 项目 | 值 |
| --- | --- |
| HTTP URL | https://example.com/open-apis/library/v1/loans/:loan_id/renew |
| HTTP Method | POST |
| 接口频率限制 | [1000 次/分钟、50 次/秒](https://example.com/limits) |

### 请求头

| 名称 | 类型 | 必填 | 描述 |
| --- | --- | --- | --- |
| Authorization | string | 是 | `tenant_access_token` 或 `user_access_token` **值格式**：\"Bearer `access_token`\" |
";
const SDK_HEAD: &str = "\
# 借还

## 函数列表

| 函数名称 | HTTP方法 |
| --- | --- |
| RenewLoanAsync | POST |

## 续借图书

```csharp
[Post(\"https://example.com/open-apis/library/v1/loans/{loan_id}/renew\")]
Task<Result<Loan>> RenewLoanAsync(
    [Token][Header(\"Authorization\")] string access_token,
    [Path] string loan_id,
    [Query(\"unit\")] string? unit = null,
    [Query(\"days\")] int? days = 14,
    [Body] RenewRequest request)
```

- **认证**：tenant_access_token 或 user_access_token
";

/// The tables that follow in a form of words: headings, header, required, optional, nesting.
struct Form {
    path: &'static str,
    query: &'static str,
    body: &'static str,
    response: &'static str,
    header: &'static str,
    inside: &'static str,
}

const PLAIN: Form = Form {
    path: "### 路径参数",
    query: "### 查询参数",
    body: "### 请求体",
    response: "### 响应体",
    header: "参数名",
    inside: "loan.",
};
const DRAWN: Form = Form {
    path: "### 路径参数",
    query: "### 查询参数",
    body: "### 请求体",
    response: "## 响应",
    header: "名称",
    inside: "&nbsp;&nbsp;└ ",
};
const SDK: Form = Form {
    path: "- **参数**：",
    query: "- **参数**：",
    body: "- **请求体**：",
    response: "- **响应**：",
    header: "参数名",
    inside: "└ ",
};

fn body_of(form: &Form) -> String {
    let Form { path, query, body, response, header, inside } = form;
    format!(
        "
{path}

| {header} | 类型 | 必填 | 描述 |
| --- | --- | --- | --- |
| loan_id | string | 是 | 借阅号，长度不能超过 20 字符 |

{query}

| {header} | 类型 | 必填 | 描述 |
| --- | --- | --- | --- |
| unit | string | 否 | 单位<br>**可选值有**：<br>- `day`: 天 - `week`: 周<br>**默认值**：`day` |
| days | int | 否 | 多久<br>**数据校验规则**：<br>- 取值范围：`1` ～ `30`<br>**默认值**：`14` |

{body}

| {header} | 类型 | 必填 | 描述 |
| --- | --- | --- | --- |
| loan | object | 是 | 哪次 |
| {inside}books | string[] | 否 | 书<br>**数据校验规则**：<br>最大长度：`300` |

{response}

| {header} | 类型 | 描述 |
| --- | --- | --- |
| code | int | 0 为成功 |
| loan | loan | 结果 |
| {inside}state | int | 1-在借，2-已还 |

**错误示例**

```json
{{\"code\": 77001, \"msg\": \"loan is over\"}}
```

| HTTP状态码 | 错误码 | 描述 |
| --- | --- | --- |
| 400 | 77001 | loan is over |
"
    )
}

/// The facts of the one operation, its lines left out.
fn comparable(text: &str) -> Value {
    let document = facts(text);
    assert_eq!(document.operations.len(), 1);
    let mut value = serde_json::to_value(operation(&document, 0)).expect("facts are JSON");
    without_lines(&mut value);
    value
}

#[test]
fn page_and_reference_state_the_same() {
    let page = comparable(&format!("{PAGE_HEAD}{}", body_of(&PLAIN)));
    let reference = comparable(&format!("{REFERENCE_HEAD}{}", body_of(&DRAWN)));
    assert_eq!(page, reference);
    assert_eq!(page["rate_limit"], json!({"per_minute": 1000, "per_second": 50}));
    assert_eq!(page["access_tokens"], json!(["tenant_access_token", "user_access_token"]));
    let names: Vec<_> = page["parameters"].as_array().expect("a list").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(json!(names), json!(["loan_id", "unit", "days", "loan", "loan.books"]));
    assert_eq!(page["response_fields"][2], json!({"path": "loan.state", "type": "int", "enum": [1, 2]}));
    assert_eq!(page["examples"][0]["kind"], json!("response"));
}

#[test]
fn sdk_states_the_same_facts() {
    let page = comparable(&format!("{PAGE_HEAD}{}", body_of(&PLAIN)));
    let sdk = comparable(&format!("{SDK_HEAD}{}", body_of(&SDK)));
    let Value::Object(facts) = serde_json::to_value(Operation::default()).expect("facts are JSON") else { return };
    // Its operations are named by their functions, and it does not tell how often they may be called.
    let of_the_family = ["name", "line", "rate_limit"];
    let shared =
        facts.keys().map(String::as_str).chain(["response_fields"]).filter(|fact| !of_the_family.contains(fact));
    for fact in shared {
        assert_eq!(page[fact], sdk[fact], "{fact}");
    }
}
