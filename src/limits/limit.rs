//! One operation's limit, kept within one client.
//!
//! A limit holds over a sliding window, and both bounds (a minute's and a second's) hold
//! together. So the last moments at which calls went out are remembered, and a call gets
//! the first moment at which no window would hold one too many. Moments are given out in
//! the order of asking, which is fair; a call that is dropped while it waits gives its
//! moment back if nobody came after it.

use crate::store::RateWindow;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The pace of one operation.
#[derive(Debug)]
pub(super) struct Limit(Mutex<State>);

#[derive(Debug)]
struct State {
    windows: Vec<Window>,
    paused_until: Option<Instant>,
}

/// The last calls of any stretch of a window's length.
#[derive(Debug)]
struct Window {
    /// How many there may be.
    calls: usize,
    length: Duration,
    /// The last moments given out, oldest first, at most `calls` of them.
    given: VecDeque<Instant>,
}

impl Window {
    fn new(window: RateWindow) -> Self {
        Self { calls: window.calls as usize, length: window.length, given: VecDeque::new() }
    }

    /// The first moment, not before `at`, that the window has room for.
    fn room(&self, at: Instant) -> Instant {
        let oldest = (self.given.len() == self.calls).then(|| self.given.front()).flatten();
        oldest.map_or(at, |oldest| at.max(*oldest + self.length))
    }

    /// Gives a moment out; answers the one that fell out of the window for it.
    fn give(&mut self, at: Instant) -> Option<Instant> {
        let oldest = (self.given.len() == self.calls).then(|| self.given.pop_front()).flatten();
        self.given.push_back(at);
        oldest
    }
}

impl Limit {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        let windows = windows.iter().copied().map(Window::new).collect();
        Self(Mutex::new(State { windows, paused_until: None }))
    }

    /// Lets nobody pass for this long.
    pub(super) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.state();
        state.paused_until = Some(state.paused_until.map_or(until, |before| before.max(until)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Held for a few instructions and never over an await; a poisoned one is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for one more call.
    pub(super) async fn pass(&self) {
        while let Some(turn) = self.turn() {
            sleep_until(turn.moment).await;
            // A pause that began meanwhile holds for this call too: it takes a new turn behind it.
            if !self.state().is_paused(turn.moment) {
                return turn.keep();
            }
        }
    }

    /// The moment of the next call; nothing if it is now.
    fn turn(&self) -> Option<Turn<'_>> {
        let mut state = self.state();
        let now = Instant::now();
        let start = state.paused_until.map_or(now, |until| until.max(now));
        let moment = state.windows.iter().fold(start, |at, window| window.room(at));
        let evicted: [Option<Instant>; 2] = std::array::from_fn(|i| state.windows.get_mut(i)?.give(moment));
        (moment > now).then(|| Turn { limit: self, moment, evicted, kept: false })
    }
}

impl State {
    fn is_paused(&self, at: Instant) -> bool {
        self.paused_until.is_some_and(|until| until > at)
    }
}

/// A moment that a call waits for. If the call is dropped, and nobody came after it, it is free again.
struct Turn<'a> {
    limit: &'a Limit,
    moment: Instant,
    /// What fell out of each window for it.
    evicted: [Option<Instant>; 2],
    kept: bool,
}

impl Turn<'_> {
    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        for (window, evicted) in self.limit.state().windows.iter_mut().zip(self.evicted) {
            if window.given.back() == Some(&self.moment) {
                window.given.pop_back();
                evicted.into_iter().for_each(|oldest| window.given.push_front(oldest));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const MINUTE: Duration = Duration::from_secs(60);
    const SECOND: Duration = Duration::from_secs(1);

    fn limit(per_minute: u32, per_second: Option<u32>) -> Limit {
        let per_minute = RateWindow::new(per_minute, MINUTE);
        let per_second = per_second.map(|calls| RateWindow::new(calls, SECOND));
        Limit::new(&[Some(per_minute), per_second].into_iter().flatten().collect::<Vec<_>>())
    }

    /// The most moments that any window of this length holds.
    fn densest(moments: &[Instant], length: Duration) -> usize {
        moments
            .iter()
            .map(|begin| moments.iter().filter(|m| *m >= begin && **m - *begin < length).count())
            .max()
            .unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_calls_keep_to_the_limit_and_lose_no_time() {
        let (limit, begin) = (limit(20, None), Instant::now());
        let mut moments = Vec::new();
        for _ in 0..1000 {
            limit.pass().await;
            moments.push(Instant::now());
        }
        assert_eq!(densest(&moments, MINUTE), 20);
        let ideal = MINUTE * 49;
        assert!(begin.elapsed() <= ideal.mul_f64(1.05), "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn both_bounds_hold_together() {
        let limit = limit(1000, Some(50));
        let mut moments = Vec::new();
        for _ in 0..3000 {
            limit.pass().await;
            moments.push(Instant::now());
        }
        assert!(densest(&moments, SECOND) <= 50 && densest(&moments, MINUTE) <= 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_tasks_pass_in_the_order_they_came() {
        let limit = Arc::new(limit(1, None));
        let passed = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let (limit, passed) = (Arc::clone(&limit), Arc::clone(&passed));
                tokio::spawn(async move {
                    limit.pass().await;
                    passed.lock().unwrap().push(number);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*passed.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_dropped_while_it_waits_gives_its_moment_back() {
        let (limit, begin) = (limit(1, None), Instant::now());
        limit.pass().await;
        for _ in 0..100 {
            assert!(tokio::time::timeout(Duration::from_millis(1), limit.pass()).await.is_err());
        }
        limit.pass().await;
        assert!(begin.elapsed() < MINUTE * 2, "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_tasks_that_wait_already() {
        let (limit, begin) = (Arc::new(limit(1, None)), Instant::now());
        limit.pass().await;
        let waiting = tokio::spawn({
            let limit = Arc::clone(&limit);
            async move { limit.pass().await }
        });
        tokio::time::sleep(SECOND).await;
        limit.pause(MINUTE * 10);
        waiting.await.unwrap();
        assert!(begin.elapsed() >= MINUTE * 10);
    }
}
