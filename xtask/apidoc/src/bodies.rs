//! Several request bodies on one page: alternatives, of which a call sends one.
//!
//! A fact has one body, so the alternatives are read together: what any of them has may be
//! sent, and what not all of them need is optional. A warning says so, since which
//! parameters belong together is lost.

use crate::facts::{Operation, Place};
use crate::parameters::ParameterRow;
use crate::warnings::Warnings;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a table of the body that are new; what the tables before it have is made optional where it has to be.
pub(super) fn merge<'a>(
    rows: Vec<ParameterRow<'a>>,
    operation: &mut Operation,
    line: usize,
    warnings: &mut Warnings,
) -> Vec<ParameterRow<'a>> {
    let is_outer = |name: &str| !name.contains('.');
    let of_body = |operation: &Operation| -> BTreeSet<String> {
        let body = operation.parameters.iter().filter(|parameter| parameter.place == Place::Body);
        body.map(|parameter| parameter.name.clone()).collect()
    };
    let known = of_body(operation);
    let is_second = rows.iter().any(|row| is_outer(&row.name) && known.contains(&row.name));
    if !is_second {
        return rows;
    }
    warnings.add_line(line, "this is another body of the same request: the bodies were read as one");
    let by_name: BTreeMap<&str, &ParameterRow<'_>> = rows.iter().map(|row| (row.name.as_str(), row)).collect();
    for parameter in operation.parameters.iter_mut().filter(|parameter| parameter.place == Place::Body) {
        let row = by_name.get(parameter.name.as_str());
        match row {
            Some(row) if row.kind != parameter.kind => {
                let (name, kind) = (&parameter.name, &parameter.kind);
                warnings.add_line(row.line, format!("`{name}` is {kind} in the body above: that type holds"));
            }
            _ => {}
        }
        let stays = row.map_or(!is_outer(&parameter.name), |row| row.required);
        parameter.required &= stays;
    }
    let new = rows.into_iter().filter(|row| !known.contains(&row.name));
    new.map(|row| ParameterRow { required: row.required && !is_outer(&row.name), ..row }).collect()
}
