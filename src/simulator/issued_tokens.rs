//! The tokens that the simulator issued, found by their text in constant time.
//!
//! All have the same lifetime and the clock only moves forward, so the oldest expires first and is dropped first. A
//! lifetime under 30 minutes makes every fetch issue another token, which a client may do thousands of times a second:
//! their number is bounded.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::operation::AppType;

/// The most tokens that are valid at once. The oldest of more than these is invalid early.
const MAX_TOKENS: usize = 100_000;

/// Who a token belongs to.
#[derive(Clone, PartialEq)]
pub(super) enum Owner {
    /// A store app itself, by its id.
    App(String),
    Tenant(Caller),
}

/// The tenant and app that a token belongs to.
#[derive(Clone, PartialEq)]
pub(super) struct Caller {
    pub tenant: String,
    /// The app that fetched the token, and the type that it was used as; unknown for a user token.
    pub app: Option<(String, AppType)>,
}

impl Caller {
    /// Whether it is a custom app, whose tenant_access_token is its app_access_token at the same time.
    pub fn is_custom_app(&self) -> bool {
        matches!(self.app, Some((_, AppType::Custom)))
    }
}

/// Tokens with their owners.
#[derive(Default)]
pub(super) struct IssuedTokens {
    by_text: HashMap<String, IssuedToken>,
    /// Removed tokens are still here.
    oldest_first: VecDeque<String>,
}

struct IssuedToken {
    owner: Owner,
    expires_at: Instant,
}

impl IssuedTokens {
    /// Adds a token, which expires later than all others, and drops those that have expired.
    pub fn add(&mut self, token: String, owner: Owner, expires_at: Instant, now: Instant) {
        while let Some(oldest) = self.oldest_first.front()
            && (self.oldest_first.len() >= MAX_TOKENS || self.owner(oldest, now).is_none())
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_text.remove(&oldest);
        }
        self.oldest_first.push_back(token.clone());
        self.by_text.insert(token, IssuedToken { owner, expires_at });
    }

    /// The owner of a valid token.
    pub fn owner(&self, token: &str, now: Instant) -> Option<&Owner> {
        self.by_text.get(token).filter(|issued| issued.expires_at > now).map(|issued| &issued.owner)
    }

    /// The newest token of an owner that has so much time left, with that time.
    pub fn newest(&self, owner: &Owner, least: Duration, now: Instant) -> Option<(&str, Duration)> {
        let newest_first = self.oldest_first.iter().rev();
        let existing = newest_first.filter_map(|token| Some((token, self.by_text.get(token)?)));
        let mut fresh = existing.map_while(|(token, issued)| {
            let left = issued.expires_at.saturating_duration_since(now);
            (left >= least).then_some((token, issued, left))
        });
        fresh.find(|(_, issued, _)| issued.owner == *owner).map(|(token, _, left)| (token.as_str(), left))
    }

    /// Makes a token invalid.
    pub fn remove(&mut self, token: &str) {
        self.by_text.remove(token);
    }

    /// Makes the tokens of other owners invalid.
    pub fn retain(&mut self, mut keep: impl FnMut(&Owner) -> bool) {
        self.by_text.retain(|_, issued| keep(&issued.owner));
    }

    /// Makes every token invalid.
    pub fn clear(&mut self) {
        self.by_text.clear();
        self.oldest_first.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(id: &str) -> Owner {
        Owner::App(id.to_owned())
    }

    #[test]
    fn oldest_tokens_are_dropped() {
        let (mut tokens, start) = (IssuedTokens::default(), Instant::now());
        let hour = Duration::from_secs(3600);
        for number in 0..=MAX_TOKENS {
            tokens.add(format!("t-{number}"), app("a"), start + hour, start);
        }
        assert_eq!((tokens.by_text.len(), tokens.oldest_first.len()), (MAX_TOKENS, MAX_TOKENS));
        assert!(tokens.owner("t-0", start).is_none() && tokens.owner("t-1", start).is_some());
        tokens.add("t-new".to_owned(), app("a"), start + 2 * hour, start + hour);
        assert_eq!((tokens.by_text.len(), tokens.oldest_first.len()), (1, 1), "the others have expired");
    }

    #[test]
    fn newest_token_of_an_owner_is_found() {
        let (mut tokens, start) = (IssuedTokens::default(), Instant::now());
        let after = |minutes: u64| start + Duration::from_secs(60 * minutes);
        for (token, owner, minute) in [("1", "a", 0), ("2", "a", 1), ("3", "b", 2)] {
            tokens.add(token.to_owned(), app(owner), after(minute + 60), after(minute));
        }
        let least = Duration::from_secs(1800);
        let newest = |tokens: &IssuedTokens, owner: &str, now| {
            tokens.newest(&app(owner), least, now).map(|(token, left)| (token.to_owned(), left.as_secs()))
        };
        assert_eq!(newest(&tokens, "a", after(2)), Some(("2".to_owned(), 59 * 60)));
        tokens.remove("2");
        assert_eq!(newest(&tokens, "a", after(2)), Some(("1".to_owned(), 58 * 60)));
        assert_eq!(newest(&tokens, "a", after(31)), None, "29 minutes are left");
        assert_eq!(newest(&tokens, "b", after(31)), Some(("3".to_owned(), 31 * 60)));
        tokens.retain(|owner| *owner == app("a"));
        assert_eq!(newest(&tokens, "b", after(31)), None);
    }
}
