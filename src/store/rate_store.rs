//! What a store of rate limits can do.
//!
//! A limit that processes share is a list of the moments at which calls went out, which
//! all of them see. Whoever wants to call takes a turn, or is told when to ask again: a
//! turn that were given out for later would be lost with a process that ends before. When
//! the service refuses a call all the same, the pause holds for all.

use super::{BoxError, escaped};
use crate::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store of rate limits that several clients share.
///
/// While it fails, each client keeps to the limit by itself.
pub trait RateStore: Send + Sync {
    /// Takes a turn for a call that leaves now, if every window has room for it and there is no pause; answers zero.
    ///
    /// Else it takes nothing, and answers how long to wait before asking again: more than five minutes, the longest
    /// pause that a client asks for, is taken for a failure. The windows are the asker's, and others may keep to other ones: each finds room by its own in what
    /// all have taken.
    fn try_acquire<'a>(
        &'a self,
        key: &'a RateKey,
        windows: &'a [RateWindow],
    ) -> BoxFuture<'a, Result<Duration, BoxError>>;

    /// Lets nobody take a turn within this time. A longer pause that is under way stays.
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

/// Which limit it is: the service counts per operation, app and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RateKey {
    /// Scheme, host and port that the calls go to: `https://open.feishu.cn`.
    pub host: String,
    /// The app: `cli_..`.
    pub app_id: String,
    /// The tenant_key, if the app is a store app.
    pub tenant_key: Option<String>,
    /// The operation's name.
    pub operation: &'static str,
}

impl RateKey {
    /// The key of an operation's limit for an app, and for a tenant if it is a store app.
    pub fn new(
        host: impl Into<String>,
        app_id: impl Into<String>,
        tenant_key: Option<String>,
        operation: &'static str,
    ) -> Self {
        Self { host: host.into(), app_id: app_id.into(), tenant_key, operation }
    }
}

/// As one word, for stores whose keys are text. Two keys are never the same word.
impl fmt::Display for RateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, app_id, tenant_key, operation } = self;
        write!(f, "{host} {} {operation}", escaped(app_id))?;
        tenant_key.as_ref().map_or(Ok(()), |key| write!(f, " {}", escaped(key)))
    }
}

/// At most so many calls in any stretch of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateWindow {
    /// Calls, at least one.
    pub calls: u32,
    /// A little longer than the documents say, since calls may arrive closer together than they left.
    pub length: Duration,
}

impl RateWindow {
    /// At most `calls` in any stretch of `length`.
    pub fn new(calls: u32, length: Duration) -> Self {
        Self { calls: calls.max(1), length }
    }
}
