//! Faults on purpose: what a client meets in production and no test tenant ever shows.
//!
//! A fault is a value: a kind, and the requests that it applies to. One that does nothing would make a test pass that
//! proves nothing, so an unknown operation is an error, and a kind that changes a response counts only when it changed
//! one. Shares are drawn from a seed: the same requests in the same order meet the same faults.

mod active;
mod distort;
mod kind;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub(super) use self::active::ActiveFaults;
pub(super) use self::distort::distort;
pub use self::kind::FaultKind;
use super::invalid_input::InvalidInput;
use super::request::RecordedRequest;

type Predicate = dyn Fn(&RecordedRequest) -> bool + Send + Sync;

/// A fault that a [`Simulator`](super::Simulator) has on purpose.
///
/// Without further calls it applies to every request of every operation, until [`Simulator::clear_faults`]. Requests to
/// the token endpoints meet only faults that name them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::simulator::{Fault, FaultKind, Group, Simulator};
///
/// let simulator = Simulator::builder()
///     .with_group(Group::new("g1", "Design"))
///     .with_fault(Fault::new(FaultKind::BadGateway { acted: false }).operation("get_user_group").times(2))
///     .start()
///     .await?;
/// let response = simulator.client()?.get_user_group().group_id("g1").send().await?;
/// assert_eq!(response.attempts(), 3);
/// # Ok(())
/// # }
/// ```
///
/// [`Simulator::clear_faults`]: super::Simulator::clear_faults
#[derive(Clone)]
#[must_use = "a fault does nothing until it is added to a simulator"]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) operation: Option<String>,
    pub(super) times: Option<u64>,
    pub(super) share: f64,
    predicate: Option<Arc<Predicate>>,
}

impl Fault {
    /// Creates a fault for every request of every operation.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, operation: None, times: None, share: 1.0, predicate: None }
    }

    /// Limits it to one operation, or to a token endpoint: `get_user_group`, `tenant_access_token_internal`.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Limits it to so many requests, the next ones.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Limits it to a share of the requests, from 0 to 1, drawn from the builder's
    /// [`fault_seed`](super::Builder::fault_seed).
    pub fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Limits it to the requests for which this is true. It must not call the simulator.
    ///
    /// ```
    /// use feishu_user_groups::simulator::{Fault, FaultKind};
    ///
    /// let second_page = Fault::new(FaultKind::Drop { acted: true }).when(|request| request.query("page_token").is_some());
    /// ```
    pub fn when(mut self, predicate: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        self.predicate = Some(Arc::new(predicate));
        self
    }

    /// Fails if it could never apply to a request.
    pub(super) fn check(&self, operations: &[&'static str]) -> Result<(), InvalidInput> {
        if let Some(operation) = &self.operation
            && !operations.contains(&operation.as_str())
        {
            let reason = format!("there is no operation `{operation}`; there are {}", operations.join(", "));
            return Err(InvalidInput::new("/operation", reason));
        }
        if !(0.0..=1.0).contains(&self.share) {
            return Err(InvalidInput::new("/share", format!("{} is not from 0 to 1", self.share)));
        }
        Ok(())
    }

    fn applies_to(&self, operation: &str, is_token_endpoint: bool, request: &RecordedRequest) -> bool {
        let named = match &self.operation {
            Some(own) => own == operation,
            None => !is_token_endpoint,
        };
        named && self.predicate.as_ref().is_none_or(|predicate| predicate(request))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("kind", &self.kind)
            .field("operation", &self.operation)
            .field("times", &self.times)
            .field("share", &self.share)
            .finish_non_exhaustive()
    }
}

/// Reads `OPERATION:KIND[:COUNT]`, where `*` is every operation: `get_user_group:bad-gateway:2`.
impl FromStr for Fault {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let mut parts = text.split(':');
        let operation = parts.next().unwrap_or_default();
        let kind = parts.next().ok_or_else(|| InvalidInput::new("/kind", "missing: write OPERATION:KIND[:COUNT]"))?;
        let kind = kind.parse().map_err(|error: InvalidInput| error.below("/kind"))?;
        let count = parts.next();
        if parts.next().is_some() || operation.is_empty() {
            return Err(InvalidInput::new("", "write OPERATION:KIND[:COUNT]"));
        }
        let fault = Self::new(kind);
        let fault = if operation == "*" { fault } else { fault.operation(operation) };
        match count.map(str::parse) {
            None => Ok(fault),
            Some(Ok(times)) => Ok(fault.times(times)),
            Some(Err(_)) => Err(InvalidInput::new("/times", "must be an integer of 0 or more")),
        }
    }
}
