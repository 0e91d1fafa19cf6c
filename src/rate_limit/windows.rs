//! The rate windows of an operation: whether they have room for a call, and when they will.
//!
//! Windows slide: one of N calls and length L has room if the N-th last permit is at least L old. All windows of an
//! operation (per minute and per second) hold together. So the times of the last permits are all that is stored.

use crate::store::RateWindow;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// How many lengths of a faster window a forecast looks back. A minute has 60 seconds, so this covers the usual pair.
const MAX_STEPS_BACK: usize = 64;

#[derive(Debug)]
pub(super) struct Windows {
    /// The slowest rate first: it dominates the forecast for a long queue.
    windows: Vec<RateWindow>,
    longest: Duration,
    /// The times of the permits that some window can still contain, oldest first.
    granted: VecDeque<Instant>,
}

impl Windows {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        let longest = windows.iter().map(|window| window.length).max().unwrap_or_default();
        let mut windows = windows.to_vec();
        windows.sort_by(|one, other| seconds_per_call(other).total_cmp(&seconds_per_call(one)));
        Self { windows, longest, granted: VecDeque::new() }
    }

    /// The times of the permits that some window can still contain, oldest first.
    pub(super) fn granted(&self) -> &VecDeque<Instant> {
        &self.granted
    }

    /// Records a permit.
    pub(super) fn grant(&mut self, now: Instant) {
        if self.windows.is_empty() {
            return;
        }
        while self.granted.front().is_some_and(|oldest| now.duration_since(*oldest) >= self.longest) {
            self.granted.pop_front();
        }
        self.granted.push_back(now);
    }

    /// Whether a permit now would exceed no window.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let room = self.room_for(self.granted.len(), |index| self.granted.get(index).copied());
        room.is_none_or(|time| time <= now)
    }

    /// When every window has room for the permit number `index`, if earlier permits have these times; `None` if that
    /// depends on no earlier permit.
    pub(super) fn room_for(&self, index: usize, time_of: impl Fn(usize) -> Option<Instant>) -> Option<Instant> {
        let room = |window: &RateWindow| Some(time_of(index.checked_sub(window.calls as usize)?)? + window.length);
        self.windows.iter().filter_map(room).max()
    }

    /// The earliest time, not before `start`, at which a waiter with `rank` waiters and `reserved` slots ahead of it can
    /// have a permit. A lower bound: no slot is used before `now`, and each waiter takes at least what the windows ask.
    ///
    /// The permits of `N` calls take at least one length of a window of `N`, so the waiter is at least `k` lengths
    /// later than the one `k * N` ranks ahead. Whole lengths of the slowest window are counted by a division, those
    /// of faster windows one by one.
    pub(super) fn forecast(&self, rank: usize, reserved: usize, start: Instant, now: Instant) -> Instant {
        let ahead = self.granted.len() + reserved;
        let time_of = |index: usize| (index < ahead).then(|| self.granted.get(index).copied().unwrap_or(now));
        let by_known_slots = |rank: usize| self.room_for(ahead + rank, time_of).map_or(start, |time| time.max(start));
        let within_slowest = |rank: usize| {
            let mut earliest = by_known_slots(rank);
            for window in self.windows.iter().skip(1) {
                let calls = window.calls as usize;
                for steps in 1..=(rank / calls).min(MAX_STEPS_BACK) {
                    earliest = earliest.max(by_known_slots(rank - steps * calls) + window.length * steps as u32);
                }
            }
            earliest
        };
        let first = within_slowest(0);
        let Some(slowest) = self.windows.first() else { return first };
        let calls = slowest.calls as usize;
        let whole = u32::try_from(rank / calls).ok().and_then(|lengths| slowest.length.checked_mul(lengths));
        let rest = within_slowest(rank % calls);
        whole.and_then(|whole| rest.checked_add(whole)).unwrap_or(rest).max(first)
    }
}

fn seconds_per_call(window: &RateWindow) -> f64 {
    window.length.as_secs_f64() / f64::from(window.calls)
}
