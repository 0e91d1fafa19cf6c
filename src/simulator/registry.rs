//! Entries that have ids of several kinds, found by any of them in constant time.
//!
//! People have three ids and departments have two, and a request may use any of them.
//! Everything else refers to an entry by its key, so a membership is one number whatever
//! id it was made with.
//!
//! Most ids are the last one with a prefix: `ou_7` and `on_7` are ids of the person `7`. They are found by the last one,
//! so a hundred thousand people need one index instead of three. Only an id of another form has an index of its own.

use std::array;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The key of an entry.
pub(super) type Key = u32;

/// Bytes that the ids of most entries have together.
const TYPICAL_TEXT: usize = 32;

/// Entries with `N` kinds of id each.
pub(super) struct Registry<const N: usize, T> {
    /// What stands before the last id in an id of each kind; nothing in the last.
    prefixes: [&'static str; N],
    entries: Vec<(Ids<N>, T)>,
    /// The ids of all entries, one after the other: one allocation instead of one for each entry.
    texts: String,
    by_last_id: HashMap<Box<str>, Key>,
    /// By ids of another form.
    by_other_id: [HashMap<Box<str>, Key>; N],
}

/// Where the ids of an entry are in `texts`: where the first begins, and how long each is. No id has 4 GB.
struct Ids<const N: usize> {
    start: usize,
    lengths: [u32; N],
}

impl<const N: usize, T> Registry<N, T> {
    /// Creates a registry without entries. Ids of each kind mostly are the last id after one of these prefixes, the last of
    /// which is empty.
    pub fn new(prefixes: [&'static str; N]) -> Self {
        let by_other_id = array::from_fn(|_| HashMap::new());
        Self { prefixes, entries: Vec::new(), texts: String::new(), by_last_id: HashMap::new(), by_other_id }
    }

    /// Makes room for so many more entries.
    pub fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
        self.by_last_id.reserve(additional);
        self.texts.reserve(additional * TYPICAL_TEXT);
    }

    /// Adds an entry; returns the id that another entry has already, with its kind.
    pub fn insert(&mut self, ids: [&str; N], value: T) -> Result<Key, (usize, String)> {
        let mut taken = ids.into_iter().enumerate();
        if let Some((kind, id)) = taken.find(|(kind, id)| self.find(*kind, id).is_some()) {
            return Err((kind, id.to_owned()));
        }
        let (key, last) = (self.next_key(), ids.last().copied().unwrap_or_default());
        for ((id, prefix), index) in ids.iter().zip(self.prefixes).zip(&mut self.by_other_id) {
            if id.strip_prefix(prefix) != Some(last) {
                index.insert((*id).into(), key);
            }
        }
        self.by_last_id.insert(last.into(), key);
        self.push(ids.map(|id| ("", id)), value);
        Ok(key)
    }

    /// The entry whose ids follow from this last one, a new one if there is none; `None` if one of the ids is another entry's.
    pub fn find_or_derive(&mut self, last: &str, value: T) -> Option<Key> {
        let key = self.next_key();
        let free = match self.by_last_id.entry(last.into()) {
            Entry::Occupied(found) => {
                let found = *found.get();
                let is_derived =
                    |(kind, prefix)| self.id(found, kind).and_then(|id| id.strip_prefix(prefix)) == Some(last);
                return self.prefixes.into_iter().enumerate().all(is_derived).then_some(found);
            }
            Entry::Vacant(free) => free,
        };
        let mut others = self.prefixes.iter().zip(&self.by_other_id);
        if others.any(|(prefix, index)| !index.is_empty() && index.contains_key(&*format!("{prefix}{last}"))) {
            return None;
        }
        free.insert(key);
        self.push(self.prefixes.map(|prefix| (prefix, last)), value);
        Some(key)
    }

    /// Adds an entry whose ids each have a prefix.
    fn push(&mut self, ids: [(&str, &str); N], value: T) {
        let start = self.texts.len();
        let mut lengths = [0; N];
        for (length, (prefix, rest)) in lengths.iter_mut().zip(ids) {
            self.texts.push_str(prefix);
            self.texts.push_str(rest);
            *length = (prefix.len() + rest.len()) as u32;
        }
        self.entries.push((Ids { start, lengths }, value));
    }

    /// The entry with this id of the kind `kind`.
    pub fn find(&self, kind: usize, id: &str) -> Option<Key> {
        let last = id.strip_prefix(*self.prefixes.get(kind)?);
        let by_last_id = last.and_then(|last| self.by_last_id.get(last).copied());
        // The entry may have another id of this kind.
        let found = by_last_id.filter(|key| self.id(*key, kind) == Some(id));
        found.or_else(|| self.by_other_id.get(kind)?.get(id).copied())
    }

    /// The value of an entry.
    pub fn get(&self, key: Key) -> Option<&T> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The id of an entry of the kind `kind`.
    pub fn id(&self, key: Key, kind: usize) -> Option<&str> {
        self.text(&self.entry(key)?.0, kind)
    }

    fn text(&self, ids: &Ids<N>, kind: usize) -> Option<&str> {
        let (before, from) = ids.lengths.split_at_checked(kind)?;
        let start = ids.start + before.iter().map(|length| *length as usize).sum::<usize>();
        self.texts.get(start..start + *from.first()? as usize)
    }

    /// Every entry with its ids, in the order of insertion.
    pub fn entries(&self) -> impl Iterator<Item = (Key, [&str; N], &T)> {
        let texts = |ids| array::from_fn(|kind| self.text(ids, kind).unwrap_or_default());
        (0..).zip(&self.entries).map(move |(key, (ids, value))| (key, texts(ids), value))
    }

    /// Four billion entries need more memory than any machine of a test has.
    fn next_key(&self) -> Key {
        Key::try_from(self.entries.len()).unwrap_or(Key::MAX)
    }

    fn entry(&self, key: Key) -> Option<&(Ids<N>, T)> {
        self.entries.get(usize::try_from(key).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_found_by_each_of_its_ids() {
        let mut registry = Registry::new(["ou_", "on_", ""]);
        let derived = registry.find_or_derive("7", ()).unwrap();
        let partly = registry.insert(["ou_8", "union", "8"], ()).unwrap();
        let others = registry.insert(["open", "on_10", "9"], ()).unwrap();
        assert_eq!(registry.find_or_derive("7", ()), Some(derived));
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
    fn id_of_another_entry_is_rejected() {
        let mut registry = Registry::new(["ou_", ""]);
        registry.insert(["ou_1", "2"], ()).unwrap();
        assert_eq!(registry.insert(["ou_1", "1"], ()), Err((0, "ou_1".to_owned())), "although nobody is `1`");
        assert_eq!(registry.insert(["ou_3", "2"], ()), Err((1, "2".to_owned())));
        assert_eq!(registry.find_or_derive("2", ()), None);
        assert_eq!(registry.find_or_derive("1", ()), None, "`ou_1` is taken");
        assert_eq!(registry.insert(["ou_2", "3"], ()), Ok(1));
    }
}
