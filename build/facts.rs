//! What the spec says, as the passes want it: operations with their extensions
//! resolved, and schemas with their limits gathered.
//!
//! Read once and from the untouched spec, so that no pass depends on what a
//! transform left of it. A pointer or name that leads nowhere is found here.

use crate::codegen::extensions::{
    AccessToken, AppType, DocumentSource, ErrorName, ErrorRow, Limits, Page, RateLimit, Retry, RetryRule,
};
use crate::codegen::operations::RESERVED;
use crate::codegen::source::{Mistake, Source, segment};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub struct Facts {
    pub operations: Vec<Operation>,
    pub schemas: BTreeMap<String, Value>,
    pub platform_errors: Vec<ErrorRow>,
    pub error_names: BTreeMap<String, ErrorName>,
}

pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    pub source: DocumentSource,
    pub access_tokens: Vec<AccessToken>,
    pub scopes: Vec<String>,
    pub app_types: Vec<AppType>,
    pub rate_limit: Option<RateLimit>,
    pub retry: Retry,
    pub page: Option<Page>,
    /// Properties from the envelope to the payload: `["data"]`.
    pub data: Vec<String>,
    pub errors: Vec<ErrorRow>,
    pub parameters: Vec<Parameter>,
    /// Schema of the request body.
    pub body: Option<String>,
    /// Schema of the envelope.
    pub response: String,
}

pub struct Parameter {
    pub name: String,
    pub place: String,
    pub required: bool,
    pub description: String,
    pub schema: Value,
}

impl Facts {
    pub fn read(source: &Source) -> Result<Self, Mistake> {
        let root = &source.value;
        let schemas =
            object(root, "/components/schemas").map(|map| map.iter().map(|(k, v)| (k.clone(), v.clone())).collect());
        let mut facts = Self {
            operations: Vec::new(),
            schemas: schemas.unwrap_or_default(),
            platform_errors: required(source, "", "x-feishu-platform-errors")?,
            error_names: required(source, "", "x-feishu-error-names")?,
        };
        for (path, item) in object(root, "/paths").into_iter().flatten() {
            for method in METHODS.iter().filter(|method| item.get(method).is_some()) {
                let pointer = format!("/paths/{}/{method}", segment(path));
                let operation = read_operation(source, &pointer, method, path)?;
                facts.check_operation(source, &pointer, &operation)?;
                facts.operations.push(operation);
            }
        }
        facts.check_error_rows(source, "/x-feishu-platform-errors", &facts.platform_errors)?;
        facts.check_patterns(source)?;
        Ok(facts)
    }

    /// Follows `$ref` and an `allOf` of one: the name of the schema, if it has one, and the schema.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> (Option<&'a str>, &'a Value) {
        if let Some(name) = reference(schema) {
            return match self.schemas.get_key_value(name) {
                Some((name, schema)) => (Some(name), self.resolve(schema).1),
                None => (None, schema),
            };
        }
        match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => self.resolve(only),
            _ => (None, schema),
        }
    }

    /// What a schema is, in words: said at the place of use or at the definition.
    pub fn description<'a>(&'a self, schema: &'a Value) -> Option<&'a str> {
        schema.get("description").or_else(|| self.resolve(schema).1.get("description"))?.as_str()
    }

    /// Limits at the place of use and at the definition together.
    pub fn limits(&self, schema: &Value) -> Limits {
        let here: Limits = serde_json::from_value(schema.clone()).unwrap_or_default();
        let there: Limits = serde_json::from_value(self.resolve(schema).1.clone()).unwrap_or_default();
        Limits {
            min_length: here.min_length.or(there.min_length),
            max_length: here.max_length.or(there.max_length),
            pattern: here.pattern.or(there.pattern),
            minimum: here.minimum.or(there.minimum),
            maximum: here.maximum.or(there.maximum),
            min_items: here.min_items.or(there.min_items),
            max_items: here.max_items.or(there.max_items),
        }
    }

    /// Names of the schemas with an `enum`.
    pub fn enums(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.schemas
            .iter()
            .filter(|(_, schema)| schema.get("enum").is_some())
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// Every schema that a request body holds, however deep.
    pub fn request_schemas(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = self.operations.iter().filter_map(|operation| operation.body.as_deref()).collect();
        while let Some(name) = open.pop() {
            if found.insert(name)
                && let Some(schema) = self.schemas.get(name)
            {
                references(schema, &mut open);
            }
        }
        found
    }

    /// A schema's properties, in the spec's order.
    pub fn properties<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.schemas.get(name).and_then(|schema| object(schema, "/properties")).into_iter().flatten()
    }

    /// Whether the property must be there.
    pub fn is_required(&self, name: &str, property: &str) -> bool {
        let required = self.schemas.get(name).and_then(|schema| schema.get("required"));
        required.and_then(Value::as_array).is_some_and(|list| list.iter().any(|entry| entry == property))
    }

    /// The schema that a pointer into an operation's envelope leads to.
    pub fn at<'a>(&'a self, operation: &Operation, pointer: &str) -> Option<&'a Value> {
        let mut schema = self.schemas.get(&operation.response)?;
        for name in pointer.strip_prefix('/')?.split('/') {
            schema = self.resolve(schema).1.get("properties")?.get(name)?;
        }
        Some(schema)
    }

    fn check_operation(&self, source: &Source, pointer: &str, operation: &Operation) -> Result<(), Mistake> {
        self.check_error_rows(source, &format!("{pointer}/x-feishu-errors"), &operation.errors)?;
        let taken = operation.parameters.iter().find(|parameter| RESERVED.contains(&parameter.name.as_str()));
        if let Some(Parameter { name, .. }) = taken {
            let what =
                format!("the builder of a call has a method `{name}` already, so no parameter can have that name");
            return Err(source.mistake(
                &format!("{pointer}/parameters"),
                what,
                "leave the parameter out, or rename the method in build/operations.rs",
            ));
        }
        let has_query = |name: &str| operation.parameters.iter().any(|p| p.place == "query" && p.name == name);
        let at = format!("{pointer}/x-feishu-retry");
        match (operation.retry.rule, &operation.retry.parameter) {
            (RetryRule::IdempotencyKey, Some(name)) if has_query(name) => {}
            (RetryRule::IdempotencyKey, _) => {
                return Err(source.mistake(
                    &at,
                    "an idempotency key without its query parameter",
                    "name a query parameter of this operation as `parameter`",
                ));
            }
            (_, Some(_)) => {
                return Err(source.mistake(
                    &at,
                    "`parameter` goes with the rule `idempotency-key`",
                    "remove it or change the rule",
                ));
            }
            _ => {}
        }
        let data = format!("/{}", operation.data.join("/"));
        if self.at(operation, &data).is_none() {
            let what = format!("the envelope `{}` has nothing at `{data}`", operation.response);
            return Err(source.mistake(
                pointer,
                what,
                "give the envelope a `data` property, or point `x-feishu-data` at the payload",
            ));
        }
        if let Some(page) = &operation.page {
            let at = format!("{pointer}/x-feishu-page");
            for target in page.items.iter().chain([&page.token, &page.has_more]) {
                // One step below the payload: that is where the generated code looks.
                if target.rsplit_once('/').map(|(parent, _)| parent) != Some(&data)
                    || self.at(operation, target).is_none()
                {
                    return Err(source.mistake(
                        &at,
                        format!("`{target}` is not a property of the payload at `{data}`"),
                        "point at a property of the payload",
                    ));
                }
            }
            if let Some(name) = [&page.request_token, &page.request_size].into_iter().find(|name| !has_query(name)) {
                return Err(source.mistake(
                    &at,
                    format!("there is no query parameter `{name}`"),
                    "name a query parameter of this operation",
                ));
            }
            let item = self.schemas.get(&page.item);
            let key = page.item_key.as_ref().map(|key| item.and_then(|item| item.get("properties")?.get(key)));
            if item.is_none() || key == Some(None) {
                return Err(source.mistake(
                    &at,
                    format!("there is no schema `{}` with such a key", page.item),
                    "name a schema of components/schemas and one of its properties",
                ));
            }
        }
        Ok(())
    }

    fn check_error_rows(&self, source: &Source, pointer: &str, rows: &[ErrorRow]) -> Result<(), Mistake> {
        for (index, row) in rows.iter().enumerate() {
            if !self.error_names.contains_key(&row.name) {
                let at = format!("{pointer}/{index}");
                return Err(source.mistake(
                    &at,
                    format!("the error name `{}` is not defined", row.name),
                    "add it to x-feishu-error-names, or correct it",
                ));
            }
        }
        Ok(())
    }

    /// Only patterns that can be checked without a regular expression engine, which downstream would pay for.
    fn check_patterns(&self, source: &Source) -> Result<(), Mistake> {
        for (name, schema) in &self.schemas {
            for (property, schema) in object(schema, "/properties").into_iter().flatten() {
                if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
                    && super::rules::character_class(pattern).is_none()
                {
                    let at = format!("/components/schemas/{}/properties/{}/pattern", segment(name), segment(property));
                    return Err(source.mistake(
                        &at,
                        format!("the pattern `{pattern}` cannot be checked"),
                        "write it as `^[characters and ranges]*$`",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn read_operation(source: &Source, pointer: &str, method: &str, path: &str) -> Result<Operation, Mistake> {
    let value = source.value.pointer(pointer).unwrap_or(&Value::Null);
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().trim_end().to_owned();
    let content =
        |value: &Value| value.pointer("/content/application~1json/schema").and_then(reference).map(str::to_owned);
    let data: Option<String> = optional(source, pointer, "x-feishu-data")?;
    let response = value.pointer("/responses/200").and_then(content);
    let mut parameters = Vec::new();
    for parameter in value.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        parameters.push(read_parameter(source, parameter));
    }
    Ok(Operation {
        id: text("operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text("summary"),
        description: text("description"),
        source: required(source, pointer, "x-source")?,
        access_tokens: required(source, pointer, "x-feishu-access-tokens")?,
        scopes: required(source, pointer, "x-feishu-scopes")?,
        app_types: required(source, pointer, "x-feishu-app-types")?,
        rate_limit: optional(source, pointer, "x-feishu-rate-limit")?,
        retry: required(source, pointer, "x-feishu-retry")?,
        page: optional(source, pointer, "x-feishu-page")?,
        data: data.as_deref().unwrap_or("/data").split('/').skip(1).map(str::to_owned).collect(),
        errors: required(source, pointer, "x-feishu-errors")?,
        parameters,
        body: value.get("requestBody").and_then(content),
        response: response.ok_or_else(|| {
            source.mistake(
                pointer,
                "the operation has no envelope",
                "give it a response 200 with application/json and a `$ref` to a schema",
            )
        })?,
    })
}

fn read_parameter(source: &Source, value: &Value) -> Parameter {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|to| source.value.pointer(to.strip_prefix('#')?));
    let value = target.unwrap_or(value);
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Parameter {
        name: text("name"),
        place: text("in"),
        required: value.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: text("description"),
        schema: value.get("schema").cloned().unwrap_or_default(),
    }
}

fn required<T: DeserializeOwned>(source: &Source, pointer: &str, key: &str) -> Result<T, Mistake> {
    optional(source, pointer, key)?.ok_or_else(|| {
        source.mistake(pointer, format!("`{key}` is missing here"), "add it; spec/README.md describes it")
    })
}

fn optional<T: DeserializeOwned>(source: &Source, pointer: &str, key: &str) -> Result<Option<T>, Mistake> {
    let Some(value) = source.value.pointer(pointer).and_then(|value| value.get(key)) else { return Ok(None) };
    T::deserialize(value).map(Some).map_err(|error| {
        source.mistake(
            &format!("{pointer}/{}", segment(key)),
            format!("`{key}` is malformed: {error}"),
            "write it as spec/README.md describes",
        )
    })
}

/// The object behind a pointer.
pub fn object<'a>(value: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    value.pointer(pointer).and_then(Value::as_object)
}

/// The name of the schema that a `$ref` names.
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Every schema that a value refers to, at any depth.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    found.extend(reference(value));
    match value {
        Value::Object(map) => map.values().for_each(|value| references(value, found)),
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
