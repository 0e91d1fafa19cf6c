//! Values of path parameters that lead to another operation.
//!
//! `/group/{group_id}` filled with `simplelist` is `/group/simplelist`, which the spec
//! documents as another path: the call would read the tenant's list and take it for a
//! group. Escaping does not help, since such a value has nothing to escape. The build
//! knows every path, so it lists these values, and the layer refuses them before sending.

use crate::codegen::spec::model::{Model, Operation};

/// The values of a path parameter that make another documented path, each with that path.
///
/// The method does not count: under another method the filled path is no less another thing.
/// Where several parameters must be filled together to make the other path, the first one's value is listed: what
/// is one word of the API in a place where the API has words is not worth a rule about pairs.
pub fn collisions<'a>(model: &'a Model, operation: &'a Operation, parameter: &str) -> Vec<(&'a str, &'a str)> {
    let placeholder = format!("{{{parameter}}}");
    let mut found: Vec<(&str, &str)> = Vec::new();
    for other in model.operations.iter().map(|other| other.path.as_str()) {
        if let Some((first, value)) = first_filled(&operation.path, other)
            && first == placeholder
            && !found.iter().any(|(known, _)| *known == value)
        {
            found.push((value, other));
        }
    }
    found
}

/// Where filling `path` can make `other`: the first parameter that must have a certain value, and that value.
fn first_filled<'a>(path: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    let is_parameter = |segment: &str| segment.starts_with('{');
    let mut first = None;
    let (mut segments, mut others) = (path.split('/'), other.split('/'));
    loop {
        match (segments.next(), others.next()) {
            (None, None) => return first,
            (Some(segment), Some(word)) if is_parameter(segment) && !is_parameter(word) => {
                first = first.or(Some((segment, word)));
            }
            (Some(segment), Some(word)) if segment == word || is_parameter(word) => {}
            _ => return None,
        }
    }
}
