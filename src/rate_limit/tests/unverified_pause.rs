//! Pauses of an implausible length: probes at growing intervals, and who ends them.

use super::super::LONGEST_PAUSE;
use super::super::limiter::Limiter;
use super::{MINUTE, SECOND, acquire, new_limiter};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};

#[tokio::test(start_paused = true)]
async fn unverified_pause_probes_at_growing_intervals() {
    let (limiter, begun) = (Limiter::new(&[]), Instant::now());
    let mut rejected = limiter.waiter();
    assert!(rejected.try_acquire().is_some());
    assert_eq!(rejected.pause(Duration::MAX), SECOND * 30);
    let mut expected = begun;
    for spacing in [30, 60, 120, 240, 300, 300].map(Duration::from_secs) {
        expected += spacing;
        let mut early = limiter.waiter();
        sleep_until(expected - SECOND / 10).await;
        assert!(early.try_acquire().is_none());
        let wait = early.time_left().unwrap();
        assert!(wait.is_unverified && wait.time == SECOND / 10, "{wait:?}");
        drop(early);
        sleep_until(expected).await;
        let (mut probe, mut other) = (limiter.waiter(), limiter.waiter());
        assert!(probe.try_acquire().is_some() && other.try_acquire().is_none());
        assert_eq!(other.time_left().map(|wait| (wait.is_unverified, wait.time)), Some((true, spacing)));
        // A response to an attempt from before the pause changes nothing.
        assert_eq!(rejected.pause(Duration::MAX), spacing);
        rejected.response_received();
        assert_eq!(probe.pause(Duration::MAX), (spacing * 2).min(LONGEST_PAUSE));
    }
}

#[tokio::test(start_paused = true)]
async fn lost_probe_followed_by_another() {
    let limiter = Limiter::new(&[]);
    let mut rejected = limiter.waiter();
    rejected.pause(MINUTE * 6);
    sleep(SECOND * 30).await;
    let mut lost = limiter.waiter();
    assert!(lost.try_acquire().is_some());
    drop(lost);
    assert!(limiter.waiter().try_acquire().is_none());
    sleep(SECOND * 30).await;
    let mut probe = limiter.waiter();
    assert!(probe.try_acquire().is_some());
    assert!(limiter.waiter().try_acquire().is_none());
    probe.response_received();
    assert!((0..10).all(|_| limiter.waiter().try_acquire().is_some()));
}

#[tokio::test(start_paused = true)]
async fn plausible_wait_replaces_unverified_pause() {
    let (limiter, begun) = (Limiter::new(&[]), Instant::now());
    limiter.waiter().pause(Duration::MAX);
    sleep(SECOND * 30).await;
    let mut probe = limiter.waiter();
    assert!(probe.try_acquire().is_some());
    assert_eq!(probe.pause(SECOND * 7), SECOND * 7);
    assert_eq!(acquire(&limiter).await - begun, SECOND * 37);
    assert!(limiter.waiter().try_acquire().is_some() && limiter.waiter().try_acquire().is_some());
}

#[tokio::test(start_paused = true)]
async fn unverified_pause_wakes_waiters() {
    let limiter = new_limiter(1, None);
    acquire(&limiter).await;
    let waiting = {
        let limiter = Arc::clone(&limiter);
        tokio::spawn(async move {
            let mut waiter = limiter.waiter();
            assert!(waiter.try_acquire().is_none());
            waiter.wait(Duration::MAX).await;
            waiter.time_left()
        })
    };
    yield_now().await;
    let begun = Instant::now();
    limiter.waiter().pause(Duration::MAX);
    let wait = waiting.await.unwrap().unwrap();
    assert_eq!((wait.is_unverified, wait.time, begun.elapsed()), (true, SECOND * 30, Duration::ZERO));
}
