//! A limit in simulated time: whoever comes, waits, goes away or stays away, no window ever holds a call too many, and
//! every call leaves at the first moment that the rule allows.

use super::LONGEST_PAUSE;
use super::limiter::{Limiter, Waiter};
use super::rank_tree::steps;
use crate::store::RateWindow;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep, sleep_until, timeout};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn limit(per_minute: u32, per_second: Option<u32>) -> Arc<Limiter> {
    let per_minute = RateWindow::new(per_minute, MINUTE);
    let per_second = per_second.map(|calls| RateWindow::new(calls, SECOND));
    Arc::new(Limiter::new(&[Some(per_minute), per_second].into_iter().flatten().collect::<Vec<_>>()))
}

/// What a call does that needs so long from its moment until it can leave.
async fn passes_after(limit: &Limiter, hold: Duration) -> Instant {
    pass_with(&mut limit.waiter(), hold).await
}

async fn pass_with(place: &mut Waiter<'_>, hold: Duration) -> Instant {
    if !hold.is_zero() {
        place.join_queue();
    }
    loop {
        match place.time_left() {
            Some(_) => place.wait(Duration::MAX).await,
            None => {
                if !hold.is_zero() {
                    sleep(hold).await;
                }
                if place.try_acquire().is_some() {
                    return Instant::now();
                }
            }
        }
    }
}

async fn passes(limit: &Limiter) -> Instant {
    passes_after(limit, Duration::ZERO).await
}

fn pass_together(limit: &Arc<Limiter>, calls: usize) -> Vec<JoinHandle<Instant>> {
    let call = |_| {
        let limit = Arc::clone(limit);
        tokio::spawn(async move { passes(&limit).await })
    };
    (0..calls).map(call).collect()
}

/// The most moments that any stretch of this length holds.
fn densest(moments: &[Instant], length: Duration) -> usize {
    let within = |begin: &Instant| moments.iter().filter(|m| *m >= begin && **m - *begin < length).count();
    moments.iter().map(within).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn calls_pass_at_full_rate() {
    for together in [false, true] {
        let (limit, begun, mut moments) = (limit(20, None), Instant::now(), Vec::new());
        let calls = if together { pass_together(&limit, 1000) } else { Vec::new() };
        for call in calls {
            moments.push(call.await.unwrap());
        }
        for _ in moments.len()..1000 {
            moments.push(passes(&limit).await);
        }
        assert_eq!(densest(&moments, MINUTE), 20);
        assert_eq!(begun.elapsed(), MINUTE * 49);
    }
}

#[tokio::test(start_paused = true)]
async fn both_windows_hold_together() {
    let (limit, begun, mut moments) = (limit(1000, Some(50)), Instant::now(), Vec::new());
    for _ in 0..3000 {
        moments.push(passes(&limit).await);
    }
    assert_eq!((densest(&moments, SECOND), densest(&moments, MINUTE)), (50, 1000));
    assert_eq!(begun.elapsed(), MINUTE * 2 + SECOND * 19);
}

#[tokio::test(start_paused = true)]
async fn waiters_pass_in_arrival_order() {
    let limit = limit(1, None);
    let mut moments = Vec::new();
    for call in pass_together(&limit, 20) {
        moments.push(call.await.unwrap());
    }
    assert!(moments.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn retry_precedes_later_waiters() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.waiter();
    pass_with(&mut first, Duration::ZERO).await;
    let behind = pass_together(&limit, 3);
    sleep(SECOND).await;
    assert_eq!(pass_with(&mut first, Duration::ZERO).await - begun, MINUTE);
    for (call, minutes) in behind.into_iter().zip(2..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_delays_later_waiters_immediately() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let (mut first, mut second) = (limit.waiter(), limit.waiter());
    assert!(first.try_acquire().is_some() && second.try_acquire().is_none());
    let due = |place: &Waiter<'_>| Instant::now() + place.time_left().unwrap().time - begun;
    assert_eq!(due(&second), MINUTE);
    first.join_queue();
    assert_eq!((due(&first), due(&second)), (MINUTE, MINUTE * 2));
    first.leave_queue();
    assert_eq!(due(&second), MINUTE);
}

/// It may be asking a store that others share, whose turn would be lost.
#[tokio::test(start_paused = true)]
async fn retry_does_not_preempt_due_call() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.waiter();
    pass_with(&mut first, Duration::ZERO).await;
    let busy = tokio::spawn({
        let limit = Arc::clone(&limit);
        async move { passes_after(&limit, SECOND / 2).await }
    });
    sleep_until(begun + MINUTE + SECOND / 4).await;
    let back = pass_with(&mut first, Duration::ZERO).await;
    assert_eq!(busy.await.unwrap() - begun, MINUTE + SECOND / 2);
    assert_eq!(back - begun, MINUTE * 2 + SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn retry_skips_unpolled_waiters() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.waiter();
    pass_with(&mut first, Duration::ZERO).await;
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(passes(&limit))).collect();
    let context = &mut Context::from_waker(Waker::noop());
    for call in &mut kept {
        assert!(call.as_mut().poll(context).is_pending());
    }
    sleep_until(begun + MINUTE * 20).await;
    let waiting = pass_together(&limit, 2);
    yield_now().await;
    let back = pass_with(&mut first, Duration::ZERO).await;
    for call in waiting {
        assert!(call.await.unwrap() - begun <= MINUTE * 22);
    }
    assert!(back - begun <= MINUTE * 22);
}

#[tokio::test(start_paused = true)]
async fn dropped_waiters_free_their_slots() {
    for oldest_first in [true, false] {
        let (limit, begun) = (limit(20, None), Instant::now());
        for _ in 0..20 {
            passes(&limit).await;
        }
        let mut waiting = pass_together(&limit, 1000);
        yield_now().await;
        if !oldest_first {
            waiting.reverse();
        }
        for call in waiting {
            call.abort();
            yield_now().await;
        }
        passes(&limit).await;
        assert_eq!(begun.elapsed(), MINUTE, "oldest first: {oldest_first}");
    }
}

#[tokio::test(start_paused = true)]
async fn delayed_waiter_advances_after_drop() {
    let (limit, begun) = (limit(1, None), Instant::now());
    passes(&limit).await;
    let late = tokio::spawn({
        let limit = Arc::clone(&limit);
        async move { passes_after(&limit, SECOND * 30).await }
    });
    yield_now().await;
    let mut behind = pass_together(&limit, 2).into_iter();
    sleep_until(begun + SECOND * 130).await;
    behind.next().unwrap().abort();
    assert_eq!(late.await.unwrap() - begun, SECOND * 90);
    assert_eq!(behind.next().unwrap().await.unwrap() - begun, SECOND * 150);
}

#[tokio::test(start_paused = true)]
async fn shorter_pause_keeps_longer_one() {
    let (limit, begun) = (limit(1, None), Instant::now());
    passes(&limit).await;
    let waiting = pass_together(&limit, 2);
    sleep(SECOND).await;
    limit.pause(MINUTE * 4);
    limit.pause(MINUTE);
    for (call, minutes) in waiting.into_iter().zip(4..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes + SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stores_pause_beyond_the_clock_ends_after_the_longest() {
    let (limit, begun) = (limit(1, None), Instant::now());
    limit.pause(Duration::MAX);
    assert_eq!(passes(&limit).await - begun, LONGEST_PAUSE);
}

/// A stream that buffers calls keeps their futures and does not poll them while its owner makes another call.
#[tokio::test(start_paused = true)]
async fn unpolled_waiters_do_not_block_others() {
    let limit = limit(20, None);
    for _ in 0..20 {
        passes(&limit).await;
    }
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(passes(&limit))).collect();
    let context = &mut Context::from_waker(Waker::noop());
    for call in &mut kept {
        assert!(call.as_mut().poll(context).is_pending());
    }
    let begun = Instant::now();
    let mut moments = Vec::new();
    for _ in 0..200 {
        moments.push(timeout(MINUTE * 3, passes(&limit)).await.unwrap());
    }
    for call in pass_together(&limit, 200) {
        moments.push(timeout(MINUTE * 30, call).await.unwrap().unwrap());
    }
    assert_eq!(densest(&moments, MINUTE), 20);
    // The places that were kept cost at most their own room, and once.
    assert!(begun.elapsed() <= MINUTE * 21, "{:?}", begun.elapsed());
    for call in kept {
        moments.push(timeout(MINUTE * 2, call).await.unwrap());
    }
    assert_eq!(densest(&moments, MINUTE), 20);
}

/// Times in milliseconds. Calls come and leave at multiples of ten, so that nothing else ever happens at the same time.
#[derive(Clone, Debug)]
struct World {
    windows: Vec<RateWindow>,
    /// When each comes, when it is dropped, how long it needs from its moment until it can leave, and how long after
    /// that it comes back.
    calls: Vec<Coming>,
    /// When each begins and how long it is.
    pauses: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct Coming {
    at: u64,
    dropped_at: Option<u64>,
    hold: u64,
    back_after: Option<u64>,
}

fn worlds(hold: std::ops::Range<u64>, come_back: bool) -> impl Strategy<Value = World> {
    let window = (1_u32..6, 1_u64..100).prop_map(|(calls, tens)| RateWindow::new(calls, millis(tens * 10)));
    let dropped = proptest::option::weighted(0.3, 0_u64..100);
    let back = proptest::option::weighted(0.3, 0_u64..100);
    let call = (0_u64..100, dropped, hold, back).prop_map(move |(at, dropped, hold, back)| Coming {
        at: at * 10,
        dropped_at: dropped.map(|tens| (at + tens) * 10 + 5),
        hold: hold * 10,
        back_after: back.filter(|_| come_back).map(|tens| tens * 10),
    });
    let pause = (0_u64..200, 0_u64..50).prop_map(|(at, length)| (at * 10 + 3, length * 10 + 7));
    (vec(window, 1..3), vec(call, 1..40), vec(pause, 0..4)).prop_map(|(windows, mut calls, pauses)| {
        calls.sort_by_key(|call| call.at);
        World { windows, calls, pauses }
    })
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl World {
    /// When each call leaves, one after the other in the order of coming, as soon as no window holds one too many.
    fn by_the_rule(&self) -> Vec<Vec<u64>> {
        let mut left = vec![Vec::new(); self.calls.len()];
        let mut moments: Vec<u64> = Vec::new();
        for now in (0..200_000).step_by(10) {
            let closed = self.pauses.iter().any(|(at, length)| (*at..at + length).contains(&now));
            for (call, left) in self.calls.iter().zip(&mut left) {
                let waits = left.is_empty() && call.at <= now && call.dropped_at.is_none_or(|at| at > now);
                let has_room = |window: &RateWindow| {
                    let length = window.length.as_millis() as u64;
                    moments.iter().filter(|moment| *moment + length > now).count() < window.calls as usize
                };
                if waits && !closed && self.windows.iter().all(has_room) {
                    left.push(now);
                    moments.push(now);
                }
            }
        }
        left
    }

    /// When each call really leaves.
    fn in_fact(&self) -> Vec<Vec<u64>> {
        enum Event {
            Come(usize),
            Go(usize),
            Pause(u64),
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (limit, begun) = (Arc::new(Limiter::new(&self.windows)), Instant::now());
            let left = Arc::new(Mutex::new(vec![Vec::new(); self.calls.len()]));
            let comings = self.calls.iter().enumerate().map(|(number, call)| (call.at, Event::Come(number)));
            let goings = self.calls.iter().enumerate();
            let goings = goings.filter_map(|(number, call)| Some((call.dropped_at?, Event::Go(number))));
            let pauses = self.pauses.iter().map(|(at, length)| (*at, Event::Pause(*length)));
            let mut events: Vec<_> = comings.chain(goings).chain(pauses).collect();
            events.sort_by_key(|(at, _)| *at);
            let mut tasks = Vec::new();
            for (at, event) in events {
                sleep_until(begun + millis(at)).await;
                match event {
                    Event::Come(number) => {
                        let (limit, left) = (Arc::clone(&limit), Arc::clone(&left));
                        let (hold, back_after) = (millis(self.calls[number].hold), self.calls[number].back_after);
                        tasks.push(tokio::spawn(async move {
                            let mut place = limit.waiter();
                            for time in [Some(0), back_after].into_iter().flatten() {
                                sleep(millis(time)).await;
                                let moment = pass_with(&mut place, hold).await;
                                left.lock().unwrap()[number].push((moment - begun).as_millis() as u64);
                            }
                        }));
                    }
                    Event::Go(number) => tasks[number].abort(),
                    Event::Pause(length) => limit.pause(millis(length)),
                }
                yield_now().await;
            }
            for task in tasks {
                let ended = timeout(MINUTE * 3, task).await.expect("a call waits for ever");
                assert!(ended.is_ok() || ended.unwrap_err().is_cancelled());
            }
            Arc::into_inner(left).unwrap().into_inner().unwrap()
        })
    }

    fn assert_that_windows_and_pauses_hold(&self, left: &[Vec<u64>]) {
        let begun = Instant::now();
        let moments: Vec<_> = left.iter().flatten().map(|at| begun + millis(*at)).collect();
        for window in &self.windows {
            assert!(densest(&moments, window.length) <= window.calls as usize, "{window:?}");
        }
        for (at, length) in &self.pauses {
            assert!(!left.iter().flatten().any(|left| (*at..at + length).contains(left)), "within a pause");
        }
    }
}

proptest! {
    #![proptest_config(crate::property::config(256))]

    #[test]
    fn calls_pass_at_earliest_moment(world in worlds(0..1, false)) {
        let left = world.in_fact();
        world.assert_that_windows_and_pauses_hold(&left);
        prop_assert_eq!(left, world.by_the_rule());
    }

    #[test]
    fn late_and_retried_calls_keep_windows(world in worlds(0..60, true)) {
        let left = world.in_fact();
        world.assert_that_windows_and_pauses_hold(&left);
        let stays = |(call, left): (&Coming, &Vec<u64>)| {
            call.dropped_at.is_none() && left.len() < 1 + usize::from(call.back_after.is_some())
        };
        prop_assert!(!world.calls.iter().zip(&left).any(stays));
    }
}

/// Counts how often calls are woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// What it costs to do this to a line in which so many calls sleep that would wait so long: nodes looked at for
/// each of them, and how many were woken.
fn cost(calls: usize, longest: Duration, act: impl Fn(&Limiter, &mut VecDeque<Sleeping<'_>>)) -> (u64, usize) {
    let limit = limit(20, Some(5));
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut sleeping: VecDeque<_> =
        (0..calls).map(|_| Box::pin(passes_within(&limit, longest)) as Sleeping<'_>).collect();
    let before = steps();
    let mut free = 0;
    for call in &mut sleeping {
        free += usize::from(call.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }
    assert_eq!(free, 5, "the others wait");
    sleeping.drain(..free);
    let joining = (steps() - before) / calls as u64;
    assert!(joining <= MOST_STEPS, "joining takes {joining} steps");
    let before = steps();
    act(&limit, &mut sleeping);
    ((steps() - before) / calls as u64, wakes.0.load(Relaxed))
}

type Act = fn(&Limiter, &mut VecDeque<Sleeping<'_>>);
type Sleeping<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A call that fails where it would have to wait for longer than this.
async fn passes_within(limit: &Limiter, longest: Duration) {
    let mut place = limit.waiter();
    while place.try_acquire().is_none() && place.time_left().is_none_or(|wait| wait.time <= longest) {
        place.wait(longest).await;
    }
}

/// Far more than a few times the logarithm of the longest line, far less than a hundredth of its length.
const MOST_STEPS: u64 = 300;
const LONG_LINES: [usize; 2] = [4_000, 32_000];

#[tokio::test(start_paused = true)]
async fn dropping_waiting_calls_costs_a_logarithm() {
    let orders: [(&str, Act); 3] = [
        ("oldest first", |_, calls| while calls.pop_front().is_some() {}),
        ("newest first", |_, calls| while calls.pop_back().is_some() {}),
        ("from the middle", |_, calls| while calls.swap_remove_back(calls.len() / 2).is_some() {}),
    ];
    for (order, drops) in orders {
        let steps = LONG_LINES.map(|calls| cost(calls, Duration::MAX, drops).0);
        assert!(steps.iter().all(|steps| *steps <= MOST_STEPS), "{order}: {steps:?} steps per call");
        // Eight times as many are three levels more.
        assert!(steps[1] <= steps[0] * 2, "{order}: {steps:?} steps per call");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_wakes_only_those_for_whom_it_is_too_long() {
    for calls in LONG_LINES {
        let pauses = |limit: &Limiter, _: &mut VecDeque<Sleeping<'_>>| {
            let before = steps();
            limit.pause(MINUTE * 3);
            assert!(steps() - before <= MOST_STEPS, "a pause takes {} steps", steps() - before);
        };
        assert_eq!(cost(calls, Duration::MAX, pauses).1, 0, "nobody is in a hurry");
    }
    let pauses = |limit: &Limiter, _: &mut VecDeque<Sleeping<'_>>| limit.pause(MINUTE * 3);
    let (calls, hurry) = (100, MINUTE * 5);
    // Five leave at once. After three minutes there are twenty each minute, five a second: 45 leave within five.
    assert_eq!(cost(calls, hurry, pauses).1, calls - 5 - 45);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_call_is_polled_a_few_times_only() {
    let limit = limit(20, None);
    let polls = Arc::new(AtomicUsize::new(0));
    let calls = (0..2_000).map(|_| {
        let (limit, polls) = (Arc::clone(&limit), Arc::clone(&polls));
        tokio::spawn(async move {
            let mut call = pin!(passes(&limit));
            poll_fn(|context| {
                polls.fetch_add(1, Relaxed);
                call.as_mut().poll(context)
            })
            .await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    // Once at each half of the way.
    assert!(polls.load(Relaxed) <= 2_000 * 14, "{polls:?}");
}

/// Calls ahead are dropped while those behind sleep, and those in between are never polled again.
#[tokio::test(start_paused = true)]
async fn calls_behind_unpolled_ones_move_up_when_others_are_dropped() {
    let (limit, begun) = (limit(1, None), Instant::now());
    passes(&limit).await;
    let context = &mut Context::from_waker(Waker::noop());
    let mut dropped: Vec<_> = (0..1000).map(|_| Box::pin(passes(&limit))).collect();
    let mut kept: Vec<_> = (0..30).map(|_| Box::pin(passes(&limit))).collect();
    for call in dropped.iter_mut().chain(&mut kept) {
        assert!(call.as_mut().poll(context).is_pending());
    }
    let behind = pass_together(&limit, 3);
    yield_now().await;
    drop(dropped);
    for call in behind {
        assert!(call.await.unwrap() - begun <= MINUTE * 34);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_not_believed_lets_one_probe_out_at_growing_intervals() {
    let (limit, begun) = (Limiter::new(&[]), Instant::now());
    let mut refused = limit.waiter();
    assert!(refused.try_acquire().is_some());
    assert_eq!(refused.pause(Duration::MAX), SECOND * 30);
    let mut expected = begun;
    for spacing in [30, 60, 120, 240, 300, 300].map(Duration::from_secs) {
        expected += spacing;
        let mut early = limit.waiter();
        sleep_until(expected - SECOND / 10).await;
        assert!(early.try_acquire().is_none());
        let wait = early.time_left().unwrap();
        assert!(wait.is_unverified && wait.time == SECOND / 10, "{wait:?}");
        drop(early);
        sleep_until(expected).await;
        let (mut probe, mut other) = (limit.waiter(), limit.waiter());
        assert!(probe.try_acquire().is_some() && other.try_acquire().is_none());
        assert_eq!(other.time_left().map(|wait| (wait.is_unverified, wait.time)), Some((true, spacing)));
        // What was sent before the first refusal and comes back now says nothing.
        assert_eq!(refused.pause(Duration::MAX), spacing);
        refused.response_received();
        assert_eq!(probe.pause(Duration::MAX), (spacing * 2).min(LONGEST_PAUSE));
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_ends_the_doubt_for_all_and_a_lost_one_is_followed_by_another() {
    let limit = Limiter::new(&[]);
    let mut refused = limit.waiter();
    refused.pause(MINUTE * 6);
    sleep(SECOND * 30).await;
    let mut lost = limit.waiter();
    assert!(lost.try_acquire().is_some());
    drop(lost);
    assert!(limit.waiter().try_acquire().is_none());
    sleep(SECOND * 30).await;
    let mut probe = limit.waiter();
    assert!(probe.try_acquire().is_some());
    assert!(limit.waiter().try_acquire().is_none());
    probe.response_received();
    assert!((0..10).all(|_| limit.waiter().try_acquire().is_some()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_believed_takes_the_place_of_one_that_is_not() {
    let (limit, begun) = (Limiter::new(&[]), Instant::now());
    limit.waiter().pause(Duration::MAX);
    sleep(SECOND * 30).await;
    let mut probe = limit.waiter();
    assert!(probe.try_acquire().is_some());
    assert_eq!(probe.pause(SECOND * 7), SECOND * 7);
    assert_eq!(passes(&limit).await - begun, SECOND * 37);
    assert!(limit.waiter().try_acquire().is_some() && limit.waiter().try_acquire().is_some());
}

#[tokio::test(start_paused = true)]
async fn those_that_wait_already_are_woken_when_a_wait_is_not_believed() {
    let limit = limit(1, None);
    passes(&limit).await;
    let waiting = {
        let limit = Arc::clone(&limit);
        tokio::spawn(async move {
            let mut place = limit.waiter();
            assert!(place.try_acquire().is_none());
            place.wait(Duration::MAX).await;
            place.time_left()
        })
    };
    yield_now().await;
    let begun = Instant::now();
    limit.waiter().pause(Duration::MAX);
    let wait = waiting.await.unwrap().unwrap();
    assert_eq!((wait.is_unverified, wait.time, begun.elapsed()), (true, SECOND * 30, Duration::ZERO));
}
