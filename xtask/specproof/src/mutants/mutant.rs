//! A mutant: the spec with one thing changed.
//!
//! A mutant is kept as its change, not as its spec: thousands of specs would fill the
//! memory, and the name of the change is what people need.

use serde_json::Value;

/// One change.
#[derive(Clone, Debug)]
pub struct Mutant {
    pub(super) kind: &'static str,
    /// Of the value that is changed.
    pub pointer: String,
    pub(super) change: Change,
}

#[derive(Clone, Debug)]
pub(super) enum Change {
    Set(Value),
    Remove,
    /// The key.
    Rename(String),
    /// A key to the map.
    Add(String, Value),
    /// An item to the list.
    Push(Value),
}

impl Mutant {
    /// The changed spec; none where the change leaves it as it is.
    pub(super) fn apply(&self, original: &Value) -> Option<Value> {
        self.applied(original).filter(|spec| spec != original)
    }

    fn applied(&self, original: &Value) -> Option<Value> {
        let mut spec = original.clone();
        match &self.change {
            Change::Set(value) => *spec.pointer_mut(&self.pointer)? = value.clone(),
            Change::Add(key, value) => {
                spec.pointer_mut(&self.pointer)?.as_object_mut()?.insert(key.clone(), value.clone());
            }
            Change::Push(value) => spec.pointer_mut(&self.pointer)?.as_array_mut()?.push(value.clone()),
            Change::Remove | Change::Rename(_) => {
                let (parent, key) = self.pointer.rsplit_once('/')?;
                let key = key.replace("~1", "/").replace("~0", "~");
                match spec.pointer_mut(parent)? {
                    Value::Array(items) => drop(items.remove(key.parse().ok()?)),
                    Value::Object(entries) => {
                        let value = entries.shift_remove(&key)?;
                        if let Change::Rename(name) = &self.change {
                            entries.insert(name.clone(), value);
                        }
                    }
                    _ => return None,
                }
            }
        }
        Some(spec)
    }

    /// What is changed, where, and into what; entries of the accepted ones match it.
    pub fn name(&self) -> String {
        let what = match &self.change {
            Change::Set(value) => value.to_string(),
            Change::Add(key, value) => format!("{key}: {value}"),
            Change::Push(value) => value.to_string(),
            Change::Rename(name) => name.clone(),
            Change::Remove => String::new(),
        };
        format!("{} {} {what}", self.kind, self.pointer)
    }
}
