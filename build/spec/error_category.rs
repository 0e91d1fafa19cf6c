//! What a failure means to a program: the kinds of `x-feishu-error-names`.
//!
//! This is the only list. The linter allows these words in the spec, the client's enum
//! is generated from them, and `cargo xtask` chooses among them for a draft. A new kind
//! needs a line here and a row in the table of spec/README.md.

use serde::{Deserialize, Deserializer};

macro_rules! error_categories {
    ($($variant:ident $word:literal $doc:literal)*) => {
        /// A kind of failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCategory {
            $(#[doc = $doc] $variant,)*
        }

        impl ErrorCategory {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the spec.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Its description in the generated documentation.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

error_categories! {
    InvalidArgument "invalid_argument" "A parameter is wrong; retrying does not help."
    NotFound "not_found" "The resource does not exist, or is not visible to this app."
    AlreadyExists "already_exists" "A resource with this name or id already exists."
    PermissionDenied "permission_denied" "The app or the user lacks a permission."
    FailedPrecondition "failed_precondition" "The state of the resource does not allow the call."
    LimitExceeded "limit_exceeded" "A limit of the tenant has been reached."
    InProgress "in_progress" "Another job on the same resource is running; retry after it has finished."
    DuplicateRequest "duplicate_request" "The service has already received this request."
    PartialFailure "partial_failure" "Some items of a batch failed; those with code 0 are done."
    Internal "internal" "The service failed."
    InvalidToken "invalid_token" "The access token is missing, wrong or expired."
    RateLimited "rate_limited" "Too many calls; the service says how long to wait."
    Quota "quota" "The monthly quota is used up."
}

impl ErrorCategory {
    /// The kind that a word of the spec names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|category| category.word() == word)
    }

    /// Whether a failure of this kind can have an HTTP status: three statuses determine the kind.
    #[allow(dead_code, reason = "a convention, which `validate` checks and the build does not")]
    pub fn fits(self, http: u64) -> bool {
        match http {
            403 => self == Self::PermissionDenied,
            429 => self == Self::RateLimited,
            500..=599 => self == Self::Internal,
            _ => self != Self::Internal,
        }
    }
}

impl<'de> Deserialize<'de> for ErrorCategory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| {
            let words = Self::ALL.iter().map(|category| category.word()).collect::<Vec<_>>().join(", ");
            serde::de::Error::custom(format!("unknown kind `{word}`, expected one of {words}"))
        })
    }
}
