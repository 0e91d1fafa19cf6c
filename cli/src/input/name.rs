//! How a person is named: by one id, or by email and mobile number, which have to be looked up.
//!
//! The types of ids look alike, and the service says of a wrong one no more than "invalid". So each is checked for its
//! form before anything is sent: an open id starts with `ou_`, a union id with `on_`, and a user id with neither.
//!
//! A value with a separator, a quote or a bracket is a line that was read wrongly: two people in one value, or one with
//! something around it. Nobody has such a name, so its person would count as not named and be removed. So only the
//! characters of real names pass.

use std::fmt;

/// What separates people on a line. In a list each line is one person.
pub(super) const SEPARATORS: [char; 6] = [',', ';', '\t', '，', '；', '、'];

/// The longest id that is accepted; those of the platform have 35 characters at most.
const MAX_ID_CHARS: usize = 64;

/// A type of user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdType {
    /// `open_id`: of one person in one app.
    OpenId,
    /// `union_id`: of one person in all apps of one developer.
    UnionId,
    /// `user_id`: of one person in one tenant.
    UserId,
}

impl IdType {
    /// The platform's word: `open_id`, `union_id` or `user_id`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "open_id",
            Self::UnionId => "union_id",
            Self::UserId => "user_id",
        }
    }
}

impl fmt::Display for IdType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a column or an argument names people by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// An id of this type.
    Id(IdType),
    /// An email address.
    Email,
    /// A mobile number.
    Mobile,
}

impl NameKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Email, Self::Mobile, Self::Id(IdType::OpenId), Self::Id(IdType::UnionId), Self::Id(IdType::UserId)];

    /// The name of the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id(id_type) => id_type.as_str(),
            Self::Email => "email",
            Self::Mobile => "mobile",
        }
    }

    /// The kind of a column with this header, in any case.
    pub(super) fn of_header(header: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| header.trim().eq_ignore_ascii_case(kind.as_str()))
    }

    /// The kind that a value shows by its form.
    pub(super) fn of_value(value: &str) -> Option<Self> {
        match value {
            _ if value.starts_with("ou_") => Some(Self::Id(IdType::OpenId)),
            _ if value.starts_with("on_") => Some(Self::Id(IdType::UnionId)),
            _ if value.contains('@') => Some(Self::Email),
            _ if value.starts_with('+') => Some(Self::Mobile),
            _ => None,
        }
    }

    /// The value in the form that is sent, or why it has none.
    pub(super) fn checked(self, value: &str) -> Result<String, String> {
        match self {
            Self::Email => email(value),
            Self::Mobile => mobile(value),
            Self::Id(id_type) => id(id_type, value),
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a row names a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// By an id, of the type that the whole file has.
    Id(String),
    /// By email, mobile number, or both; at least one is there.
    Contact {
        /// The email address.
        email: Option<String>,
        /// The mobile number, without spaces and hyphens.
        mobile: Option<String>,
    },
}

impl Name {
    /// A name by email and mobile number, of which one may be empty.
    pub fn contact(email: &str, mobile: &str) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self::Contact { email: some(email), mobile: some(mobile) }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Contact { email: Some(email), mobile: Some(mobile) } => write!(f, "{email}, {mobile}"),
            Self::Contact { email, mobile } => {
                f.write_str(email.as_ref().or(mobile.as_ref()).map_or("", String::as_str))
            }
        }
    }
}

fn email(value: &str) -> Result<String, String> {
    let is_valid = value.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && !user.starts_with('\'')
            && user.chars().all(|c| is_letter(c) || "!#$%&'*+-./=?^_`{}~".contains(c))
            && host.chars().all(|c| is_letter(c) || matches!(c, '-' | '.'))
            && host.split('.').all(|label| !label.is_empty())
    });
    if is_valid { Ok(value.to_owned()) } else { Err(format!("{} is no email address", shown(value))) }
}

/// A letter or digit of any language. Others that cannot be seen, such as a zero-width space, are none.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

/// A spreadsheet shortens a long number to `1.30E+10`, which no person has.
fn mobile(value: &str) -> Result<String, String> {
    let number: String = value.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if (5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(number)
    } else {
        Err(format!(
            "{} is no mobile number: write digits, outside mainland China with + and country code",
            shown(value)
        ))
    }
}

fn id(id_type: IdType, value: &str) -> Result<String, String> {
    if value.chars().count() > MAX_ID_CHARS || value.contains(|c: char| !c.is_ascii_graphic()) {
        return Err(format!("{} is no {id_type}: ids are ASCII without spaces, up to 64 characters", shown(value)));
    }
    match (id_type, NameKind::of_value(value)) {
        (IdType::UserId, None) => {}
        (_, Some(NameKind::Id(other))) if other == id_type => {}
        (_, Some(other)) => {
            return Err(format!("{} is no {id_type}; by its form it is of the kind {other}", shown(value)));
        }
        (IdType::OpenId, None) => return Err(format!("{} is no open_id: those start with ou_", shown(value))),
        (_, None) => return Err(format!("{} is no union_id: those start with on_", shown(value))),
    }
    // A tenant chooses its user ids, and may choose a dot.
    let is_allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || id_type == IdType::UserId && c == '.';
    match value.chars().find(|c| !is_allowed(*c)) {
        Some(c) => Err(format!("{} is no {id_type}: no id has the character {c:?}", shown(value))),
        None if matches!(value, "ou_" | "on_") => {
            Err(format!("{} is no {id_type}: the id itself is missing", shown(value)))
        }
        None => Ok(value.to_owned()),
    }
}

/// A value in a message: quoted, on one line, not too long.
pub(super) fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(60).collect();
    if value.chars().count() > 60 {
        text.push_str("..");
    }
    format!("{text:?}")
}
