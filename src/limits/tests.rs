//! A limit in simulated time: whoever comes, waits, goes away or stays away, no window ever holds a call too many, and
//! every call leaves at the first moment that the rule allows.

use super::limit::{Limit, Place};
use crate::store::RateWindow;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use std::task::Context;
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep, sleep_until, timeout};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn limit(per_minute: u32, per_second: Option<u32>) -> Arc<Limit> {
    let per_minute = RateWindow::new(per_minute, MINUTE);
    let per_second = per_second.map(|calls| RateWindow::new(calls, SECOND));
    Arc::new(Limit::new(&[Some(per_minute), per_second].into_iter().flatten().collect::<Vec<_>>()))
}

/// What a call does that needs so long from its moment until it can leave.
async fn passes_after(limit: &Limit, hold: Duration) -> Instant {
    pass_with(&mut limit.place(), hold).await
}

async fn pass_with(place: &mut Place<'_>, hold: Duration) -> Instant {
    if !hold.is_zero() {
        place.hold();
    }
    loop {
        match place.wait() {
            Some(wait) => place.sleep(wait.until).await,
            None => {
                if !hold.is_zero() {
                    sleep(hold).await;
                }
                if place.pass().is_some() {
                    return Instant::now();
                }
            }
        }
    }
}

async fn passes(limit: &Limit) -> Instant {
    passes_after(limit, Duration::ZERO).await
}

fn pass_together(limit: &Arc<Limit>, calls: usize) -> Vec<JoinHandle<Instant>> {
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
async fn a_thousand_calls_keep_to_the_limit_and_lose_no_time_whether_alone_or_together() {
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
async fn both_bounds_hold_together() {
    let (limit, begun, mut moments) = (limit(1000, Some(50)), Instant::now(), Vec::new());
    for _ in 0..3000 {
        moments.push(passes(&limit).await);
    }
    assert_eq!((densest(&moments, SECOND), densest(&moments, MINUTE)), (50, 1000));
    assert_eq!(begun.elapsed(), MINUTE * 2 + SECOND * 19);
}

#[tokio::test(start_paused = true)]
async fn waiting_tasks_pass_in_the_order_they_came() {
    let limit = limit(1, None);
    let mut moments = Vec::new();
    for call in pass_together(&limit, 20) {
        moments.push(call.await.unwrap());
    }
    assert!(moments.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_passes_before_those_that_came_later() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.place();
    pass_with(&mut first, Duration::ZERO).await;
    let behind = pass_together(&limit, 3);
    sleep(SECOND).await;
    assert_eq!(pass_with(&mut first, Duration::ZERO).await - begun, MINUTE);
    for (call, minutes) in behind.into_iter().zip(2..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes);
    }
}

#[tokio::test(start_paused = true)]
async fn those_behind_who_comes_back_know_at_once_how_much_longer_it_takes() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let (mut first, mut second) = (limit.place(), limit.place());
    assert!(first.pass().is_some() && second.pass().is_none());
    let due = |place: &Place<'_>| place.wait().unwrap().until - begun;
    assert_eq!(due(&second), MINUTE);
    first.hold();
    assert_eq!((due(&first), due(&second)), (MINUTE, MINUTE * 2));
    first.give_up();
    assert_eq!(due(&second), MINUTE);
}

/// It may be asking a store that others share, whose turn would be lost.
#[tokio::test(start_paused = true)]
async fn who_comes_back_does_not_go_before_a_call_whose_moment_has_come() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.place();
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
async fn who_comes_back_gives_no_new_moments_to_futures_that_are_kept_and_not_polled() {
    let (limit, begun) = (limit(1, None), Instant::now());
    let mut first = limit.place();
    pass_with(&mut first, Duration::ZERO).await;
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(passes(&limit))).collect();
    let context = &mut Context::from_waker(std::task::Waker::noop());
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
async fn calls_that_are_dropped_while_they_wait_leave_nothing_behind_in_whatever_order() {
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
async fn who_was_moved_back_by_a_late_call_moves_up_again_when_another_is_dropped() {
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
async fn a_pause_holds_for_tasks_that_wait_already_and_a_shorter_one_does_not_end_it() {
    let (limit, begun) = (limit(1, None), Instant::now());
    passes(&limit).await;
    let waiting = pass_together(&limit, 2);
    sleep(SECOND).await;
    limit.close(MINUTE * 10);
    limit.close(MINUTE);
    for (call, minutes) in waiting.into_iter().zip(10..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes + SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_clock_ends_after_a_day() {
    let (limit, begun) = (limit(1, None), Instant::now());
    limit.close(Duration::MAX);
    assert_eq!(passes(&limit).await - begun, Duration::from_secs(86_400));
}

/// A stream that buffers calls keeps their futures and does not poll them while its owner makes another call.
#[tokio::test(start_paused = true)]
async fn futures_that_are_kept_and_not_polled_hold_nobody_up() {
    let limit = limit(20, None);
    for _ in 0..20 {
        passes(&limit).await;
    }
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(passes(&limit))).collect();
    let context = &mut Context::from_waker(std::task::Waker::noop());
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
            let (limit, begun) = (Arc::new(Limit::new(&self.windows)), Instant::now());
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
                            let mut place = limit.place();
                            for time in [Some(0), back_after].into_iter().flatten() {
                                sleep(millis(time)).await;
                                let moment = pass_with(&mut place, hold).await;
                                left.lock().unwrap()[number].push((moment - begun).as_millis() as u64);
                            }
                        }));
                    }
                    Event::Go(number) => tasks[number].abort(),
                    Event::Pause(length) => limit.close(millis(length)),
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
    #[test]
    fn every_call_leaves_at_the_first_moment_that_the_rule_allows(world in worlds(0..1, false)) {
        let left = world.in_fact();
        world.assert_that_windows_and_pauses_hold(&left);
        prop_assert_eq!(left, world.by_the_rule());
    }

    #[test]
    fn calls_that_come_late_to_their_moments_and_come_back_break_no_window_and_all_leave(world in worlds(0..60, true)) {
        let left = world.in_fact();
        world.assert_that_windows_and_pauses_hold(&left);
        let stays = |(call, left): (&Coming, &Vec<u64>)| {
            call.dropped_at.is_none() && left.len() < 1 + usize::from(call.back_after.is_some())
        };
        prop_assert!(!world.calls.iter().zip(&left).any(stays));
    }
}
