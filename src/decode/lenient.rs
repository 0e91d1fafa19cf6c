//! Lenient deserializers for responses: they accept numbers as strings and the reverse, 0 and 1 as booleans, and `null`
//! for any optional value and in any list.
//!
//! Gateways between the service and its callers have sent `"code": "0"` and numeric ids. One odd field must not make
//! the whole response fail, so a value with only one possible meaning is accepted: an empty string for an optional
//! number or boolean means that it is not set. A value without meaning (`"many"` for a number) is an error, and so is a
//! number that lost digits, since it would identify another group or user.

use super::scalars::{Boolean, IfReadable, Integer, NonEmpty, Number, Optional, Text, is_blank};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;
use std::marker::PhantomData;

/// An integer, also as a string of digits.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(Integer)
}

/// A required string that is not empty, also as a number or boolean: for values that make the response useless if they
/// are missing, such as the id of a created group.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = any_text(deserializer)?;
    if is_blank(&text) {
        Err(D::Error::invalid_value(Unexpected::Str(&text), &"a string that is not empty"))
    } else {
        Ok(text)
    }
}

/// A string, also as a number or boolean; it may be empty.
pub(crate) fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(Text)
}

/// An integer, a string of digits, an empty string, or `null`.
pub fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_option(Optional(NonEmpty(Integer))).map(Option::flatten)
}

/// A number with or without a fraction, also as a string, or `null`.
#[allow(dead_code, reason = "no response has a fraction yet; generated code of one that does uses this")]
pub fn optional_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    deserializer.deserialize_option(Optional(Number))
}

/// A string, a number, a boolean, or `null`.
pub fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_option(Optional(Text))
}

/// A list of strings, numbers or booleans. It skips `null` and empty strings: the service's lists of strings are ids,
/// and an empty one identifies nothing.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Item(#[serde(deserialize_with = "any_text")] String);
    list(deserializer, |Item(text)| (!is_blank(&text)).then_some(text))
}

/// A list of strings, numbers or booleans, or `null`.
pub fn optional_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    struct Items(#[serde(deserialize_with = "texts")] Vec<String>);
    Option::deserialize(deserializer).map(|items| items.map(|Items(texts)| texts))
}

/// A list of integers, also as strings of digits; `null` items are skipped.
#[allow(dead_code, reason = "no response has a list of integers yet; generated code of one that does uses this")]
pub fn integers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Item(#[serde(deserialize_with = "integer")] i64);
    list(deserializer, |Item(integer)| Some(integer))
}

/// A list of integers, or `null`.
#[allow(dead_code, reason = "no response has a list of integers yet; generated code of one that does uses this")]
pub fn optional_integers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i64>>, D::Error> {
    #[derive(Deserialize)]
    struct Items(#[serde(deserialize_with = "integers")] Vec<i64>);
    Option::deserialize(deserializer).map(|items| items.map(|Items(integers)| integers))
}

/// An object. Derived code would also accept a list, as fields in order.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(object)| object)
}

/// An object, or `null`.
pub fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(|Object(object)| object))
}

/// A list of objects; `null` items are skipped.
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    list(deserializer, |Object(object)| Some(object))
}

/// A list of objects, or `null`.
pub fn optional_objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    struct Objects<T>(Vec<T>);
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Objects<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            objects(deserializer).map(Self)
        }
    }
    Ok(Option::deserialize(deserializer)?.map(|Objects(objects)| objects))
}

/// A value of an integer enum, a string of digits, an empty string, or `null`.
pub fn optional_integer_enum<'de, D: Deserializer<'de>, T: From<i64>>(deserializer: D) -> Result<Option<T>, D::Error> {
    optional_integer(deserializer).map(|number| number.map(T::from))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

/// A list of what `keep` returns for each item; `null` items are skipped. Collected once: a list may have 10,000 ids.
fn list<'de, D, T, U>(deserializer: D, keep: impl Fn(T) -> Option<U>) -> Result<Vec<U>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_seq(ListVisitor(keep, PhantomData))
}

struct ListVisitor<T, F>(F, PhantomData<T>);

impl<'de, T: Deserialize<'de>, U, F: Fn(T) -> Option<U>> Visitor<'de> for ListVisitor<T, F> {
    type Value = Vec<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<U>, A::Error> {
        let Self(keep, _) = self;
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Option<T>>()? {
            list.extend(item.and_then(&keep));
        }
        Ok(list)
    }
}

/// Any value; none if it fails to decode. For fields that only help people.
pub fn if_readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Value::deserialize(deserializer).map(|value| T::deserialize(value).ok())
}

/// A list of objects; none if it fails to decode. For fields that only help people.
pub fn objects_if_readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    Value::deserialize(deserializer).map(|value| objects(value).ok())
}

/// A string, a number or a boolean; none if it fails to decode. For fields that only help people.
pub fn text_if_readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(IfReadable(Text))
}

/// An integer or a string of digits; none if it fails to decode. For the codes of a batch's results: an item with a code
/// that cannot be read counts as failed, and no other item does.
#[allow(dead_code, reason = "for the results of batches; a spec may have none")]
pub fn integer_if_readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_any(IfReadable(Integer))
}

/// A boolean, also as a string, 0 or 1, an empty string, or `null`.
pub fn optional_boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    deserializer.deserialize_option(Optional(NonEmpty(Boolean))).map(Option::flatten)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// No operation of the spec has a fraction yet; a drafted one may.
    #[test]
    fn fraction_decodes_from_text_or_null() {
        for (value, number) in
            [(json!(1.5), Some(1.5)), (json!(2), Some(2.0)), (json!("0.5"), Some(0.5)), (json!(null), None)]
        {
            assert_eq!(optional_number(value).ok(), Some(number));
        }
        for value in [json!("many"), json!("nan"), json!({})] {
            assert!(optional_number(value.clone()).is_err(), "{value}");
        }
    }
}
