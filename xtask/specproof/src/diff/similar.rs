//! Sets that have more than half in common, found without comparing each with each.
//!
//! Of two such sets each shares more than half of its own items, so that among the rarest
//! half of its items there is a shared one. Only sets that share one of those are compared.

use std::collections::{BTreeSet, HashMap};

/// The pairs of an old and a new set, by their indices, of whose union more than half is in both.
pub(super) fn pairs(old: &[BTreeSet<String>], new: &[BTreeSet<String>]) -> Vec<(usize, usize)> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    for item in old.iter().chain(new).flatten() {
        *count.entry(item).or_default() += 1;
    }
    let rarest = |set: &'_ BTreeSet<String>| {
        let mut items: Vec<String> = set.iter().cloned().collect();
        items.sort_by_key(|item| count.get(item.as_str()).copied());
        items.truncate(set.len() - set.len() / 2);
        items
    };
    let mut holders: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, set) in new.iter().enumerate() {
        for item in rarest(set) {
            holders.entry(item).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    for (at, set) in old.iter().enumerate() {
        let candidates: BTreeSet<usize> =
            rarest(set).iter().filter_map(|item| holders.get(item)).flatten().copied().collect();
        let alike = |there: &usize| {
            new.get(*there).is_some_and(|new| 2 * set.intersection(new).count() > set.union(new).count())
        };
        found.extend(candidates.into_iter().filter(alike).map(|there| (at, there)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(crate::property::config(256))]

        #[test]
        fn no_pair_is_missed(
            old in prop::collection::vec(prop::collection::btree_set("[a-f]", 0..6), 0..6),
            new in prop::collection::vec(prop::collection::btree_set("[a-f]", 0..6), 0..6),
        ) {
            let alike = |(at, there): &(usize, usize)| {
                let (old, new): (&BTreeSet<String>, &BTreeSet<String>) = (&old[*at], &new[*there]);
                2 * old.intersection(new).count() > old.union(new).count()
            };
            let each = (0..old.len()).flat_map(|at| (0..new.len()).map(move |there| (at, there)));
            let expected: Vec<(usize, usize)> = each.filter(alike).collect();
            prop_assert_eq!(pairs(&old, &new), expected);
        }
    }
}
