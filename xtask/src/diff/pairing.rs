//! Which of the old is which of the new.
//!
//! Telling a renamed thing from one removed and one added is a guess, and a wrong
//! guess hides both. So pairs are made in stages, the certain ones first, and a stage
//! that guesses takes a pair only if neither of the two could be part of another.

/// How a stage takes two for the same.
pub(crate) enum Stage<T> {
    /// They have the same key: first with first, second with second.
    Same(fn(&T, &T) -> bool),
    /// They are alike, and nothing else that is left is like either.
    OnlyOne(fn(&T, &T) -> bool),
}

/// Every old and every new, paired where they are the same: in the old order, then what is new.
pub(crate) fn pairs<'a, T>(old: &'a [T], new: &'a [T], stages: &[Stage<T>]) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut partner: Vec<Option<usize>> = vec![None; old.len()];
    let mut taken = vec![false; new.len()];
    for stage in stages {
        for here in 0..old.len() {
            let free = |i: &usize, j: &usize| partner[*i].is_none() && !taken[*j];
            let found = match stage {
                Stage::Same(same) => (0..new.len()).find(|j| free(&here, j) && same(&old[here], &new[*j])),
                Stage::OnlyOne(alike) => {
                    let mut new_alike = (0..new.len()).filter(|j| free(&here, j) && alike(&old[here], &new[*j]));
                    match (new_alike.next(), new_alike.next()) {
                        (Some(there), None) => {
                            let rivals = (0..old.len()).filter(|i| free(i, &there) && alike(&old[*i], &new[there]));
                            (rivals.count() == 1).then_some(there)
                        }
                        _ => None,
                    }
                }
            };
            if let Some(there) = found {
                partner[here] = Some(there);
                taken[there] = true;
            }
        }
    }
    let kept = old.iter().zip(&partner).map(|(old, there)| (Some(old), there.map(|there| &new[there])));
    let added = new.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(new, _)| (None, Some(new)));
    kept.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST_LETTER: fn(&&str, &&str) -> bool = |a, b| a[..1] == b[..1];

    #[test]
    fn the_same_are_paired_in_their_order() {
        let found = pairs(&["a", "a", "b"], &["a", "c", "a"], &[Stage::Same(|a, b| a == b)]);
        assert_eq!(found, [(Some(&"a"), Some(&"a")), (Some(&"a"), Some(&"a")), (Some(&"b"), None), (None, Some(&"c"))]);
    }

    #[test]
    fn a_guess_needs_to_be_the_only_one_on_both_sides() {
        let stages = [Stage::OnlyOne(FIRST_LETTER)];
        assert_eq!(pairs(&["a1"], &["a2"], &stages), [(Some(&"a1"), Some(&"a2"))]);
        assert_eq!(pairs(&["a1"], &["a2", "a3"], &stages).len(), 3);
        assert_eq!(pairs(&["a1", "a2"], &["a3"], &stages).len(), 3);
    }

    #[test]
    fn what_a_stage_has_taken_is_not_left_for_the_next() {
        let stages = [Stage::Same(|a, b| a == b), Stage::OnlyOne(FIRST_LETTER)];
        let found = pairs(&["a1", "a2"], &["a2", "a3"], &stages);
        assert_eq!(found, [(Some(&"a1"), Some(&"a3")), (Some(&"a2"), Some(&"a2"))]);
    }
}
