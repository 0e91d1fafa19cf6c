//! The rates that a client keeps to: the documented ones, unless the caller sets others.
//!
//! The service counts calls when they arrive, not when they are sent: of two calls, the second may travel faster than
//! the first and arrive too early. So windows are longer here by what the travel times of two calls differ: a second by
//! a twentieth, a minute by a second.

use crate::operation::{Operation, RateLimit};
use crate::store::RateWindow;
use std::collections::HashMap;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60 + 1);
const SECOND: Duration = Duration::from_millis(1000 + 50);

/// The rate limits that a client keeps to; by default the documented ones.
///
/// ```
/// use feishu_user_groups::operation::{self, RateLimit};
/// use feishu_user_groups::{Client, Throttle};
///
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// // One of four processes of the app; the platform has raised a limit from 100 to 200 calls per minute.
/// let throttle = Throttle::documented().rate(&operation::CREATE_USER_GROUP, RateLimit::new(Some(200), None)).share(0.25);
/// let client = Client::builder().app("cli_a1b2c3", "app secret").throttle(throttle).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "pass it to `ClientBuilder::throttle`"]
pub struct Throttle {
    enabled: bool,
    share: f64,
    overrides: HashMap<&'static str, RateLimit>,
}

impl Throttle {
    /// The documented rate of each operation.
    pub fn documented() -> Self {
        Self { enabled: true, share: 1.0, overrides: HashMap::new() }
    }

    /// No rate limits. The client still pauses an operation when the service asks for it.
    pub fn off() -> Self {
        Self { enabled: false, ..Self::documented() }
    }

    /// A fraction of every rate, for one of several processes that share an app: `0.25` for one of four.
    ///
    /// Clamped to 0.001 to 1; NaN counts as 1. At least one call per window is always allowed.
    pub fn share(mut self, fraction: f64) -> Self {
        self.share = if fraction.is_nan() { 1.0 } else { fraction.clamp(0.001, 1.0) };
        self
    }

    /// Sets the rate of one operation, such as a limit that the platform has raised for this app.
    pub fn rate(mut self, operation: &'static Operation, limit: RateLimit) -> Self {
        self.overrides.insert(operation.id, limit);
        self
    }

    /// The windows of an operation; empty without a limit.
    pub(super) fn windows(&self, operation: &'static Operation) -> Vec<RateWindow> {
        let limit = self.overrides.get(operation.id).copied().or(operation.rate_limit).filter(|_| self.enabled);
        let window = |calls: Option<u32>, length: Duration| {
            let calls = (f64::from(calls?) * self.share).floor() as u32;
            Some(RateWindow::new(calls, length))
        };
        let limit = limit.unwrap_or(RateLimit::new(None, None));
        [window(limit.per_minute, MINUTE), window(limit.per_second, SECOND)].into_iter().flatten().collect()
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::documented()
    }
}
