//! Values of path parameters that make the path of another operation.
//!
//! `/group/{group_id}` filled with `simplelist` is `/group/simplelist`, which the spec
//! documents as another path: the call would get the tenant's list instead of a group.
//! Escaping does not help, since such a value has nothing to escape. The build knows
//! every path, so it lists these values, and validation rejects them. It rejects them as the id of a new group too: no
//! call of this client could address that group.

use crate::codegen::spec::model::{Model, Operation};

/// Returns the values of a path parameter that make another documented path, each with that path.
///
/// Methods are ignored: the path belongs to another resource under any method. Where several parameters must be
/// filled together to make the other path, the value of the first one is listed alone. That rejects slightly more than
/// necessary, and saves a rule about pairs.
pub fn collisions<'a>(model: &'a Model, operation: &'a Operation, parameter: &str) -> Vec<(&'a str, &'a str)> {
    let placeholder = format!("{{{parameter}}}");
    let mut found: Vec<(&str, &str)> = Vec::new();
    let built = model.operations.iter().map(|other| &other.path);
    for other in built.chain(&model.left_out.paths).map(String::as_str) {
        if let Some((first, value)) = first_filled(&operation.path, other)
            && first == placeholder
            && !found.iter().any(|(known, _)| *known == value)
        {
            found.push((value, other));
        }
    }
    found
}

/// Returns the values of a body's property that would be an id in the path of the created object, and that no call could
/// address it by: those that [`collisions`] lists for the operations below this one.
pub fn unaddressable<'a>(model: &'a Model, operation: &Operation, property: &str) -> Vec<(&'a str, &'a str)> {
    let created = format!("{}/{{{property}}}", operation.path);
    let is_below =
        |path: &str| path.strip_prefix(&created).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let below = model.operations.iter().filter(|other| is_below(&other.path));
    let mut found: Vec<_> = below.flat_map(|other| collisions(model, other, property)).collect();
    found.sort_unstable();
    found.dedup_by_key(|(value, _)| *value);
    found
}

/// If filling `path` can make `other`: the first parameter that needs a certain value, and that value.
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
