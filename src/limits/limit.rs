//! A line that tasks can wait in, within one client.
//!
//! The lock is held for a few instructions while nobody waits, and never over an await. A
//! call that finds the line empty takes no place in it and nothing from the heap.

use super::line::{Line, Ticket};
use crate::store::RateWindow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A pause is kept for no longer than this: after a day the service may be asked again, whatever it said.
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// The pace of one operation.
#[derive(Debug)]
pub(super) struct Limit(Mutex<Line>);

impl Limit {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        Self(Mutex::new(Line::new(windows)))
    }

    /// Lets nobody pass for this long.
    pub(super) fn close(&self, time: Duration) {
        self.with_line(|line, now| line.close(now + time.min(DAY), now));
    }

    /// A call that wants to pass.
    pub(super) fn place(&self) -> Place<'_> {
        Place { limit: self, ticket: None, waits: false }
    }

    fn with_line<T>(&self, f: impl FnOnce(&mut Line, Instant) -> T) -> T {
        // A poisoned one is still whole.
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Read behind the lock, so that time never runs backwards in there.
        let (result, woken) = (f(&mut line, Instant::now()), line.woken());
        // Whoever is woken may want the lock.
        drop(line);
        woken.into_iter().for_each(Waker::wake);
        result
    }
}

/// A call that wants to pass, maybe again and again, and its place in the line while it has to wait. Dropping it gives
/// the place up.
#[derive(Debug)]
pub(super) struct Place<'a> {
    limit: &'a Limit,
    /// Its own from the first time on that it wanted to pass.
    ticket: Option<Ticket>,
    /// Whether it is in the line.
    waits: bool,
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) until: Instant,
    pub(super) time: Duration,
    /// How much of it is a pause.
    pub(super) pause: Duration,
}

impl Place<'_> {
    /// What the call has to wait for, as far as is known: whoever has no place in the line yet tries first.
    pub(super) fn wait(&self) -> Option<Wait> {
        let ticket = self.ticket.filter(|_| self.waits)?;
        self.limit.with_line(|line, now| {
            let until = line.due(ticket, now)?;
            Some(Wait { until, time: until - now, pause: line.closed_for(now) })
        })
    }

    /// Takes a place in the line, before something else is waited for; `false` if it has one.
    pub(super) fn hold(&mut self) -> bool {
        let new = !self.waits;
        if new {
            self.limit.with_line(|line, now| {
                let ticket = *self.ticket.get_or_insert_with(|| line.ticket());
                line.join(ticket, now);
            });
            self.waits = true;
        }
        new
    }

    /// Gives the place up, until it wants one again.
    pub(super) fn give_up(&mut self) {
        if let Some(ticket) = self.ticket.filter(|_| std::mem::take(&mut self.waits)) {
            self.limit.with_line(|line, now| line.give_up(ticket, now));
        }
    }

    /// Sleeps until then, or until the plan is another one.
    pub(super) async fn sleep(&self, until: Instant) {
        let Some(ticket) = self.ticket.filter(|_| self.waits) else { return };
        let mut sleep = pin!(sleep_until(until));
        poll_fn(|context| match self.limit.with_line(|line, _| line.sleeps(ticket, until, context.waker())) {
            true => sleep.as_mut().poll(context),
            false => Poll::Ready(()),
        })
        .await;
    }

    /// Passes now, if that is possible, and tells when that was; else it has a place in the line.
    pub(super) fn pass(&mut self) -> Option<Instant> {
        self.limit.with_line(|line, now| {
            let ticket = *self.ticket.get_or_insert_with(|| line.ticket());
            let passes = line.leave(ticket, now);
            if !passes && !self.waits {
                line.join(ticket, now);
            }
            self.waits = !passes;
            passes.then_some(now)
        })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}
