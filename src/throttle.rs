//! Keeping to the documented rate limits, before the service has to say so.
//!
//! A limit holds per operation, app and tenant, over a sliding window, and both bounds
//! (a minute's and a second's) hold together. So each operation remembers when its
//! last calls went out, and a call gets the first moment at which no window would hold
//! one too many. Moments are given out in the order of asking, which is fair; a call
//! that is dropped while it waits gives its moment back if nobody came after it.
//!
//! The service measures arrivals, not departures: two calls a window apart may arrive a
//! little closer than that. The window here is therefore a little longer ([`MARGIN`]).
//!
//! When the service refuses a call all the same (another process shares the limit), the
//! whole operation pauses, for every task: others would only be refused too.

use crate::operation::{Operation, RateLimit};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A sixtieth of the window: one second of a minute.
const MARGIN: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// How fast a client may call: by default as fast as the documents allow.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "give it to the client's builder"]
pub struct Throttle {
    on: bool,
    share: f64,
    own: HashMap<&'static str, RateLimit>,
}

impl Throttle {
    /// Each operation's documented rate.
    pub fn documented() -> Self {
        Self { on: true, share: 1.0, own: HashMap::new() }
    }

    /// No limit of the client's own. The pause that the service asks for is kept all the same.
    pub fn off() -> Self {
        Self { on: false, ..Self::documented() }
    }

    /// This part of every rate, for one of several processes that share an app: `0.25` for one of four.
    ///
    /// Clamped to 0.001 to 1; at least one call per window is always allowed.
    pub fn share(mut self, part: f64) -> Self {
        self.share = if part.is_nan() { 1.0 } else { part.clamp(0.001, 1.0) };
        self
    }

    /// Another rate for one operation, such as one that the platform has raised for this app.
    pub fn rate(mut self, operation: &'static Operation, limit: RateLimit) -> Self {
        self.own.insert(operation.id, limit);
        self
    }

    fn windows(&self, operation: &'static Operation) -> Vec<Window> {
        let limit = self.own.get(operation.id).copied().or(operation.rate_limit).filter(|_| self.on);
        let window = |calls: Option<u32>, length: Duration| {
            let calls = (f64::from(calls?) * self.share).floor().max(1.0) as usize;
            Some(Window { calls, length: length + length / MARGIN, given: VecDeque::with_capacity(calls) })
        };
        let limit = limit.unwrap_or(RateLimit::new(None, None));
        [window(limit.per_minute, MINUTE), window(limit.per_second, SECOND)].into_iter().flatten().collect()
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::documented()
    }
}

/// The limits of every operation for one app in one tenant.
#[derive(Debug)]
pub(crate) struct Limits(HashMap<&'static str, Limit>);

impl Limits {
    pub(crate) fn new(throttle: &Throttle) -> Self {
        let limit = |operation: &&'static Operation| (operation.id, Limit::new(throttle.windows(operation)));
        Self(crate::operations::ALL.iter().map(limit).collect())
    }

    /// Waits until the operation may be called.
    pub(crate) async fn pass(&self, operation: &'static Operation) {
        if let Some(limit) = self.0.get(operation.id) {
            limit.pass().await;
        }
    }

    /// Lets nobody pass for this long.
    pub(crate) fn pause(&self, operation: &'static Operation, time: Duration) {
        if let Some(limit) = self.0.get(operation.id) {
            let mut state = limit.state();
            let until = Instant::now() + time;
            state.paused_until = Some(state.paused_until.map_or(until, |before| before.max(until)));
        }
    }
}

#[derive(Debug)]
struct Limit(Mutex<State>);

#[derive(Debug)]
struct State {
    windows: Vec<Window>,
    paused_until: Option<Instant>,
}

/// At most `calls` in any stretch of `length`.
#[derive(Debug)]
struct Window {
    calls: usize,
    length: Duration,
    /// The last moments given out, oldest first, at most `calls` of them.
    given: VecDeque<Instant>,
}

impl Window {
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
    fn new(windows: Vec<Window>) -> Self {
        Self(Mutex::new(State { windows, paused_until: None }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Held for a few instructions and never over an await; a poisoned one is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass(&self) {
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

    fn limit(per_minute: u32, per_second: Option<u32>) -> Limit {
        let window = |calls: u32, length: Duration| Window {
            calls: calls as usize,
            length: length + length / MARGIN,
            given: VecDeque::new(),
        };
        let windows = [Some(window(per_minute, MINUTE)), per_second.map(|calls| window(calls, SECOND))];
        Limit::new(windows.into_iter().flatten().collect())
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
        limit.state().paused_until = Some(begin + MINUTE * 10);
        waiting.await.unwrap();
        assert!(begin.elapsed() >= MINUTE * 10);
    }
}
