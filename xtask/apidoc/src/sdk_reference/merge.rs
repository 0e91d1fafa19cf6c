//! Signature and table, which say much of the same, as one list of parameters.
//!
//! Where they disagree the signature, which is what runs, wins with a warning.

use super::signature::{Role, Signature, SignatureParameter};
use crate::facts::{Parameter, Place};
use crate::parameters::ParameterRow;
use crate::warnings::{Position, Warnings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of the API: each of the signature's, with its row of the table.
pub(super) fn merge(signature: &Signature, rows: &[ParameterRow<'_>], warnings: &mut Warnings) -> Vec<Parameter> {
    let mut by_name = BTreeMap::new();
    for row in rows {
        by_name.entry(row.name.as_str()).or_insert(row);
    }
    let mut merged = Vec::new();
    for parameter in &signature.parameters {
        let names = [parameter.name.as_str(), parameter.wire_name.as_str()];
        let row = names.iter().find_map(|name| by_name.get(name).copied());
        match parameter.role {
            Role::Parameter(place) => merged.push(fact(parameter, place, row, warnings)),
            Role::Unknown => warnings
                .add_line(parameter.line, format!("no attribute says where `{}` is sent: skipped", parameter.name)),
            Role::Body | Role::Token | Role::Cancellation => {}
        }
    }
    let names = signature.parameters.iter().flat_map(|parameter| [&parameter.name, &parameter.wire_name]);
    let known: BTreeSet<&str> = names.map(String::as_str).collect();
    for row in rows {
        if !known.contains(row.name.as_str()) {
            warnings.add_line(row.line, format!("the signature has no `{}`: row skipped", row.name));
        }
    }
    merged
}

fn fact(
    parameter: &SignatureParameter,
    place: Place,
    row: Option<&ParameterRow<'_>>,
    warnings: &mut Warnings,
) -> Parameter {
    let optional = parameter.default.is_some() || parameter.nullable;
    let silent = ParameterRow {
        line: parameter.line,
        name: parameter.name.clone(),
        kind: parameter.kind.clone(),
        required: !optional,
        place: None,
        default: "",
        default_at: Position::line(parameter.line),
        description: "",
        at: Position::line(parameter.line),
    };
    if row.is_none() {
        warnings.add_line(parameter.line, format!("no table has a row for `{}`", parameter.name));
    }
    if parameter.has_odd_default {
        let message = format!("the default of `{}` is neither a literal nor a constant: skipped", parameter.name);
        warnings.add_line(parameter.line, message);
    }
    let row = row.unwrap_or(&silent);
    let mut fact = row.parameter(place, warnings);
    fact.name.clone_from(&parameter.wire_name);
    let mut disagree = |what: &str, table: String, signature: String| {
        let message = format!("`{}`: the table says {what} {table}, the signature {signature}", parameter.name);
        warnings.add_line(row.line, message);
    };
    if fact.required == optional {
        disagree("required", yes_no(fact.required), yes_no(!optional));
    }
    if fact.kind != parameter.kind {
        disagree("type", fact.kind.clone(), parameter.kind.clone());
        fact.kind.clone_from(&parameter.kind);
    }
    let stated = parameter.default.clone();
    if let (Some(prose), Some(stated)) = (&fact.default, &stated)
        && prose != stated
        && *stated != Value::Null
    {
        disagree("default", prose.to_string(), stated.to_string());
    }
    // `= null` only says that C# sends nothing: what the service then takes, prose may know.
    fact.default = stated.filter(|default| *default != Value::Null).or(fact.default);
    fact
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}
