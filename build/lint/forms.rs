//! Checks request bodies that are forms.
//!
//! A part is a text or a file: of objects and lists of files, each service reads something else. The type of a form is
//! written for forms alone, so no JSON may have it, and no JSON has files.

use crate::codegen::spec::media::is_binary;
use crate::codegen::spec::model::Model;
use crate::codegen::spec::references::references;
use crate::codegen::spec::yaml::{Mistake, Source, segment};
use serde_json::Value;

/// The first mistake of each schema.
pub(super) fn check(source: &Source, model: &Model) -> Vec<Mistake> {
    let forms = model.forms();
    let of_schemas = model.schemas.iter().filter_map(|(name, schema)| {
        let pointer = format!("/components/schemas/{}", segment(name));
        match forms.contains(name.as_str()) {
            true => form(source, model, &pointer, name),
            false => no_files(source, &pointer, schema),
        }
    });
    let parameters = source.value.pointer("/components/parameters").and_then(Value::as_object).into_iter().flatten();
    let of_parameters = parameters.filter_map(|(name, parameter)| {
        no_files(source, &format!("/components/parameters/{}/schema", segment(name)), parameter.get("schema")?)
    });
    let of_operations = model.operations.iter().filter_map(|operation| {
        let pointer = format!("/paths/{}/{}/parameters", segment(&operation.path), operation.method.to_lowercase());
        operation.parameters.iter().find_map(|parameter| no_files(source, &pointer, &parameter.schema))
    });
    of_schemas.chain(of_parameters).chain(of_operations).chain(shared_with_json(source, model)).collect()
}

fn form(source: &Source, model: &Model, pointer: &str, name: &str) -> Option<Mistake> {
    model.properties(name).find_map(|(property, schema)| {
        let at = format!("{pointer}/properties/{}", segment(property));
        let item = model.resolve(schema).1.get("items").unwrap_or(&Value::Null);
        let kind = model.kind_of(schema);
        let is_part = match kind {
            "array" => !matches!(model.kind_of(item), "array" | "object") && !model.is_upload(item),
            kind => kind != "object",
        };
        if !is_part {
            let help = "a part is a text, a number, a boolean, an enum, a list of these or a file";
            return Some(source.violation(
                "request-body",
                &at,
                format!("`{property}` cannot be a part of a form"),
                help,
            ));
        }
        if kind == "array" && model.is_required(name, property) && model.limits(schema).min_items.unwrap_or(0) == 0 {
            let what = format!("the list `{property}` is required, and a form cannot say that a list is empty");
            return Some(source.violation("request-body", &at, what, "give it `minItems: 1`"));
        }
        let resolved = model.resolve(schema).1;
        let is_bounded =
            ["minLength", "maxLength", "pattern", "enum", "default"].iter().find(|key| resolved.get(key).is_some());
        is_bounded
            .filter(|_| model.is_upload(schema))
            .map(|key| source.violation("spec-form", &at, format!("`{key}` does not apply to a file"), "remove it"))
    })
}

/// A file outside of a form, at any depth that is not another schema of its own.
fn no_files(source: &Source, pointer: &str, schema: &Value) -> Option<Mistake> {
    if is_binary(schema) {
        let help = "move it into a body of multipart/form-data, or remove `format`";
        return Some(source.violation("request-body", pointer, "only a form has files", help));
    }
    if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        return no_files(source, pointer, only);
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let of_properties = properties.map(|(name, schema)| (format!("{pointer}/properties/{}", segment(name)), schema));
    let items = schema.get("items").map(|items| (format!("{pointer}/items"), items));
    of_properties.chain(items).find_map(|(pointer, schema)| no_files(source, &pointer, schema))
}

/// A schema that is a form here and JSON elsewhere.
fn shared_with_json(source: &Source, model: &Model) -> Vec<Mistake> {
    let forms = model.forms();
    let mut held = Vec::new();
    model.schemas.values().for_each(|schema| references(schema, &mut held));
    let bodies = model.operations.iter().filter(|operation| !operation.body_is_form);
    held.extend(bodies.filter_map(|operation| operation.body.as_deref()));
    held.extend(model.operations.iter().filter_map(|operation| operation.response.as_deref()));
    let shared = forms.iter().filter(|form| held.contains(form));
    shared
        .map(|form| {
            let at = format!("/components/schemas/{}", segment(form));
            let what = format!("`{form}` is a form, and is JSON elsewhere in the spec");
            source.violation("request-body", &at, what, "give one of them a schema of its own")
        })
        .collect()
}
