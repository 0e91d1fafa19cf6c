//! A group of people under performance review, as a test creates one.

/// A performance group in a [`Simulator`](super::Simulator).
///
/// ```
/// use feishu_user_groups::simulator::PerformanceGroup;
///
/// let group = PerformanceGroup::new("P1").member("ou_1").import_running();
/// assert_eq!(group.members, ["ou_1"]);
/// assert_eq!(PerformanceGroup::from("P1"), PerformanceGroup::new("P1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PerformanceGroup {
    /// The id.
    pub id: String,
    /// The ids of the members, as they were written.
    pub members: Vec<String>,
    /// Only administrators can change the members: a write fails with code 1580401.
    pub manual: bool,
    /// An import is running: a write fails with code 1580402.
    pub import_running: bool,
}

impl PerformanceGroup {
    /// Creates a group without members.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), members: Vec::new(), manual: false, import_running: false }
    }

    /// Adds a member.
    #[must_use]
    pub fn member(mut self, user_id: impl Into<String>) -> Self {
        self.members.push(user_id.into());
        self
    }

    /// Leaves the members to administrators: a write fails with code 1580401.
    #[must_use]
    pub fn manual(mut self) -> Self {
        self.manual = true;
        self
    }

    /// Starts with a running import: a write fails with code 1580402 until
    /// [`set_import_running`](super::Simulator::set_import_running) ends it.
    #[must_use]
    pub fn import_running(mut self) -> Self {
        self.import_running = true;
        self
    }
}

impl From<&str> for PerformanceGroup {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for PerformanceGroup {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}
