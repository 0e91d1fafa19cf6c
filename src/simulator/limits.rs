//! Rate limits, per operation and tenant, as the platform states them.
//!
//! The window slides: no span of a minute (or a second) ever holds more calls
//! than the limit. That is the strictest reading of "1000 a minute and 50 a
//! second", so a client that passes here passes under any other reading.
//! A refused call does not count against the limit.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::facts::RateLimit;
use super::response::{Refusal, refuse};

/// When each operation was called, for each tenant.
#[derive(Default)]
pub(super) struct Limits {
    calls: HashMap<(String, usize), VecDeque<Instant>>,
}

impl Limits {
    /// Counts a call of `operation`, or refuses it with the seconds to wait.
    pub fn admit(&mut self, tenant: &str, operation: usize, limit: RateLimit, now: Instant) -> Result<(), Refusal> {
        let calls = self.calls.entry((tenant.to_owned(), operation)).or_default();
        let windows = [(limit.per_minute, Duration::from_secs(60)), (limit.per_second, Duration::from_secs(1))];
        for (most, window) in windows {
            let Some(most) = most.filter(|most| *most > 0) else {
                continue;
            };
            let Some(earliest) = calls.len().checked_sub(most).and_then(|at| calls.get(at)) else {
                continue;
            };
            let wait = (*earliest + window).saturating_duration_since(now);
            if !wait.is_zero() {
                // Whole seconds, rounded up: waiting as told must be enough.
                let reset = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                return Err(refuse(99991400)
                    .header("x-ogw-ratelimit-limit", most as u64)
                    .header("x-ogw-ratelimit-reset", reset));
            }
        }
        while calls.front().is_some_and(|call| now.duration_since(*call) >= Duration::from_secs(60)) {
            calls.pop_front();
        }
        calls.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit { per_minute: Some(4), per_second: Some(2) };

    fn admitted(limits: &mut Limits, tenant: &str, operation: usize, at: Instant) -> bool {
        limits.admit(tenant, operation, LIMIT, at).is_ok()
    }

    #[test]
    fn both_windows_apply_and_slide() {
        let (mut limits, start) = (Limits::default(), Instant::now());
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        for (at, expected) in [
            (0, true),
            (600, true),
            (900, false),  // two in this second
            (1000, true),  // the first has left it
            (1500, false), // 600 and 1000 have not
            (2000, true),
            (9000, false),  // four in this minute
            (60_000, true), // the first has left that too
            (60_500, false),
        ] {
            assert_eq!(admitted(&mut limits, "a", 0, after(at)), expected, "at {at} ms");
        }
    }

    #[test]
    fn operations_and_tenants_count_separately() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        assert!(admitted(&mut limits, "a", 0, now) && admitted(&mut limits, "a", 0, now));
        assert!(!admitted(&mut limits, "a", 0, now));
        assert!(admitted(&mut limits, "b", 0, now));
        assert!(admitted(&mut limits, "a", 1, now));
    }
}
