//! Tokens and rate limits in Redis.
//!
//! What must be one step is a script there: it runs alone, by the server's clock, so that
//! the clocks of the clients do not matter. Every key ends by itself when what it holds
//! has no meaning any more; nothing needs to be swept up.

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

/// How long turns are kept, whoever took them: longer than any window of a client's, whose own may be a shorter one.
const KEPT: Duration = Duration::from_secs(2 * 60);

/// A [`TokenStore`] and [`RateStore`] in Redis 5 or newer; clones share a connection.
///
/// Tokens are stored as they are: whoever may read them may act for the app until they end. On the way there and
/// back they pass through buffers of the connection, which are not wiped. The keys begin
/// with `feishu-user-groups:`. A connection that breaks is made anew; meanwhile clients go on without.
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
    /// Made by this store when it is first used, on the runtime that uses it.
    Lazy(Arc<std::sync::OnceLock<ConnectionManager>>, redis::Client),
    Given(ConnectionManager),
}

impl RedisStore {
    /// A store at this address: `redis://[user[:password]@]host[:port][/database]`. It is connected to when first used.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if that is no address of a Redis server.
    pub fn new(address: impl IntoConnectionInfo) -> Result<Self, Error> {
        let wrong = |error| {
            let hint = "give redis://host:port; for TLS, `with_connection` takes a connection of your own";
            Error::new(ErrorKind::Configuration, format!("this Redis address cannot be used; {hint}")).caused_by(error)
        };
        let client = redis::Client::open(address).map_err(wrong)?;
        Ok(Self::on(Connection::Lazy(Arc::default(), client)))
    }

    /// A store on a connection of the caller's, such as one with TLS.
    pub fn with_connection(connection: ConnectionManager) -> Self {
        Self::on(Connection::Given(connection))
    }

    /// Begins its keys with this instead of `feishu-user-groups:`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn on(connection: Connection) -> Self {
        Self { connection, prefix: "feishu-user-groups:".into() }
    }

    fn connection(&self) -> Result<ConnectionManager, BoxError> {
        match &self.connection {
            Connection::Given(connection) => Ok(connection.clone()),
            Connection::Lazy(made, client) => match made.get() {
                Some(connection) => Ok(connection.clone()),
                None => {
                    // A client has its own wait_left; this keeps a dead server from holding the pipeline.
                    let config = ConnectionManagerConfig::new()
                        .set_connection_timeout(Some(STORE_TIMEOUT))
                        .set_response_timeout(Some(STORE_TIMEOUT));
                    let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
                    Ok(made.get_or_init(|| connection).clone())
                }
            },
        }
    }

    /// The braces keep all keys of one thing on one server of a cluster.
    fn key(&self, kind: &str, of: &impl Display) -> String {
        format!("{}{kind}:{{{of}}}", self.prefix)
    }
}

impl TokenStore for RedisStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, BoxError>> {
        Box::pin(async move {
            let key = self.key("token", key);
            let mut both = redis::pipe();
            both.atomic().get(&key).pttl(&key);
            let (token, millis): (Option<String>, i64) = both.query_async(&mut self.connection()?).await?;
            // Negative for a key without an end, which is none of this store's.
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
            let done: Option<String> = set.query_async(&mut self.connection()?).await?;
            Ok(done.map(|_| claim))
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
            let done: Option<String> = set.query_async(&mut self.connection()?).await?;
            Ok(done.is_some())
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
            script.key(self.key("turns", key)).key(self.key("pause", key));
            let longest = windows.iter().map(|window| window.length).fold(KEPT, Duration::max);
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

/// As Redis takes it; nothing for less than a millisecond, which it refuses.
fn millis(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok().filter(|millis| *millis > 0)
}

/// As a script can reckon with it: beyond a hundred years it would lose digits.
fn micros(time: Duration) -> u64 {
    time.min(Duration::from_secs(86_400 * 36_500)).as_micros() as u64
}

/// Shows no address, which may hold a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
