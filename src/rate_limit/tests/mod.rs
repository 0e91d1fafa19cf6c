//! The limiter in simulated time: no window ever contains too many calls, and every call gets its permit at the earliest
//! time that the windows allow, whichever calls are late, dropped or not polled.

mod cost;
mod model;
mod order;
mod unpolled;
mod unverified_pause;

use super::limiter::{Limiter, Waiter};
use crate::store::RateWindow;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn new_limiter(per_minute: u32, per_second: Option<u32>) -> Arc<Limiter> {
    let per_minute = RateWindow::new(per_minute, MINUTE);
    let per_second = per_second.map(|calls| RateWindow::new(calls, SECOND));
    Arc::new(Limiter::new(&[Some(per_minute), per_second].into_iter().flatten().collect::<Vec<_>>()))
}

/// Acquires a permit like a call that needs the time `hold` between its slot and `try_acquire`.
async fn acquire_after(limiter: &Limiter, hold: Duration) -> Instant {
    acquire_with(&mut limiter.waiter(), hold).await
}

async fn acquire_with(waiter: &mut Waiter<'_>, hold: Duration) -> Instant {
    if !hold.is_zero() {
        waiter.join_queue();
    }
    loop {
        match waiter.time_left() {
            Some(_) => waiter.wait(Duration::MAX).await,
            None => {
                if !hold.is_zero() {
                    sleep(hold).await;
                }
                if waiter.try_acquire().is_some() {
                    return Instant::now();
                }
            }
        }
    }
}

async fn acquire(limiter: &Limiter) -> Instant {
    acquire_after(limiter, Duration::ZERO).await
}

fn acquire_together(limiter: &Arc<Limiter>, calls: usize) -> Vec<JoinHandle<Instant>> {
    let call = |_| {
        let limiter = Arc::clone(limiter);
        tokio::spawn(async move { acquire(&limiter).await })
    };
    (0..calls).map(call).collect()
}

/// The largest number of times within any span of this length.
fn densest(times: &[Instant], length: Duration) -> usize {
    let within = |begin: &Instant| times.iter().filter(|time| *time >= begin && **time - *begin < length).count();
    times.iter().map(within).max().unwrap_or(0)
}
