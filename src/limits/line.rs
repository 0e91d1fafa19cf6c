//! One operation's limit, and the line of calls that wait for it.
//!
//! A limit holds over a sliding window, and all bounds (a minute's and a second's) hold
//! together. So the last moments at which calls left are remembered, and a call may leave
//! when no window would then hold one too many. That alone decides whether it leaves, at
//! the moment at which it does: nothing is given out in advance that could be used late,
//! or never.
//!
//! A place in the line is a plan: the first moment at which the call may leave if those
//! before it leave as planned. Each call sleeps until its own and then tries. Where one is
//! dropped, those behind it move up, and wake where that is sooner. Where one comes late,
//! or its future is kept and not polled, nobody waits for it: a line whose head alone may
//! go would stand still until somebody polls that head, and its owner may be in the line.
//! Whoever left and comes back, for another try, goes before those that came later and
//! whose moment has not come: it would else wait as long as if it had not been there before.

use crate::store::RateWindow;
use std::collections::VecDeque;
use std::task::Waker;
use std::time::Duration;
use tokio::time::Instant;

/// Whose moment is past by more than this is not reckoned with: it may come at any time, or never.
const GRACE: Duration = Duration::from_secs(1);

/// The calls that left and those that wait.
#[derive(Debug)]
pub(super) struct Line {
    windows: Vec<RateWindow>,
    longest: Duration,
    /// When calls left, oldest first, for as long as a window reaches back.
    left: VecDeque<Instant>,
    /// In the order of their moments, which is that of their tickets but for those that came back late.
    waiting: VecDeque<Waiting>,
    closed_until: Option<Instant>,
    last: Ticket,
    /// Sleepers to be woken, by whoever holds the line and after letting go of it.
    woken: Vec<Waker>,
}

/// Which call it is: one that came later has a larger ticket.
pub(super) type Ticket = u64;

#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    moment: Instant,
    sleeper: Option<Waker>,
}

impl Line {
    pub(super) fn new(windows: &[RateWindow]) -> Self {
        let longest = windows.iter().map(|window| window.length).max().unwrap_or_default();
        Self {
            windows: windows.to_vec(),
            longest,
            left: VecDeque::new(),
            waiting: VecDeque::new(),
            closed_until: None,
            last: 0,
            woken: Vec::new(),
        }
    }

    /// Whether whoever comes now need not wait.
    pub(super) fn is_free(&self, now: Instant) -> bool {
        self.waiting.is_empty() && self.has_room(now)
    }

    /// A ticket for a call that has come.
    pub(super) fn ticket(&mut self) -> Ticket {
        self.last += 1;
        self.last
    }

    /// A place before all that came later, but for those whose moment has come: they are about to leave, or busy with
    /// what else they need, or absent.
    pub(super) fn join(&mut self, ticket: Ticket, now: Instant) {
        let to_come = self.to_come(now);
        let later = self.waiting.range(to_come..).position(|waiting| waiting.ticket > ticket);
        let place = later.map_or(self.waiting.len(), |later| to_come + later);
        self.waiting.insert(place, Waiting { ticket, moment: now, sleeper: None });
        self.plan(place, now);
    }

    /// When the holder of this place may leave, if not now. Who has come late to a moment gets another one.
    pub(super) fn due(&mut self, ticket: Ticket, now: Instant) -> Option<Instant> {
        let place = self.place(ticket)?;
        if self.waiting[place].moment <= now && !self.has_room(now) {
            self.plan(place, now);
        }
        Some(self.waiting[place].moment).filter(|moment| *moment > now)
    }

    /// Whether this place's moment is still that one; if so, who waits for it is woken when it moves up, and when the
    /// line closes.
    pub(super) fn sleeps(&mut self, ticket: Ticket, until: Instant, waker: &Waker) -> bool {
        let place = self.place(ticket);
        let waiting = place.map(|place| &mut self.waiting[place]).filter(|waiting| waiting.moment == until);
        waiting.map(|waiting| waiting.sleeper = Some(waker.clone())).is_some()
    }

    /// Leaves now, if that is possible.
    pub(super) fn leave(&mut self, ticket: Ticket, now: Instant) -> bool {
        match self.place(ticket) {
            None if !self.is_free(now) => return false,
            Some(_) if self.due(ticket, now).is_some() => return false,
            None => {}
            Some(place) => drop(self.waiting.remove(place)),
        }
        if !self.windows.is_empty() {
            while self.left.front().is_some_and(|oldest| now.duration_since(*oldest) >= self.longest) {
                self.left.pop_front();
            }
            self.left.push_back(now);
        }
        true
    }

    /// Gives up a place: those behind it move up.
    pub(super) fn give_up(&mut self, ticket: Ticket, now: Instant) {
        if let Some(place) = self.place(ticket) {
            self.waiting.remove(place);
            self.plan(place.max(self.to_come(now)), now);
        }
    }

    /// Lets nobody leave before then.
    pub(super) fn close(&mut self, until: Instant, now: Instant) {
        self.closed_until = self.closed_until.max(Some(until));
        self.plan(self.to_come(now), now);
        // All are told, since they may not want to wait so long.
        self.woken.extend(self.waiting.iter_mut().filter_map(|waiting| waiting.sleeper.take()));
    }

    /// The sleepers to be woken.
    pub(super) fn woken(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.woken)
    }

    /// For how long nobody leaves.
    pub(super) fn closed_for(&self, now: Instant) -> Duration {
        self.closed_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    fn place(&self, ticket: Ticket) -> Option<usize> {
        self.waiting.iter().position(|waiting| waiting.ticket == ticket)
    }

    /// Whether no window would hold one call too many.
    fn has_room(&self, now: Instant) -> bool {
        let has_room = |window: &RateWindow| {
            let first = self.left.len().checked_sub(window.calls as usize).and_then(|first| self.left.get(first));
            first.is_none_or(|first| *first + window.length <= now)
        };
        self.closed_for(now).is_zero() && self.windows.iter().all(has_room)
    }

    /// The first place whose moment has not come: those before it are about to leave, or busy, or absent.
    fn to_come(&self, now: Instant) -> usize {
        self.waiting.partition_point(|waiting| waiting.moment <= now)
    }

    /// How many before this place are not reckoned with: the first ones, since moments are in order.
    fn absent(&self, place: usize, now: Instant) -> usize {
        self.waiting.partition_point(|waiting| waiting.moment + GRACE < now).min(place)
    }

    /// Plans anew from this place on. Who moves up is woken; who moves back finds out when waking.
    fn plan(&mut self, from: usize, now: Instant) {
        let absent = self.absent(from, now);
        for place in from..self.waiting.len() {
            let moment = self.planned(place, absent, now);
            let waiting = &mut self.waiting[place];
            let before = std::mem::replace(&mut waiting.moment, moment);
            if moment < before {
                self.woken.extend(waiting.sleeper.take());
            }
        }
    }

    /// The first moment, not before `now`, that has room for this place behind those that left and those before it.
    fn planned(&self, place: usize, absent: usize, now: Instant) -> Instant {
        let moment = |number: usize| match number.checked_sub(self.left.len()) {
            None => self.left[number],
            Some(behind) => self.waiting[absent + behind].moment.max(now),
        };
        let before = self.left.len() + place - absent;
        let opens = self.closed_until.map_or(now, |until| until.max(now));
        let start = before.checked_sub(1).map_or(opens, |last| opens.max(moment(last)));
        self.windows.iter().fold(start, |at, window| match before.checked_sub(window.calls as usize) {
            Some(first) => at.max(moment(first) + window.length),
            None => at,
        })
    }
}
