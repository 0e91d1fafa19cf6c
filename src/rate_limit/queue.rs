//! One operation's limit, and the line of calls that wait for it.
//!
//! A limit holds over a sliding window, and all bounds (a minute's and a second's) hold
//! together. So the last moments at which calls left are remembered, and a call may leave
//! when no window would then hold one too many. That alone decides whether it leaves, at
//! the moment at which it does: nothing is given out in advance that could be used late,
//! or never.
//!
//! A waiting call is in one of three states. It is to come: in the order of tickets, so that
//! one that left and comes back for another attempt goes before those that came later. When
//! a window has room for the first of them, that one is called up and woken, and the room is
//! kept for it. A call that does not come within a moment is absent: its future may be kept
//! and not polled, so nobody waits for it, and the next one is called up. A line whose head
//! alone may go would stand still until somebody polls that head, and its owner may be in
//! the line.
//!
//! No list of planned moments is kept, since each call that is dropped would change all of it.
//! A call's moment follows from its rank: the least that the windows ask for so many calls.
//! Nor is everybody woken who moves up. Each call sleeps until the moment of half its rank,
//! and looks again sooner when as many have gone as would bring it there; so it is never
//! late, whoever else is polled or not, and looks again a few times (the logarithm of its
//! rank). Joining, leaving and dropping thus cost the logarithm of the line's length, and a pause wakes
//! those alone for whom it is too long.
//!
//! A wait that the service asks for and that is not believed (`doubt`) is not waited out: all
//! that wait are woken to be refused. When its time has come, the first call to leave is the
//! probe, and the line is closed again at that moment until the response to it is there.

use super::LONGEST_PAUSE;
use super::ranked::{Ranked, Sleeper, Waiting};
use crate::store::RateWindow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::task::Waker;
use std::time::Duration;
use tokio::time::Instant;

/// A call that was called up longer ago than this is not reckoned with: it may come at any time, or never.
const GRACE: Duration = Duration::from_secs(1);
/// From a wait that is not believed to the first probe; to each further one it is twice as long.
pub(crate) const FIRST_PROBE: Duration = Duration::from_secs(30);
/// How many windows of the faster kind are tried before those of the slower: more than a minute has seconds.
const MOST_JUMPS: usize = 64;

/// The calls that left and those that wait.
#[derive(Debug)]
pub(super) struct Queue {
    /// The slowest first: the one that bounds a long line.
    windows: Vec<RateWindow>,
    longest: Duration,
    /// When calls left, oldest first, for as long as a window reaches back.
    left: VecDeque<Instant>,
    /// By ticket.
    to_come: Ranked,
    /// By the number of their call.
    called: Ranked,
    /// The number by which each call was called up; `None` for those that are absent.
    numbers: BTreeMap<SequenceNumber, Option<u64>>,
    last_number: u64,
    /// Those that sleep, by when they look again.
    sleepers: BTreeSet<(u64, SequenceNumber)>,
    /// Calls that have gone and left their room to those behind.
    gone: u64,
    closed_until: Option<Instant>,
    doubt: Option<Doubt>,
    /// Up to when calls have been called up.
    seen: Option<Instant>,
    last: SequenceNumber,
    /// Sleepers to be woken, by whoever holds the line and after letting go of it.
    woken: Vec<Waker>,
}

/// Which call it is: one that came later has a larger ticket.
pub(super) type SequenceNumber = u64;

/// A wait that is not believed.
#[derive(Debug)]
struct Doubt {
    until: Instant,
    spacing: Duration,
    /// The call whose attempt decides, while one is out.
    probe: Option<SequenceNumber>,
}

/// Until when a call has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    /// At this moment, or later.
    At(Instant),
    /// Not before this moment, and nobody waits for it.
    Unverified(Instant),
}

impl Queue {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        let longest = windows.iter().map(|window| window.length).max().unwrap_or_default();
        let mut windows = windows.to_vec();
        windows.sort_by(|one, other| pace(other).total_cmp(&pace(one)));
        Self {
            windows,
            longest,
            left: VecDeque::new(),
            to_come: Ranked::default(),
            called: Ranked::default(),
            numbers: BTreeMap::new(),
            last_number: 0,
            sleepers: BTreeSet::new(),
            gone: 0,
            closed_until: None,
            doubt: None,
            seen: None,
            last: 0,
            woken: Vec::new(),
        }
    }

    /// A ticket for a call that has come.
    pub(super) fn next_number(&mut self) -> SequenceNumber {
        self.last += 1;
        self.last
    }

    /// A place before all that came later, but for those that have been called up: they are about to leave, or busy
    /// with what else they need, or absent.
    pub(super) fn join(&mut self, ticket: SequenceNumber, now: Instant) {
        self.call_up(now);
        self.to_come.insert(ticket, Waiting { moment: now, ticket, sleeper: None });
        self.call_up(now);
    }

    /// When the holder of this place may leave. Who was called up and comes late gets another place.
    pub(super) fn due(&mut self, ticket: SequenceNumber, now: Instant) -> Due {
        if let Some(number) = self.numbers.get(&ticket).copied() {
            if self.has_room(now) {
                return Due::Now;
            }
            self.forget(ticket, number);
            self.to_come.insert(ticket, Waiting { moment: now, ticket, sleeper: None });
        }
        self.call_up(now);
        if let Some(doubt) = self.doubt.as_ref().filter(|doubt| doubt.until > now) {
            return Due::Unverified(doubt.until);
        }
        self.to_come.rank(ticket).map_or(Due::Now, |rank| Due::At(self.moment(rank, now)))
    }

    /// When this call is to look again, unless it is woken sooner; `None` if it has something to find out now.
    pub(super) fn next_check(
        &mut self,
        ticket: SequenceNumber,
        latest: Option<Instant>,
        waker: &Waker,
        now: Instant,
    ) -> Option<Instant> {
        self.call_up(now);
        let rank = self.to_come.rank(ticket)?;
        let in_doubt = self.doubt.as_ref().is_some_and(|doubt| doubt.until > now);
        if in_doubt || latest.is_some_and(|latest| latest < self.moment(rank, now)) {
            return None;
        }
        let half = rank / 2;
        let looks_after = if rank == 0 { u64::MAX } else { self.gone + (rank - half) as u64 };
        let before = self.to_come.set_sleeper(ticket, Some(Sleeper { waker: waker.clone(), looks_after, latest }));
        if let Some(before) = before {
            self.sleepers.remove(&(before.looks_after, ticket));
        }
        self.sleepers.insert((looks_after, ticket));
        Some(self.moment(half, now))
    }

    /// Leaves now, if that is possible.
    pub(super) fn try_acquire(&mut self, ticket: SequenceNumber, now: Instant) -> bool {
        match self.numbers.get(&ticket).copied() {
            Some(number) if self.has_room(now) => self.forget(ticket, number),
            None if self.is_free(now) => {}
            _ => return false,
        }
        if !self.windows.is_empty() {
            while self.left.front().is_some_and(|oldest| now.duration_since(*oldest) >= self.longest) {
                self.left.pop_front();
            }
            self.left.push_back(now);
        }
        if let Some(doubt) = &mut self.doubt {
            (doubt.until, doubt.probe) = (now + doubt.spacing, Some(ticket));
            self.wake_all();
        }
        true
    }

    /// Gives up a place: those behind it move up.
    pub(super) fn leave(&mut self, ticket: SequenceNumber, now: Instant) {
        match self.numbers.get(&ticket).copied() {
            Some(number) => {
                self.forget(ticket, number);
                // An absent one had no room that it could leave to others.
                self.gone += u64::from(number.is_some());
            }
            None => {
                let Some(waiting) = self.to_come.remove(ticket) else { return };
                self.deregister(&waiting);
                self.gone += 1;
            }
        }
        self.wake_those_who_look_again();
        self.call_up(now);
    }

    /// Lets nobody leave before then.
    pub(super) fn pause(&mut self, until: Instant, now: Instant) {
        self.closed_until = self.closed_until.max(Some(until));
        self.call_up(now);
        for ticket in self.to_come.too_late(&|rank| self.moment(rank, now)) {
            self.wake(ticket);
        }
    }

    /// The service asks for a wait that is not believed; returns how long nobody leaves.
    pub(super) fn pause_unverified(&mut self, ticket: SequenceNumber, now: Instant) -> Duration {
        match &mut self.doubt {
            // What was sent before the doubt arose says nothing new.
            Some(doubt) if doubt.probe != Some(ticket) => return doubt.until.saturating_duration_since(now),
            Some(doubt) => {
                doubt.spacing = (doubt.spacing * 2).min(LONGEST_PAUSE);
                (doubt.until, doubt.probe) = (now + doubt.spacing, None);
            }
            None => self.doubt = Some(Doubt { until: now + FIRST_PROBE, spacing: FIRST_PROBE, probe: None }),
        }
        self.wake_all();
        self.doubt.as_ref().map_or(FIRST_PROBE, |doubt| doubt.spacing)
    }

    /// The response to this call's attempt is one that can be believed.
    pub(super) fn probe_succeeded(&mut self, ticket: SequenceNumber, now: Instant) {
        if self.is_probe(ticket) {
            self.doubt = None;
            self.call_up(now);
        }
    }

    /// Whether this call's attempt decides a doubt.
    pub(super) fn is_probe(&self, ticket: SequenceNumber) -> bool {
        self.doubt.as_ref().is_some_and(|doubt| doubt.probe == Some(ticket))
    }

    /// The sleepers to be woken.
    pub(super) fn take_wakers(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.woken)
    }

    /// Whether nobody waits that is reckoned with.
    fn is_empty(&self) -> bool {
        self.to_come.is_empty() && self.called.is_empty()
    }

    /// Whether whoever comes now need not wait.
    fn is_free(&self, now: Instant) -> bool {
        self.is_empty() && self.has_room(now)
    }

    /// When a pause or a doubt ends.
    fn opens(&self) -> Option<Instant> {
        self.closed_until.max(self.doubt.as_ref().map(|doubt| doubt.until))
    }

    /// Whether no window would hold one call too many.
    fn has_room(&self, now: Instant) -> bool {
        let has_room = |window: &RateWindow| {
            let first = self.left.len().checked_sub(window.calls as usize).and_then(|first| self.left.get(first));
            first.is_none_or(|first| *first + window.length <= now)
        };
        self.opens().is_none_or(|opens| opens <= now) && self.windows.iter().all(has_room)
    }

    /// Calls up whoever may leave by now, and gives up those that did not come.
    fn call_up(&mut self, now: Instant) {
        // First as it was when nobody looked: whose moment came then, and who has not come since.
        self.call_those_due(self.seen.unwrap_or(now), now);
        let mut someone_is_absent = false;
        while let Some((number, waiting)) = self.called.nth(0)
            && waiting.moment + GRACE < now
        {
            let ticket = waiting.ticket;
            self.called.remove(number);
            self.numbers.insert(ticket, None);
            self.gone += 1;
            someone_is_absent = true;
        }
        if someone_is_absent {
            self.wake_those_who_look_again();
        }
        self.call_those_due(now, now);
        self.seen = Some(now);
    }

    /// Calls up those whose moment, not before `from`, has come.
    fn call_those_due(&mut self, from: Instant, now: Instant) {
        while let Some((ticket, _)) = self.to_come.nth(0) {
            let ahead = self.left.len() + self.called.len();
            let room =
                |window: &RateWindow| Some(self.number(ahead.checked_sub(window.calls as usize)?)? + window.length);
            let opens = self.opens().map_or(from, |opens| opens.max(from));
            let moment = self.windows.iter().filter_map(room).fold(opens, Instant::max);
            if moment > now {
                return;
            }
            if let Some(waiting) = self.to_come.remove(ticket) {
                self.deregister(&waiting);
                self.woken.extend(waiting.sleeper.map(|sleeper| sleeper.waker));
            }
            self.last_number += 1;
            self.called.insert(self.last_number, Waiting { moment, ticket, sleeper: None });
            self.numbers.insert(ticket, Some(self.last_number));
        }
    }

    /// When the call with this number, counted from the oldest that left, left or leaves at the soonest.
    fn number(&self, number: usize) -> Option<Instant> {
        let Some(called) = number.checked_sub(self.left.len()) else { return self.left.get(number).copied() };
        let moment = self.called.nth(called).map(|(_, waiting)| waiting.moment);
        // One that was called up before the last one left has not left before it.
        moment.max(self.left.back().copied())
    }

    /// The first moment after `now` at which there may be room for the call of this rank: behind those that left,
    /// those that were called up and those before it, none of whom can be sooner than their own windows allow.
    fn moment(&self, rank: usize, now: Instant) -> Instant {
        let opens = self.opens().map_or(now, |opens| opens.max(now));
        let first = self.moment_within(0, opens, now);
        let Some(slowest) = self.windows.first() else { return first };
        let calls = slowest.calls as usize;
        let whole = u32::try_from(rank / calls).ok().and_then(|whole| slowest.length.checked_mul(whole));
        let rest = self.moment_within(rank % calls, opens, now);
        whole.and_then(|whole| rest.checked_add(whole)).unwrap_or(rest).max(first)
    }

    /// The same for a rank within the slowest window's calls.
    fn moment_within(&self, rank: usize, opens: Instant, now: Instant) -> Instant {
        let ahead = self.left.len() + self.called.len();
        // Whoever was called up leaves now at the soonest.
        let number = |number: usize| if number < self.left.len() { self.left[number] } else { now };
        let room = |jumps: usize, window: &RateWindow, calls: usize| {
            let place = (ahead + rank).checked_sub(jumps * calls)?.checked_sub(window.calls as usize)?;
            (place < ahead).then(|| number(place) + window.length)
        };
        let mut moment = self.windows.iter().filter_map(|window| room(0, window, 0)).fold(opens, Instant::max);
        for faster in self.windows.iter().skip(1) {
            let calls = faster.calls as usize;
            for jumps in 1..=(rank / calls).min(MOST_JUMPS) {
                let after =
                    self.windows.iter().filter_map(|window| room(jumps, window, calls)).fold(opens, Instant::max);
                moment = moment.max(after + faster.length * jumps as u32);
            }
        }
        moment
    }

    /// Takes out one that was called up.
    fn forget(&mut self, ticket: SequenceNumber, number: Option<u64>) {
        self.numbers.remove(&ticket);
        if let Some(number) = number {
            self.called.remove(number);
        }
    }

    fn deregister(&mut self, waiting: &Waiting) {
        if let Some(sleeper) = &waiting.sleeper {
            self.sleepers.remove(&(sleeper.looks_after, waiting.ticket));
        }
    }

    fn wake(&mut self, ticket: SequenceNumber) {
        if let Some(sleeper) = self.to_come.set_sleeper(ticket, None) {
            self.sleepers.remove(&(sleeper.looks_after, ticket));
            self.woken.push(sleeper.waker);
        }
    }

    fn wake_those_who_look_again(&mut self) {
        while let Some((_, ticket)) =
            self.sleepers.first().copied().filter(|(looks_after, _)| *looks_after <= self.gone)
        {
            self.wake(ticket);
        }
    }

    /// Wakes all that sleep.
    fn wake_all(&mut self) {
        while let Some((_, ticket)) = self.sleepers.first().copied() {
            self.wake(ticket);
        }
    }
}

/// Seconds per call.
fn pace(window: &RateWindow) -> f64 {
    window.length.as_secs_f64() / f64::from(window.calls)
}
