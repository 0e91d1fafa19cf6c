//! Whether the client says what happened: each result is held against the requests that the
//! proxy saw of the call.
//!
//! Responds with have log ids of their own, so a result that names one says which try it is of.

use crate::TRIES;
use crate::journal::{Came, INTERNAL, LIMITED, Seen, TOKEN_REFUSED};
use crate::watch::was_refused;
use feishu_user_groups::{Error, ErrorKind};

/// A result as far as every operation has one alike.
pub enum Ending<'a> {
    Reply {
        /// Not every way of calling tells them.
        attempts: Option<u32>,
        log_id: Option<&'a str>,
    },
    Error(&'a Error),
}

/// What is expected of the result of a call.
pub struct Call<'a> {
    pub operation: &'static str,
    /// The code by which a repeat learns that the first try had arrived.
    pub arrived: Option<i64>,
    /// What the proxy saw of it.
    pub tries: &'a [Seen],
    /// Every question for a token so far.
    pub fetches: &'a [Seen],
}

impl Call<'_> {
    /// Why the ending is not what happened; nothing if it is.
    pub fn wrong(&self, ending: &Ending<'_>) -> Option<String> {
        self.wrong_tries().or_else(|| match ending {
            Ending::Reply { attempts, log_id } => self.wrong_answer(*attempts, *log_id),
            Ending::Error(error) => self.wrong_error(error),
        })
    }

    fn wrong_tries(&self) -> Option<String> {
        let (Some(first), Some(last)) = (self.tries.first(), self.tries.len().checked_sub(1)) else { return None };
        if self.tries.iter().any(|seen| (&seen.line, &seen.body) != (&first.line, &first.body)) {
            return Some("a repeat is not the same request".to_owned());
        }
        if self.tries[..last].iter().any(|seen| seen.came.code() == Some(0)) {
            return Some("another try followed a success".to_owned());
        }
        let refused = || self.tries.iter().enumerate().filter(|(_, seen)| seen.came.code() == Some(TOKEN_REFUSED));
        if refused().any(|(at, seen)| self.tries[at + 1..].iter().any(|later| later.token == seen.token)) {
            return Some("a token that was refused was sent again".to_owned());
        }
        // A refused token is repaired once, whatever the policy.
        (self.tries.len() > TRIES as usize + 1).then(|| format!("{} tries", self.tries.len()))
    }

    fn wrong_answer(&self, attempts: Option<u32>, log_id: Option<&str>) -> Option<String> {
        let Some(last) = self.tries.last() else { return Some("a response without a request".to_owned()) };
        if last.came.code() != Some(0) {
            return Some(format!("a response, although what came was {:?}", last.came));
        }
        let fewer = attempts.filter(|attempts| (*attempts as usize) < self.tries.len());
        fewer
            .map(|attempts| format!("{attempts} attempts, and more were seen"))
            .or_else(|| log_id.and_then(|log_id| differs("log id", Some(log_id), last.came.log_id())))
    }

    fn wrong_error(&self, error: &Error) -> Option<String> {
        // Refused connections are seen by the client alone.
        let unseen = (error.attempts() as usize).checked_sub(self.tries.len());
        let Some(unseen) = unseen else { return Some(format!("{} attempts, and more were seen", error.attempts())) };
        let common = differs("operation", error.operation(), Some(self.operation))
            .or_else(|| differs("is_timeout", error.is_timeout(), error.kind() == ErrorKind::Timeout));
        if common.is_some() {
            return common;
        }
        if error.is_auth() && error.kind() != ErrorKind::Service {
            return self.wrong_token_error(error);
        }
        // The last try was refused, or the proxy went down with it unread.
        let unread = error.kind() == ErrorKind::Transport && error.status().is_none();
        let (before, last) = match (error.kind(), self.tries.split_last()) {
            (ErrorKind::Connection, _) => (self.tries, None),
            (_, Some((last, before))) if !(unread && last.came != Came::Nothing) => (before, Some(last)),
            _ => (self.tries, None),
        };
        let arrived_before = before.iter().any(|seen| seen.came.leaves_open());
        let open = last.map_or(unread, |last| last.came.leaves_open());
        let common =
            differs("may_have_been_applied", error.may_have_been_applied(), open || arrived_before).or_else(|| {
                let told = error.to_string().contains("an earlier attempt may have been applied");
                differs(
                    "what it says of earlier attempts",
                    told,
                    arrived_before && !open && error.kind() != ErrorKind::AlreadyApplied,
                )
            });
        if common.is_some() {
            return common;
        }
        let Some(Seen { came, .. }) = last else {
            return (unseen == 0).then(|| format!("{:?}, although all tries were seen", error.kind()));
        };
        let (kind, retryable) = match came {
            Came::Silence => (ErrorKind::Timeout, true),
            Came::Nothing | Came::Half { .. } => (ErrorKind::Transport, true),
            Came::Reply { code: None, status, .. } => (ErrorKind::InvalidResponse, *status >= 500),
            Came::Reply { code: Some(TOKEN_REFUSED), .. } if !self.tells_of_a_second_refusal() => {
                return Some("the first refusal of a token was not repaired".to_owned());
            }
            Came::Reply { code: Some(0), .. } => return Some("an error, although a response came".to_owned()),
            Came::Reply { code, .. } if *code == self.arrived && arrived_before => (ErrorKind::AlreadyApplied, false),
            Came::Reply { code: Some(code), .. } => (ErrorKind::Service, INTERNAL.contains(code) || *code == LIMITED),
        };
        let is_code = |code: i64| came.code() == Some(code);
        differs("kind", error.kind(), kind)
            .or_else(|| differs("status", error.status(), came.status()))
            .or_else(|| differs("code", error.code(), came.code()))
            .or_else(|| differs("log id", error.log_id(), came.log_id()))
            .or_else(|| differs("is_retryable", error.is_retryable(), retryable))
            .or_else(|| differs("is_rate_limited", error.is_rate_limited(), is_code(LIMITED)))
            .or_else(|| differs("is_auth", error.is_auth(), is_code(TOKEN_REFUSED)))
            .or_else(|| differs("is_already_exists", error.is_already_exists(), is_code(47009)))
            .or_else(|| {
                differs("is_not_found", error.is_not_found(), is_code(42002) && !self.operation.starts_with("create"))
            })
    }

    /// One refused token is replaced within the call.
    fn tells_of_a_second_refusal(&self) -> bool {
        self.tries.iter().filter(|seen| seen.came.code() == Some(TOKEN_REFUSED)).count() > 1
    }

    /// No token: a fetch must have failed just so.
    fn wrong_token_error(&self, error: &Error) -> Option<String> {
        let alike = |seen: &&Seen| {
            let kind = if seen.came == Came::Silence { ErrorKind::Timeout } else { ErrorKind::Auth };
            seen.came.code() != Some(0)
                && (error.kind(), error.status(), error.code(), error.log_id())
                    == (kind, seen.came.status(), seen.came.code(), seen.came.log_id())
        };
        match self.fetches.iter().find(alike) {
            None if !was_refused(error) => Some("no question for a token ended like that".to_owned()),
            // Whatever kept it from a token here passes.
            _ => differs("is_retryable", error.is_retryable(), true).or_else(|| {
                let open = self.tries.iter().any(|seen| seen.came.leaves_open());
                differs("may_have_been_applied", error.may_have_been_applied(), open)
            }),
        }
    }
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, said: T, expected: T) -> Option<String> {
    (said != expected).then(|| format!("{what}: {said:?} instead of {expected:?}"))
}
