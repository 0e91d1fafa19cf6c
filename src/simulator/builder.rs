//! Settings of a simulator before it starts.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::group::Group;
use super::state::PerformanceGroup;
use super::{Simulator, TENANT_KEY, USER_TOKEN};

/// The `page_token` of a listing's last page.
///
/// The service has been observed to send all three forms. Only `has_more: false`
/// ends a listing: a client that looks at `page_token` fails with one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListingEnd {
    /// No `page_token`.
    #[default]
    Absent,
    /// The empty string.
    Empty,
    /// A valid token that leads to an empty page.
    Stale,
}

/// Configures and starts a [`Simulator`]; created by [`Simulator::builder`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::simulator::{Group, ListingEnd, Simulator};
///
/// let simulator = Simulator::builder()
///     .with_group(Group::new("g1", "R&D").member("ou_1"))
///     .listing_end(ListingEnd::Stale)
///     .enforce_rate_limits(true)
///     .start()
///     .await?;
/// assert_eq!(simulator.groups().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing runs until `start`"]
pub struct Builder {
    address: SocketAddr,
    settings: Settings,
}

/// The settings that the service reads.
pub(super) struct Settings {
    pub token_lifetime: Duration,
    pub enforce_rate_limits: bool,
    pub listing_end: ListingEnd,
    pub withheld_scopes: HashSet<String>,
    pub user_tokens: HashSet<String>,
    /// Each group with the key of its tenant.
    pub groups: Vec<(String, Group)>,
    pub performance: HashMap<String, PerformanceGroup>,
}

/// Omits the user tokens, which are credentials.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("token_lifetime", &self.token_lifetime)
            .field("enforce_rate_limits", &self.enforce_rate_limits)
            .field("listing_end", &self.listing_end)
            .field("withheld_scopes", &self.withheld_scopes)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        let manual = PerformanceGroup { manual: true, ..PerformanceGroup::default() };
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            settings: Settings {
                token_lifetime: Duration::from_secs(7200),
                enforce_rate_limits: false,
                listing_end: ListingEnd::default(),
                withheld_scopes: HashSet::new(),
                user_tokens: HashSet::from([USER_TOKEN.to_owned()]),
                groups: Vec::new(),
                performance: HashMap::from([
                    ("ABCDEFG".to_owned(), PerformanceGroup::default()),
                    ("MANUAL".to_owned(), manual),
                ]),
            },
        }
    }
}

impl Builder {
    /// Sets the address to listen on. The default is a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets how long a tenant or app token is valid. The default is two hours.
    ///
    /// The response's `expire` is in whole seconds, rounded down. With a lifetime under
    /// 30 minutes every fetch returns a new token, as on the service.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Rejects calls beyond an operation's documented rate limit. The default is `false`.
    ///
    /// The response is HTTP 429 with code 99991400 and the headers
    /// `x-ogw-ratelimit-limit` (calls) and `x-ogw-ratelimit-reset` (seconds to wait).
    /// Limits apply per operation and tenant, in sliding windows.
    pub fn enforce_rate_limits(mut self, enforce: bool) -> Self {
        self.settings.enforce_rate_limits = enforce;
        self
    }

    /// Sets the `page_token` of a last page. The default is [`ListingEnd::Absent`].
    pub fn listing_end(mut self, end: ListingEnd) -> Self {
        self.settings.listing_end = end;
        self
    }

    /// Withholds a scope from the app.
    ///
    /// Operations that need the scope fail with code 99991672, or with 99991679 if the
    /// call has a user token.
    pub fn without_scope(mut self, scope: impl Into<String>) -> Self {
        self.settings.withheld_scopes.insert(scope.into());
        self
    }

    /// Adds a user group to the home tenant, [`TENANT_KEY`](super::TENANT_KEY).
    pub fn with_group(self, group: Group) -> Self {
        self.with_group_in(TENANT_KEY, group)
    }

    /// Adds a user group to the tenant with this key.
    ///
    /// This is the only way to give a store app's tenant a group: store apps cannot create one.
    pub fn with_group_in(mut self, tenant_key: impl Into<String>, group: Group) -> Self {
        self.settings.groups.push((tenant_key.into(), group));
        self
    }

    /// Adds an empty performance group to every tenant.
    ///
    /// Each tenant also has the performance groups `ABCDEFG` and `MANUAL`.
    pub fn with_performance_group(mut self, group_id: impl Into<String>) -> Self {
        self.settings.performance.insert(group_id.into(), PerformanceGroup::default());
        self
    }

    /// Starts the simulator on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be bound.
    pub async fn start(self) -> io::Result<Simulator> {
        Simulator::listen(self.address, self.settings).await
    }
}
