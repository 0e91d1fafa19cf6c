//! For any schema, the build generates the type that the schema describes, and a decoder of that type.
//!
//! The expected type and decoder are read from the schema alone. `tests/downstream.rs` compiles such a spec once and
//! decodes values of it; here many specs are generated, and none is compiled.

#[path = "../../../../tests/support/any_schemas.rs"]
mod any_schemas;
#[path = "../../../../src/property.rs"]
mod property;

use any_schemas::{Schemas, any_schemas, with_schemas};
use proptest::prelude::*;
use quote::ToTokens;
use serde_json::Value;
use specproof::codegen::generate;
use std::collections::BTreeMap;

/// What a schema is, behind its names.
enum Kind<'a> {
    Text,
    Integer,
    Fraction,
    Flag,
    Words(&'a str),
    Numbers(&'a str),
    Object(&'a str),
    Free(&'a str),
    List(&'a Value),
}

fn kind<'a>(schemas: &'a Schemas, schema: &'a Value) -> Kind<'a> {
    let Some(name) = schema["$ref"].as_str().map(|to| to.rsplit('/').next().unwrap()) else {
        return match schema["type"].as_str().unwrap() {
            "string" => Kind::Text,
            "integer" => Kind::Integer,
            "number" => Kind::Fraction,
            "boolean" => Kind::Flag,
            _ => Kind::List(&schema["items"]),
        };
    };
    let target = &schemas[name];
    match (target["type"].as_str(), target.get("enum")) {
        (Some("string"), Some(_)) => Kind::Words(name),
        (Some("integer"), Some(_)) => Kind::Numbers(name),
        (Some("object"), _) if target.get("properties").is_none() => Kind::Free(name),
        (Some("object"), _) => Kind::Object(name),
        _ => kind(schemas, target),
    }
}

fn rust_type(schemas: &Schemas, schema: &Value) -> String {
    match kind(schemas, schema) {
        Kind::Text => "String".to_owned(),
        Kind::Integer => "i64".to_owned(),
        Kind::Fraction => "f64".to_owned(),
        Kind::Flag => "bool".to_owned(),
        Kind::Words(name) | Kind::Numbers(name) | Kind::Object(name) | Kind::Free(name) => name.to_owned(),
        Kind::List(items) => format!("Vec<{}>", rust_type(schemas, items)),
    }
}

/// The decoder of a property of a response; none where derived code decodes it.
fn decoder(schemas: &Schemas, schema: &Value, required: bool) -> Option<String> {
    let of_list = |items| match kind(schemas, items) {
        Kind::Text => Some("texts"),
        Kind::Integer => Some("integers"),
        Kind::Object(_) | Kind::Free(_) => Some("objects"),
        _ => None,
    };
    let name = match (kind(schemas, schema), required) {
        (Kind::Free(_), false) => return Some("if_readable".to_owned()),
        (Kind::Text, _) => "text",
        (Kind::Integer, _) => "integer",
        (Kind::Fraction, false) => "number",
        (Kind::Flag, false) => "boolean",
        (Kind::Numbers(_), false) => "integer_enum",
        (Kind::Object(_) | Kind::Free(_), _) => "object",
        (Kind::List(items), _) => of_list(items)?,
        _ => return None,
    };
    Some(if required { name.to_owned() } else { format!("optional_{name}") })
}

/// A field's type without paths, and its decoder.
fn read(field: &syn::Field) -> (String, Option<String>) {
    // A type that fills more than one line ends in a comma.
    let ty = field.ty.to_token_stream().to_string().replace(' ', "").replace(",>", ">");
    let ty = ["::std::option::", "::std::vec::", "::std::string::", "::std::boxed::"]
        .iter()
        .fold(ty, |ty, path| ty.replace(path, ""));
    let attributes = field.attrs.iter().map(|attribute| attribute.to_token_stream().to_string()).collect::<String>();
    let decoder = attributes.split_once("lenient::").map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
    (ty, decoder)
}

fn fields(code: &str) -> BTreeMap<String, Vec<syn::Field>> {
    let file = syn::parse_file(code).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => Some(module.content.unwrap().1),
        _ => None,
    });
    let structs = types.unwrap().into_iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some((item.ident.to_string(), item.fields.into_iter().collect())),
        _ => None,
    });
    structs.collect()
}

proptest! {
    #![proptest_config(property::config(6))]

    #[test]
    fn generated_types_are_what_schemas_describe(schemas in any_schemas(16)) {
        let spec = std::fs::read_to_string(apidoc::files::workspace_root().join("spec/openapi.yaml")).unwrap();
        let code = generate("any.yaml", &with_schemas(&spec, &schemas)).unwrap();
        let types = fields(&code);
        for (name, schema) in schemas.iter().filter(|(_, schema)| schema.get("properties").is_some()) {
            let is_sent = code.contains(&format!("Checked for types::{name} "));
            let mut expected = Vec::new();
            for (property, schema) in schema["properties"].as_object().unwrap() {
                let required = schemas[name]["required"].as_array().is_some_and(|list| list.contains(&property.as_str().into()));
                let ty = rust_type(&schemas, schema);
                // An object that holds itself is boxed, and decoded by derived code.
                let is_own = schema["$ref"].as_str().is_some_and(|to| to.ends_with(&format!("/{name}")));
                expected.push((
                    if required { ty } else { format!("Option<{ty}>") },
                    decoder(&schemas, schema, required).filter(|_| !is_sent && !is_own),
                ));
            }
            let unboxed = |(ty, decoder): (String, Option<String>)| match ty.split_once("Box<") {
                Some((before, after)) => (format!("{before}{}", after.replacen('>', "", 1)), decoder),
                None => (ty, decoder),
            };
            let mut found: Vec<_> = types[name].iter().map(read).map(unboxed).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected, "{}", name);
        }
    }
}
