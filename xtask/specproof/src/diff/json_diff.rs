//! Where two JSON values differ, leaf by leaf.

use crate::source::segment;
use serde_json::Value;
use std::collections::BTreeSet;

/// A place at which two values differ, by its JSON pointer; `None` where a state has nothing there.
pub(crate) type Leaf<'a> = (String, Option<&'a Value>, Option<&'a Value>);

/// Every innermost difference, in the order of the old value, then what is new.
pub(crate) fn differing<'a>(old: Option<&'a Value>, new: Option<&'a Value>) -> Vec<Leaf<'a>> {
    let mut found = Vec::new();
    walk(String::new(), old, new, &mut found);
    found
}

fn walk<'a>(at: String, old: Option<&'a Value>, new: Option<&'a Value>, found: &mut Vec<Leaf<'a>>) {
    match (old, new) {
        _ if old == new => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let mut seen = BTreeSet::new();
            for key in before.keys().chain(after.keys()).filter(|key| seen.insert(*key)) {
                walk(format!("{at}/{}", segment(key)), before.get(key), after.get(key), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for index in 0..before.len().max(after.len()) {
                walk(format!("{at}/{index}"), before.get(index), after.get(index), found);
            }
        }
        _ => found.push((at, old, new)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_leaf_is_found_once() {
        let (old, new) = (json!({"a": [1, {"b/c": 2}], "d": null}), json!({"a": [1, {"b/c": 3}, 4], "e": {}}));
        let found: Vec<String> = differing(Some(&old), Some(&new)).into_iter().map(|(at, ..)| at).collect();
        assert_eq!(found, ["/a/1/b~1c", "/a/2", "/d", "/e"]);
        assert!(differing(Some(&old), Some(&old)).is_empty());
    }
}
