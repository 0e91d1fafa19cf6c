//! The people and departments of a tenant.
//!
//! A test that is not about people should not have to list them. A tenant without listed
//! people therefore has one for every id in the right form: `ou_7`, `on_7` and `7` are the
//! ids of one person. An id that contains `missing` is nobody's. As soon as one person is
//! listed, only listed people exist. The same holds for departments.
//!
//! An invented person gets an entry when a membership needs a key, and only then: reading
//! about people does not take memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::department::Department;
use super::invalid_input::InvalidInput;
use super::person::Person;
use super::registry::{Key, Registry};

/// A kind of user id, by its place in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UserIdType {
    Open,
    Union,
    User,
}

impl UserIdType {
    pub const ALL: [Self; 3] = [Self::Open, Self::Union, Self::User];

    /// The type with this name in requests.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "open_id" => Some(Self::Open),
            "union_id" => Some(Self::Union),
            "user_id" => Some(Self::User),
            _ => None,
        }
    }

    /// The user id of an invented person with this id; `None` if the id has the wrong form.
    fn invented(self, id: &str) -> Option<&str> {
        let user_id = match self {
            Self::Open => id.strip_prefix("ou_")?,
            Self::Union => id.strip_prefix("on_")?,
            Self::User => id,
        };
        let valid = !user_id.is_empty() && !user_id.starts_with("ou_") && !user_id.starts_with("on_");
        (valid && !user_id.contains("missing")).then_some(user_id)
    }
}

/// A kind of department id, by its place in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DepartmentIdType {
    Open,
    Department,
}

impl DepartmentIdType {
    pub const ALL: [Self; 2] = [Self::Open, Self::Department];

    /// The type with this name in requests, where `open_id` is the open department id.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "open_id" => Some(Self::Open),
            "department_id" => Some(Self::Department),
            _ => None,
        }
    }

    fn invented(self, id: &str) -> Option<&str> {
        let department_id = match self {
            Self::Open => id.strip_prefix("od-")?,
            Self::Department => id,
        };
        (!department_id.is_empty() && !department_id.starts_with("od-")).then_some(department_id)
    }
}

/// What the service knows about a person besides ids.
#[derive(Default)]
pub(super) struct PersonStatus {
    pub resigned: bool,
    pub outside_scope: bool,
}

/// What the service knows about a department besides ids.
#[derive(Default)]
pub(super) struct DepartmentStatus {
    pub outside_scope: bool,
}

/// The people of a tenant.
pub(super) struct People {
    registry: Registry<3, PersonStatus>,
    by_email: HashMap<String, Key>,
    by_mobile: HashMap<String, Key>,
    /// The number of listed people who have not resigned; `None` if people are invented.
    headcount: Option<usize>,
    /// Whether the app's contact scope leaves somebody out.
    pub any_outside_scope: bool,
}

impl Default for People {
    /// Nobody is listed, so people are invented.
    fn default() -> Self {
        Self {
            registry: Registry::new(["ou_", "on_", ""]),
            by_email: HashMap::new(),
            by_mobile: HashMap::new(),
            headcount: None,
            any_outside_scope: false,
        }
    }
}

impl People {
    /// Creates the listed people; fails if two of them have an id, email or phone number in common.
    pub fn new(listed: &[Person]) -> Result<Self, InvalidInput> {
        let mut people = Self::default();
        people.registry.reserve(listed.len());
        for (index, person) in listed.iter().enumerate() {
            let taken = |field: &str, value: &str| {
                InvalidInput::new(format!("/people/{index}/{field}"), format!("`{value}` is taken by another person"))
            };
            let ids = [&*person.open_id, &*person.union_id, &*person.user_id];
            people.any_outside_scope |= !person.in_contact_scope;
            *people.headcount.get_or_insert(0) += usize::from(!person.resigned);
            let status = PersonStatus { resigned: person.resigned, outside_scope: !person.in_contact_scope };
            let inserted = people.registry.insert(ids, status);
            let key = inserted.map_err(|(kind, id)| taken(["open_id", "union_id", "user_id"][kind.min(2)], &id))?;
            for (field, index, value) in
                [("email", &mut people.by_email, &person.email), ("mobile", &mut people.by_mobile, &person.mobile)]
            {
                match value.clone().map(|value| index.entry(value)) {
                    None => {}
                    Some(Entry::Vacant(slot)) => _ = slot.insert(key),
                    Some(Entry::Occupied(slot)) => return Err(taken(field, slot.key())),
                }
            }
        }
        Ok(people)
    }

    /// The listed people; none if people are invented.
    pub fn listed(&self) -> Vec<Person> {
        if self.headcount.is_none() {
            return Vec::new();
        }
        let contact = |index: &HashMap<String, Key>| -> HashMap<Key, String> {
            index.iter().map(|(value, key)| (*key, value.clone())).collect()
        };
        let (mut emails, mut mobiles) = (contact(&self.by_email), contact(&self.by_mobile));
        let people = self.registry.entries().map(|(key, [open_id, union_id, user_id], status)| Person {
            open_id: open_id.to_string(),
            union_id: union_id.to_string(),
            email: emails.remove(&key),
            mobile: mobiles.remove(&key),
            resigned: status.resigned,
            in_contact_scope: !status.outside_scope,
            ..Person::new(user_id)
        });
        people.collect()
    }

    /// The number of people who have not resigned, if they are listed.
    pub fn headcount(&self) -> Option<usize> {
        self.headcount
    }

    /// Whether somebody has this id.
    pub fn exists(&self, id_type: UserIdType, id: &str) -> bool {
        self.find(id_type, id).is_some() || self.headcount.is_none() && id_type.invented(id).is_some()
    }

    /// The person with this id; `None` for an invented person who never was a member.
    pub fn find(&self, id_type: UserIdType, id: &str) -> Option<Key> {
        self.registry.find(id_type as usize, id)
    }

    /// The person with this id, who gets a key if invented.
    pub fn find_or_invent(&mut self, id_type: UserIdType, id: &str) -> Option<Key> {
        if self.headcount.is_some() {
            return self.find(id_type, id);
        }
        let user_id = id_type.invented(id)?;
        Some(self.registry.find_or_derive(user_id, PersonStatus::default()))
    }

    /// Makes room for so many members, who may have to be invented.
    pub fn expect_members(&mut self, number: usize) {
        if self.headcount.is_none() {
            self.registry.reserve(number);
        }
    }

    /// The person with this id of any type, which seeds leave open.
    pub fn of_any_id(&mut self, id: &str) -> Option<Key> {
        UserIdType::ALL.into_iter().find_map(|id_type| self.find_or_invent(id_type, id))
    }

    /// The person with this email.
    pub fn of_email(&self, email: &str) -> Option<Key> {
        self.by_email.get(email).copied()
    }

    /// The person with this phone number.
    pub fn of_mobile(&self, mobile: &str) -> Option<Key> {
        self.by_mobile.get(mobile).copied()
    }

    /// An id of a person.
    pub fn id(&self, key: Key, id_type: UserIdType) -> Option<&str> {
        self.registry.id(key, id_type as usize)
    }

    /// The status of a person.
    pub fn status(&self, key: Key) -> Option<&PersonStatus> {
        self.registry.get(key)
    }
}

/// The departments of a tenant.
pub(super) struct Departments {
    registry: Registry<2, DepartmentStatus>,
    /// Whether departments are listed, so that none is invented.
    listed: bool,
    /// Whether the app's contact scope leaves one out.
    pub any_outside_scope: bool,
}

impl Default for Departments {
    /// None is listed, so departments are invented.
    fn default() -> Self {
        Self { registry: Registry::new(["od-", ""]), listed: false, any_outside_scope: false }
    }
}

impl Departments {
    /// Creates the listed departments; fails if two of them have an id in common.
    pub fn new(listed: &[Department]) -> Result<Self, InvalidInput> {
        let mut departments = Self {
            listed: !listed.is_empty(),
            any_outside_scope: listed.iter().any(|department| !department.in_contact_scope),
            ..Self::default()
        };
        for (index, department) in listed.iter().enumerate() {
            let Department { department_id, open_department_id, in_contact_scope } = department;
            let status = DepartmentStatus { outside_scope: !in_contact_scope };
            let inserted = departments.registry.insert([open_department_id, department_id], status);
            inserted.map_err(|(kind, id)| {
                let field = ["open_department_id", "department_id"][kind.min(1)];
                let reason = format!("`{id}` is taken by another department");
                InvalidInput::new(format!("/departments/{index}/{field}"), reason)
            })?;
        }
        Ok(departments)
    }

    /// The listed departments; none if departments are invented.
    pub fn listed(&self) -> Vec<Department> {
        let departments = self.registry.entries().filter(|_| self.listed);
        let listed = departments.map(|(_, [open_department_id, department_id], status)| Department {
            department_id: department_id.to_string(),
            open_department_id: open_department_id.to_string(),
            in_contact_scope: !status.outside_scope,
        });
        listed.collect()
    }

    /// The department with this id of any type, which seeds leave open.
    pub fn of_any_id(&mut self, id: &str) -> Option<Key> {
        DepartmentIdType::ALL.into_iter().find_map(|id_type| self.find_or_invent(id_type, id))
    }

    fn find_or_invent(&mut self, id_type: DepartmentIdType, id: &str) -> Option<Key> {
        if self.listed {
            return self.find(id_type, id);
        }
        let department_id = id_type.invented(id)?;
        Some(self.registry.find_or_derive(department_id, DepartmentStatus::default()))
    }

    /// The department with this id, if it is listed or has been a member.
    pub fn find(&self, id_type: DepartmentIdType, id: &str) -> Option<Key> {
        self.registry.find(id_type as usize, id)
    }

    /// An id of a department.
    pub fn id(&self, key: Key, id_type: DepartmentIdType) -> Option<&str> {
        self.registry.id(key, id_type as usize)
    }

    /// Whether the app's contact scope contains a department.
    pub fn in_scope(&self, key: Key) -> bool {
        self.registry.get(key).is_some_and(|status| !status.outside_scope)
    }
}
