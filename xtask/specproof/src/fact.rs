//! Facts: what there is to agree about within an operation.
//!
//! A fact is named the same way everywhere, in errata.yaml, in messages and in
//! the comparison, so that one grammar (spec/README.md, "Errata") serves all:
//! `path`, `query page_size default`, `response data.groups`, `error 42017`.

use apidoc::facts::Place;
use std::fmt;

/// One thing to agree about within an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fact {
    pub subject: Subject,
    /// One of its properties; without, that it exists.
    pub aspect: Option<Aspect>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Operation(OperationAspect),
    Parameter(Place, String),
    /// A field of the response, by dotted path.
    Field(String),
    Error(i64),
    /// A disagreement in prose.
    Behaviour,
}

/// What a whole operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OperationAspect {
    Method,
    Path,
    AccessTokens,
    Scopes,
    AppTypes,
    RateLimit,
    /// That it may be repeated although its method promises nothing of the kind.
    Retry,
}

/// What a parameter or field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aspect {
    Type,
    Required,
    Default,
    Enum,
    Minimum,
    Maximum,
    MinLength,
    MaxLength,
    MinItems,
    MaxItems,
    Pattern,
}

impl OperationAspect {
    pub const ALL: [Self; 7] =
        [Self::Method, Self::Path, Self::AccessTokens, Self::Scopes, Self::AppTypes, Self::RateLimit, Self::Retry];

    pub fn word(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::AccessTokens => "access_tokens",
            Self::Scopes => "scopes",
            Self::AppTypes => "app_types",
            Self::RateLimit => "rate_limit",
            Self::Retry => "retry",
        }
    }

    /// The extension of the operation that states it, if it is not the address.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Method | Self::Path => None,
            Self::AccessTokens => Some("x-feishu-access-tokens"),
            Self::Scopes => Some("x-feishu-scopes"),
            Self::AppTypes => Some("x-feishu-app-types"),
            Self::RateLimit => Some("x-feishu-rate-limit"),
            Self::Retry => Some("x-feishu-retry"),
        }
    }
}

impl Aspect {
    pub const ALL: [Self; 11] = [
        Self::Type,
        Self::Required,
        Self::Default,
        Self::Enum,
        Self::Minimum,
        Self::Maximum,
        Self::MinLength,
        Self::MaxLength,
        Self::MinItems,
        Self::MaxItems,
        Self::Pattern,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Required => "required",
            Self::Default => "default",
            Self::Enum => "enum",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::MinLength => "min_length",
            Self::MaxLength => "max_length",
            Self::MinItems => "min_items",
            Self::MaxItems => "max_items",
            Self::Pattern => "pattern",
        }
    }

    /// The schema's keyword for it.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::MinItems => "minItems",
            Self::MaxItems => "maxItems",
            other => other.word(),
        }
    }
}

const PLACES: [(Place, &str); 4] =
    [(Place::Path, "path"), (Place::Query, "query"), (Place::Header, "header"), (Place::Body, "body")];

pub(crate) fn place_word(place: Place) -> &'static str {
    PLACES.iter().find(|(each, _)| *each == place).map_or("", |(_, word)| word)
}

impl From<OperationAspect> for Fact {
    fn from(of_operation: OperationAspect) -> Self {
        Self { subject: Subject::Operation(of_operation), aspect: None }
    }
}

impl Fact {
    pub fn parameter(place: Place, name: &str) -> Self {
        Self { subject: Subject::Parameter(place, name.to_owned()), aspect: None }
    }

    pub fn field(path: &str) -> Self {
        Self { subject: Subject::Field(path.to_owned()), aspect: None }
    }

    pub fn error(code: i64) -> Self {
        Self { subject: Subject::Error(code), aspect: None }
    }

    pub fn aspect(&self, aspect: Aspect) -> Self {
        Self { subject: self.subject.clone(), aspect: Some(aspect) }
    }

    /// The parameter or field itself, of an aspect of one.
    pub fn whole(&self) -> Self {
        Self { subject: self.subject.clone(), aspect: None }
    }

    /// The object that a nested field or body property is in.
    pub fn parent(&self) -> Option<Self> {
        match &self.subject {
            Subject::Field(path) => path.rsplit_once('.').map(|(parent, _)| Self::field(parent)),
            Subject::Parameter(Place::Body, path) => {
                path.rsplit_once('.').map(|(parent, _)| Self::parameter(Place::Body, parent))
            }
            _ => None,
        }
    }

    /// Reads a fact in the grammar of spec/README.md.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let aspect_of = |word: &str| Aspect::ALL.into_iter().find(|aspect| aspect.word() == word);
        let (subject, aspect) = match *words.as_slice() {
            ["behaviour"] => (Subject::Behaviour, None),
            [word] => (Subject::Operation(OperationAspect::ALL.into_iter().find(|each| each.word() == word)?), None),
            ["error", code] => (Subject::Error(code.parse().ok()?), None),
            ["response", path] => (Subject::Field(path.to_owned()), None),
            ["response", path, aspect] => (Subject::Field(path.to_owned()), Some(aspect_of(aspect)?)),
            [place, name, ref rest @ ..] => {
                let (place, _) = PLACES.into_iter().find(|(_, word)| *word == place)?;
                let aspect = match rest {
                    [] => None,
                    [aspect] => Some(aspect_of(aspect)?),
                    _ => return None,
                };
                (Subject::Parameter(place, name.to_owned()), aspect)
            }
            [] => return None,
        };
        Some(Self { subject, aspect })
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Subject::Operation(of_operation) => f.write_str(of_operation.word()),
            Subject::Parameter(place, name) => write!(f, "{} {name}", place_word(*place)),
            Subject::Field(path) => write!(f, "response {path}"),
            Subject::Error(code) => write!(f, "error {code}"),
            Subject::Behaviour => f.write_str("behaviour"),
        }?;
        self.aspect.map_or(Ok(()), |aspect| write!(f, " {}", aspect.word()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_grammar_round_trips() {
        for text in [
            "method",
            "rate_limit",
            "retry",
            "behaviour",
            "query type",
            "query page_size default",
            "path group_id max_length",
            "body user_ids type",
            "response data.groups",
            "response data.group.type enum",
            "error 42017",
        ] {
            assert_eq!(Fact::parse(text).map(|fact| fact.to_string()).as_deref(), Some(text));
        }
        for text in ["", "metod", "query", "query a b", "query a type b", "error x", "response", "cookie a"] {
            assert_eq!(Fact::parse(text), None, "{text}");
        }
    }
}
