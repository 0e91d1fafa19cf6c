//! How many members a plan may remove.

use std::fmt;
use std::str::FromStr;

/// The most members that a plan may remove.
///
/// ```
/// use feishu_groups::plan::Ceiling;
///
/// assert_eq!("25%".parse(), Ok(Ceiling::Percent(25.0)));
/// assert_eq!(Ceiling::Percent(25.0).of(3), 1);
/// assert_eq!("10".parse::<Ceiling>()?.of(3), 10);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ceiling {
    /// A share of the present members, rounded down, but at least one unless it is 0 %.
    Percent(f64),
    /// This many.
    Count(usize),
}

impl Default for Ceiling {
    fn default() -> Self {
        Self::Percent(25.0)
    }
}

impl Ceiling {
    /// The most removals from a group with this many members.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share between 0 and 1 of a number of members"
    )]
    pub fn of(self, members: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Percent(share) if share <= 0.0 => 0,
            Self::Percent(share) => ((members as f64 * (share / 100.0)) as usize).max(1),
        }
    }
}

impl FromStr for Ceiling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ceiling = match text.trim().strip_suffix('%') {
            Some(share) => share.trim().parse().ok().filter(|share| (0.0..=100.0).contains(share)).map(Self::Percent),
            None => text.trim().parse().ok().map(Self::Count),
        };
        ceiling.ok_or_else(|| format!("{text:?} is neither a number of people nor a percentage from 0% to 100%"))
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(share) => write!(f, "{share}%"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}
