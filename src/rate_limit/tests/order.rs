//! Rate, order of calls, and pauses.

use super::super::LONGEST_PAUSE;
use super::super::limiter::Waiter;
use super::{MINUTE, SECOND, acquire, acquire_after, acquire_together, acquire_with, densest, new_limiter};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

#[tokio::test(start_paused = true)]
async fn calls_pass_at_full_rate() {
    for together in [false, true] {
        let (limiter, begun, mut times) = (new_limiter(20, None), Instant::now(), Vec::new());
        let calls = if together { acquire_together(&limiter, 1000) } else { Vec::new() };
        for call in calls {
            times.push(call.await.unwrap());
        }
        for _ in times.len()..1000 {
            times.push(acquire(&limiter).await);
        }
        assert_eq!(densest(&times, MINUTE), 20);
        assert_eq!(begun.elapsed(), MINUTE * 49);
    }
}

#[tokio::test(start_paused = true)]
async fn both_windows_hold_together() {
    let (limiter, begun, mut times) = (new_limiter(1000, Some(50)), Instant::now(), Vec::new());
    for _ in 0..3000 {
        times.push(acquire(&limiter).await);
    }
    assert_eq!((densest(&times, SECOND), densest(&times, MINUTE)), (50, 1000));
    assert_eq!(begun.elapsed(), MINUTE * 2 + SECOND * 19);
}

#[tokio::test(start_paused = true)]
async fn waiters_pass_in_arrival_order() {
    let limiter = new_limiter(1, None);
    let mut times = Vec::new();
    for call in acquire_together(&limiter, 20) {
        times.push(call.await.unwrap());
    }
    assert!(times.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn retry_precedes_later_waiters() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    let mut first = limiter.waiter();
    acquire_with(&mut first, Duration::ZERO).await;
    let behind = acquire_together(&limiter, 3);
    sleep(SECOND).await;
    assert_eq!(acquire_with(&mut first, Duration::ZERO).await - begun, MINUTE);
    for (call, minutes) in behind.into_iter().zip(2..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_delays_later_waiters_immediately() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    let (mut first, mut second) = (limiter.waiter(), limiter.waiter());
    assert!(first.try_acquire().is_some() && second.try_acquire().is_none());
    let due = |waiter: &Waiter<'_>| Instant::now() + waiter.time_left().unwrap().time - begun;
    assert_eq!(due(&second), MINUTE);
    first.join_queue();
    assert_eq!((due(&first), due(&second)), (MINUTE, MINUTE * 2));
    first.leave_queue();
    assert_eq!(due(&second), MINUTE);
}

/// The due call may be waiting for a shared store, whose permit would be lost.
#[tokio::test(start_paused = true)]
async fn retry_does_not_preempt_due_call() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    let mut first = limiter.waiter();
    acquire_with(&mut first, Duration::ZERO).await;
    let busy = tokio::spawn({
        let limiter = Arc::clone(&limiter);
        async move { acquire_after(&limiter, SECOND / 2).await }
    });
    sleep_until(begun + MINUTE + SECOND / 4).await;
    let back = acquire_with(&mut first, Duration::ZERO).await;
    assert_eq!(busy.await.unwrap() - begun, MINUTE + SECOND / 2);
    assert_eq!(back - begun, MINUTE * 2 + SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn shorter_pause_keeps_longer_one() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    acquire(&limiter).await;
    let waiting = acquire_together(&limiter, 2);
    sleep(SECOND).await;
    limiter.pause(MINUTE * 4);
    limiter.pause(MINUTE);
    for (call, minutes) in waiting.into_iter().zip(4..) {
        assert_eq!(call.await.unwrap() - begun, MINUTE * minutes + SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn pause_of_store_is_capped() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    limiter.pause(Duration::MAX);
    assert_eq!(acquire(&limiter).await - begun, LONGEST_PAUSE);
}
