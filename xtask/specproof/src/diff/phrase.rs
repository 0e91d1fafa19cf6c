//! A difference in words, the same in every format that people read.

use super::difference::{Change, Difference, OperationName, Said};
use super::topic::{Aspect, Subject};
use crate::validate::DocumentPlace;
use serde_json::Value;

/// What differs: "`query page_size maximum` was 100 and is 50".
pub(crate) fn what(difference: &Difference) -> String {
    let Difference { topic, old, new, .. } = difference;
    let is_one_of_many = |said: &Said| said.value.as_ref().is_some_and(|value| !value.is_array());
    let is_list = matches!(topic.aspect, Some(Aspect::Enum | Aspect::AccessTokens | Aspect::Scopes | Aspect::AppTypes));
    match (difference.change(), &topic.aspect) {
        (Change::Changed, _) => format!("`{topic}` was {} and is {}", value(old), value(new)),
        (Change::Added, Some(_)) if is_list && is_one_of_many(new) => format!("`{topic}` has gained {}", value(new)),
        (Change::Removed, Some(_)) if is_list && is_one_of_many(old) => format!("`{topic}` has lost {}", value(old)),
        (Change::Added, Some(_)) => format!("`{topic}` was not stated and is {}", value(new)),
        (Change::Removed, Some(_)) => format!("`{topic}` was {} and is no longer stated", value(old)),
        (Change::Added, None) => format!("`{topic}` is new{}", summary(&topic.subject, new)),
        (Change::Removed, None) => format!("`{topic}` is gone{}", summary(&topic.subject, old)),
    }
}

/// `create_user_group`, or its name in the document.
pub(crate) fn operation(name: &OperationName) -> String {
    match &name.id {
        Some(id) => format!("{id} ({})", name.name),
        None => format!("{} (not in the spec)", name.name),
    }
}

pub(crate) fn place(place: Option<&DocumentPlace>) -> Option<String> {
    place.map(|place| format!("{}:{}", place.file, place.line))
}

fn value(said: &Said) -> String {
    said.value.as_ref().map(Value::to_string).unwrap_or_default()
}

/// What a thing says that only one state has; an example would fill the screen.
fn summary(subject: &Subject, said: &Said) -> String {
    let parts = match (subject, &said.value) {
        (Subject::Example(..), _) => return String::new(),
        (_, Some(Value::Object(parts))) => parts,
        (_, Some(value)) => return format!(": {value}"),
        (_, None) => return String::new(),
    };
    let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}
