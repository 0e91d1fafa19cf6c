//! What a spec says of its operations, found without the tool that is tested.

use serde_json::Value;
use std::collections::BTreeSet;

/// All that a spec says, read from the YAML without the tool: `OPERATION:query:page_size:default`.
pub struct Leaves<'a> {
    spec: &'a Value,
    found: BTreeSet<String>,
}

impl<'a> Leaves<'a> {
    const KEYWORDS: [(&'static str, &'static str); 9] = [
        ("default", "default"),
        ("enum", "enum"),
        ("minimum", "minimum"),
        ("maximum", "maximum"),
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
        ("minItems", "min_items"),
        ("maxItems", "max_items"),
        ("pattern", "pattern"),
    ];

    pub fn of(spec: &'a Value) -> BTreeSet<String> {
        let mut leaves = Self { spec, found: BTreeSet::new() };
        for (_, item) in spec["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
                leaves.operation(operation);
                leaves.retry(method, operation);
            }
        }
        leaves.found
    }

    fn resolved(&self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(pointer) => self.resolved(self.spec.pointer(&pointer[1..]).unwrap()),
            None => value,
        }
    }

    /// The schema, what it refers to, and the items of a list.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let here = self.resolved(schema);
        let mut parts = vec![here];
        for part in here["allOf"].as_array().into_iter().flatten() {
            parts.extend(self.parts(part));
        }
        parts
    }

    fn operation(&mut self, operation: &'a Value) {
        let id = operation["operationId"].as_str().unwrap();
        for known in ["method", "path"] {
            self.found.insert(format!("{id}:{known}"));
        }
        for (key, word) in [
            ("x-feishu-access-tokens", "access_tokens"),
            ("x-feishu-scopes", "scopes"),
            ("x-feishu-app-types", "app_types"),
            ("x-feishu-rate-limit", "rate_limit"),
        ] {
            if operation.get(key).is_some() {
                self.found.insert(format!("{id}:{word}"));
            }
        }
        for error in operation["x-feishu-errors"].as_array().into_iter().flatten() {
            self.found.insert(format!("{id}:error:{}", error["code"]));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolved(parameter);
            let (place, name) = (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
            let whole = format!("{id}:{place}:{name}");
            self.found.insert(format!("{whole}:required"));
            self.value(&whole, &parameter["schema"]);
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        self.properties(&format!("{id}:body:"), body, true);
        let response = &self.resolved(&operation["responses"]["200"])["content"]["application/json"]["schema"];
        self.properties(&format!("{id}:response:"), response, false);
    }

    /// That a POST or PATCH which writes may be repeated is a statement of its own.
    fn retry(&mut self, method: &str, operation: &Value) {
        let reads = |scope: &Value| scope.as_str().unwrap().ends_with(":readonly");
        let writes = !operation["x-feishu-scopes"].as_array().into_iter().flatten().all(reads);
        if operation["x-feishu-retry"]["rule"] == "safe" && (method == "patch" || method == "post" && writes) {
            self.found.insert(format!("{}:retry", operation["operationId"].as_str().unwrap()));
        }
    }

    fn value(&mut self, whole: &str, schema: &'a Value) {
        self.found.insert(whole.to_owned());
        self.found.insert(format!("{whole}:type"));
        for part in self.parts(schema) {
            for (keyword, word) in Self::KEYWORDS {
                if part.get(keyword).is_some() {
                    self.found.insert(format!("{whole}:{word}"));
                }
            }
            if let Some(items) = part.get("items") {
                self.value(whole, items);
            }
        }
    }

    fn properties(&mut self, prefix: &str, schema: &'a Value, always_required: bool) {
        let parts = self.parts(schema);
        let required: Vec<&Value> = parts.iter().filter_map(|part| part["required"].as_array()).flatten().collect();
        for (name, property) in parts.iter().filter_map(|part| part["properties"].as_object()).flatten() {
            let whole = format!("{prefix}{name}");
            if always_required || required.iter().any(|entry| *entry == name) {
                self.found.insert(format!("{whole}:required"));
            }
            self.value(&whole, property);
            self.properties(&format!("{whole}."), property, always_required);
        }
        for items in parts.iter().filter_map(|part| part.get("items")) {
            self.properties(prefix, items, always_required);
        }
    }
}
