//! A local HTTP server that behaves like the service, for tests and examples without a tenant.
//!
//! It serves the token endpoints and the operations of the spec, and keeps state: a group that a
//! call created is in the next listing.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use feishu_user_groups::simulator::{Group, Simulator};
//!
//! let simulator = Simulator::builder().with_group(Group::new("g1", "R&D")).start().await?;
//! let client = simulator.client()?;
//! client.get_user_group().group_id("g1").send().await?;
//! assert_eq!(simulator.token_fetches(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! A test that passes on the simulator and fails on the service would do harm. Where
//! documents and service disagree or are silent, the simulator therefore takes the strictest
//! reading. Field names, codes and headers come from the facts in `spec/service/`.
//!
//! A new simulator has:
//!
//! - the app [`APP_ID`] with [`APP_SECRET`]; as a store app it also sends [`APP_TICKET`];
//! - the home tenant [`TENANT_KEY`]; a store app can use any other tenant key, and each tenant
//!   has its own groups;
//! - the performance groups `ABCDEFG` and `MANUAL`; writes to `MANUAL` fail with code 1580401;
//! - the user token [`USER_TOKEN`];
//! - a person for every id in the right form: `ou_7` (open id), `on_7` (union id) and `7` (user
//!   id) are one person. An id that contains `missing` is nobody's. The same goes for
//!   departments: `od-7` (open department id) and `7` (department id).
//!
//! A builder with [people](Builder::with_person), [departments](Builder::with_department) or
//! [apps](Builder::with_app) has only those. Nobody's email or phone number is known unless a
//! [`Person`] has it. A [`Seed`] holds all of it in one value or YAML file.
//!
//! An operation of the spec that the simulator has no handler for is checked against the spec and responded to with the
//! spec's example.
//!
//! A store app that calls an operation for custom apps only is rejected with code 99991672,
//! as an app without the scope is.

mod access;
mod admin;
mod app;
mod builder;
mod call;
mod clock;
mod contact;
mod cors;
mod data;
mod department;
mod dialect;
mod directory;
#[cfg(feature = "simulator-docs")]
mod docs;
mod expectation;
mod facts;
mod fallback;
mod fault;
mod form;
mod group;
mod ids;
mod index;
mod input;
mod inspect;
mod invalid_input;
mod issued_tokens;
mod journal;
mod limits;
mod listing;
mod members;
mod membership;
mod paging;
mod people;
mod performance;
mod performance_group;
mod person;
mod random;
mod recent;
mod registry;
mod request;
mod response;
mod response_body;
mod routes;
mod schema;
mod seed;
mod server;
mod service;
mod spec;
mod state;
mod tokens;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::app::App;
pub use self::builder::{AdminApi, Builder, ListingEnd};
pub use self::department::Department;
pub use self::dialect::Dialect;
pub use self::expectation::{Expected, Unmet};
pub use self::fault::{Fault, FaultKind};
pub use self::group::Group;
pub use self::invalid_input::InvalidInput;
pub use self::performance_group::PerformanceGroup;
pub use self::person::Person;
pub use self::request::{RecordedRequest, RecordedResponse};
pub use self::seed::Seed;
use self::service::Service;
use crate::operation::AppType;
use crate::{AppTicket, Client, ClientBuilder, Error};

/// The id of the app that a simulator has unless others are [listed](Builder::with_app).
pub const APP_ID: &str = "cli_simulator";

/// The secret of [`APP_ID`].
pub const APP_SECRET: &str = "simulator-secret";

/// The `app_ticket` of [`APP_ID`] as a store app.
pub const APP_TICKET: &str = "simulator-ticket";

/// The key of the home tenant.
///
/// Tokens of the custom app and of users belong to it, and the methods of [`Simulator`]
/// read and change its groups.
pub const TENANT_KEY: &str = "simulator-tenant";

/// A `user_access_token` that a new simulator accepts.
pub const USER_TOKEN: &str = "u-simulator";

/// A running simulator. Dropping it stops the server.
///
/// It runs on the tokio runtime that started it and stops with that runtime. Tokens and
/// rate limits use tokio's clock, so they follow `tokio::time::pause` and `advance`.
pub struct Simulator {
    address: SocketAddr,
    url: String,
    service: Arc<Service>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Starts a simulator with default settings on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Fails if no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder that sets the address, token lifetime, rate limits, people and groups.
    pub fn builder() -> Builder {
        Builder::default()
    }

    async fn listen(address: SocketAddr, settings: builder::Settings) -> io::Result<Self> {
        let service = Arc::new(Service::new(settings)?);
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            address,
            url: format!("http://{address}"),
            task: tokio::spawn(server::serve(listener, Arc::clone(&service))),
            service,
        })
    }

    /// The base URL for a client, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Keeps the simulator running until its runtime stops.
    pub async fn run_until_stopped(mut self) {
        // Cancelled or finished: in both cases the server has stopped.
        let _ = (&mut self.task).await;
    }

    /// The number of requests for a `tenant_access_token`, including rejected ones and those
    /// to `app_access_token/internal`, whose response contains one as well.
    pub fn token_fetches(&self) -> usize {
        self.service.state().tokens.fetches()
    }

    /// Expires every tenant and app token issued so far.
    ///
    /// The next call with such a tenant token fails with code 99991663.
    pub fn expire_tokens(&self) {
        self.service.state().tokens.expire();
    }

    /// Makes a `user_access_token` valid; it must start with `u-`.
    pub fn add_user_token(&self, token: &str) {
        self.service.state().tokens.set_user(token, true);
    }

    /// Expires a `user_access_token`: the next call with it fails with code 99991668.
    pub fn expire_user_token(&self, token: &str) {
        self.service.state().tokens.set_user(token, false);
    }

    /// The requests received so far with their responses, oldest first. When the
    /// [journal is full](Builder::journal_bytes), the oldest are dropped.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        let requests = self.service.state().journal.requests();
        requests.iter().map(|request| RecordedRequest::clone(request)).collect()
    }

    /// Forgets the requests received so far.
    pub fn clear_requests(&self) {
        self.service.state().journal.clear();
    }

    /// Returns the requests that are as expected, oldest first.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::{Expected, Simulator};
    /// use serde_json::json;
    ///
    /// let simulator = Simulator::start().await?;
    /// simulator.client()?.create_user_group().body_map(|body| body.name("Desing")).send().await?;
    ///
    /// let expected = Expected::call("create_user_group").body(json!({ "name": "Design" }));
    /// let error = simulator.expect(&expected).unwrap_err().to_string();
    /// assert!(error.ends_with(r#"body.name: expected "Design", was "Desing""#), "{error}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if there are fewer or more of them than expected. The error shows the request that came nearest, and in what
    /// it differs.
    pub fn expect(&self, expected: &Expected) -> Result<Vec<RecordedRequest>, Unmet> {
        self.service.expect(expected)
    }

    /// Adds a fault. A request meets the first fault that applies to it.
    ///
    /// # Errors
    ///
    /// Fails if the fault could never apply: its operation does not exist, or its share is not from 0 to 1.
    pub fn add_fault(&self, fault: Fault) -> Result<(), InvalidInput> {
        self.service.add_fault(fault)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.service.state().faults.clear();
    }

    /// Moves the simulator's clock forward: tokens expire and rate limits refill.
    ///
    /// The client's clock stays as it is. To move both, pause tokio's clock and advance that.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::Simulator;
    ///
    /// let simulator = Simulator::start().await?;
    /// let client = simulator.client()?;
    /// client.list_user_groups().send().await?;
    /// simulator.advance(std::time::Duration::from_secs(7200));
    /// client.list_user_groups().send().await?;
    /// assert_eq!(simulator.token_fetches(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn advance(&self, time: Duration) {
        self.service.state().clock.advance(time);
    }

    /// The app that [`client`](Self::client) is of: the first listed one, or [`APP_ID`].
    pub fn app(&self) -> App {
        self.service.state().tokens.first_app()
    }

    /// Creates a client of this simulator, of its first [app](Self::app).
    ///
    /// A client of a store app then needs [`Client::for_tenant`].
    ///
    /// # Errors
    ///
    /// Fails as [`ClientBuilder::build`] does.
    pub fn client(&self) -> Result<Client, Error> {
        self.client_builder().build()
    }

    /// Returns a builder of such a client, for settings such as a retry policy.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder().base_url(self.url());
        let app = self.app();
        match app.ticket {
            Some(ticket) if app.app_type == Some(AppType::Isv) => {
                builder.store_app(app.id, app.secret, AppTicket::new(ticket))
            }
            _ => builder.app(app.id, app.secret),
        }
    }

    /// What the simulator has now, as a seed that would make another one like it.
    ///
    /// People and departments are part of it only if they were listed. It contains the secrets of the apps.
    pub fn state(&self) -> Seed {
        self.service.to_seed()
    }

    /// Replaces what the simulator has. Issued tokens stay valid, unless their app is gone.
    ///
    /// # Errors
    ///
    /// Fails, and changes nothing, if the seed contradicts itself: [`Builder::start`] lists how.
    pub fn replace_state(&self, seed: &Seed) -> Result<(), InvalidInput> {
        self.service.replace(seed)
    }

    /// Makes everything as it was at the start: the seed's state, no issued token, no request received.
    pub fn reset(&self) {
        self.service.reset();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows only the URL: the state contains credentials.
impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("url", &self.url).finish_non_exhaustive()
    }
}
