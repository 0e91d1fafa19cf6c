//! Strict going out: a request that breaks a documented rule never leaves.
//!
//! The service would refuse it too, after a round trip, out of the call's rate limit,
//! and with a message that often does not name the parameter. The rules themselves
//! are generated from the spec; here is what it means to keep one. All of a request's
//! violations are gathered, so that a caller mends them in one go.

use crate::Violation;
use crate::decode::open_enum::OpenEnum;

/// Gathers the violations of one request.
#[derive(Debug, Default)]
pub(crate) struct Validator {
    /// Names of the objects around the value under check.
    around: Vec<&'static str>,
    pub(crate) violations: Vec<Violation>,
}

impl Validator {
    /// `min..=max` characters: characters, not bytes.
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

    /// Only characters that `allowed` takes, which `pattern` describes.
    pub(crate) fn characters(&mut self, name: &'static str, value: &str, pattern: &str, allowed: fn(char) -> bool) {
        if let Some(other) = value.chars().find(|c| !allowed(*c)) {
            self.violated(name, value, format!("must match {pattern} and holds {other:?}"));
        }
    }

    /// `min..=max`.
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

    /// `min..=max` items.
    pub(crate) fn items(&mut self, name: &'static str, count: usize, min: u64, max: u64) {
        if !(min..=max).contains(&(count as u64)) {
            let rule = match max {
                u64::MAX => format!("must have at least {min} items and has {count}"),
                max => format!("must have {min} to {max} items and has {count}"),
            };
            self.violated(name, "", rule);
        }
    }

    /// One of the listed values.
    pub(crate) fn listed<E: OpenEnum>(&mut self, name: &'static str, value: &E) {
        if !value.is_listed() {
            self.violated(name, &value.to_string(), format!("must be one of {}", E::listed().join(", ")));
        }
    }

    /// One segment of a path: anything else would address another operation.
    pub(crate) fn segment(&mut self, name: &'static str, value: &str) {
        if value.is_empty() || value == "." || value == ".." || value.contains(['/', '\\']) {
            self.violated(name, value, "must be one segment of a path: not empty, no slash, not . or ..".to_owned());
        }
    }

    /// Not a value that makes the path of another operation, which the call would reach instead.
    #[cold]
    #[allow(dead_code, reason = "called where one path has a parameter and another a word, and the spec may have none")]
    pub(crate) fn other_path(&mut self, name: &'static str, value: &str, path: &str) {
        self.violated(name, value, format!("must not be {value:?}: {path} is the path of another operation"));
    }

    /// What the builder holds for a parameter: a value, or why there is none, which is a violation.
    pub(crate) fn given<T>(&mut self, name: &'static str, value: Result<T, impl AsRef<str>>) -> Option<T> {
        value.map_err(|reason| self.unusable(name, reason.as_ref())).ok()
    }

    /// A value that the caller did not give, or that could not be converted.
    fn unusable(&mut self, name: &'static str, reason: &str) {
        // progenitor's words for a parameter that was not set, and typify's for a property.
        let unset = reason.ends_with("was not initialized") || reason.starts_with("no value supplied for ");
        self.violated(name, "", if unset { "is required and was not set".to_owned() } else { reason.to_owned() });
    }

    /// Checks what an object holds.
    #[allow(dead_code, reason = "called for bodies that hold objects, and the spec may have none")]
    pub(crate) fn within(&mut self, name: &'static str, check: impl FnOnce(&mut Self)) {
        self.around.push(name);
        check(self);
        self.around.pop();
    }

    fn violated(&mut self, name: &'static str, value: &str, rule: String) {
        let path = self.around.iter().copied().chain([name]).collect::<Vec<_>>().join(".");
        // The rule is about the first one for whoever reads it, and a value may be megabytes long.
        if !self.violations.iter().any(|violation| violation.field == path) {
            self.violations.push(Violation::new(&path, value, &rule));
        }
    }
}
