//! As many documents as are asked for, in every family and form, each another one and always the same.
//!
//! What is measured and tested at scale has to look like what people publish: operations
//! of many modules with some or many parameters, nested bodies and responses, limits in
//! prose, examples, errors and samples. A document is a function of its number. Each has a
//! later state as well, which differs in nothing, or in the one fact that `changed` says.
//!
//! The portal's tags (`portal`) and English (`english`) are other forms of the same page, so they are made from it.

mod english;
mod portal;

use std::fmt::Write;

/// One document in two states.
pub struct Generated {
    pub name: String,
    pub old: String,
    pub new: String,
    /// Whether the new state says something else: one limit.
    pub changed: bool,
}

/// The first documents of the corpus.
pub fn documents(count: usize) -> Vec<Generated> {
    (0..count).map(document).collect()
}

/// The SDK's reference of a module, the API page, the reference in the portal's tags, in English, and as it is published.
const FORMS: usize = 5;
const MODULES: [&str; 6] = ["approval", "calendar", "drive", "im", "contact", "task"];
const RESOURCES: [&str; 7] = ["instance", "event", "file", "chat", "unit", "comment", "reminder"];
const TYPES: [&str; 5] = ["string", "int", "boolean", "string[]", "object"];
const WORDS: [&str; 8] = ["name", "summary", "owner", "state", "note", "color", "start", "member"];
const METHODS: [&str; 4] = ["POST", "GET", "PATCH", "DELETE"];

fn document(number: usize) -> Generated {
    let changed = number % 7 == 3;
    let render = |limit_of_first| {
        let reference = |operation: &Operation| page(operation, "| 项目 | 值 |", "名称");
        let operation = || operation(number, 0, limit_of_first);
        match number % FORMS {
            0 => sdk(number, limit_of_first),
            1 => page(&operation(), "| 基本 | |", "参数名"),
            2 => portal::in_tags(&reference(&operation())),
            3 => english::in_english(&reference(&operation())),
            _ => published(&operation(), &reference(&operation())),
        }
    };
    let (old, new) = (render(100), render(if changed { 200 } else { 100 }));
    Generated { name: format!("{}-{number:04}.md", MODULES[number % MODULES.len()]), old, new, changed }
}

struct Operation {
    function: String,
    title: String,
    method: &'static str,
    path: String,
    scope: String,
    parameters: Vec<Parameter>,
    fields: Vec<Field>,
    first_code: usize,
}

/// A row of the response: depth, name and type.
type Field = (usize, String, &'static str);

struct Parameter {
    name: String,
    kind: &'static str,
    /// How far in its row is drawn.
    depth: usize,
    required: bool,
    prose: String,
}

fn operation(number: usize, index: usize, limit: usize) -> Operation {
    let (module, resource) = (MODULES[number % MODULES.len()], RESOURCES[number % RESOURCES.len()]);
    let method = METHODS[(number / 3 + index) % METHODS.len()];
    let path = format!("/open-apis/{module}/v{}/{resource}s/{number}_{index}/:{resource}_id", number % 4 + 1);
    let in_body = !matches!(method, "GET" | "DELETE");
    let count = 3 + (number * 7 + index * 3) % 10;
    let fields = 4 + (number * 5) % 20;
    Operation {
        function: format!("{}{resource}{number}x{index}Async", ["Create", "Get", "Update", "Delete"][index % 4]),
        title: format!("操作 {number} 之 {index}"),
        method,
        path,
        scope: format!("{module}:{resource}"),
        parameters: (0..count).flat_map(|at| parameter(number + index, at, limit, in_body)).collect(),
        fields: (0..fields).map(|at| field(number, at)).collect(),
        first_code: 1_000_000 + number * 100 + index * 10,
    }
}

/// One parameter; in a body it may be an object, with what is inside of it.
fn parameter(seed: usize, at: usize, limit: usize, in_body: bool) -> Vec<Parameter> {
    // The first is the one that changes, and every form of a limit is some document's first.
    let types = if in_body { &TYPES[..] } else { &TYPES[..4] };
    let kind = if at == 0 { ["string", "int", "string[]"][seed % 3] } else { types[(seed + at) % types.len()] };
    let most = if at == 0 { limit } else { 10 * (1 + (seed * at) % 9) };
    let prose = match (kind, (seed + at) % 4) {
        ("string", 0) => format!("名称，长度不能超过 {most} 字符。<br>**示例值**：\"甲\""),
        ("string", 1) if at > 0 => {
            "种类<br>**可选值有**：<br>- `open`: 开 - `shut`: 关<br>**默认值**：`open`".to_owned()
        }
        ("string", _) => format!("标识 <br> **数据校验规则**:<br>最大长度: {most}最小长度: 1"),
        ("int", 0) => format!("多少<br>**数据校验规则**：<br>- 取值范围：`1` ～ `{most}`<br>**默认值**：`1`"),
        ("int", 1) if at > 0 => "类型：1-甲，2-乙，默认 1".to_owned(),
        ("int", _) => format!("多少，最大值：{most}"),
        ("string[]", _) => format!("列表<br>**数据校验规则**：<br>- 最大长度：`{most}`"),
        _ => "其他".to_owned(),
    };
    let required = (seed + at).is_multiple_of(3);
    let name = format!("{}_{at}", WORDS[(seed + at) % WORDS.len()]);
    let inside = |name: &str, kind| Parameter {
        name: name.to_owned(),
        kind,
        depth: 1,
        required: false,
        prose: "其他".to_owned(),
    };
    let inside = if kind == "object" { vec![inside("key", "string"), inside("rank", "int")] } else { Vec::new() };
    [Parameter { name, kind, depth: 0, required, prose }].into_iter().chain(inside).collect()
}

impl Parameter {
    /// A value that a caller may send.
    fn example(&self) -> &'static str {
        match self.kind {
            "string" if self.prose.contains("`open`") => "\"open\"",
            "string" => "\"甲\"",
            "int" => "1",
            "boolean" => "true",
            "string[]" => "[\"甲\", \"乙\"]",
            _ => "{\"key\": \"甲\", \"rank\": 1}",
        }
    }
}

/// What a caller may send: the rows of the outermost level.
fn body(parameters: &[Parameter]) -> String {
    let entries = parameters.iter().filter(|parameter| parameter.depth == 0);
    let entries: Vec<String> =
        entries.map(|parameter| format!("\"{}\": {}", parameter.name, parameter.example())).collect();
    format!("{{{}}}", entries.join(", "))
}

/// What the service returns: every row, once.
fn data(fields: &[Field]) -> String {
    let mut entries: Vec<String> = Vec::new();
    let mut rows = fields.iter().peekable();
    while let Some((depth, name, kind)) = rows.next() {
        let inside = std::iter::from_fn(|| rows.next_if(|(inner, ..)| inner > depth)).cloned();
        let value = match *kind {
            "string" => "\"甲\"".to_owned(),
            "int" => "7".to_owned(),
            "boolean" => "false".to_owned(),
            _ => format!("[{}]", data(&inside.collect::<Vec<_>>())),
        };
        entries.push(format!("\"{name}\": {value}"));
    }
    format!("{{{}}}", entries.join(", "))
}

/// Depth, name and type; nesting goes up and down.
fn field(seed: usize, at: usize) -> Field {
    let is_object = at % 5 == 2;
    let depth = [1, 1, 1, 2, 2][at % 5];
    let kind = if is_object { "item\\[\\]" } else { ["string", "int", "boolean"][(seed + at) % 3] };
    (depth, format!("{}_{at}", WORDS[(seed * 3 + at) % WORDS.len()]), kind)
}

fn row(out: &mut String, cells: &[&str]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn rows(out: &mut String, header: &str, parameters: &[Parameter]) {
    row(out, &[header, "类型", "必填", "描述"]);
    row(out, &["---"; 4]);
    for Parameter { name, kind, depth, required, prose } in parameters {
        let name = if *depth == 0 { format!("`{name}`") } else { format!("&nbsp;&nbsp;└ `{name}`") };
        row(out, &[&name, &format!("`{kind}`"), if *required { "是" } else { "否" }, prose]);
    }
}

fn errors(out: &mut String, first_code: usize) {
    out.push_str("\n### 错误码\n\n");
    row(out, &["HTTP状态码", "错误码", "描述", "排查建议"]);
    row(out, &["---"; 4]);
    for (at, message) in ["param is invalid", "no permission", "internal error"].iter().enumerate() {
        let status = [400, 403, 500][at].to_string();
        row(out, &[&status, &(first_code + at).to_string(), message, "检查参数"]);
    }
}

fn response(out: &mut String, operation: &Operation) {
    out.push_str("\n## 响应\n\n### 响应体\n\n");
    row(out, &["名称", "类型", "描述"]);
    row(out, &["---"; 3]);
    row(out, &["`code`", "`int`", "错误码"]);
    row(out, &["`data`", "`\\-`", "\\-"]);
    for (depth, name, kind) in &operation.fields {
        row(out, &[&format!("{}└ `{name}`", "&nbsp;&nbsp;".repeat(*depth)), &format!("`{kind}`"), "一个字段"]);
    }
    let _ = writeln!(
        out,
        "\n### 响应体示例\n\n```json\n{{\"code\": 0, \"msg\": \"success\", \"data\": {}}}\n```",
        data(&operation.fields)
    );
}

fn page(operation: &Operation, head: &str, header: &str) -> String {
    let mut out = String::new();
    let Operation { title, method, path, scope, parameters, first_code, .. } = operation;
    let _ = write!(
        out,
        "# {title}\n\n一句话说明。\n\n## 请求\n\n{head}\n| --- | --- |\n| HTTP URL | `https://open.feishu.cn{path}` |\n\
         | HTTP Method | {method} |\n| 接口频率限制 | 1000 次/分钟、50 次/秒 |\n| 支持的应用类型 | custom isv |\n\
         | 权限要求 | `{scope}` 管理 |\n\n### 请求头\n\n| 名称 | 类型 | 必填 | 描述 |\n| --- | --- | --- | --- |\n\
         | Authorization | string | 是 | `tenant_access_token` 或 `user_access_token` **值格式**：\"Bearer `access_token`\" |\n\n\
         ### 路径参数\n\n| 名称 | 类型 | 描述 |\n| --- | --- | --- |\n",
    );
    let in_path = path.rsplit(':').next().unwrap_or_default();
    row(&mut out, &[&format!("`{in_path}`"), "`string`", "标识"]);
    let place = if matches!(*method, "GET" | "DELETE") { "查询参数" } else { "请求体" };
    let _ = write!(out, "\n### {place}\n\n");
    rows(&mut out, header, parameters);
    if place == "请求体" {
        let sent = body(parameters);
        let _ = write!(out, "\n### 请求体示例\n\n```json\n{sent}\n```\n");
        let url = path.replace(':', "");
        let _ =
            write!(out, "\n### 调用示例\n\n```bash\ncurl -X {method} 'https://open.feishu.cn{url}' -d '{sent}'\n```\n");
    }
    response(&mut out, operation);
    errors(&mut out, *first_code);
    out
}

fn published(operation: &Operation, page: &str) -> String {
    format!("---\ntitle: \"{}\"\nupdateTime: \"1720166882000\"\n---\n\n{page}", operation.title)
}

/// The reference of a module: several operations in one document.
fn sdk(number: usize, limit: usize) -> String {
    // The limit that changes is one operation's.
    let of = |index| {
        let mut operation = operation(number, index, if index == 0 { limit } else { 100 });
        // A signature has no rows inside of rows.
        operation.parameters.retain(|parameter| parameter.depth == 0 && parameter.kind != "object");
        operation
    };
    let operations: Vec<Operation> = (0..1 + number % 4).map(of).collect();
    let mut out = format!("# 模块 {number}\n\n## 函数列表\n\n| 序号 | 函数名称 | HTTP方法 |\n|---|---|---|\n");
    for (at, Operation { function, method, .. }) in operations.iter().enumerate() {
        let _ = writeln!(out, "| {at} | {function} | {method} |");
    }
    for Operation { function, title, parameters, first_code, .. } in &operations {
        let _ = write!(
            out,
            "\n## {title}\n\n```csharp\nTask<Result<Data>> {function}(\n    [Token][Header(\"Authorization\")] string tenant_access_token"
        );
        for Parameter { name, kind, required, prose, .. } in parameters {
            let default = match (required, prose.contains("默认")) {
                (true, _) => "",
                (false, true) if *kind == "int" => " = 1",
                (false, _) => " = null",
            };
            let _ = write!(
                out,
                ",\n    [Query(\"{name}\")] {kind}{} {name}{default}",
                if default.is_empty() { "" } else { "?" }
            );
        }
        out.push_str(")\n```\n\n- **认证**：需要 tenant_access_token（应用访问令牌）\n- **参数**：\n\n");
        let token = Parameter {
            name: "tenant_access_token".to_owned(),
            kind: "string",
            depth: 0,
            required: true,
            prose: "令牌".to_owned(),
        };
        rows(&mut out, "参数名", std::slice::from_ref(&token));
        out.push('\n');
        rows(&mut out, "参数名", parameters);
        let _ = write!(out, "\n- **响应**：\n\n```json\n{{\"code\": 0, \"msg\": \"success\"}}\n```\n");
        errors(&mut out, *first_code);
    }
    out
}
