//! The latest of values that clients choose, such as the keys of tenants.
//!
//! A client may invent one for each request, and a simulator may run for days. So their number is bounded: the oldest is
//! dropped first.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Up to `MAX` values.
#[derive(Default)]
pub(super) struct Recent<const MAX: usize> {
    values: HashSet<Arc<str>>,
    oldest_first: VecDeque<Arc<str>>,
}

impl<const MAX: usize> Recent<MAX> {
    pub fn contains(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    /// Adds a value, and returns the one that is dropped for it. A value that is there already keeps its age.
    pub fn add(&mut self, value: &str) -> Option<Arc<str>> {
        let value = Arc::from(value);
        if !self.values.insert(Arc::clone(&value)) {
            return None;
        }
        self.oldest_first.push_back(value);
        let is_full = self.oldest_first.len() > MAX;
        let dropped = is_full.then(|| self.oldest_first.pop_front())??;
        self.values.remove(&dropped);
        Some(dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_value_is_dropped() {
        let mut recent = Recent::<3>::default();
        let dropped = ["a", "b", "a", "c", "d", "e"].map(|value| recent.add(value).map(|dropped| dropped.to_string()));
        assert_eq!(dropped, [None, None, None, None, Some("a".to_owned()), Some("b".to_owned())]);
        assert_eq!(["a", "b", "c", "d", "e"].map(|value| recent.contains(value)), [false, false, true, true, true]);
        assert_eq!((recent.values.len(), recent.oldest_first.len()), (3, 3));
    }
}
