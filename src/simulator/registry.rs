//! Entries that have ids of several kinds, found by any of them in constant time.
//!
//! People have three ids and departments have two, and a request may use any of them.
//! Everything else refers to an entry by its key, so a membership is one number whatever
//! id it was made with.
//!
//! Most ids are the last one with a prefix: `ou_7` and `on_7` are ids of the person `7`. They are found by the last one,
//! so a hundred thousand people need one index instead of three. Only an id of another form has an index of its own.

use std::array;

use super::index::Index;

/// The key of an entry.
pub(super) type Key = u32;

/// Entries with `N` kinds of id each.
pub(super) struct Registry<const N: usize, T> {
    /// What stands before the last id in an id of each kind; nothing in the last.
    prefixes: [&'static str; N],
    ids: Ids<N>,
    values: Vec<T>,
    by_last_id: Index,
    /// By ids of another form.
    by_other_id: [Index; N],
}

/// The ids of all entries, one after the other: an allocation for each entry would take longer than everything else.
struct Ids<const N: usize> {
    text: String,
    ends: Vec<[usize; N]>,
}

impl<const N: usize> Ids<N> {
    /// Adds the ids of the next entry, each with its prefix.
    fn push(&mut self, ids: [(&str, &str); N]) {
        self.ends.push(ids.map(|(prefix, rest)| {
            self.text.push_str(prefix);
            self.text.push_str(rest);
            self.text.len()
        }));
    }

    fn get(&self, key: Key, kind: usize) -> Option<&str> {
        let key = usize::try_from(key).ok()?;
        let end = *self.ends.get(key)?.get(kind)?;
        let start = (key * N + kind).checked_sub(1).and_then(|before| self.ends.as_flattened().get(before).copied());
        self.text.get(start.unwrap_or(0)..end)
    }
}

impl<const N: usize, T> Registry<N, T> {
    /// Creates a registry without entries. Ids of each kind mostly are the last id after one of these prefixes, the last of
    /// which is empty.
    pub fn new(prefixes: [&'static str; N]) -> Self {
        let ids = Ids { text: String::new(), ends: Vec::new() };
        let by_other_id = array::from_fn(|_| Index::default());
        Self { prefixes, ids, values: Vec::new(), by_last_id: Index::default(), by_other_id }
    }

    /// Makes room for so many more entries.
    pub fn reserve(&mut self, additional: usize) {
        self.ids.ends.reserve(additional);
        self.values.reserve(additional);
        self.by_last_id.reserve(additional);
    }

    /// Adds an entry; returns the id that another entry has already, with its kind.
    pub fn insert(&mut self, ids: [&str; N], value: T) -> Result<Key, (usize, String)> {
        let mut taken = ids.into_iter().enumerate();
        if let Some((kind, id)) = taken.find(|(kind, id)| self.find(*kind, id).is_some()) {
            return Err((kind, id.to_owned()));
        }
        let (key, last) = (self.next_key(), ids.last().copied().unwrap_or_default());
        for (kind, ((id, prefix), index)) in ids.iter().zip(self.prefixes).zip(&mut self.by_other_id).enumerate() {
            if id.strip_prefix(prefix) != Some(last) {
                index.find_or_insert(id, key, |key| self.ids.get(key, kind));
            }
        }
        self.by_last_id.find_or_insert(last, key, |key| self.ids.get(key, N - 1));
        self.ids.push(ids.map(|id| ("", id)));
        self.values.push(value);
        Ok(key)
    }

    /// The entry with this last id; a missing one is added, and its other ids follow from the last.
    ///
    /// This is for registries whose entries are all added like this, so that no entry has an id of another form.
    pub fn find_or_derive(&mut self, last: &str, value: T) -> Key {
        debug_assert!(self.by_other_id.iter().all(Index::is_empty));
        let new = self.next_key();
        let key = self.by_last_id.find_or_insert(last, new, |key| self.ids.get(key, N - 1));
        if key == new {
            self.ids.push(self.prefixes.map(|prefix| (prefix, last)));
            self.values.push(value);
        }
        key
    }

    /// The entry with this id of the kind `kind`.
    pub fn find(&self, kind: usize, id: &str) -> Option<Key> {
        let last = id.strip_prefix(*self.prefixes.get(kind)?);
        let by_last_id = last.and_then(|last| self.by_last_id.find(last, |key| self.id(key, N - 1)));
        // The entry may have another id of this kind.
        let found = by_last_id.filter(|key| self.id(*key, kind) == Some(id));
        found.or_else(|| self.by_other_id.get(kind)?.find(id, |key| self.id(key, kind)))
    }

    /// The value of an entry.
    pub fn get(&self, key: Key) -> Option<&T> {
        self.values.get(usize::try_from(key).ok()?)
    }

    /// The id of an entry of the kind `kind`.
    pub fn id(&self, key: Key, kind: usize) -> Option<&str> {
        self.ids.get(key, kind)
    }

    /// Every entry with its ids, in the order of insertion.
    pub fn entries(&self) -> impl Iterator<Item = (Key, [&str; N], &T)> {
        let ids = |key| array::from_fn(|kind| self.id(key, kind).unwrap_or_default());
        (0..).zip(&self.values).map(move |(key, value)| (key, ids(key), value))
    }

    /// Four billion entries need more memory than any machine of a test has.
    fn next_key(&self) -> Key {
        Key::try_from(self.values.len()).unwrap_or(Key::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_found_by_each_of_its_ids() {
        let mut registry = Registry::new(["ou_", "on_", ""]);
        let derived = registry.insert(["ou_7", "on_7", "7"], ()).unwrap();
        let partly = registry.insert(["ou_8", "union", "8"], ()).unwrap();
        let others = registry.insert(["open", "on_10", "9"], ()).unwrap();
        for (key, ids) in
            [(derived, ["ou_7", "on_7", "7"]), (partly, ["ou_8", "union", "8"]), (others, ["open", "on_10", "9"])]
        {
            for (kind, id) in ids.into_iter().enumerate() {
                assert_eq!((registry.find(kind, id), registry.id(key, kind)), (Some(key), Some(id)));
            }
        }
        for (kind, id) in [(0, "7"), (0, "ou_9"), (1, "on_8"), (1, "ou_7"), (2, "10"), (2, "ou_7")] {
            assert_eq!(registry.find(kind, id), None, "{kind} {id}");
        }
        let all: Vec<_> = registry.entries().map(|(_, ids, ())| ids.concat()).collect();
        assert_eq!(all, ["ou_7on_77", "ou_8union8", "openon_109"]);
    }

    #[test]
    fn derived_entry_is_added_once() {
        let mut registry = Registry::new(["ou_", "on_", ""]);
        assert_eq!(["7", "8", "7"].map(|last| registry.find_or_derive(last, ())), [0, 1, 0]);
        for (kind, id) in ["ou_8", "on_8", "8"].into_iter().enumerate() {
            assert_eq!((registry.find(kind, id), registry.id(1, kind)), (Some(1), Some(id)));
        }
        assert_eq!((registry.find(0, "ou_9"), registry.id(2, 0), registry.entries().count()), (None, None, 2));
    }

    #[test]
    fn id_of_another_entry_is_rejected() {
        let mut registry = Registry::new(["ou_", ""]);
        registry.insert(["ou_1", "2"], ()).unwrap();
        assert_eq!(registry.insert(["ou_1", "1"], ()), Err((0, "ou_1".to_owned())), "although nobody is `1`");
        assert_eq!(registry.insert(["ou_3", "2"], ()), Err((1, "2".to_owned())));
        assert_eq!(registry.insert(["ou_2", "3"], ()), Ok(1));
    }
}
