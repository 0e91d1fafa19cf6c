//! Secrets: shown as `***`, wiped when dropped.
//!
//! A secret gets out by one way only, [`Secret::expose`], so that a search for that
//! word finds every place that sees one.

use std::fmt;
use zeroize::Zeroizing;

/// A secret string: an app_secret or a token.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself; do not log what this answers.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self(Zeroizing::new(secret.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
