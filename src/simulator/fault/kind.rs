//! The kinds of fault and their names.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::super::invalid_input::InvalidInput;

/// What happens to a request.
///
/// `acted` says whether the service did what was asked, which the client cannot know. Every kind has a name, which
/// `Display` shows and `FromStr` reads, such as `bad-gateway-after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The rate limit is exceeded: code 99991400 under HTTP 429 or 400, with the seconds to wait in
    /// `x-ogw-ratelimit-reset` if there are any. `rate-limit`, `rate-limit-400`, `rate-limit-without-reset` and
    /// `rate-limit-400-without-reset` in text, with one second.
    RateLimit {
        /// 429 or 400.
        status: u16,
        /// Seconds to wait.
        reset: Option<u32>,
    },
    /// The service fails with HTTP 500 and JSON. `internal-error`, `internal-error-after`.
    InternalError {
        /// Whether the service did what was asked.
        acted: bool,
    },
    /// A gateway responds with HTTP 502 and a page in HTML. `bad-gateway`, `bad-gateway-after`.
    BadGateway {
        /// Whether the service did what was asked.
        acted: bool,
    },
    /// The response takes this long. `slow` in text, with two seconds.
    Slow(Duration),
    /// No response comes, and the connection stays open. `stall`, `stall-after`.
    Stall {
        /// Whether the service did what was asked.
        acted: bool,
    },
    /// The connection is closed without a response. `drop`, `drop-after`.
    Drop {
        /// Whether the service did what was asked.
        acted: bool,
    },
    /// The service does what was asked, and the connection is closed in the middle of the response. `cut-body`.
    CutBody,
    /// The access token has expired: code 99991663, or 99991668 for a user token, under HTTP 200, 400 or 401. A tenant
    /// token is then invalid. `expired-token` (400), `expired-token-200`, `expired-token-401`.
    ExpiredToken {
        /// 200, 400 or 401.
        status: u16,
    },
    /// `has_more` of a page says the opposite. `wrong-has-more`.
    WrongHasMore,
    /// A page that was asked for by `page_token` returns that token again, with `has_more: true`.
    /// `repeated-page-token`.
    RepeatedPageToken,
    /// Every object of the response has a field that no document knows. `unknown-fields`.
    UnknownFields,
    /// Every enum of the response has a value that no document knows. `unknown-enum-values`.
    UnknownEnumValues,
    /// Every empty list of the response is `null`. `null-lists`.
    NullLists,
}

impl FaultKind {
    /// Every kind that text can name.
    pub(in super::super) const NAMED: [(&'static str, Self); 22] = [
        ("rate-limit", Self::RateLimit { status: 429, reset: Some(1) }),
        ("rate-limit-400", Self::RateLimit { status: 400, reset: Some(1) }),
        ("rate-limit-without-reset", Self::RateLimit { status: 429, reset: None }),
        ("rate-limit-400-without-reset", Self::RateLimit { status: 400, reset: None }),
        ("internal-error", Self::InternalError { acted: false }),
        ("internal-error-after", Self::InternalError { acted: true }),
        ("bad-gateway", Self::BadGateway { acted: false }),
        ("bad-gateway-after", Self::BadGateway { acted: true }),
        ("slow", Self::Slow(Duration::from_secs(2))),
        ("stall", Self::Stall { acted: false }),
        ("stall-after", Self::Stall { acted: true }),
        ("drop", Self::Drop { acted: false }),
        ("drop-after", Self::Drop { acted: true }),
        ("cut-body", Self::CutBody),
        ("expired-token", Self::ExpiredToken { status: 400 }),
        ("expired-token-200", Self::ExpiredToken { status: 200 }),
        ("expired-token-401", Self::ExpiredToken { status: 401 }),
        ("wrong-has-more", Self::WrongHasMore),
        ("repeated-page-token", Self::RepeatedPageToken),
        ("unknown-fields", Self::UnknownFields),
        ("unknown-enum-values", Self::UnknownEnumValues),
        ("null-lists", Self::NullLists),
    ];
}

/// The name of the kind, without its numbers: `slow` is two seconds and three.
impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparable = match *self {
            Self::Slow(_) => Self::Slow(Duration::from_secs(2)),
            Self::RateLimit { status, reset } => Self::RateLimit { status, reset: reset.and(Some(1)) },
            other => other,
        };
        let name = Self::NAMED.iter().find(|(_, kind)| *kind == comparable).map(|(name, _)| *name);
        match name {
            Some(name) => f.write_str(name),
            // A status that no name has.
            None => write!(f, "{self:?}"),
        }
    }
}

impl FromStr for FaultKind {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let named = Self::NAMED.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
        named.ok_or_else(|| {
            let names = Self::NAMED.map(|(name, _)| name).join(", ");
            InvalidInput::new("", format!("there is no kind `{text}`; the kinds are {names}"))
        })
    }
}
