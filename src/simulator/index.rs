//! Finds the key of an entry by its id, in constant time.
//!
//! An index has no copy of the ids: its caller has the entries, and returns the id of a key. With a copy of each id, a
//! simulator with a hundred thousand people takes about twice as long to start.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use super::registry::Key;

/// The keys of entries, by one of their ids. None is ever removed.
#[derive(Default)]
pub(super) struct Index<S = RandomState> {
    hasher: S,
    /// By the hash of the id. If another id has the same hash, the key is at the next number that was free.
    keys: HashMap<u64, Key, BuildHasherDefault<Unchanged>>,
}

impl<S: BuildHasher> Index<S> {
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Makes room for so many more keys.
    pub fn reserve(&mut self, additional: usize) {
        self.keys.reserve(additional);
    }

    /// The key of the entry with this id; `id_of` returns the id of each.
    pub fn find<'a>(&self, id: &str, id_of: impl Fn(Key) -> Option<&'a str>) -> Option<Key> {
        if self.is_empty() {
            return None;
        }
        let mut hash = self.hasher.hash_one(id);
        loop {
            let key = *self.keys.get(&hash)?;
            if id_of(key) == Some(id) {
                return Some(key);
            }
            hash = hash.wrapping_add(1);
        }
    }

    /// The key of the entry with this id; without one, `new` becomes its key.
    pub fn find_or_insert<'a>(&mut self, id: &str, new: Key, id_of: impl Fn(Key) -> Option<&'a str>) -> Key {
        let mut hash = self.hasher.hash_one(id);
        loop {
            match self.keys.entry(hash) {
                Entry::Vacant(free) => return *free.insert(new),
                Entry::Occupied(found) if id_of(*found.get()) == Some(id) => return *found.get(),
                Entry::Occupied(_) => hash = hash.wrapping_add(1),
            }
        }
    }
}

/// Hashes a number to itself: the numbers of an index are hashes already.
#[derive(Default)]
struct Unchanged(u64);

impl Hasher for Unchanged {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_hashes_are_told_apart() {
        // Hashes every id to its last eight bytes, which are the same in all of them.
        let mut index = Index::<BuildHasherDefault<Unchanged>>::default();
        let ids = ["first of ids", "other of ids", "third of ids"];
        let id_of = |key| ids.get(usize::try_from(key).ok()?).copied();
        for (key, id) in (0..).zip(ids) {
            assert_eq!(index.find(id, id_of), None);
            assert_eq!(index.find_or_insert(id, key, id_of), key);
        }
        for (key, id) in (0..).zip(ids) {
            assert_eq!((index.find(id, id_of), index.find_or_insert(id, 9, id_of)), (Some(key), key));
        }
        assert_eq!(index.find("fourth of ids", id_of), None);
    }
}
