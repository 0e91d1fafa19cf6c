//! Random scenarios against a model: what the limiter does equals what the windows allow by definition.

use super::super::limiter::Limiter;
use super::{MINUTE, acquire_with, densest};
use crate::store::RateWindow;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Calls, drops and pauses. Times in milliseconds. Calls arrive and acquire at multiples of ten, drops and pauses never do,
/// so that no two kinds of event coincide.
#[derive(Clone, Debug)]
struct Scenario {
    windows: Vec<RateWindow>,
    calls: Vec<Call>,
    /// The start and the length of each.
    pauses: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct Call {
    at: u64,
    dropped_at: Option<u64>,
    hold: u64,
    retry_after: Option<u64>,
}

fn scenarios(hold: std::ops::Range<u64>, retries: bool) -> impl Strategy<Value = Scenario> {
    let window = (1_u32..6, 1_u64..100).prop_map(|(calls, tens)| RateWindow::new(calls, millis(tens * 10)));
    let dropped = proptest::option::weighted(0.3, 0_u64..100);
    let back = proptest::option::weighted(0.3, 0_u64..100);
    let call = (0_u64..100, dropped, hold, back).prop_map(move |(at, dropped, hold, back)| Call {
        at: at * 10,
        dropped_at: dropped.map(|tens| (at + tens) * 10 + 5),
        hold: hold * 10,
        retry_after: back.filter(|_| retries).map(|tens| tens * 10),
    });
    let pause = (0_u64..200, 0_u64..50).prop_map(|(at, length)| (at * 10 + 3, length * 10 + 7));
    (vec(window, 1..3), vec(call, 1..40), vec(pause, 0..4)).prop_map(|(windows, mut calls, pauses)| {
        calls.sort_by_key(|call| call.at);
        Scenario { windows, calls, pauses }
    })
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl Scenario {
    /// When each call acquires by definition: in order of arrival, as soon as no window would contain too many.
    fn expected_times(&self) -> Vec<Vec<u64>> {
        let mut acquired = vec![Vec::new(); self.calls.len()];
        let mut times: Vec<u64> = Vec::new();
        for now in (0..200_000).step_by(10) {
            let paused = self.pauses.iter().any(|(at, length)| (*at..at + length).contains(&now));
            for (call, acquired) in self.calls.iter().zip(&mut acquired) {
                let waits = acquired.is_empty() && call.at <= now && call.dropped_at.is_none_or(|at| at > now);
                let has_room = |window: &RateWindow| {
                    let length = window.length.as_millis() as u64;
                    times.iter().filter(|time| *time + length > now).count() < window.calls as usize
                };
                if waits && !paused && self.windows.iter().all(has_room) {
                    acquired.push(now);
                    times.push(now);
                }
            }
        }
        acquired
    }

    /// When each call acquires from a limiter.
    fn observed_times(&self) -> Vec<Vec<u64>> {
        enum Event {
            Arrive(usize),
            Drop(usize),
            Pause(u64),
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (limiter, begun) = (Arc::new(Limiter::new(&self.windows)), Instant::now());
            let acquired = Arc::new(Mutex::new(vec![Vec::new(); self.calls.len()]));
            let arrivals = self.calls.iter().enumerate().map(|(number, call)| (call.at, Event::Arrive(number)));
            let drops = self.calls.iter().enumerate();
            let drops = drops.filter_map(|(number, call)| Some((call.dropped_at?, Event::Drop(number))));
            let pauses = self.pauses.iter().map(|(at, length)| (*at, Event::Pause(*length)));
            let mut events: Vec<_> = arrivals.chain(drops).chain(pauses).collect();
            events.sort_by_key(|(at, _)| *at);
            let mut tasks = Vec::new();
            for (at, event) in events {
                sleep_until(begun + millis(at)).await;
                match event {
                    Event::Arrive(number) => {
                        let (limiter, acquired) = (Arc::clone(&limiter), Arc::clone(&acquired));
                        let (hold, retry_after) = (millis(self.calls[number].hold), self.calls[number].retry_after);
                        tasks.push(tokio::spawn(async move {
                            let mut waiter = limiter.waiter();
                            for time in [Some(0), retry_after].into_iter().flatten() {
                                sleep(millis(time)).await;
                                let time = acquire_with(&mut waiter, hold).await;
                                acquired.lock().unwrap()[number].push((time - begun).as_millis() as u64);
                            }
                        }));
                    }
                    Event::Drop(number) => tasks[number].abort(),
                    Event::Pause(length) => limiter.pause(millis(length)),
                }
                yield_now().await;
            }
            for task in tasks {
                let ended = timeout(MINUTE * 3, task).await.expect("a call waits forever");
                assert!(ended.is_ok() || ended.unwrap_err().is_cancelled());
            }
            Arc::into_inner(acquired).unwrap().into_inner().unwrap()
        })
    }

    fn assert_windows_and_pauses_hold(&self, acquired: &[Vec<u64>]) {
        let begun = Instant::now();
        let times: Vec<_> = acquired.iter().flatten().map(|at| begun + millis(*at)).collect();
        for window in &self.windows {
            assert!(densest(&times, window.length) <= window.calls as usize, "{window:?}");
        }
        for (at, length) in &self.pauses {
            assert!(!acquired.iter().flatten().any(|acquired| (*at..at + length).contains(acquired)), "within a pause");
        }
    }
}

proptest! {
    #![proptest_config(crate::property::config(256))]

    #[test]
    fn calls_pass_at_earliest_moment(scenario in scenarios(0..1, false)) {
        let acquired = scenario.observed_times();
        scenario.assert_windows_and_pauses_hold(&acquired);
        prop_assert_eq!(acquired, scenario.expected_times());
    }

    #[test]
    fn late_and_retried_calls_keep_windows(scenario in scenarios(0..60, true)) {
        let acquired = scenario.observed_times();
        scenario.assert_windows_and_pauses_hold(&acquired);
        let incomplete = |(call, acquired): (&Call, &Vec<u64>)| {
            call.dropped_at.is_none() && acquired.len() < 1 + usize::from(call.retry_after.is_some())
        };
        prop_assert!(!scenario.calls.iter().zip(&acquired).any(incomplete));
    }
}
