//! Secrets: shown as `***`, wiped from memory when dropped.
//!
//! [`Secret::expose`] is the only access to the text, so a search for that name finds every
//! place that reads a secret.

use std::fmt;
use zeroize::Zeroizing;

/// A secret string: an app_secret or a token. `Debug` shows `***`, and dropping it wipes its memory.
///
/// ```
/// use feishu_user_groups::Secret;
///
/// let secret = Secret::from("app secret");
/// assert_eq!(format!("{secret:?}"), "***");
/// assert_eq!(secret.expose(), "app secret");
/// ```
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
