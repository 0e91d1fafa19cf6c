//! How fast a client may call: the documented rates, unless the caller knows better.
//!
//! The service measures arrivals, not departures: two calls a window apart arrive closer
//! together if the first took longer on its way. A window here is therefore longer, by what
//! such journeys differ: a second by a twentieth, a minute by a second.

use crate::operation::{Operation, RateLimit};
use crate::store::RateWindow;
use std::collections::HashMap;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60 + 1);
const SECOND: Duration = Duration::from_millis(1000 + 50);

/// How fast a client may call: by default as fast as the documents allow.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "give it to the client's builder"]
pub struct Throttle {
    on: bool,
    share: f64,
    own: HashMap<&'static str, RateLimit>,
}

impl Throttle {
    /// Each operation's documented rate.
    pub fn documented() -> Self {
        Self { on: true, share: 1.0, own: HashMap::new() }
    }

    /// No limit of the client's own. The pause that the service asks for is kept all the same.
    pub fn off() -> Self {
        Self { on: false, ..Self::documented() }
    }

    /// This part of every rate, for one of several processes that share an app: `0.25` for one of four.
    ///
    /// Clamped to 0.001 to 1; at least one call per window is always allowed.
    pub fn share(mut self, part: f64) -> Self {
        self.share = if part.is_nan() { 1.0 } else { part.clamp(0.001, 1.0) };
        self
    }

    /// Another rate for one operation, such as one that the platform has raised for this app.
    pub fn rate(mut self, operation: &'static Operation, limit: RateLimit) -> Self {
        self.own.insert(operation.id, limit);
        self
    }

    /// What the operation keeps to; nothing if it has no limit.
    pub(super) fn windows(&self, operation: &'static Operation) -> Vec<RateWindow> {
        let limit = self.own.get(operation.id).copied().or(operation.rate_limit).filter(|_| self.on);
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
