//! Query parameters: how their values are written, and how they are appended to a path.
//!
//! The value of an enum is its value on the wire, which `Display` need not show. So values have a trait of their own,
//! which the open enums implement too.

use std::borrow::Cow;
use url::form_urlencoded;

/// A value that a query parameter can hold.
pub trait QueryValue {
    /// The value on the wire, before escaping.
    fn query_value(&self) -> Cow<'_, str>;
}

impl QueryValue for String {
    fn query_value(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

macro_rules! written_as_displayed {
    ($($kind:ty),*) => {
        $(impl QueryValue for $kind {
            fn query_value(&self) -> Cow<'_, str> {
                self.to_string().into()
            }
        })*
    };
}

written_as_displayed!(i64, f64, bool);

/// Appends `?name=value` or `&name=value`.
pub(super) fn append(target: &mut String, name: &str, value: &str) {
    target.push(if target.contains('?') { '&' } else { '?' });
    let escaped = form_urlencoded::byte_serialize(name.as_bytes())
        .chain(["="])
        .chain(form_urlencoded::byte_serialize(value.as_bytes()));
    target.extend(escaped);
}
