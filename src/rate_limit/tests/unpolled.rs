//! Calls that are dropped, late, or held without being polled: they block no other.

use super::super::limiter::Limiter;
use super::{MINUTE, SECOND, acquire, acquire_after, acquire_together, acquire_with, densest, new_limiter};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};

#[tokio::test(start_paused = true)]
async fn retry_skips_unpolled_waiters() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    let mut first = limiter.waiter();
    acquire_with(&mut first, Duration::ZERO).await;
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(acquire(&limiter))).collect();
    let context = &mut Context::from_waker(Waker::noop());
    for call in &mut kept {
        assert!(call.as_mut().poll(context).is_pending());
    }
    sleep_until(begun + MINUTE * 20).await;
    let waiting = acquire_together(&limiter, 2);
    yield_now().await;
    let back = acquire_with(&mut first, Duration::ZERO).await;
    for call in waiting {
        assert!(call.await.unwrap() - begun <= MINUTE * 22);
    }
    assert!(back - begun <= MINUTE * 22);
}

#[tokio::test(start_paused = true)]
async fn dropped_waiters_free_their_slots() {
    for oldest_first in [true, false] {
        let (limiter, begun) = (new_limiter(20, None), Instant::now());
        for _ in 0..20 {
            acquire(&limiter).await;
        }
        let mut waiting = acquire_together(&limiter, 1000);
        yield_now().await;
        if !oldest_first {
            waiting.reverse();
        }
        for call in waiting {
            call.abort();
            yield_now().await;
        }
        acquire(&limiter).await;
        assert_eq!(begun.elapsed(), MINUTE, "oldest first: {oldest_first}");
    }
}

/// A call that takes 30 seconds to use its slot loses it each time that another call can use it.
#[tokio::test(start_paused = true)]
async fn slow_call_loses_its_slot() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    acquire(&limiter).await;
    let slow = tokio::spawn({
        let limiter = Arc::clone(&limiter);
        async move { acquire_after(&limiter, SECOND * 30).await }
    });
    yield_now().await;
    let mut behind = acquire_together(&limiter, 2).into_iter();
    assert_eq!(behind.next().unwrap().await.unwrap() - begun, MINUTE + SECOND);
    assert_eq!(behind.next().unwrap().await.unwrap() - begun, (MINUTE + SECOND) * 2);
    assert_eq!(slow.await.unwrap() - begun, MINUTE * 3 + SECOND * 2 + SECOND * 30);
}

/// A stream that buffers calls holds their futures without polling them while its owner makes another call.
#[tokio::test(start_paused = true)]
async fn unpolled_waiters_do_not_block_others() {
    let limiter = new_limiter(20, None);
    for _ in 0..20 {
        acquire(&limiter).await;
    }
    let mut kept: Vec<_> = (0..7).map(|_| Box::pin(acquire(&limiter))).collect();
    let context = &mut Context::from_waker(Waker::noop());
    for call in &mut kept {
        assert!(call.as_mut().poll(context).is_pending());
    }
    let begun = Instant::now();
    let mut times = Vec::new();
    for _ in 0..200 {
        times.push(timeout(MINUTE * 3, acquire(&limiter)).await.unwrap());
    }
    for call in acquire_together(&limiter, 200) {
        times.push(timeout(MINUTE * 30, call).await.unwrap().unwrap());
    }
    assert_eq!(densest(&times, MINUTE), 20);
    // The unpolled waiters cost at most one slot each.
    assert!(begun.elapsed() <= MINUTE * 21, "{:?}", begun.elapsed());
    for call in kept {
        times.push(timeout(MINUTE * 2, call).await.unwrap());
    }
    assert_eq!(densest(&times, MINUTE), 20);
}

/// Waiters ahead are dropped while those behind sleep; those in between are never polled again.
#[tokio::test(start_paused = true)]
async fn waiters_behind_unpolled_ones_move_up() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    acquire(&limiter).await;
    let context = &mut Context::from_waker(Waker::noop());
    let mut dropped: Vec<_> = (0..1000).map(|_| Box::pin(acquire(&limiter))).collect();
    let mut kept: Vec<_> = (0..30).map(|_| Box::pin(acquire(&limiter))).collect();
    for call in dropped.iter_mut().chain(&mut kept) {
        assert!(call.as_mut().poll(context).is_pending());
    }
    let behind = acquire_together(&limiter, 3);
    yield_now().await;
    drop(dropped);
    for call in behind {
        assert!(call.await.unwrap() - begun <= MINUTE * 34);
    }
}

#[tokio::test(start_paused = true)]
async fn first_waiter_takes_a_lapsed_slot() {
    let (limiter, begun) = (new_limiter(1, None), Instant::now());
    acquire(&limiter).await;
    let mut kept = Box::pin(acquire(&limiter));
    assert!(kept.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(acquire(&limiter).await - begun, MINUTE + SECOND);
}

/// The waker of a task that owns a call: dropping its last waker drops the call, which leaves the queue.
struct OwnsACall(Arc<Limiter>);

impl Wake for OwnsACall {
    fn wake(self: Arc<Self>) {}
}

impl Drop for OwnsACall {
    fn drop(&mut self) {
        let mut waiter = self.0.waiter();
        waiter.join_queue();
        waiter.leave_queue();
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_wakers_may_use_the_queue() {
    let limiter = new_limiter(1, None);
    acquire(&limiter).await;
    let waker = || Waker::from(Arc::new(OwnsACall(Arc::clone(&limiter))));
    let mut call = Box::pin(acquire(&limiter));
    for _ in 0..2 {
        // The second poll replaces the waker of the first.
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker())).is_pending());
    }
    drop(call);
}
