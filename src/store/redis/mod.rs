//! Tokens and rate limits in Redis.
//!
//! Each operation that must be atomic is a script: it runs alone and by the server's clock, so the
//! clients' clocks do not matter. Every key expires when its value becomes useless; nothing needs
//! to be cleaned up.

use super::guard::STORE_TIMEOUT;
use super::{BoxError, Claim, RateKey, RateStore, RateWindow, StoredToken, TokenKey, TokenStore};
use crate::BoxFuture;
use crate::{Error, ErrorKind, Secret, random};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{IntoConnectionInfo, Script};
use std::fmt::{self, Display};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

static TRY_ACQUIRE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("try_acquire.lua")));
static PAUSE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("pause.lua")));
static COMPARE_AND_DELETE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("compare_and_delete.lua")));

/// How long permits are kept: longer than the windows of any client, which may differ.
const PERMIT_RETENTION: Duration = Duration::from_secs(2 * 60);

/// A [`TokenStore`] and [`RateStore`] in Redis 5 or newer; clones share a connection.
///
/// Tokens are stored unencrypted: everybody who can read them can act as the app until they expire. On their way they
/// pass through the connection's buffers, which are not wiped. Keys begin with `feishu-user-groups:`. A broken
/// connection is re-established; meanwhile clients work without the store.
///
/// ```no_run
/// # fn main() -> Result<(), feishu_user_groups::Error> {
/// use feishu_user_groups::{Client, store::RedisStore};
///
/// let redis = RedisStore::new("redis://127.0.0.1/")?;
/// let client = Client::builder()
///     .app("cli_a1b2c3", "app secret")
///     .token_store(redis.clone())
///     .rate_store(redis)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    connection: Connection,
    prefix: Arc<str>,
}

#[derive(Clone)]
enum Connection {
    /// Created by this store at its first use, on the runtime that uses it.
    Lazy(Arc<std::sync::OnceLock<ConnectionManager>>, redis::Client),
    Given(ConnectionManager),
}

impl RedisStore {
    /// Returns a store at this address: `redis://[user[:password]@]host[:port][/database]`. It connects at its first use.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the address is malformed.
    pub fn new(address: impl IntoConnectionInfo) -> Result<Self, Error> {
        let invalid = |error| {
            let hint = "give redis://host:port; for TLS, pass your own connection to `with_connection`";
            Error::new(ErrorKind::Configuration, format!("the Redis address is invalid; {hint}")).caused_by(error)
        };
        let client = redis::Client::open(address).map_err(invalid)?;
        Ok(Self::from_connection(Connection::Lazy(Arc::default(), client)))
    }

    /// Returns a store on the caller's own connection, such as one with TLS.
    pub fn with_connection(connection: ConnectionManager) -> Self {
        Self::from_connection(Connection::Given(connection))
    }

    /// Sets the prefix of the keys. Default: `feishu-user-groups:`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn from_connection(connection: Connection) -> Self {
        Self { connection, prefix: "feishu-user-groups:".into() }
    }

    fn connection(&self) -> Result<ConnectionManager, BoxError> {
        match &self.connection {
            Connection::Given(connection) => Ok(connection.clone()),
            Connection::Lazy(cell, client) => match cell.get() {
                Some(connection) => Ok(connection.clone()),
                None => {
                    // Each client has its own timeout; these keep a dead server from blocking the pipeline.
                    let config = ConnectionManagerConfig::new()
                        .set_connection_timeout(Some(STORE_TIMEOUT))
                        .set_response_timeout(Some(STORE_TIMEOUT));
                    let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
                    Ok(cell.get_or_init(|| connection).clone())
                }
            },
        }
    }

    /// The braces are a hash tag: a cluster keeps all keys of one token or limit on one server.
    fn key(&self, kind: &str, key: &impl Display) -> String {
        format!("{}{kind}:{{{key}}}", self.prefix)
    }
}

impl TokenStore for RedisStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        Box::pin(async move {
            let key = self.key("token", key);
            let mut pipe = redis::pipe();
            pipe.atomic().get(&key).pttl(&key);
            let (token, millis): (Option<String>, i64) = pipe.query_async(&mut self.connection()?).await?;
            // Negative for a key that does not expire: not one of this store's.
            let left = u64::try_from(millis).map(Duration::from_millis);
            Ok(token.zip(left.ok()).map(|(token, left)| StoredToken::new(token, left)))
        })
    }

    fn put<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let Some(millis) = millis(token.expires_in) else { return Ok(()) };
            let mut set = redis::cmd("SET");
            set.arg(self.key("token", key)).arg(token.token.expose()).arg("PX").arg(millis);
            Ok(set.query_async(&mut self.connection()?).await?)
        })
    }

    fn compare_and_delete<'a>(&'a self, key: &'a TokenKey, token: &'a Secret) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async move {
            let mut script = COMPARE_AND_DELETE.prepare_invoke();
            script.key(self.key("token", key)).arg(token.expose());
            Ok(script.invoke_async(&mut self.connection()?).await?)
        })
    }

    fn claim<'a>(&'a self, key: &'a TokenKey, lease: Duration) -> BoxFuture<'a, Result<Option<Claim>, BoxError>> {
        Box::pin(async move {
            let claim = Claim::new(random::key());
            let mut set = redis::cmd("SET");
            let millis = millis(lease).unwrap_or(1);
            set.arg(self.key("claim", key)).arg(claim.as_str()).arg("NX").arg("PX").arg(millis);
            let created: Option<String> = set.query_async(&mut self.connection()?).await?;
            Ok(created.map(|_| claim))
        })
    }

    fn release<'a>(&'a self, key: &'a TokenKey, claim: &'a Claim) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let mut script = COMPARE_AND_DELETE.prepare_invoke();
            script.key(self.key("claim", key)).arg(claim.as_str());
            Ok(script.invoke_async(&mut self.connection()?).await?)
        })
    }

    fn claim_renewal<'a>(&'a self, key: &'a TokenKey, spacing: Duration) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async move {
            let mut set = redis::cmd("SET");
            let millis = millis(spacing).unwrap_or(1);
            set.arg(self.key("renewal", key)).arg(1).arg("NX").arg("PX").arg(millis);
            let created: Option<String> = set.query_async(&mut self.connection()?).await?;
            Ok(created.is_some())
        })
    }
}

impl RateStore for RedisStore {
    fn try_acquire<'a>(
        &'a self,
        key: &'a RateKey,
        windows: &'a [RateWindow],
    ) -> BoxFuture<'a, Result<Duration, BoxError>> {
        Box::pin(async move {
            let mut script = TRY_ACQUIRE.prepare_invoke();
            script.key(self.key("permits", key)).key(self.key("pause", key));
            let longest = windows.iter().map(|window| window.length).fold(PERMIT_RETENTION, Duration::max);
            script.arg(micros(longest));
            for window in windows {
                script.arg(window.calls).arg(micros(window.length));
            }
            let micros: u64 = script.invoke_async(&mut self.connection()?).await?;
            Ok(Duration::from_micros(micros))
        })
    }

    fn pause<'a>(&'a self, key: &'a RateKey, time: Duration) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let Some(millis) = millis(time) else { return Ok(()) };
            let mut script = PAUSE.prepare_invoke();
            script.key(self.key("pause", key)).arg(millis);
            Ok(script.invoke_async(&mut self.connection()?).await?)
        })
    }
}

/// Milliseconds, as Redis takes them; `None` for less than one, which it rejects.
fn millis(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok().filter(|millis| *millis > 0)
}

/// Microseconds, at most a hundred years: a Lua number would lose digits of more.
fn micros(time: Duration) -> u64 {
    time.min(Duration::from_secs(86_400 * 36_500)).as_micros() as u64
}

/// Shows no address, which may contain a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
