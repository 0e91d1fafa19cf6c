//! A person of a tenant, as a test creates one.

/// A person in a [`Simulator`](super::Simulator).
///
/// The three ids follow from the user id unless they are set:
///
/// ```
/// use feishu_user_groups::simulator::Person;
///
/// let person = Person::new("4d7a3c6g").email("li.si@example.com").mobile("13011111111");
/// assert_eq!((&*person.open_id, &*person.union_id), ("ou_4d7a3c6g", "on_4d7a3c6g"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The `user_id`, unique in the tenant.
    pub user_id: String,
    /// The `open_id`, unique in the tenant.
    pub open_id: String,
    /// The `union_id`, unique in the tenant.
    pub union_id: String,
    /// The email by which `find_user_ids` finds the person.
    pub email: Option<String>,
    /// The phone number by which `find_user_ids` finds the person.
    pub mobile: Option<String>,
    /// Whether the person has resigned.
    pub resigned: bool,
    /// Whether the app's contact scope contains the person.
    pub in_contact_scope: bool,
}

impl Person {
    /// Creates a person with the user id `ID`, the open id `ou_ID` and the union id `on_ID`.
    pub fn new(user_id: impl Into<String>) -> Self {
        let user_id = user_id.into();
        Self {
            open_id: format!("ou_{user_id}"),
            union_id: format!("on_{user_id}"),
            user_id,
            email: None,
            mobile: None,
            resigned: false,
            in_contact_scope: true,
        }
    }

    /// Sets the open id.
    #[must_use]
    pub fn open_id(mut self, id: impl Into<String>) -> Self {
        self.open_id = id.into();
        self
    }

    /// Sets the union id.
    #[must_use]
    pub fn union_id(mut self, id: impl Into<String>) -> Self {
        self.union_id = id.into();
        self
    }

    /// Sets the email, which no other person of the tenant may have.
    ///
    /// A request must contain it with the same letters in the same case.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the phone number, which no other person of the tenant may have.
    ///
    /// A request must contain it in the same form: with `+` and a country code, or without
    /// for a number of mainland China.
    #[must_use]
    pub fn mobile(mut self, mobile: impl Into<String>) -> Self {
        self.mobile = Some(mobile.into());
        self
    }

    /// Makes the person one who has resigned.
    ///
    /// Adding such a person to a group fails with code 42006, and `find_user_ids` finds
    /// only those who have not resigned unless `include_resigned` is set.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use feishu_user_groups::simulator::{Person, Simulator};
    ///
    /// let simulator = Simulator::builder().with_person(Person::new("left").resigned()).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn resigned(mut self) -> Self {
        self.resigned = true;
        self
    }

    /// Puts the person outside the app's contact scope.
    ///
    /// Adding, removing and asking for the person's groups fails with code 41050; listings of
    /// members and `find_user_ids` leave the person out.
    ///
    /// As the contact scope is then not the whole tenant, creating a group fails with code 42010.
    #[must_use]
    pub fn outside_contact_scope(mut self) -> Self {
        self.in_contact_scope = false;
        self
    }
}
