//! The platform's rate limits, per operation and tenant.
//!
//! The windows slide: no span of a minute (or a second) holds more calls than the limit.
//! That is the strictest reading of "1000 per minute and 50 per second", so a client that
//! passes here passes under any other reading. A rejected call does not count.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::facts::RateLimit;
use super::response::{Rejection, reject};

/// The times of the latest calls, by tenant and operation.
#[derive(Default)]
pub(super) struct Limits {
    calls: HashMap<(String, usize), VecDeque<Instant>>,
}

impl Limits {
    /// Counts a call of `operation`, or rejects it with the seconds to wait.
    pub fn admit(&mut self, tenant: &str, operation: usize, limit: RateLimit, now: Instant) -> Result<(), Rejection> {
        let calls = self.calls.entry((tenant.to_owned(), operation)).or_default();
        let windows = [(limit.per_minute, Duration::from_secs(60)), (limit.per_second, Duration::from_secs(1))];
        for (max_calls, window) in windows {
            let Some(max_calls) = max_calls.filter(|max| *max > 0) else {
                continue;
            };
            let Some(earliest) = calls.len().checked_sub(max_calls).and_then(|index| calls.get(index)) else {
                continue;
            };
            let wait = (*earliest + window).saturating_duration_since(now);
            if !wait.is_zero() {
                // Rounded up to whole seconds: a client that waits this long must be admitted.
                let reset = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                return Err(reject(99991400)
                    .header("x-ogw-ratelimit-limit", max_calls as u64)
                    .header("x-ogw-ratelimit-reset", reset));
            }
        }
        while calls.front().is_some_and(|call| now.duration_since(*call) >= Duration::from_secs(60)) {
            calls.pop_front();
        }
        calls.push_back(now);
        Ok(())
    }

    /// Forgets the calls of a tenant.
    pub fn forget(&mut self, tenant: &str) {
        self.calls.retain(|(key, _), _| key != tenant);
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
            (900, false),  // two calls within a second
            (1000, true),  // the first has left the window
            (1500, false), // 600 and 1000 have not
            (2000, true),
            (9000, false),  // four calls within a minute
            (60_000, true), // the first has left the window
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
