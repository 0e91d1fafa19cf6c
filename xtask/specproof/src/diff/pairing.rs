//! Which of the old is which of the new.
//!
//! Telling a renamed thing from one removed and one added is a guess, and a wrong
//! guess hides both. So pairs are made in stages, the certain ones first, and a stage
//! that guesses takes a pair only if neither of the two could be part of another. What
//! two have in common is looked up and never searched for, so that time grows with
//! their number and not with its square.

use std::collections::{HashMap, VecDeque};

/// What two things have in common if they are the same; none is in common with nothing.
type Key<T> = fn(&T) -> Option<String>;

/// All that are alike, by their indices among the old and among the new.
type Alike<T> = fn(&[&T], &[&T]) -> Vec<(usize, usize)>;

/// How a stage decides that two are the same.
pub(crate) enum Stage<T> {
    /// They have the same key: first with first, second with second.
    Same(Key<T>),
    /// They have the same key, and nothing else that is left has it.
    OnlyOne(Key<T>),
    /// They are alike, and nothing else that is left is like either.
    Alike(Alike<T>),
}

impl<T> Stage<T> {
    /// The pairs that this stage makes of what is left.
    fn pairs(&self, old: &[&T], new: &[&T]) -> Vec<(usize, usize)> {
        match self {
            Self::Same(key) => {
                let mut there = by_key(new, *key);
                let with = |(at, old): (usize, &&T)| Some((at, there.get_mut(&key(old)?)?.pop_front()?));
                old.iter().enumerate().filter_map(with).collect()
            }
            Self::OnlyOne(key) => {
                let there = by_key(new, *key);
                let alone = by_key(old, *key).into_iter().filter_map(|(key, old)| {
                    let new = there.get(&key)?;
                    (old.len() == 1 && new.len() == 1).then_some((*old.front()?, *new.front()?))
                });
                alone.collect()
            }
            Self::Alike(alike) => {
                let found = alike(old, new);
                let (mut of_old, mut of_new) = (vec![0; old.len()], vec![0; new.len()]);
                for (here, there) in &found {
                    of_old[*here] += 1;
                    of_new[*there] += 1;
                }
                found.into_iter().filter(|(here, there)| of_old[*here] == 1 && of_new[*there] == 1).collect()
            }
        }
    }
}

fn by_key<T>(items: &[&T], key: Key<T>) -> HashMap<String, VecDeque<usize>> {
    let mut found: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Some(key) = key(item) {
            found.entry(key).or_default().push_back(at);
        }
    }
    found
}

/// Every old and every new, paired where they are the same: in the old order, then what is new.
pub(crate) fn pairs<'a, T>(old: &'a [T], new: &'a [T], stages: &[Stage<T>]) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut partner: Vec<Option<usize>> = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    for stage in stages {
        let left: Vec<usize> = (0..old.len()).filter(|at| partner[*at].is_none()).collect();
        let entered: Vec<usize> = (0..new.len()).filter(|at| !taken[*at]).collect();
        if left.is_empty() || entered.is_empty() {
            break;
        }
        let of = |items: &'a [T], indices: &[usize]| indices.iter().map(|at| &items[*at]).collect::<Vec<&T>>();
        for (here, there) in stage.pairs(&of(old, &left), &of(new, &entered)) {
            partner[left[here]] = Some(entered[there]);
            taken[entered[there]] = true;
        }
    }
    let kept = old.iter().zip(&partner).map(|(old, there)| (Some(old), there.map(|there| &new[there])));
    let added = new.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(new, _)| (None, Some(new)));
    kept.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Key<&str> = |text| Some((*text).to_owned());
    const FIRST_LETTER: Key<&str> = |text| Some(text[..1].to_owned());

    #[test]
    fn equal_items_pair_in_order() {
        let found = pairs(&["a", "a", "b"], &["a", "c", "a"], &[Stage::Same(ALL)]);
        assert_eq!(found, [(Some(&"a"), Some(&"a")), (Some(&"a"), Some(&"a")), (Some(&"b"), None), (None, Some(&"c"))]);
    }

    #[test]
    fn ambiguous_pairs_are_not_made() {
        let every = |old: &[&&str], new: &[&&str]| {
            let one = |at| move |there| (at, there);
            (0..old.len()).flat_map(|at| (0..new.len()).map(one(at))).collect()
        };
        for stage in [Stage::OnlyOne(FIRST_LETTER), Stage::Alike(every)] {
            let stages = [stage];
            assert_eq!(pairs(&["a1"], &["a2"], &stages), [(Some(&"a1"), Some(&"a2"))]);
            assert_eq!(pairs(&["a1"], &["a2", "a3"], &stages).len(), 3);
            assert_eq!(pairs(&["a1", "a2"], &["a3"], &stages).len(), 3);
        }
    }

    #[test]
    fn paired_items_skip_later_stages() {
        let stages = [Stage::Same(ALL), Stage::OnlyOne(FIRST_LETTER)];
        let found = pairs(&["a1", "a2"], &["a2", "a3"], &stages);
        assert_eq!(found, [(Some(&"a1"), Some(&"a3")), (Some(&"a2"), Some(&"a2"))]);
    }
}
