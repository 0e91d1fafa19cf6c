//! Settings of a simulator before it starts.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::app::App;
use super::department::Department;
use super::dialect::Dialect;
use super::fault::Fault;
use super::group::Group;
use super::performance_group::PerformanceGroup;
use super::person::Person;
use super::request::RecordedRequest;
use super::seed::{Seed, TenantSeed};
use super::{Simulator, TENANT_KEY};

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

/// Who may use the admin API under `/_simulator/`.
///
/// It can do what the methods of [`Simulator`] do, for programs in other languages. `/_simulator/openapi.json` describes
/// it. A request with the `Origin` of another site is rejected, so that no web page can use it.
///
/// With the feature `simulator-docs`, `/docs` is the API reference for those who may use the admin API: a page that works
/// without a network and calls the simulator. Operations, which need a token anyway, can then be called by web pages of the
/// same machine as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdminApi {
    /// Nobody: there is no such path.
    #[default]
    Off,
    /// Programs on the same machine that connect to `localhost` or a loopback address.
    LoopbackOnly,
    /// Every program that can connect.
    Everywhere,
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

/// What is called for each request.
pub(super) type OnRequest = Arc<dyn Fn(&RecordedRequest) + Send + Sync>;

/// The settings that the service reads.
pub(super) struct Settings {
    pub token_lifetime: Duration,
    pub enforce_rate_limits: bool,
    pub listing_end: ListingEnd,
    pub seed: Seed,
    /// Added when the service starts.
    pub faults: Vec<Fault>,
    pub fault_seed: u64,
    pub journal_bytes: usize,
    pub dialect: Dialect,
    pub admin_api: AdminApi,
    pub on_request: Option<OnRequest>,
    /// The performance groups that every tenant has.
    pub performance: Vec<PerformanceGroup>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("token_lifetime", &self.token_lifetime)
            .field("enforce_rate_limits", &self.enforce_rate_limits)
            .field("listing_end", &self.listing_end)
            .field("seed", &self.seed)
            .field("faults", &self.faults)
            .field("dialect", &self.dialect)
            .field("admin_api", &self.admin_api)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(7200),
            enforce_rate_limits: false,
            listing_end: ListingEnd::default(),
            seed: Seed::default(),
            faults: Vec::new(),
            fault_seed: 0,
            journal_bytes: 64 * 1024 * 1024,
            dialect: Dialect::default(),
            admin_api: AdminApi::default(),
            on_request: None,
            performance: vec![PerformanceGroup::new("ABCDEFG"), PerformanceGroup::new("MANUAL").manual()],
        }
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self { address: (Ipv4Addr::LOCALHOST, 0).into(), settings: Settings::default() }
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

    /// Sets what the simulator has, in place of everything that was added before.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::{Group, Seed, Simulator};
    ///
    /// let seed = Seed::from_yaml("groups: [{ id: g1, name: Design }]")?;
    /// let simulator = Simulator::builder().seed(seed).with_group(Group::new("g2", "Legal")).start().await?;
    /// assert_eq!(simulator.groups().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn seed(mut self, seed: Seed) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Adds an app.
    ///
    /// A simulator without listed apps has [`APP_ID`](super::APP_ID). With the first listed app it has only those that
    /// are listed.
    pub fn with_app(mut self, app: App) -> Self {
        self.settings.seed.apps.push(app);
        self
    }

    /// Withholds a scope from every app and user.
    ///
    /// Operations that need the scope fail with code 99991672, or with 99991679 if the
    /// call has a user token. [`App::without_scope`] withholds one from an app.
    pub fn without_scope(mut self, scope: impl Into<String>) -> Self {
        self.settings.seed.withheld_scopes.insert(scope.into());
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
        self.tenant(tenant_key).groups.push(group);
        self
    }

    /// Adds a person to the home tenant.
    ///
    /// A tenant without listed people has one for every id in the right form. With the first
    /// listed person it has only those who are listed.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::{Group, Person, Simulator};
    ///
    /// let simulator = Simulator::builder()
    ///     .with_person(Person::new("lisi").email("li.si@example.com"))
    ///     .with_group(Group::new("g1", "R&D").member("lisi"))
    ///     .start()
    ///     .await?;
    /// assert_eq!(simulator.groups()[0].member_user_ids, ["ou_lisi"]);
    /// assert!(!simulator.add_member("g1", "ou_unknown"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_person(self, person: Person) -> Self {
        self.with_person_in(TENANT_KEY, person)
    }

    /// Adds a person to the tenant with this key.
    pub fn with_person_in(mut self, tenant_key: impl Into<String>, person: Person) -> Self {
        self.tenant(tenant_key).people.push(person);
        self
    }

    /// Adds a department to the home tenant.
    ///
    /// A tenant without listed departments has one for every id. With the first listed
    /// department it has only those that are listed.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::{Department, Group, Simulator};
    ///
    /// let simulator = Simulator::builder()
    ///     .with_department(Department::new("D096"))
    ///     .with_group(Group::new("g1", "R&D").department("D096"))
    ///     .start()
    ///     .await?;
    /// assert_eq!(simulator.groups()[0].member_department_ids, ["od-D096"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_department(self, department: Department) -> Self {
        self.with_department_in(TENANT_KEY, department)
    }

    /// Adds a department to the tenant with this key.
    pub fn with_department_in(mut self, tenant_key: impl Into<String>, department: Department) -> Self {
        self.tenant(tenant_key).departments.push(department);
        self
    }

    fn tenant(&mut self, key: impl Into<String>) -> &mut TenantSeed {
        self.settings.seed.tenant(key)
    }

    /// Adds a performance group to every tenant: one without members if it is given by its id.
    ///
    /// Each tenant also has the performance groups `ABCDEFG` and `MANUAL`.
    pub fn with_performance_group(mut self, group: impl Into<PerformanceGroup>) -> Self {
        self.settings.performance.push(group.into());
        self
    }

    /// Adds a fault, which requests meet from the start.
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.settings.faults.push(fault);
        self
    }

    /// Sets the seed of [shares](Fault::share). The default is 0.
    ///
    /// The same requests in the same order meet the same faults.
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.settings.fault_seed = seed;
        self
    }

    /// Sets how much memory [`Simulator::requests`] may take. The default is 64 MiB.
    ///
    /// When it is full, the oldest requests are dropped.
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.settings.journal_bytes = bytes;
        self
    }

    /// Sets the shapes of responses. The default is [`Dialect::Service`].
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.settings.dialect = dialect;
        self
    }

    /// Serves the admin API. The default is [`AdminApi::Off`].
    pub fn admin_api(mut self, admin_api: AdminApi) -> Self {
        self.settings.admin_api = admin_api;
        self
    }

    /// Calls a function with each request and its response, to log them. Requests of the admin API are not among them.
    pub fn on_request(mut self, on_request: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.settings.on_request = Some(Arc::new(on_request));
        self
    }

    /// Starts the simulator on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be bound. Fails with an [`InvalidInput`](super::InvalidInput) of the kind
    /// [`io::ErrorKind::InvalidInput`] if two apps have the same id, if two people, departments or groups of a
    /// tenant have the same id, name, email or phone number, if a group has a member that
    /// does not exist, or if a fault could never apply to a request.
    pub async fn start(self) -> io::Result<Simulator> {
        Simulator::listen(self.address, self.settings).await
    }
}
