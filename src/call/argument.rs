//! What a caller gave a builder for one parameter or property.
//!
//! A value that does not convert is no panic and no early error: the builder keeps the reason, and the call reports it with
//! everything else that is wrong, before anything is sent.

use std::fmt::Display;

/// Items for which a list has room before the first one is converted.
const MAX_RESERVED: usize = 1000;

/// The value of a parameter or property.
#[derive(Clone, Debug, Default)]
pub(crate) enum Argument<T> {
    /// Nothing was given.
    #[default]
    Unset,
    Value(T),
    /// A value that did not convert, and why.
    Unusable(String),
}

impl<T> Argument<T> {
    /// A value that may not convert.
    pub(crate) fn convert<V: TryInto<T, Error: Display>>(value: V) -> Self {
        value.try_into().map_or_else(|error| Self::unusable("the value", &error), Self::Value)
    }

    fn unusable(what: &str, error: &dyn Display) -> Self {
        Self::Unusable(format!("{what} cannot be used: {error}"))
    }

    /// An optional property of a body that was built before.
    pub(crate) fn optional(value: Option<T>) -> Self {
        value.map_or(Self::Unset, Self::Value)
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Argument<U> {
        match self {
            Self::Unset => Argument::Unset,
            Self::Value(value) => Argument::Value(change(value)),
            Self::Unusable(reason) => Argument::Unusable(reason),
        }
    }

    /// Takes the value out, if there is one.
    #[allow(dead_code, reason = "called by the builders of listings; a spec may have none")]
    pub(crate) fn take(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::Value(value) => Some(value),
            other => {
                *self = other;
                None
            }
        }
    }

    /// The value of a required property; why there is none, with its name.
    pub(crate) fn required(self, name: &str) -> Result<T, String> {
        self.given(name)?.ok_or_else(|| format!("{name} is required and was not set"))
    }

    /// The value of an optional property.
    pub(crate) fn given(self, name: &str) -> Result<Option<T>, String> {
        match self {
            Self::Unset => Ok(None),
            Self::Value(value) => Ok(Some(value)),
            Self::Unusable(reason) => Err(format!("{name}: {reason}")),
        }
    }
}

impl<T> Argument<Vec<T>> {
    /// A list of what always converts, such as texts: without a failure it is allocated once.
    pub(crate) fn list<V: Into<T>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::Value(values.into_iter().map(Into::into).collect())
    }

    /// A list of values that may fail to convert, such as builders that lack a property.
    pub(crate) fn convert_list<V: TryInto<T, Error: Display>>(values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter();
        // Collecting into a `Result` begins small and grows. No list of the API is long, and an iterator may promise anything.
        let mut list = Vec::with_capacity(values.size_hint().0.min(MAX_RESERVED));
        for value in values {
            match value.try_into() {
                Ok(value) => list.push(value),
                Err(error) => return Self::unusable("an item", &error),
            }
        }
        Self::Value(list)
    }
}
