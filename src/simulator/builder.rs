//! What can be set before the service starts.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::group::Group;
use super::state::PerformanceGroup;
use super::{Simulator, TENANT_KEY, USER_TOKEN};

/// What stands in `page_token` when a listing has ended.
///
/// The running service has been seen to do all three; only `has_more` ends a
/// listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListingEnd {
    /// There is no `page_token`.
    #[default]
    Absent,
    /// It is the empty string.
    Empty,
    /// It is a token, which leads to an empty page.
    Stale,
}

/// Sets up a [`Simulator`]; see [`Simulator::builder`].
#[derive(Debug)]
#[must_use = "nothing runs until `start`"]
pub struct Builder {
    address: SocketAddr,
    settings: Settings,
}

/// The settings that the service works by.
pub(super) struct Settings {
    pub token_lifetime: Duration,
    pub enforce_rate_limits: bool,
    pub listing_end: ListingEnd,
    pub withheld_scopes: HashSet<String>,
    pub user_tokens: HashSet<String>,
    /// With the key of the tenant that has it.
    pub groups: Vec<(String, Group)>,
    pub performance: HashMap<String, PerformanceGroup>,
}

/// Leaves out the user tokens.
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
    /// Listens there and not on a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Ends each token so long after it was given out; two hours unless set.
    ///
    /// The answer's `expire` counts whole seconds. With less than 30 minutes
    /// every fetch gives a new token, as on the service.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Refuses calls past an operation's documented rate; off unless set.
    ///
    /// The answer is HTTP 429 with code 99991400 and the headers
    /// `x-ogw-ratelimit-limit` and `x-ogw-ratelimit-reset`. Limits hold per
    /// operation and tenant, in windows that slide.
    pub fn enforce_rate_limits(mut self, enforce: bool) -> Self {
        self.settings.enforce_rate_limits = enforce;
        self
    }

    /// Ends listings that way; without a `page_token` unless set.
    pub fn listing_end(mut self, end: ListingEnd) -> Self {
        self.settings.listing_end = end;
        self
    }

    /// Withholds a scope: operations that need it refuse with 99991672, or
    /// with 99991679 under a user token.
    pub fn without_scope(mut self, scope: impl Into<String>) -> Self {
        self.settings.withheld_scopes.insert(scope.into());
        self
    }

    /// Begins with this user group in the home tenant.
    pub fn with_group(self, group: Group) -> Self {
        self.with_group_in(TENANT_KEY, group)
    }

    /// Begins with this user group in the tenant with this key: a store app cannot make one.
    pub fn with_group_in(mut self, tenant_key: impl Into<String>, group: Group) -> Self {
        self.settings.groups.push((tenant_key.into(), group));
        self
    }

    /// Begins with this group on the performance side, beside `ABCDEFG` and
    /// `MANUAL`, in every tenant.
    pub fn with_performance_group(mut self, group_id: impl Into<String>) -> Self {
        self.settings.performance.insert(group_id.into(), PerformanceGroup::default());
        self
    }

    /// Starts the service on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on.
    pub async fn start(self) -> io::Result<Simulator> {
        Simulator::listen(self.address, self.settings).await
    }
}
