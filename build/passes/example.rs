//! An example for the page of each builder, which the crate's doc tests compile.
//!
//! It sets the required parameters and properties, since a call without them fails, and ends as the operation is
//! usually called: a listing in `stream`, any other call in `send`. Values are the spec's (`example`, `default`, the
//! first of an `enum`) or placeholders such as `<group_id>`.

use crate::codegen::passes::paging::data_type;
use crate::codegen::passes::results;
use crate::codegen::spec::model::{Model, Operation};
use crate::codegen::spec::names::field_ident;
use crate::codegen::spec::references::reference;
use serde_json::Value;

/// A Rust doc test, fences included.
pub fn example(model: &Model, operation: &Operation) -> String {
    let mut chain = vec!["client".to_owned(), format!(".{}()", operation.id)];
    let required = operation.parameters.iter().filter(|parameter| {
        parameter.required && !parameter.deprecated && !operation.is_idempotency_key(&parameter.name)
    });
    chain.extend(required.filter_map(|parameter| setter(model, &parameter.name, &parameter.schema)));
    chain.extend(operation.body.as_deref().map(|body| body_setter(model, body)));
    let (imports, lines) = match data_type(model, operation) {
        _ if operation.page.is_some() => {
            chain.push(".stream()".to_owned());
            let lines = [
                statement("let mut items = ", &chain),
                "while let Some(item) = items.try_next().await? {\n    println!(\"{item:?}\");\n}".to_owned(),
            ];
            (String::new(), lines.join("\n"))
        }
        Some(_) if results::in_success(operation).is_some() => {
            chain.extend([".send()", ".await?"].map(str::to_owned));
            let lines = [
                statement("let batch = ", &chain),
                "for item in batch.failed() {\n    println!(\"{item}\");\n}".to_owned(),
                "// An error if an item failed or has no result.".to_owned(),
                "batch.into_result()?;".to_owned(),
            ];
            (String::new(), lines.join("\n"))
        }
        Some(data) => {
            chain.extend([".send()", ".await?", ".into_inner()"].map(str::to_owned));
            let lines = [statement(&format!("let data: {data} = "), &chain), "println!(\"{data:?}\");".to_owned()];
            (format!("use feishu_user_groups::types::{data};\n\n"), lines.join("\n"))
        }
        None if operation.results.is_some() => {
            chain.push(".send()".to_owned());
            let lines = [
                statement("let call = ", &chain),
                "match call.await {\n    Err(error) if error.kind() == ErrorKind::PartialFailure => {\n        \
                 for item in error.failed() {\n            println!(\"{item}\");\n        }\n    }\n    \
                 other => drop(other?),\n}"
                    .to_owned(),
            ];
            ("use feishu_user_groups::ErrorKind;\n\n".to_owned(), lines.join("\n"))
        }
        None => {
            chain.extend([".send()", ".await?"].map(str::to_owned));
            (String::new(), statement("", &chain))
        }
    };
    format!(
        "```no_run\n# async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {{\n\
         {imports}{lines}\n# Ok(())\n# }}\n```"
    )
}

/// A chain of calls, on one line if it is as short as rustfmt leaves one.
fn statement(begin: &str, chain: &[String]) -> String {
    let line = chain.concat();
    let chain = if line.len() <= 60 { line } else { chain.join("\n    ") };
    format!("{begin}{chain};")
}

/// `.body_map(..)` with the required properties, or with the first one if none is required.
fn body_setter(model: &Model, body: &str) -> String {
    let setters = |properties: Vec<(&String, &Value)>| -> String {
        properties.into_iter().filter_map(|(name, schema)| setter(model, name, schema)).collect()
    };
    let required = model.properties(body).filter(|(name, _)| model.is_required(body, name)).collect::<Vec<_>>();
    let properties = if required.is_empty() { model.properties(body).take(1).collect() } else { required };
    format!(".body_map(|body| body{})", setters(properties))
}

/// `.name(value)`; none for a value that this pass cannot write.
fn setter(model: &Model, name: &str, schema: &Value) -> Option<String> {
    Some(format!(".{}({})", field_ident(name), value(model, name, schema)?))
}

/// A value of the schema, as Rust.
fn value(model: &Model, name: &str, schema: &Value) -> Option<String> {
    let (schema_name, resolved) = model.resolve(schema);
    if model.is_upload(schema) {
        return Some("feishu_user_groups::Upload::new(\"<file name>\", \"<content>\")".to_owned());
    }
    let given = ["example", "default"].into_iter().find_map(|key| schema.get(key).or_else(|| resolved.get(key)));
    let given = given.or_else(|| resolved.get("enum")?.get(0)).filter(|value| !value.is_object() && !value.is_array());
    let typed = |kind: &str| format!("Vec::<feishu_user_groups::types::{kind}>::new()");
    Some(match (resolved.get("type")?.as_str()?, given) {
        ("string", Some(Value::String(given))) => format!("{given:?}"),
        ("integer" | "number" | "boolean", Some(given)) => given.to_string(),
        ("string", _) => format!("\"<{name}>\""),
        ("integer", _) => model.limits(schema).minimum.unwrap_or(1).to_string(),
        ("number", _) => "1.0".to_owned(),
        ("boolean", _) => "true".to_owned(),
        ("array", _) => match resolved.get("items")? {
            items if model.resolve(items).1.get("type")? == "object" => {
                let kind = reference(items)?;
                object(model, kind).map_or_else(|| typed(kind), |item| format!("[{item}]"))
            }
            items => format!("[{}]", value(model, name, items)?),
        },
        ("object", _) => {
            let schema = schema_name?;
            let required = model.properties(schema).filter(|(name, _)| model.is_required(schema, name));
            let setters: String = required.filter_map(|(name, schema)| setter(model, name, schema)).collect();
            format!("feishu_user_groups::types::{schema}::builder(){setters}")
        }
        _ => return None,
    })
}

/// An item of a list, if all of its required properties are single values.
fn object(model: &Model, name: &str) -> Option<String> {
    let required = model.properties(name).filter(|(property, _)| model.is_required(name, property));
    let values: Option<Vec<String>> = required
        .map(|(property, schema)| {
            let is_single = !matches!(model.resolve(schema).1.get("type")?.as_str()?, "array" | "object");
            if is_single { value(model, property, schema) } else { None }
        })
        .collect();
    let values = values.filter(|values| !values.is_empty())?;
    Some(format!("feishu_user_groups::types::{name}::new({})", values.join(", ")))
}
