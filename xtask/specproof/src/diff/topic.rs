//! Topics: what a difference is about, in the words of errata.yaml.
//!
//! A maintainer meets the same fact in errata, findings and differences, so it is
//! called the same everywhere: `query page_size default`, `response data.groups`,
//! `error 42017`. Documents also have what the spec has no fact for: their own
//! headings and names, and examples.

use crate::fact::{Aspect as SpecAspect, Fact, OperationAspect, place_word};
use apidoc::facts::{ExampleKind, ExampleSource, Place};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub(crate) subject: Subject,
    /// One of its properties; without, that it exists.
    pub(crate) aspect: Option<Aspect>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Document,
    Operation,
    Parameter(Place, String),
    /// A field of the response, by dotted path.
    Field(String),
    Example(ExampleKind, ExampleSource),
    Error(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Aspect {
    Name,
    Title,
    /// The document of an operation.
    Document,
    Method,
    Path,
    AccessTokens,
    Scopes,
    AppTypes,
    PerMinute,
    PerSecond,
    Place,
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
    Code,
    Http,
    Message,
    /// Whether an example shows a request or a response.
    Kind,
    /// The language of an example.
    Source,
    Shown(Shown),
}

/// A place inside of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// `value`, `query`, `headers`, `path_parameters`, `method`, `path`: as facts call it.
    pub part: &'static str,
    /// JSON pointer within that part.
    pub pointer: String,
}

impl Aspect {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Title => "title",
            Self::Document => "document",
            Self::Method => "method",
            Self::Path => "path",
            Self::AccessTokens => "access_tokens",
            Self::Scopes => "scopes",
            Self::AppTypes => "app_types",
            Self::PerMinute => "rate_limit per_minute",
            Self::PerSecond => "rate_limit per_second",
            Self::Place => "in",
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
            Self::Code => "code",
            Self::Http => "http",
            Self::Message => "message",
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Shown(shown) => shown.part,
        }
    }

    /// The aspect of the spec that says the same, of a parameter or field.
    fn in_spec(&self) -> Option<SpecAspect> {
        SpecAspect::ALL.into_iter().find(|aspect| aspect.word() == self.word())
    }
}

impl Subject {
    pub fn whole(self) -> Topic {
        Topic { subject: self, aspect: None }
    }

    pub fn aspect(&self, aspect: Aspect) -> Topic {
        Topic { subject: self.clone(), aspect: Some(aspect) }
    }
}

impl Topic {
    /// The fact that the spec would state, if it is one of those that a spec states.
    pub(crate) fn fact(&self) -> Option<Fact> {
        let of_whole = |whole: Fact| match self.aspect.as_ref().and_then(Aspect::in_spec) {
            Some(aspect) => whole.aspect(aspect),
            None => whole,
        };
        match (&self.subject, &self.aspect) {
            (Subject::Document, _) => None,
            (Subject::Operation, aspect) => Some(Fact::from(match aspect.as_ref()? {
                Aspect::Method => OperationAspect::Method,
                Aspect::Path => OperationAspect::Path,
                Aspect::AccessTokens => OperationAspect::AccessTokens,
                Aspect::Scopes => OperationAspect::Scopes,
                Aspect::AppTypes => OperationAspect::AppTypes,
                Aspect::PerMinute | Aspect::PerSecond => OperationAspect::RateLimit,
                _ => return None,
            })),
            (Subject::Parameter(place, name), _) => Some(of_whole(Fact::parameter(*place, name))),
            (Subject::Field(path), _) => Some(of_whole(Fact::field(path))),
            (Subject::Error(code), _) => Some(Fact::error(*code)),
            (Subject::Example(kind, _), Some(Aspect::Shown(shown))) => shown.fact(*kind),
            (Subject::Example(..), _) => None,
        }
    }
}

impl Shown {
    /// The field or parameter whose value the example shows here.
    fn fact(&self, kind: ExampleKind) -> Option<Fact> {
        let segments = self.pointer.split('/').skip(1).filter(|segment| segment.parse::<usize>().is_err());
        let names: Vec<String> = segments.map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
        let dotted = names.join(".");
        let place = match (self.part, kind) {
            ("method", _) => return Some(OperationAspect::Method.into()),
            ("path", _) => return Some(OperationAspect::Path.into()),
            _ if names.is_empty() => return None,
            ("value", ExampleKind::Response) => return Some(Fact::field(&dotted)),
            ("value", ExampleKind::Request) => Place::Body,
            ("query", _) => Place::Query,
            ("headers", _) => Place::Header,
            ("path_parameters", _) => Place::Path,
            _ => return None,
        };
        Some(Fact::parameter(place, &dotted))
    }
}

/// The word that a unit of an enumeration has in facts.
pub(crate) fn word(unit: impl Serialize) -> String {
    serde_json::to_value(unit).ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = match &self.subject {
            Subject::Document => "document".to_owned(),
            // What a whole operation has is named alone: `method`, `scopes`.
            Subject::Operation => self.aspect.as_ref().map_or("operation", |_| "").to_owned(),
            Subject::Parameter(place, name) => format!("{} {name}", place_word(*place)),
            Subject::Field(path) => format!("response {path}"),
            Subject::Example(kind, source) => format!("example of {} in {}", word(kind), word(source)),
            Subject::Error(code) => format!("error {code}"),
        };
        let aspect = self.aspect.as_ref().map_or("", Aspect::word);
        let between = if subject.is_empty() || aspect.is_empty() { "" } else { " " };
        write!(f, "{subject}{between}{aspect}")?;
        match &self.aspect {
            Some(Aspect::Shown(shown)) if !shown.pointer.is_empty() => write!(f, " {}", shown.pointer),
            _ => Ok(()),
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
