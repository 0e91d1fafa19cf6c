//! The examples of errors that any operation may return.
//!
//! They stand in `components/examples` once, and every operation refers to them.

use super::{Example, PlatformExample};
use crate::spec_model::{Failure, Spec};
use crate::validate::platform::Platform;
use serde_json::{Value, json};

/// As the platform's facts word them; facts without errors contradict nothing.
pub(crate) fn known_to_platform(spec: &Spec, platform: &Platform) -> Vec<PlatformExample> {
    if !platform.has_errors() {
        return known_in_spec(spec);
    }
    of_rows(spec, |row| platform.message(row.code).map(|message| json!({ "code": row.code, "msg": message })))
}

/// As the spec has them.
pub(crate) fn known_in_spec(spec: &Spec) -> Vec<PlatformExample> {
    let components = spec.root.get("components").and_then(|components| components.get("examples"));
    of_rows(spec, |row| Some(components.as_ref()?.get(&component(row.code))?.get("value")?.value.clone()))
}

fn of_rows(spec: &Spec, value: impl Fn(&Failure) -> Option<Value>) -> Vec<PlatformExample> {
    let of_row = |row: Failure| {
        let summary = row.name.map(str::to_owned);
        let example =
            Example { key: row.code.to_string(), summary, value: value(&row)?, component: Some(component(row.code)) };
        Some(PlatformExample { http: row.http?, code: row.code, example })
    };
    spec.platform_errors().into_iter().filter_map(of_row).collect()
}

fn component(code: i64) -> String {
    format!("platform_error_{code}")
}
