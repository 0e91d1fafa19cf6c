//! The interface of a rate store.
//!
//! A shared limit is a list of the times of recent calls, which all processes see. A client takes a
//! permit for a call that it sends now, or learns when to try again. There are no reservations: a
//! permit for later would be lost with a process that ends first. If the service rejects a call as
//! too frequent all the same, the pause applies to all clients.

use super::{BoxError, escaped};
use crate::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store of rate limits that several clients share.
///
/// A request to it may take a second. While it fails, each client keeps to the limit alone. Pass it to
/// [`ClientBuilder::rate_store`](crate::ClientBuilder::rate_store).
pub trait RateStore: Send + Sync {
    /// Takes a permit for a call that is sent now; returns zero if every window has room for it and there is no pause.
    ///
    /// Otherwise it takes none, and returns how long to wait before the next attempt. A wait of more than five minutes,
    /// the longest pause that a client sets, counts as a failure of the store. `windows` are this client's: another
    /// client may have different ones. Each checks its own windows against the permits of all.
    fn try_acquire<'a>(
        &'a self,
        key: &'a RateKey,
        windows: &'a [RateWindow],
    ) -> BoxFuture<'a, Result<Duration, BoxError>>;

    /// Grants no permit for `time`. A pause that ends later remains.
    fn pause<'a>(&'a self, key: &'a RateKey, time: Duration) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<T: RateStore + ?Sized> RateStore for Arc<T> {
    fn try_acquire<'a>(
        &'a self,
        key: &'a RateKey,
        windows: &'a [RateWindow],
    ) -> BoxFuture<'a, Result<Duration, BoxError>> {
        (**self).try_acquire(key, windows)
    }

    fn pause<'a>(&'a self, key: &'a RateKey, time: Duration) -> BoxFuture<'a, Result<(), BoxError>> {
        (**self).pause(key, time)
    }
}

/// The key of a rate limit: the service counts calls per operation, app and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RateKey {
    /// Scheme, host and port of the platform: `https://open.feishu.cn`.
    pub host: String,
    /// The app: `cli_..`.
    pub app_id: String,
    /// The tenant_key, if the app is a store app.
    pub tenant_key: Option<String>,
    /// The operation's name.
    pub operation: &'static str,
}

impl RateKey {
    /// Returns the key of an operation's limit for an app, and for one tenant if it is a store app.
    pub fn new(
        host: impl Into<String>,
        app_id: impl Into<String>,
        tenant_key: Option<String>,
        operation: &'static str,
    ) -> Self {
        Self { host: host.into(), app_id: app_id.into(), tenant_key, operation }
    }
}

/// Formats the key as text, for stores whose keys are strings. Different keys have different texts.
impl fmt::Display for RateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, tenant_key, operation } = self;
        write!(f, "{host} {} {operation}", escaped(app_id))?;
        tenant_key.as_ref().map_or(Ok(()), |key| write!(f, " {}", escaped(key)))
    }
}

/// At most `calls` calls in any period of `length`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateWindow {
    /// The number of calls, at least one.
    pub calls: u32,
    /// The length of the period: a little more than documented, since calls may arrive closer together than they were sent.
    pub length: Duration,
}

impl RateWindow {
    /// Returns a window of at most `calls` calls, and at least one, in any period of `length`.
    pub fn new(calls: u32, length: Duration) -> Self {
        Self { calls: calls.max(1), length }
    }
}
