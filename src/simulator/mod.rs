//! The offline service: the token endpoints and the seven operations on a real
//! port of this machine, for tests, examples and first steps without a tenant.
//!
//! It is worth only as much as what it refuses. A test that passes here and
//! fails on the running service is the harm it could do, so wherever documents
//! and service leave room, the strictest reading holds; each answer has the
//! service's own field names, codes and headers, taken from the facts in
//! `spec/service/`; and it keeps state, so that a call has the effect its answer
//! claims.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
//!
//! let simulator = Simulator::start().await?;
//! // Point a client at `simulator.url()` with `APP_ID` and `APP_SECRET`.
//! # Ok(())
//! # }
//! ```
//!
//! What is there from the start: the performance groups `ABCDEFG` and `MANUAL`
//! (the second refuses writes with 1580401) and the user token [`USER_TOKEN`].
//! An employee exists for every id of the right form (`ou_...` for open ids,
//! `on_...` for union ids, anything else for user ids) that does not contain
//! `missing`. A store app sends [`APP_TICKET`] and may name any tenant key; each
//! tenant has groups of its own, and [`TENANT_KEY`] is the home tenant's. An
//! operation that is not for store apps refuses them for want of its scope.

mod builder;
mod call;
mod contact;
mod facts;
mod group;
mod ids;
mod limits;
mod listing;
mod paging;
mod performance;
mod request;
mod response;
mod routes;
mod server;
mod service;
mod state;
mod tokens;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::builder::{Builder, ListingEnd};
pub use self::group::Group;
pub use self::request::RecordedRequest;
use self::service::Service;

/// The app id that the token endpoints know.
pub const APP_ID: &str = "cli_simulator";

/// The secret of [`APP_ID`].
pub const APP_SECRET: &str = "simulator-secret";

/// The app_ticket of [`APP_ID`] as a store app.
pub const APP_TICKET: &str = "simulator-ticket";

/// The key of the home tenant: the one that the app's own token and user tokens
/// speak for, and that a [`Simulator`]'s methods show.
pub const TENANT_KEY: &str = "simulator-tenant";

/// A user_access_token that is valid from the start.
pub const USER_TOKEN: &str = "u-simulator";

/// A running offline service; dropping it stops it.
///
/// It runs on the tokio runtime it was started on and ends with it. Its clock
/// is tokio's: where a test pauses time, tokens and rate limits follow.
pub struct Simulator {
    address: SocketAddr,
    url: String,
    service: Arc<Service>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// No port can be listened on.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up address, lifetimes, limits and what exists from the start.
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

    /// The base URL, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Keeps it running until its runtime ends.
    pub async fn run_until_stopped(mut self) {
        // Cancelled or ended: either way nothing runs any more.
        let _ = (&mut self.task).await;
    }

    /// How often a tenant_access_token was asked for, refused requests included.
    pub fn token_fetches(&self) -> usize {
        self.service.state().tokens.fetches()
    }

    /// Ends every tenant and app token given out so far: the next use of one is
    /// refused with 99991663.
    pub fn expire_tokens(&self) {
        self.service.state().tokens.expire();
    }

    /// Makes a user_access_token valid; it must begin with `u-`.
    pub fn add_user_token(&self, token: &str) {
        self.service.state().tokens.set_user(token, true);
    }

    /// Ends a user_access_token: its next use is refused with 99991668.
    pub fn expire_user_token(&self, token: &str) {
        self.service.state().tokens.set_user(token, false);
    }

    /// The requests received so far, oldest first: the latest 100,000.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.state().requests.iter().cloned().collect()
    }

    /// The user groups of the home tenant in the order of creation.
    pub fn groups(&self) -> Vec<Group> {
        self.service.home(|tenant| tenant.groups().map(|stored| stored.group.clone()).collect())
    }

    /// Makes a person a member of a user group; `false` if there is no such group.
    ///
    /// A group with members cannot be deleted (42017).
    pub fn add_member(&self, group_id: &str, user_id: &str) -> bool {
        self.change_members(group_id, |members| members.push(user_id.to_owned()))
    }

    /// Takes a person out of a user group; `false` if there is no such group.
    pub fn remove_member(&self, group_id: &str, user_id: &str) -> bool {
        self.change_members(group_id, |members| members.retain(|member| member != user_id))
    }

    fn change_members(&self, group_id: &str, change: impl FnOnce(&mut Vec<String>)) -> bool {
        self.service.home(|tenant| {
            let group = tenant.group_mut(group_id);
            group.map(|group| change(&mut group.member_user_ids)).is_some()
        })
    }

    /// The members of a performance group, `None` if there is no such group.
    pub fn performance_members(&self, group_id: &str) -> Option<Vec<String>> {
        self.service.home(|tenant| {
            let group = tenant.performance.get(group_id)?;
            Some(group.members.clone())
        })
    }

    /// Begins or ends an import for a performance group, during which writes
    /// are refused with 1580402; `false` if there is no such group.
    pub fn set_import_running(&self, group_id: &str, running: bool) -> bool {
        self.service.home(|tenant| {
            let group = tenant.performance.get_mut(group_id);
            group.map(|group| group.importing = running).is_some()
        })
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows the address alone: what is inside holds credentials.
impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("url", &self.url).finish_non_exhaustive()
    }
}
