//! Open enums: the values that the spec lists, and `Unknown` for any other.
//!
//! The service may add values at any time. With a closed enum, a response with a new value would fail to decode, so
//! an unlisted value is kept. In a request it fails locally (`call/validation.rs`), since the service would reject it too.

use std::fmt;

/// What validation and tests need of every open enum.
pub trait OpenEnum: fmt::Display {
    /// Whether the spec lists this value.
    fn is_listed(&self) -> bool;
    /// The listed values, as on the wire.
    fn listed() -> Vec<String>;
}

/// Defines an open enum: `pub enum Name: text { Variant = "wire", .. }`, or `integer` with numbers.
macro_rules! open_enum {
    (#[doc = $doc:literal] pub enum $name:ident: text { $($(#[$variant_doc:meta])* $variant:ident = $value:literal),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A value that the spec does not list.
            Unknown(String),
        }
        impl $name {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $value,)* Self::Unknown(value) => value }
            }
        }
        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value { $($value => Self::$variant,)* _ => Self::Unknown(value.to_owned()) }
            }
        }
        impl From<String> for $name {
            fn from(value: String) -> Self {
                match value.as_str() { $($value => Self::$variant,)* _ => Self::Unknown(value) }
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;
            // Not `Self::Err`: a value `err` makes that name a variant.
            fn from_str(value: &str) -> Result<Self, std::convert::Infallible> {
                Ok(value.into())
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl $crate::call::query::QueryValue for $name {
            fn query_value(&self) -> std::borrow::Cow<'_, str> {
                self.as_str().into()
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::lenient::any_text(deserializer).map(Self::from)
            }
        }
        $crate::decode::open_enum::open_enum!(@common $name $doc "string" [$($variant = $value),*]);
    };
    (#[doc = $doc:literal] pub enum $name:ident: integer { $($(#[$variant_doc:meta])* $variant:ident = $value:literal),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A value that the spec does not list.
            Unknown(i64),
        }
        impl $name {
            /// The value on the wire.
            pub fn value(self) -> i64 {
                match self { $(Self::$variant => $value,)* Self::Unknown(value) => value }
            }
        }
        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                match value { $($value => Self::$variant,)* _ => Self::Unknown(value) }
            }
        }
        impl From<i32> for $name {
            fn from(value: i32) -> Self {
                i64::from(value).into()
            }
        }
        // The name of a listed value, which a reader understands; the number of any other.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.pad(&$crate::decode::open_enum::snake_case(stringify!($variant))),)*
                    Self::Unknown(value) => std::fmt::Display::fmt(value, f),
                }
            }
        }
        impl $crate::call::query::QueryValue for $name {
            fn query_value(&self) -> std::borrow::Cow<'_, str> {
                self.value().to_string().into()
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.value())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::lenient::integer(deserializer).map(Self::from)
            }
        }
        $crate::decode::open_enum::open_enum!(@common $name $doc "integer" [$($variant = $value),*]);
    };
    (@common $name:ident $doc:literal $kind:literal [$($variant:ident = $value:literal),*]) => {
        impl $crate::decode::open_enum::OpenEnum for $name {
            fn is_listed(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
            fn listed() -> Vec<String> {
                vec![$($value.to_string()),*]
            }
        }
        // Only the listed values: a request may contain no other.
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": $doc, "type": $kind, "enum": [$($value),*] })
            }
        }
    };
}

pub(crate) use open_enum;

/// `EmployeeNotFound` as `employee_not_found`, the style of the service's names.
pub(crate) fn snake_case(variant: &str) -> String {
    let mut name = String::with_capacity(variant.len() + 4);
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
