//! What can happen to a request on its way, and how often it does.

use crate::chance::Chance;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset, as if the request had never been read.
    Reset,
    /// The connection is closed without a word.
    Dropped { acted: bool },
    /// No word comes, and the connection stays open.
    Silent { acted: bool },
    /// The service's own failure, in JSON.
    Internal { acted: bool },
    /// A gateway's page.
    Gateway { acted: bool },
    /// The response to what was acted upon breaks off in the middle.
    Truncated,
    /// The response takes a while, and comes in time.
    Slow,
    /// All tokens end before the request arrives.
    Expired,
    /// Too many calls, it is said.
    Limited { status: u16, wait: Wait },
}

/// How the service says how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Reset,
    RetryAfter,
    /// It does not: the client then pauses for a second.
    Unsaid,
}

impl Fault {
    /// For every fifth request of an operation, about.
    pub fn of_a_call(chance: &mut Chance) -> Option<Self> {
        let status = [400, 429][chance.below(2)];
        Some(match chance.below(1000) {
            0..10 => Self::Reset,
            10..20 => Self::Dropped { acted: false },
            20..45 => Self::Dropped { acted: true },
            45..47 => Self::Silent { acted: false },
            47..49 => Self::Silent { acted: true },
            49..66 => Self::Internal { acted: false },
            66..83 => Self::Internal { acted: true },
            83..98 => Self::Gateway { acted: false },
            98..113 => Self::Gateway { acted: true },
            113..138 => Self::Truncated,
            138..158 => Self::Slow,
            158..161 => Self::Expired,
            161..181 => Self::Limited { status, wait: Wait::Reset },
            181..201 => Self::Limited { status, wait: Wait::RetryAfter },
            _ => return None,
        })
    }

    /// For every fifth question for a token, about: one that fails fails all who wait for it.
    pub fn of_a_token_fetch(chance: &mut Chance) -> Option<Self> {
        Some(match chance.below(100) {
            0..1 => Self::Reset,
            1..3 => Self::Dropped { acted: false },
            3..6 => Self::Dropped { acted: true },
            6..7 => Self::Silent { acted: true },
            7..9 => Self::Internal { acted: false },
            9..13 => Self::Gateway { acted: true },
            13..16 => Self::Truncated,
            16..21 => Self::Slow,
            _ => return None,
        })
    }

    /// Whether the service sees the request.
    pub fn lets_through(self) -> bool {
        match self {
            Self::Dropped { acted } | Self::Silent { acted } | Self::Internal { acted } | Self::Gateway { acted } => {
                acted
            }
            Self::Truncated | Self::Slow | Self::Expired => true,
            Self::Reset | Self::Limited { .. } => false,
        }
    }

    /// What the figures call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Dropped { acted: false } => "dropped before",
            Self::Dropped { acted: true } => "dropped after",
            Self::Silent { acted: false } => "silent before",
            Self::Silent { acted: true } => "silent after",
            Self::Internal { acted: false } => "500 before",
            Self::Internal { acted: true } => "500 after",
            Self::Gateway { acted: false } => "502 before",
            Self::Gateway { acted: true } => "502 after",
            Self::Truncated => "truncated",
            Self::Slow => "slow",
            Self::Expired => "expired",
            Self::Limited { wait: Wait::Reset, .. } => "limited, reset",
            Self::Limited { wait: Wait::RetryAfter, .. } => "limited, retry-after",
            Self::Limited { wait: Wait::Unsaid, .. } => "limited, unsaid",
        }
    }

    /// Every name, in the order of the figures.
    pub const NAMES: [&str; 15] = [
        "reset",
        "dropped before",
        "dropped after",
        "silent before",
        "silent after",
        "500 before",
        "500 after",
        "502 before",
        "502 after",
        "truncated",
        "slow",
        "expired",
        "limited, reset",
        "limited, retry-after",
        "limited, unsaid",
    ];
}
