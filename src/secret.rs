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
    /// Returns the secret. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self::from(secret.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
