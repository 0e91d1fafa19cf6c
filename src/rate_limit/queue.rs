//! The queue of one operation: calls that wait for a permit. How it works:
//!
//! - **Permits.** A call gets a permit if no rate window then contains too many (`windows`). This is decided at the
//!   time at which the call takes it and is sent. No permit is handed out for later, so none is used late or lost.
//! - **Order.** A call gets a sequence number and keeps it for all its attempts. Waiting calls are served by sequence
//!   number, so a retry precedes the calls that came later.
//! - **Reservations.** When the windows have room for the first waiting call, the queue reserves the slot for that call
//!   and wakes it. A call that does not take its permit within `GRACE` loses the slot to the next one, which checks for
//!   that. A strict queue could deadlock: a caller may hold a future without polling it while it waits in this queue
//!   with another one. A call whose reservation lapsed gets a permit if there is room when it comes back; else it waits
//!   again.
//!
//! ```text
//!            room                  try_acquire
//!   waiting ------> reserved -------------------> permit
//!      ^                | GRACE over                ^
//!      |   no room      v             room          |
//!      +------------- lapsed -----------------------+
//! ```
//!
//! - **Waking.** The queue keeps no schedule of permits, since each dropped call would change all of it. The earliest
//!   time for a waiter follows from its rank, the number of waiters ahead (`Windows::forecast`). A waiter sleeps until
//!   the forecast for half its rank, then checks again. It is woken earlier if calls ahead vacate as many slots, by
//!   leaving or by a lapse, as bring it to half its rank. So only lapsed reservations can make it late, whichever other
//!   futures are polled, and it checks only about log2(rank) times.
//! - **Cost.** Joining, leaving and acquiring take O(log n) for n waiters (`rank_tree`). A pause wakes only the waiters
//!   whose maximum wait it exceeds.
//! - **Unverified pauses.** Waiters do not wait for the end of one: all are woken, and fail. After its end, the first
//!   call that gets a permit is the probe, and the pause starts again until the probe's response is there.

use super::LONGEST_PAUSE;
use super::rank_tree::{Deadline, RankTree};
use super::windows::Windows;
use crate::store::RateWindow;
use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;
use std::time::Duration;
use tokio::time::Instant;

/// How long a slot stays reserved for a call that does not take it.
const GRACE: Duration = Duration::from_secs(1);
/// From the start of an unverified pause to the first probe. The interval doubles with each failed probe.
pub(crate) const FIRST_PROBE: Duration = Duration::from_secs(30);

/// A call's position in the order of arrival.
pub(super) type SequenceNumber = u64;

#[derive(Debug)]
pub(super) struct Queue {
    windows: Windows,
    last_number: SequenceNumber,
    /// Calls without a slot, by sequence number.
    waiting: RankTree<Waiting>,
    /// Slots that are reserved, by reservation number.
    reserved: RankTree<Reservation>,
    /// The reservation number of each call that has or had a slot; `None` after the reservation lapsed.
    reservations: BTreeMap<SequenceNumber, Option<u64>>,
    last_reservation: u64,
    /// Up to when slots have been reserved.
    updated: Option<Instant>,
    /// How many slots ahead of others became free without a permit: by calls that left, and by lapsed reservations.
    vacated: u64,
    /// Each sleeping call with the value of `vacated` at which it is woken.
    sleeping: BTreeSet<(u64, SequenceNumber)>,
    paused_until: Option<Instant>,
    unverified: Option<UnverifiedPause>,
    /// Calls to wake.
    woken: Vec<Waker>,
    /// Wakers that nobody needs any more.
    discarded: Vec<Waker>,
}

/// A call without a slot.
#[derive(Debug, Default)]
struct Waiting {
    /// Set while the call's task sleeps.
    sleep: Option<Sleep>,
}

#[derive(Debug)]
struct Sleep {
    waker: Waker,
    /// The value of `Queue::vacated` at which the call is woken.
    wake_at: u64,
    /// The latest time that the call waits for; `None` without a bound.
    latest: Option<Instant>,
}

/// A slot that is reserved for a call.
#[derive(Debug)]
struct Reservation {
    /// From when on the windows have room for it.
    time: Instant,
    number: SequenceNumber,
}

impl Deadline for Waiting {
    fn deadline(&self) -> Option<Instant> {
        self.sleep.as_ref().and_then(|sleep| sleep.latest)
    }
}

impl Deadline for Reservation {
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A pause whose requested length is not plausible, so that probes find out when it is over.
#[derive(Debug)]
struct UnverifiedPause {
    until: Instant,
    interval: Duration,
    /// The call whose attempt is the current probe.
    probe: Option<SequenceNumber>,
}

/// When a queued call can try to acquire its permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    /// At this time at the earliest.
    At(Instant),
    /// After an unverified pause, whose next probe is due at this time.
    Unverified(Instant),
}

impl Queue {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        Self {
            windows: Windows::new(windows),
            last_number: 0,
            waiting: RankTree::default(),
            reserved: RankTree::default(),
            reservations: BTreeMap::new(),
            last_reservation: 0,
            updated: None,
            vacated: 0,
            sleeping: BTreeSet::new(),
            paused_until: None,
            unverified: None,
            woken: Vec::new(),
            discarded: Vec::new(),
        }
    }

    /// A sequence number for a new call.
    pub(super) fn next_number(&mut self) -> SequenceNumber {
        self.last_number += 1;
        self.last_number
    }

    /// Queues a call before all with a larger number, except those that have a reserved slot already.
    pub(super) fn join(&mut self, number: SequenceNumber, now: Instant) {
        self.update(now);
        self.waiting.insert(number, Waiting::default());
        self.update(now);
    }

    /// When a queued call can try to acquire its permit. A call that comes back too late for its slot waits again.
    pub(super) fn due(&mut self, number: SequenceNumber, now: Instant) -> Due {
        if let Some(reservation) = self.reservations.get(&number).copied() {
            if self.has_room(now) {
                return Due::Now;
            }
            self.remove_reservation(number, reservation);
            self.waiting.insert(number, Waiting::default());
        }
        self.update(now);
        if let Some(until) = self.unverified_until(now) {
            return Due::Unverified(until);
        }
        self.waiting.rank(number).map_or(Due::Now, |rank| Due::At(self.forecast(rank, now)))
    }

    /// Registers a call that sleeps, and returns when it has to check again unless it is woken earlier; `None` if
    /// [`due`](Self::due) has something new for it now.
    pub(super) fn next_check(
        &mut self,
        number: SequenceNumber,
        latest: Option<Instant>,
        waker: &Waker,
        now: Instant,
    ) -> Option<Instant> {
        self.update(now);
        let rank = self.waiting.rank(number)?;
        let is_too_late = latest.is_some_and(|latest| latest < self.forecast(rank, now));
        if is_too_late || self.unverified_until(now).is_some() {
            return None;
        }
        let half = rank / 2;
        // The first waiter gains nothing from vacated slots: it is woken when a slot is reserved for it.
        let wake_at = if rank == 0 { u64::MAX } else { self.vacated + (rank - half) as u64 };
        let before = self.set_sleep(number, Some(Sleep { waker: waker.clone(), wake_at, latest }));
        self.discarded.extend(before.map(|sleep| sleep.waker));
        self.sleeping.insert((wake_at, number));
        let forecast = self.forecast(half, now);
        // The first waiter gets the slot of a reservation that lapses.
        let lapse = self.reserved.nth(0).filter(|_| rank == 0).map(|(_, reservation)| reservation.time + GRACE);
        Some(lapse.map_or(forecast, |lapse| lapse.min(forecast)))
    }

    /// Acquires a permit if the call has a slot or nobody waits, and there is room.
    pub(super) fn try_acquire(&mut self, number: SequenceNumber, now: Instant) -> bool {
        match self.reservations.get(&number).copied() {
            Some(reservation) if self.has_room(now) => self.remove_reservation(number, reservation),
            None if self.waiting.is_empty() && self.reserved.is_empty() && self.has_room(now) => {}
            _ => return false,
        }
        self.windows.grant(now);
        if let Some(pause) = &mut self.unverified {
            (pause.until, pause.probe) = (now + pause.interval, Some(number));
            self.wake_sleeping(u64::MAX);
        }
        true
    }

    /// Removes a call from the queue: those behind it move up.
    pub(super) fn leave(&mut self, number: SequenceNumber, now: Instant) {
        match self.reservations.get(&number).copied() {
            Some(reservation) => {
                self.remove_reservation(number, reservation);
                // The slot of a lapsed reservation has been counted already.
                self.vacated += u64::from(reservation.is_some());
            }
            None => match self.remove_waiting(number) {
                Some(waiting) => {
                    self.discarded.extend(waiting.sleep.map(|sleep| sleep.waker));
                    self.vacated += 1;
                }
                None => return,
            },
        }
        self.wake_sleeping(self.vacated);
        self.update(now);
    }

    /// Grants no permit before `until`.
    pub(super) fn pause(&mut self, until: Instant, now: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
        self.update(now);
        for number in self.waiting.past_deadline(&|rank| self.forecast(rank, now)) {
            self.wake(number);
        }
    }

    /// Starts or prolongs an unverified pause, because this call's response asks for it; returns how long it is.
    pub(super) fn pause_unverified(&mut self, number: SequenceNumber, now: Instant) -> Duration {
        let interval = match &self.unverified {
            // This attempt was sent before the pause, so its response is no news.
            Some(pause) if pause.probe != Some(number) => return pause.until.saturating_duration_since(now),
            Some(pause) => (pause.interval * 2).min(LONGEST_PAUSE),
            None => FIRST_PROBE,
        };
        self.unverified = Some(UnverifiedPause { until: now + interval, interval, probe: None });
        self.wake_sleeping(u64::MAX);
        interval
    }

    /// Ends an unverified pause if this call is its probe: the response asks for no such wait.
    pub(super) fn probe_succeeded(&mut self, number: SequenceNumber, now: Instant) {
        if self.is_probe(number) {
            self.unverified = None;
            self.update(now);
        }
    }

    /// Whether this call's attempt is the probe of an unverified pause.
    pub(super) fn is_probe(&self, number: SequenceNumber) -> bool {
        self.unverified.as_ref().is_some_and(|pause| pause.probe == Some(number))
    }

    /// The calls to wake, and the wakers to drop. Both can run code of the executor, which may use this queue: the
    /// owner does so after it has released the lock.
    pub(super) fn take_wakers(&mut self) -> (Vec<Waker>, Vec<Waker>) {
        (std::mem::take(&mut self.woken), std::mem::take(&mut self.discarded))
    }

    /// When all pauses end.
    fn resumes(&self) -> Option<Instant> {
        self.paused_until.max(self.unverified.as_ref().map(|pause| pause.until))
    }

    fn unverified_until(&self, now: Instant) -> Option<Instant> {
        self.unverified.as_ref().map(|pause| pause.until).filter(|until| *until > now)
    }

    fn has_room(&self, now: Instant) -> bool {
        self.resumes().is_none_or(|resumes| resumes <= now) && self.windows.has_room(now)
    }

    /// The earliest time of a permit for the waiting call of this rank.
    fn forecast(&self, rank: usize, now: Instant) -> Instant {
        let start = self.resumes().map_or(now, |resumes| resumes.max(now));
        self.windows.forecast(rank, self.reserved.len(), start, now)
    }

    /// Reserves the slots that there are by now, and lets reservations lapse.
    fn update(&mut self, now: Instant) {
        // Slots since the last update belong to the calls that waited then. Those calls may have lapsed since.
        self.reserve_slots(self.updated.unwrap_or(now), now);
        while let Some((key, reservation)) = self.reserved.nth(0)
            && reservation.time + GRACE <= now
        {
            self.reservations.insert(reservation.number, None);
            self.reserved.remove(key);
            self.vacated += 1;
        }
        self.wake_sleeping(self.vacated);
        self.reserve_slots(now, now);
        self.updated = Some(now);
    }

    /// Reserves the slots between `from` and `now` for the first waiting calls.
    fn reserve_slots(&mut self, from: Instant, now: Instant) {
        while let Some((number, _)) = self.waiting.nth(0) {
            let ahead = self.windows.granted().len() + self.reserved.len();
            let start = self.resumes().map_or(from, |resumes| resumes.max(from));
            let room = self.windows.room_for(ahead, |index| self.slot_time(index));
            let time = room.map_or(start, |room| room.max(start));
            if time > now {
                return;
            }
            let waiting = self.remove_waiting(number);
            self.woken.extend(waiting.and_then(|waiting| waiting.sleep).map(|sleep| sleep.waker));
            self.last_reservation += 1;
            self.reserved.insert(self.last_reservation, Reservation { time, number });
            self.reservations.insert(number, Some(self.last_reservation));
        }
    }

    /// The time of the permit with this index, where reserved slots follow the granted permits. A slot that was
    /// reserved before the last permit is used after it.
    fn slot_time(&self, index: usize) -> Option<Instant> {
        let granted = self.windows.granted();
        let Some(reserved) = index.checked_sub(granted.len()) else { return granted.get(index).copied() };
        let time = self.reserved.nth(reserved).map(|(_, reservation)| reservation.time);
        time.max(granted.back().copied())
    }

    fn remove_reservation(&mut self, number: SequenceNumber, reservation: Option<u64>) {
        self.reservations.remove(&number);
        if let Some(reservation) = reservation {
            self.reserved.remove(reservation);
        }
    }

    fn remove_waiting(&mut self, number: SequenceNumber) -> Option<Waiting> {
        let waiting = self.waiting.remove(number)?;
        if let Some(sleep) = &waiting.sleep {
            self.sleeping.remove(&(sleep.wake_at, number));
        }
        Some(waiting)
    }

    /// Replaces how a waiting call sleeps; returns the previous value.
    fn set_sleep(&mut self, number: SequenceNumber, sleep: Option<Sleep>) -> Option<Sleep> {
        let before = self.waiting.modify(number, |waiting| std::mem::replace(&mut waiting.sleep, sleep)).flatten();
        if let Some(before) = &before {
            self.sleeping.remove(&(before.wake_at, number));
        }
        before
    }

    fn wake(&mut self, number: SequenceNumber) {
        let sleep = self.set_sleep(number, None);
        self.woken.extend(sleep.map(|sleep| sleep.waker));
    }

    /// Wakes the calls that are to be woken at this number of vacated slots.
    fn wake_sleeping(&mut self, vacated: u64) {
        while let Some((_, number)) = self.sleeping.first().copied().filter(|(wake_at, _)| *wake_at <= vacated) {
            self.wake(number);
        }
    }
}
