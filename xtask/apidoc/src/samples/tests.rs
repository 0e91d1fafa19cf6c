//! One request, written in every language that samples come in.

use super::*;
use crate::facts::Parameter;
use crate::warnings::Position;
use crate::{parameters, words};
use serde_json::json;

fn code(language: &str, text: &str) -> Code {
    Code { language: language.to_owned(), text: text.to_owned(), line: 10, indent: 0 }
}

/// An operation whose path takes a `loan_id`, as its tables would say.
fn operation() -> Operation {
    let row = parameters::ParameterRow {
        line: 1,
        name: "loan_id".to_owned(),
        kind: words::kind("string"),
        required: true,
        place: None,
        default: "",
        default_at: Position::line(1),
        description: "",
        at: Position::line(1),
    };
    let parameters: Vec<Parameter> = vec![row.parameter(Place::Path, &mut Warnings::default())];
    Operation { parameters, ..Operation::default() }
}

/// The examples of a sample, and what was warned about.
fn sample(language: &str, text: &str) -> (Vec<Example>, Vec<String>) {
    let mut warnings = Warnings::default();
    let examples = read(&code(language, text), &operation(), &mut warnings);
    (examples, warnings.into_sorted().iter().map(ToString::to_string).collect())
}

/// The one example of a sample that is read without a warning.
fn request(language: &str, text: &str) -> Example {
    let (mut examples, warnings) = sample(language, text);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(examples.len(), 1);
    examples.remove(0)
}

/// What the whole request is, wherever a sample states all of it.
fn assert_whole(example: &Example, line: usize) {
    assert_eq!(example.method.as_deref(), Some("POST"));
    assert_eq!(example.path.as_deref(), Some("/v1/loans/l1"));
    assert_eq!(json!(example.query), json!({"lang": "zh cn", "page": "2"}));
    assert_eq!(json!(example.headers), json!({"Authorization": "Bearer t-x", "X-Desk": "3"}));
    assert_eq!(example.value, json!({"books": ["b'1"], "state": 1}));
    assert_eq!(example.line, line);
}

#[test]
fn curl() {
    let text = r#"# a comment
curl -i -XPOST \
  --url='https://example.com/v1/loans/l1?lang=zh%20cn&page=2' \
  -H "Authorization: Bearer t-x" -H 'X-Desk:3' \
  --data-raw '{
    "books": ["b'\''1"], "state": 1
}'
"#;
    assert_whole(&request("bash", text), 14);
}

#[test]
fn curl_without_a_body_gets() {
    let example = request("sh", "curl https://example.com/v1/loans\n");
    assert_eq!((example.method.as_deref(), &example.value), (Some("GET"), &Value::Null));
}

#[test]
fn php() {
    let text = r#"<?php
$headers = [
  'Authorization' => 'Bearer t-x', # a comment
  'X-Desk' => '3'
];
$body = '{
    "books": ["b\'1"], "state": 1
}';
$request = new Request('POST', 'https://example.com/v1/loans/l1?lang=zh+cn&page=2', $headers, $body);
"#;
    assert_whole(&request("php", text), 15);
}

#[test]
fn restsharp() {
    let text = r#"var client = new RestClient("https://example.com/v1/loans/l1?lang=zh%20cn&page=2");
var request = new RestRequest(Method.POST);
request.AddHeader("Authorization", "Bearer t-x");
request.AddHeader("X-Desk", "3");
var body = "{\"books\":[\"b'1\"],\"state\":1}";
request.AddParameter("application/json", body,  ParameterType.RequestBody);
"#;
    assert_whole(&request("csharp", text), 14);
}

#[test]
fn node_names_its_parameters_itself() {
    let text = r#"const client = new lark.Client({ appId: 'a' });
await client.library.v1.loan.give({
    path: { loan_id: 'l1' },
    params: { lang: "zh cn", page: 2, gone: undefined },
    data: {
        books: [`b1`], // a comment
        state: -1, deep: { yes: true },
    },
}, lark.withTenantToken("t")).then(res => { console.log(res); });
"#;
    let example = request("javascript", text);
    assert_eq!(json!(example.query), json!({"lang": "zh cn", "page": "2"}));
    assert_eq!(json!(example.path_parameters), json!({"loan_id": "l1"}));
    assert_eq!(example.value, json!({"books": ["b1"], "state": -1, "deep": {"yes": true}}));
    assert_eq!(example.line, 14);
}

#[test]
fn node_requests_have_a_url() {
    let example = request("js", "client.request({ method: 'delete', url: 'https://example.com/v1/loans/l1' });");
    assert_eq!((example.method.as_deref(), example.path.as_deref()), (Some("DELETE"), Some("/v1/loans/l1")));
}

fn assert_built(example: &Example, line: usize) {
    assert_eq!(json!(example.path_parameters), json!({"loan_id": "l1"}));
    assert_eq!(json!(example.query), json!({"page_size": "2"}));
    assert_eq!(example.value, json!({"book_ids": ["b1"], "state": 1, "reader": {"name": "r"}}));
    assert_eq!(example.line, line);
}

#[test]
fn go() {
    let text = "client := lark.NewClient(\"A\", \"B\")
req := lib.NewGiveLoanReqBuilder().
\tLoanId(`l1`).
\tPageSize(2).
\tBody(lib.NewGiveLoanReqBodyBuilder().
\t\tBookIds([]string{`b1`}).
\t\tState(1).
\t\tReader(lib.NewReaderBuilder().Name(`r`).Build()).
\t\tBuild()).
\tBuild()
resp, err := client.Lib.V1.Loan.Give(context.Background(), req)
";
    assert_built(&request("go", text), 14);
}

#[test]
fn java() {
    let text = r#"Client client = Client.newBuilder("A", "B").build();
GiveLoanReq req = GiveLoanReq.newBuilder()
    .loanId("l1")
    .pageSize(2)
    .giveLoanReqBody(GiveLoanReqBody.newBuilder()
        .bookIds(new String[]{"b1"})
        .state(1)
        .reader(Reader.newBuilder().name("r").build())
        .build())
    .build();
"#;
    assert_built(&request("java", text), 14);
}

#[test]
fn python() {
    let text = r#"client = lark.Client.builder() \
    .app_id("A") \
    .build()
request: GiveLoanRequest = GiveLoanRequest.builder() \
    .loan_id("l1") \
    .page_size(2) \
    .request_body(GiveLoanRequestBody.builder()
        .book_ids(["b1"])
        .state(1)
        .reader(Reader.builder().name("r").build())
        .build()) \
    .build()
"#;
    assert_built(&request("python", text), 16);
}

#[test]
fn expressions_are_left_out_with_warning() {
    let (examples, warnings) = sample("js", "c.v1.loan.give({ data: { a: 1, b: now() + 1, c: other } })");
    assert_eq!(examples.first().map(|example| &example.value), Some(&json!({"a": 1})));
    let places: Vec<&str> = warnings.iter().filter_map(|warning| warning.split(": warning").next()).collect();
    assert_eq!(places, ["10:35", "10:49"]);
}

#[test]
fn unreadable_body_gives_no_example() {
    for (language, text) in [
        ("bash", "curl https://example.com/v1 -d 'name=x'"),
        ("php", "new Request('POST', 'https://example.com/v1', [], body());"),
        ("csharp", "new RestClient(\"https://example.com/v1\"); r.AddJsonBody(body());"),
        ("js", "c.v1.loan.give({ data: body() })"),
        ("go", "NewGiveLoanReqBuilder().Body(body()).Build()"),
    ] {
        let (examples, warnings) = sample(language, text);
        assert_eq!(examples, [], "{text}");
        assert_eq!(warnings.len(), 2, "{warnings:?}");
    }
}

#[test]
fn circular_variables_end() {
    let mut text = String::from("x0 = 'a';\n");
    for at in 1..200 {
        let before = at - 1;
        text.push_str(&format!("x{at} = [x{before}, x{before}];\n"));
    }
    text.push_str("loop = loop; c.v1.loan.give({ data: x199, params: { a: loop } });");
    let (_, warnings) = sample("js", &text);
    assert!(!warnings.is_empty());
}
