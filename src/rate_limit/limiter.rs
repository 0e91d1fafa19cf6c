//! A line that tasks can wait in, within one client.
//!
//! The lock is held for a few instructions while nobody waits, and never over an await. A
//! call that finds the line empty takes no place in it and nothing from the heap.

use super::LONGEST_PAUSE;
use super::queue::{Due, Line, Ticket};
use crate::store::RateWindow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The pace of one operation.
#[derive(Debug)]
pub(super) struct Limit(Mutex<Line>);

impl Limit {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        Self(Mutex::new(Line::new(windows)))
    }

    /// Lets nobody pass for this long, which is at most the longest pause that is believed.
    pub(super) fn close(&self, time: Duration) {
        self.with_line(|line, now| line.close(now + time.min(LONGEST_PAUSE), now));
    }

    /// A call that wants to pass.
    pub(super) fn place(&self) -> Place<'_> {
        Place { limit: self, ticket: None, waits: false, probes: false }
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
    /// Its own from the first time on that it kind to pass.
    ticket: Option<Ticket>,
    /// Whether it is in the line.
    waits: bool,
    /// Whether its attempt decides if a wait that is not believed has ended.
    probes: bool,
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) time: Duration,
    /// Whether it is for the end of a wait that is not believed, and so not waited out.
    pub(super) in_doubt: bool,
}

impl Place<'_> {
    /// What the call has to wait for, as far as is known: whoever has no place in the line yet tries first.
    pub(super) fn wait(&self) -> Option<Wait> {
        let ticket = self.ticket.filter(|_| self.waits)?;
        self.limit.with_line(|line, now| match line.due(ticket, now) {
            Due::Now => None,
            Due::At(until) => Some(Wait { time: until - now, in_doubt: false }),
            Due::InDoubt(until) => Some(Wait { time: until - now, in_doubt: true }),
        })
    }

    /// The service asks to wait: nobody passes for as long as this returns.
    pub(super) fn pause(&mut self, asked: Duration) -> Duration {
        self.limit.with_line(|line, now| {
            let ticket = *self.ticket.get_or_insert_with(|| line.ticket());
            if asked > LONGEST_PAUSE {
                return line.doubt(ticket, now);
            }
            line.believes(ticket, now);
            line.close(now + asked, now);
            asked
        })
    }

    /// A response came that asks for no wait.
    pub(super) fn responded(&mut self) {
        if std::mem::take(&mut self.probes)
            && let Some(ticket) = self.ticket
        {
            self.limit.with_line(|line, now| line.believes(ticket, now));
        }
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

    /// Sleeps until it may pass, or would have to wait for longer than this.
    pub(super) async fn sleep(&self, longest: Duration) {
        let Some(ticket) = self.ticket.filter(|_| self.waits) else { return };
        let begun = Instant::now();
        let latest = begun.checked_add(longest);
        let mut sleep = pin!(sleep_until(begun));
        poll_fn(|context| {
            loop {
                let looks_at = self.limit.with_line(|line, now| line.sleeps(ticket, latest, context.waker(), now));
                let Some(looks_at) = looks_at else { return Poll::Ready(()) };
                if sleep.deadline() != looks_at {
                    sleep.as_mut().reset(looks_at);
                }
                if sleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
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
            self.probes = passes && line.is_probe(ticket);
            passes.then_some(now)
        })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}
