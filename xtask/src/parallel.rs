//! Many files at once: as many threads as there are cores, results in order.
//!
//! Documents do not depend on one another, so each thread takes every n-th; the order
//! of results, and with it that of files and warnings, is that of the work.

use std::num::NonZeroUsize;
use std::thread;

/// Does the work for each item.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(items.len()).max(1);
    let share = |first: usize| items.iter().skip(first).step_by(threads).map(&work).collect::<Vec<R>>();
    let shares: Vec<Vec<R>> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || share(first))).collect();
        let own = share(0);
        let joined =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(joined).collect()
    });
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    (0..items.len()).filter_map(|at| shares.get_mut(at % threads).and_then(Iterator::next)).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_come_in_the_order_of_the_work() {
        for count in [0, 1, 2, 3, 100] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map(&items, |item| item * 2), doubled);
        }
    }
}
