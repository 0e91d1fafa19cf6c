//! Features of tags: what a program leaves out of a spec that has more than it uses.
//!
//! A tag with `x-feishu-feature` belongs to the cargo feature of that name. Without the feature, the build leaves out
//! the operations of the tag, and the components that they alone use: a program compiles neither. The whole spec is
//! linted all the same, so that a mistake shows whatever features are on. A tag without the key is always there.

use super::references::{component, components_of};
use serde_json::Value;
use std::collections::BTreeSet;

/// The key of a tag that names its feature.
pub const KEY: &str = "x-feishu-feature";

/// What a build does without.
#[derive(Default)]
pub struct LeftOut {
    /// Every feature that a tag names, on or off.
    pub features: BTreeSet<String>,
    /// Paths of operations that were left out. A value that makes one of these is still no id.
    pub paths: Vec<String>,
}

/// The features that tags name, each once.
pub fn named(spec: &Value) -> BTreeSet<String> {
    tags(spec).filter_map(|tag| Some(tag.get(KEY)?.as_str()?.to_owned())).collect()
}

/// The feature of an operation: that of its tag.
pub fn of_operation<'a>(spec: &'a Value, operation: &Value) -> Option<&'a str> {
    let names = operation.get("tags")?.as_array()?;
    tags(spec).find(|tag| tag.get("name").is_some_and(|name| names.contains(name)))?.get(KEY)?.as_str()
}

/// Leaves out the tags whose feature is off, with their operations and what these alone use.
pub fn leave_out(spec: &mut Value, is_on: &dyn Fn(&str) -> bool) -> LeftOut {
    let features = named(spec);
    let (mut places, mut left_out, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (path, item) in spec.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if of_operation(spec, operation).is_some_and(|feature| !is_on(feature)) {
                places.push((path.clone(), method.clone()));
                left_out.push(operation);
            } else {
                kept.push(operation);
            }
        }
    }
    // A tag without operations makes no code.
    if left_out.is_empty() {
        return LeftOut { features, paths: Vec::new() };
    }
    let unused = &components_of(spec, left_out) - &components_of(spec, kept);
    let unused: Vec<String> = unused.into_iter().map(str::to_owned).collect();
    if let Some(paths) = spec.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, method) in &places {
            if let Some(item) = paths.get_mut(path).and_then(Value::as_object_mut) {
                item.shift_remove(method);
            }
        }
        paths.retain(|_, item| item.as_object().is_none_or(|item| !item.is_empty()));
    }
    for (kind, name) in unused.iter().filter_map(|reference| component(reference)) {
        if let Some(components) = spec.pointer_mut(&format!("/components/{kind}")).and_then(Value::as_object_mut) {
            components.shift_remove(name);
        }
    }
    if let Some(tags) = spec.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(|tag| tag.get(KEY).and_then(Value::as_str).is_none_or(is_on));
    }
    LeftOut { features, paths: places.into_iter().map(|(path, _)| path).collect() }
}

fn tags(spec: &Value) -> impl Iterator<Item = &Value> {
    spec.get("tags").and_then(Value::as_array).into_iter().flatten()
}
