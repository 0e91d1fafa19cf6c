//! Waiting calls in the order of a key, with the number of calls before each.
//!
//! A treap: a binary search tree by key that is a heap by a weight, which is the key hashed. Its depth is a small
//! multiple of the logarithm of its size, whatever the order in which calls join and leave, and so is the cost of each
//! operation. Every node knows the size of its subtree, which gives a call's rank, and the earliest moment at which
//! anybody in it stops waiting, so that a pause finds those for whom it is too long without looking at the others.

use std::task::Waker;
use tokio::time::Instant;

/// One call that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    /// When the call was called up; while it is not, when it joined.
    pub(super) moment: Instant,
    /// The call's ticket.
    pub(super) ticket: u64,
    /// Wakes the call while it sleeps.
    pub(super) sleeper: Option<Sleeper>,
}

/// A call that sleeps.
#[derive(Debug)]
pub(super) struct Sleeper {
    pub(super) waker: Waker,
    /// After how many departures from the line without a turn it looks at its rank again.
    pub(super) looks_after: u64,
    /// The last moment that it waits for; `None` if it waits for any.
    pub(super) latest: Option<Instant>,
}

type Tree = Option<Box<Node>>;

#[derive(Debug)]
struct Node {
    key: u64,
    waiting: Waiting,
    weight: u64,
    size: usize,
    earliest: Option<Instant>,
    left: Tree,
    right: Tree,
}

/// Waiting calls by key.
#[derive(Debug, Default)]
pub(super) struct Ranked(Tree);

impl Ranked {
    pub(super) fn len(&self) -> usize {
        size(&self.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Adds a call whose key is not there yet.
    pub(super) fn insert(&mut self, key: u64, waiting: Waiting) {
        let (before, after) = split(self.0.take(), key);
        let mut node = Node { key, waiting, weight: hashed(key), size: 1, earliest: None, left: None, right: None };
        node.update();
        self.0 = merge(merge(before, Some(Box::new(node))), after);
    }

    pub(super) fn remove(&mut self, key: u64) -> Option<Waiting> {
        let (before, rest) = split(self.0.take(), key);
        let (found, after) = split(rest, key.saturating_add(1));
        self.0 = merge(before, after);
        found.map(|node| node.waiting)
    }

    /// How many are before this one, if it is there.
    pub(super) fn rank(&self, key: u64) -> Option<usize> {
        let (mut tree, mut before) = (&self.0, 0);
        while let Some(node) = tree {
            step();
            tree = match key.cmp(&node.key) {
                std::cmp::Ordering::Less => &node.left,
                std::cmp::Ordering::Equal => return Some(before + size(&node.left)),
                std::cmp::Ordering::Greater => {
                    before += size(&node.left) + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// The one that has so many before it, and its key.
    pub(super) fn nth(&self, mut rank: usize) -> Option<(u64, &Waiting)> {
        let mut tree = &self.0;
        while let Some(node) = tree {
            step();
            let before = size(&node.left);
            tree = match rank.cmp(&before) {
                std::cmp::Ordering::Less => &node.left,
                std::cmp::Ordering::Equal => return Some((node.key, &node.waiting)),
                std::cmp::Ordering::Greater => {
                    rank -= before + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// Changes how one sleeps; returns how it did before.
    pub(super) fn set_sleeper(&mut self, key: u64, sleeper: Option<Sleeper>) -> Option<Sleeper> {
        set_sleeper(&mut self.0, key, sleeper)
    }

    /// The keys of those that do not wait as long as until `moment` of their rank, which grows with the rank.
    pub(super) fn too_late(&self, moment: &impl Fn(usize) -> Instant) -> Vec<u64> {
        let mut found = Vec::new();
        collect_too_late(&self.0, 0, moment, &mut found);
        found
    }
}

impl Node {
    fn update(&mut self) {
        let of = |tree: &Tree| tree.as_ref().and_then(|node| node.earliest);
        let own = self.waiting.sleeper.as_ref().and_then(|sleeper| sleeper.latest);
        self.size = size(&self.left) + size(&self.right) + 1;
        self.earliest = [own, of(&self.left), of(&self.right)].into_iter().flatten().min();
    }
}

fn size(tree: &Tree) -> usize {
    tree.as_ref().map_or(0, |node| node.size)
}

/// Those before the key, and the others.
fn split(tree: Tree, key: u64) -> (Tree, Tree) {
    let Some(mut node) = tree else { return (None, None) };
    step();
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

/// One tree of two, where all keys of the first are before those of the second.
fn merge(first: Tree, second: Tree) -> Tree {
    step();
    match (first, second) {
        (tree, None) | (None, tree) => tree,
        (Some(mut first), Some(second)) if first.weight > second.weight => {
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

fn set_sleeper(tree: &mut Tree, key: u64, sleeper: Option<Sleeper>) -> Option<Sleeper> {
    let node = tree.as_mut()?;
    step();
    let before = match key.cmp(&node.key) {
        std::cmp::Ordering::Less => set_sleeper(&mut node.left, key, sleeper),
        std::cmp::Ordering::Equal => std::mem::replace(&mut node.waiting.sleeper, sleeper),
        std::cmp::Ordering::Greater => set_sleeper(&mut node.right, key, sleeper),
    };
    node.update();
    before
}

fn collect_too_late(tree: &Tree, before: usize, moment: &impl Fn(usize) -> Instant, found: &mut Vec<u64>) {
    let Some(node) = tree else { return };
    step();
    // Nobody in here stops waiting before the moment of the last one.
    if node.earliest.is_none_or(|earliest| earliest >= moment(before + node.size - 1)) {
        return;
    }
    let rank = before + size(&node.left);
    collect_too_late(&node.left, before, moment, found);
    let latest = node.waiting.sleeper.as_ref().and_then(|sleeper| sleeper.latest);
    if latest.is_some_and(|latest| latest < moment(rank)) {
        found.push(node.key);
    }
    collect_too_late(&node.right, rank + 1, moment, found);
}

/// Keys come in order, and a tree by key alone would be a list.
fn hashed(key: u64) -> u64 {
    let mixed = (key ^ (key >> 30)).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many nodes this thread has looked at: the work of the line, on any machine.
#[cfg(test)]
pub(super) fn steps() -> u64 {
    STEPS.get()
}

fn step() {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
}
