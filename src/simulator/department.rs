//! A department of a tenant, as a test creates one.

/// A department in a [`Simulator`](super::Simulator).
///
/// The open department id follows from the department id unless it is set:
///
/// ```
/// use feishu_user_groups::simulator::Department;
///
/// let department = Department::new("D096");
/// assert_eq!(department.open_department_id, "od-D096");
/// assert_eq!(department.open_department_id("od-4e6ac4d1").open_department_id, "od-4e6ac4d1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Department {
    /// The `department_id`, unique in the tenant.
    pub department_id: String,
    /// The `open_department_id`, unique in the tenant.
    pub open_department_id: String,
    /// Whether the app's contact scope contains the department.
    pub in_contact_scope: bool,
}

impl Department {
    /// Creates a department with the id `ID` and the open department id `od-ID`.
    pub fn new(department_id: impl Into<String>) -> Self {
        let department_id = department_id.into();
        Self { open_department_id: format!("od-{department_id}"), department_id, in_contact_scope: true }
    }

    /// Sets the open department id.
    #[must_use]
    pub fn open_department_id(mut self, id: impl Into<String>) -> Self {
        self.open_department_id = id.into();
        self
    }

    /// Puts the department outside the app's contact scope.
    ///
    /// A request to add or remove it fails with code 40004 (for another department the code
    /// is 41074: only people can be added), and listings of members leave it out.
    ///
    /// As the contact scope is then not the whole tenant, creating a group fails with code 42010.
    #[must_use]
    pub fn outside_contact_scope(mut self) -> Self {
        self.in_contact_scope = false;
        self
    }
}
