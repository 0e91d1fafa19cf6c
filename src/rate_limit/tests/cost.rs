//! The work that a long queue costs, counted in visited tree nodes, wake-ups and polls: the same on every machine.

use super::super::limiter::Limiter;
use super::super::rank_tree::steps;
use super::{MINUTE, acquire, new_limiter};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

/// Counts how often tasks are woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// The cost of `act` on a queue of `calls` sleeping waiters that accept a wait of `max_wait`: tree nodes visited per
/// waiter, and the number of waiters woken.
fn cost(calls: usize, max_wait: Duration, act: impl Fn(&Limiter, &mut VecDeque<PendingCall<'_>>)) -> (u64, usize) {
    let limiter = new_limiter(20, Some(5));
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut pending: VecDeque<_> =
        (0..calls).map(|_| Box::pin(acquire_within(&limiter, max_wait)) as PendingCall<'_>).collect();
    let before = steps();
    let mut free = 0;
    for call in &mut pending {
        free += usize::from(call.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }
    assert_eq!(free, 5, "the others wait");
    pending.drain(..free);
    let joining = (steps() - before) / calls as u64;
    assert!(joining <= MAX_STEPS, "joining takes {joining} steps");
    let before = steps();
    act(&limiter, &mut pending);
    ((steps() - before) / calls as u64, wakes.0.load(Relaxed))
}

type Act = fn(&Limiter, &mut VecDeque<PendingCall<'_>>);
type PendingCall<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A call that gives up if it would have to wait for longer than `max_wait`.
async fn acquire_within(limiter: &Limiter, max_wait: Duration) {
    let mut waiter = limiter.waiter();
    while waiter.try_acquire().is_none() && waiter.time_left().is_none_or(|wait| wait.time <= max_wait) {
        waiter.wait(max_wait).await;
    }
}

/// Far more than a few times log2 of the longest queue, far less than a hundredth of its length.
const MAX_STEPS: u64 = 300;
const QUEUE_LENGTHS: [usize; 2] = [1_000, 8_000];

#[tokio::test(start_paused = true)]
async fn dropping_waiters_costs_log_n() {
    let orders: [(&str, Act); 3] = [
        ("oldest first", |_, calls| while calls.pop_front().is_some() {}),
        ("newest first", |_, calls| while calls.pop_back().is_some() {}),
        ("from the middle", |_, calls| while calls.swap_remove_back(calls.len() / 2).is_some() {}),
    ];
    for (order, drops) in orders {
        let steps = QUEUE_LENGTHS.map(|calls| cost(calls, Duration::MAX, drops).0);
        assert!(steps.iter().all(|steps| *steps <= MAX_STEPS), "{order}: {steps:?} steps per call");
        // Eight times as many waiters are three levels more.
        assert!(steps[1] <= steps[0] * 2, "{order}: {steps:?} steps per call");
    }
}

#[tokio::test(start_paused = true)]
async fn pause_wakes_only_waiters_it_exceeds() {
    for calls in QUEUE_LENGTHS {
        let pauses = |limiter: &Limiter, _: &mut VecDeque<PendingCall<'_>>| {
            let before = steps();
            limiter.pause(MINUTE * 3);
            assert!(steps() - before <= MAX_STEPS, "a pause takes {} steps", steps() - before);
        };
        assert_eq!(cost(calls, Duration::MAX, pauses).1, 0, "every waiter accepts the wait");
    }
    let pauses = |limiter: &Limiter, _: &mut VecDeque<PendingCall<'_>>| limiter.pause(MINUTE * 3);
    let (calls, max_wait) = (100, MINUTE * 5);
    // Five acquire at once. After the pause of three minutes: five per second, twenty per minute, 45 within five minutes.
    assert_eq!(cost(calls, max_wait, pauses).1, calls - 5 - 45);
}

#[tokio::test(start_paused = true)]
async fn waiter_polled_log_n_times() {
    let limiter = new_limiter(20, None);
    let polls = Arc::new(AtomicUsize::new(0));
    let calls = (0..2_000).map(|_| {
        let (limiter, polls) = (Arc::clone(&limiter), Arc::clone(&polls));
        tokio::spawn(async move {
            let mut call = pin!(acquire(&limiter));
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
    // Once for each halving of the rank.
    assert!(polls.load(Relaxed) <= 2_000 * 14, "{polls:?}");
}
