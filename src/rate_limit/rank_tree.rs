//! An ordered map that knows the rank of each key, in O(log n) per operation.
//!
//! A treap: a binary search tree by key that is also a heap by a priority, which is the hashed key. Its depth is a small
//! multiple of log n, whatever the order of insertions and removals. Each node stores the size of its subtree, which
//! gives ranks, and the earliest deadline in it, so that [`RankTree::past_deadline`] skips subtrees without a match.

use std::cmp::Ordering;
use tokio::time::Instant;

/// A value that may have a deadline.
pub(super) trait Deadline {
    fn deadline(&self) -> Option<Instant>;
}

type Tree<T> = Option<Box<Node<T>>>;

#[derive(Debug)]
struct Node<T> {
    key: u64,
    value: T,
    priority: u64,
    size: usize,
    /// The earliest deadline of the subtree.
    earliest: Option<Instant>,
    left: Tree<T>,
    right: Tree<T>,
}

#[derive(Debug)]
pub(super) struct RankTree<T>(Tree<T>);

impl<T> Default for RankTree<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Deadline> RankTree<T> {
    pub(super) fn len(&self) -> usize {
        size(&self.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Inserts a key that is not there yet.
    pub(super) fn insert(&mut self, key: u64, value: T) {
        let (before, after) = split(self.0.take(), key);
        let mut node = Node { key, value, priority: hashed(key), size: 1, earliest: None, left: None, right: None };
        node.update();
        self.0 = merge(merge(before, Some(Box::new(node))), after);
    }

    pub(super) fn remove(&mut self, key: u64) -> Option<T> {
        let (before, rest) = split(self.0.take(), key);
        let (found, after) = split(rest, key.saturating_add(1));
        self.0 = merge(before, after);
        found.map(|node| node.value)
    }

    /// The number of smaller keys, if the key is there.
    pub(super) fn rank(&self, key: u64) -> Option<usize> {
        let (mut tree, mut before) = (&self.0, 0);
        while let Some(node) = tree {
            count_step();
            tree = match key.cmp(&node.key) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some(before + size(&node.left)),
                Ordering::Greater => {
                    before += size(&node.left) + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// The entry of this rank.
    pub(super) fn nth(&self, mut rank: usize) -> Option<(u64, &T)> {
        let mut tree = &self.0;
        while let Some(node) = tree {
            count_step();
            let before = size(&node.left);
            tree = match rank.cmp(&before) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some((node.key, &node.value)),
                Ordering::Greater => {
                    rank -= before + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// Changes the value of a key, if the key is there.
    pub(super) fn modify<R>(&mut self, key: u64, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        modify(&mut self.0, key, change)
    }

    /// The keys of the entries whose deadline is before the time of their rank, which must not fall with the rank.
    pub(super) fn past_deadline(&self, time_of: &impl Fn(usize) -> Instant) -> Vec<u64> {
        let mut found = Vec::new();
        collect_past_deadline(&self.0, 0, time_of, &mut found);
        found
    }
}

impl<T: Deadline> Node<T> {
    /// Computes what depends on the value and the children.
    fn update(&mut self) {
        let earliest = |tree: &Tree<T>| tree.as_ref().and_then(|node| node.earliest);
        self.size = size(&self.left) + size(&self.right) + 1;
        self.earliest =
            [self.value.deadline(), earliest(&self.left), earliest(&self.right)].into_iter().flatten().min();
    }
}

fn size<T>(tree: &Tree<T>) -> usize {
    tree.as_ref().map_or(0, |node| node.size)
}

/// The nodes with smaller keys, and the others.
fn split<T: Deadline>(tree: Tree<T>, key: u64) -> (Tree<T>, Tree<T>) {
    let Some(mut node) = tree else { return (None, None) };
    count_step();
    if node.key < key {
        let (before, after) = split(node.right.take(), key);
        node.right = before;
        node.update();
        (Some(node), after)
    } else {
        let (before, after) = split(node.left.take(), key);
        node.left = after;
        node.update();
        (before, Some(node))
    }
}

/// Joins two trees. All keys of the first are smaller than those of the second.
fn merge<T: Deadline>(first: Tree<T>, second: Tree<T>) -> Tree<T> {
    count_step();
    match (first, second) {
        (tree, None) | (None, tree) => tree,
        (Some(mut first), Some(second)) if first.priority > second.priority => {
            first.right = merge(first.right.take(), Some(second));
            first.update();
            Some(first)
        }
        (first, Some(mut second)) => {
            second.left = merge(first, second.left.take());
            second.update();
            Some(second)
        }
    }
}

fn modify<T: Deadline, R>(tree: &mut Tree<T>, key: u64, change: impl FnOnce(&mut T) -> R) -> Option<R> {
    let node = tree.as_mut()?;
    count_step();
    let result = match key.cmp(&node.key) {
        Ordering::Less => modify(&mut node.left, key, change),
        Ordering::Equal => Some(change(&mut node.value)),
        Ordering::Greater => modify(&mut node.right, key, change),
    };
    node.update();
    result
}

fn collect_past_deadline<T: Deadline>(
    tree: &Tree<T>,
    before: usize,
    time_of: &impl Fn(usize) -> Instant,
    found: &mut Vec<u64>,
) {
    let Some(node) = tree else { return };
    count_step();
    // No deadline in this subtree is before the time of its last entry.
    if node.earliest.is_none_or(|earliest| earliest >= time_of(before + node.size - 1)) {
        return;
    }
    let rank = before + size(&node.left);
    collect_past_deadline(&node.left, before, time_of, found);
    if node.value.deadline().is_some_and(|deadline| deadline < time_of(rank)) {
        found.push(node.key);
    }
    collect_past_deadline(&node.right, rank + 1, time_of, found);
}

/// A pseudo-random priority: keys arrive in ascending order, which would degrade a plain tree to a list.
fn hashed(key: u64) -> u64 {
    let mixed = (key ^ (key >> 30)).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many nodes this thread has visited: a measure of work that is the same on every machine.
#[cfg(test)]
pub(super) fn steps() -> u64 {
    STEPS.get()
}

fn count_step() {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
}
