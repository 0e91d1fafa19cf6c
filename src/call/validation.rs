//! Validates requests: one that breaks a documented rule is never sent.
//!
//! The service rejects such a request too, but after a round trip, at the cost of the rate limit, and often without
//! naming the parameter. The build generates calls of these checks from the spec. All violations of a request are
//! collected, so that a caller can fix them together.

use crate::Violation;
use crate::call::argument::Argument;
use crate::decode::open_enum::OpenEnum;

/// A body, or an object in one. A trait, since a property `check` is a method of the builder.
pub(crate) trait Checked {
    /// Checks every property against its documented rules.
    fn check(&self, rules: &mut Validator);
}

/// An object that holds itself is boxed.
impl<T: Checked> Checked for Box<T> {
    fn check(&self, rules: &mut Validator) {
        (**self).check(rules);
    }
}

/// Collects the violations of one request.
#[derive(Debug, Default)]
pub(crate) struct Validator {
    /// Names of the objects that contain the value being checked, outermost first.
    parents: Vec<&'static str>,
    pub(crate) violations: Vec<Violation>,
}

impl Validator {
    /// Requires `min..=max` characters (not bytes).
    pub(crate) fn length(&mut self, name: &'static str, value: &str, min: u64, max: u64) {
        let length = value.chars().count() as u64;
        if length < min {
            let rule = if length == 0 {
                "must not be empty".to_owned()
            } else {
                format!("must have at least {min} characters")
            };
            self.violated(name, value, rule);
        } else if length > max {
            self.violated(name, value, format!("must have at most {max} characters and has {length}"));
        }
    }

    /// Requires characters for which `allowed` returns true; `pattern` describes them.
    pub(crate) fn characters(&mut self, name: &'static str, value: &str, pattern: &str, allowed: fn(char) -> bool) {
        if let Some(other) = value.chars().find(|c| !allowed(*c)) {
            self.violated(name, value, format!("must match {pattern} and contains {other:?}"));
        }
    }

    /// Requires `min..=max`.
    pub(crate) fn range(&mut self, name: &'static str, value: i64, min: i64, max: i64) {
        if !(min..=max).contains(&value) {
            let rule = match (min, max) {
                (i64::MIN, max) => format!("must be at most {max}"),
                (min, i64::MAX) => format!("must be at least {min}"),
                (min, max) => format!("must be {min} to {max}"),
            };
            self.violated(name, &value.to_string(), rule);
        }
    }

    /// Requires `min..=max` items.
    pub(crate) fn items(&mut self, name: &'static str, count: usize, min: u64, max: u64) {
        if !(min..=max).contains(&(count as u64)) {
            let rule = match max {
                u64::MAX => format!("must have at least {min} items and has {count}"),
                max => format!("must have {min} to {max} items and has {count}"),
            };
            self.violated(name, "", rule);
        }
    }

    /// Requires a value that the spec lists.
    #[inline]
    pub(crate) fn listed<E: OpenEnum>(&mut self, name: &'static str, value: &E) {
        if !value.is_listed() {
            self.not_listed(name, value);
        }
    }

    #[cold]
    fn not_listed<E: OpenEnum>(&mut self, name: &'static str, value: &E) {
        self.violated(name, &value.to_string(), format!("must be one of {}", E::listed().join(", ")));
    }

    /// Requires one path segment: anything else would address another operation.
    pub(crate) fn segment(&mut self, name: &'static str, value: &str) {
        if value.is_empty() || value == "." || value == ".." || value.contains(['/', '\\']) {
            self.violated(name, value, "must be one segment of a path: not empty, no slash, not . or ..".to_owned());
        }
    }

    /// Reports a value that no header can hold.
    #[cold]
    pub(crate) fn not_a_header(&mut self, name: &'static str, value: &str) {
        let rule = "must be a header: visible ASCII characters, and no blanks at its ends";
        self.violated(name, value, rule.to_owned());
    }

    /// Refuses a value that turns the path into that of another operation.
    #[cold]
    #[allow(dead_code, reason = "called for a path parameter where another path has a literal; a spec may have none")]
    pub(crate) fn other_path(&mut self, name: &'static str, value: &str, path: &str) {
        self.violated(name, value, format!("must not be {value:?}: {path} is the path of another operation"));
    }

    /// The value that the caller gave; a missing or unusable one is a violation.
    pub(crate) fn required<'a, T>(&mut self, name: &'static str, argument: &'a Argument<T>) -> Option<&'a T> {
        if matches!(argument, Argument::Unset) {
            self.unset(name);
        }
        self.optional(name, argument)
    }

    /// The value, if the caller gave one; an unusable one is a violation.
    pub(crate) fn optional<'a, T>(&mut self, name: &'static str, argument: &'a Argument<T>) -> Option<&'a T> {
        match argument {
            Argument::Unset => None,
            Argument::Value(value) => Some(value),
            Argument::Unusable(reason) => {
                self.unusable(name, reason);
                None
            }
        }
    }

    /// Reports a required value that was not set.
    pub(crate) fn unset(&mut self, name: &str) {
        self.violated(name, "", "is required and was not set".to_owned());
    }

    /// Reports a value that cannot be sent.
    pub(crate) fn unusable(&mut self, name: &str, reason: &str) {
        self.violated(name, "", reason.to_owned());
    }

    /// Reports a value for a placeholder that the template does not have.
    pub(crate) fn unknown(&mut self, name: &str, template: &str) {
        self.violated(name, "", format!("is no placeholder of {template}"));
    }

    /// Checks the properties of an object.
    #[allow(dead_code, reason = "called for bodies that contain objects; a spec may have none")]
    pub(crate) fn within(&mut self, name: &'static str, check: impl FnOnce(&mut Self)) {
        self.parents.push(name);
        check(self);
        self.parents.pop();
    }

    fn violated(&mut self, name: &str, value: &str, rule: String) {
        let path = self.parents.iter().copied().chain([name]).collect::<Vec<_>>().join(".");
        // One violation per field: a list may repeat it for each item, and a value may be megabytes long.
        if !self.violations.iter().any(|violation| violation.field == path) {
            self.violations.push(Violation::new(&path, value, &rule));
        }
    }
}
