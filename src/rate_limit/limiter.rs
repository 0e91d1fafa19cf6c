//! An operation's limiter: the queue behind a lock, and the waiters that use it.
//!
//! The lock is held for a few instructions while nobody waits, and never across an `await`. A call that finds the
//! queue empty does not join it and allocates nothing.

use super::LONGEST_PAUSE;
use super::queue::{Due, Queue, SequenceNumber};
use crate::store::RateWindow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The limiter of one operation.
#[derive(Debug)]
pub(super) struct Limiter(Mutex<Queue>);

impl Limiter {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        Self(Mutex::new(Queue::new(windows)))
    }

    /// Grants no permit for this long, at most for `LONGEST_PAUSE`. A longer pause that holds already stays.
    pub(super) fn pause(&self, time: Duration) {
        self.with_queue(|queue, now| queue.pause(now + time.min(LONGEST_PAUSE), now));
    }

    /// A waiter for one call.
    pub(super) fn waiter(&self) -> Waiter<'_> {
        Waiter { limiter: self, number: None, is_queued: false, is_probe: false }
    }

    fn with_queue<T>(&self, f: impl FnOnce(&mut Queue, Instant) -> T) -> T {
        // No method of the queue panics halfway, so a poisoned one is consistent.
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The clock is read under the lock, so that the queue never sees time run backwards.
        let result = f(&mut queue, Instant::now());
        let (woken, _discarded) = queue.take_wakers();
        // A woken task may take the lock at once, and so may a task that is dropped with its last waker.
        drop(queue);
        woken.into_iter().for_each(Waker::wake);
        result
    }
}

/// A call that acquires a permit for each of its attempts. Dropping it leaves the queue.
#[derive(Debug)]
pub(super) struct Waiter<'a> {
    limiter: &'a Limiter,
    /// Assigned by the first use of the queue and kept for all attempts, so that a retry precedes later calls.
    number: Option<SequenceNumber>,
    is_queued: bool,
    /// Whether the current attempt probes an unverified pause.
    is_probe: bool,
}

/// How long a call has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) time: Duration,
    /// Whether this is the time until the next probe of an unverified pause.
    pub(super) is_unverified: bool,
}

impl Waiter<'_> {
    /// How long the call has to wait, as far as is known; `None` if it should try to acquire a permit. A call that is
    /// not queued tries first.
    pub(super) fn time_left(&self) -> Option<Wait> {
        let number = self.number.filter(|_| self.is_queued)?;
        self.limiter.with_queue(|queue, now| match queue.due(number, now) {
            Due::Now => None,
            Due::At(until) => Some(Wait { time: until - now, is_unverified: false }),
            Due::Unverified(until) => Some(Wait { time: until - now, is_unverified: true }),
        })
    }

    /// Pauses the operation because a response asks to wait; returns for how long.
    pub(super) fn pause(&mut self, requested_wait: Duration) -> Duration {
        self.limiter.with_queue(|queue, now| {
            let number = *self.number.get_or_insert_with(|| queue.next_number());
            if requested_wait > LONGEST_PAUSE {
                return queue.pause_unverified(number, now);
            }
            queue.probe_succeeded(number, now);
            queue.pause(now + requested_wait, now);
            requested_wait
        })
    }

    /// The attempt has a response that does not ask to wait.
    pub(super) fn response_received(&mut self) {
        if std::mem::take(&mut self.is_probe)
            && let Some(number) = self.number
        {
            self.limiter.with_queue(|queue, now| queue.probe_succeeded(number, now));
        }
    }

    /// Joins the queue before the call waits for something else; `false` if it is queued already.
    pub(super) fn join_queue(&mut self) -> bool {
        let joins = !self.is_queued;
        if joins {
            self.limiter.with_queue(|queue, now| {
                let number = *self.number.get_or_insert_with(|| queue.next_number());
                queue.join(number, now);
            });
            self.is_queued = true;
        }
        joins
    }

    /// Leaves the queue, until the call tries to acquire a permit again.
    pub(super) fn leave_queue(&mut self) {
        if let Some(number) = self.number.filter(|_| std::mem::take(&mut self.is_queued)) {
            self.limiter.with_queue(|queue, now| queue.leave(number, now));
        }
    }

    /// Waits until the call should try to acquire a permit, or would have to wait for longer than `max_wait`.
    pub(super) async fn wait(&self, max_wait: Duration) {
        let Some(number) = self.number.filter(|_| self.is_queued) else { return };
        let begun = Instant::now();
        let latest = begun.checked_add(max_wait);
        let mut sleep = pin!(sleep_until(begun));
        poll_fn(|context| {
            loop {
                let next_check =
                    self.limiter.with_queue(|queue, now| queue.next_check(number, latest, context.waker(), now));
                let Some(next_check) = next_check else { return Poll::Ready(()) };
                if sleep.deadline() != next_check {
                    sleep.as_mut().reset(next_check);
                }
                if sleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        })
        .await;
    }

    /// Acquires a permit if there is one now, and returns the time of it; else the call is queued.
    pub(super) fn try_acquire(&mut self) -> Option<Instant> {
        self.limiter.with_queue(|queue, now| {
            let number = *self.number.get_or_insert_with(|| queue.next_number());
            let acquired = queue.try_acquire(number, now);
            if !acquired && !self.is_queued {
                queue.join(number, now);
            }
            self.is_queued = !acquired;
            self.is_probe = acquired && queue.is_probe(number);
            acquired.then_some(now)
        })
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.leave_queue();
    }
}
