//! What a task knows of the service's state, from responses alone.
//!
//! An honest failure may leave open whether the call was acted upon. From then on there are
//! several worlds in which the task may live, until a response rules out all but one. An
//! response that rules out every world is wrong, or something was lost.

use feishu_user_groups::{Error, ErrorKind};

/// What a group is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    pub name: String,
    pub description: String,
}

/// The states that a thing may be in.
#[derive(Clone, Debug)]
pub struct Worlds<T>(Vec<T>);

impl<T: Clone + PartialEq> Worlds<T> {
    pub fn certainly(state: T) -> Self {
        Self(vec![state])
    }

    /// What became of a call that turns one state into another.
    pub fn changed(&mut self, change: impl Fn(&T) -> T, surely: bool) {
        let changed: Vec<T> = self.0.iter().map(change).collect();
        if surely {
            self.0.clear();
        }
        for state in changed {
            if !self.0.contains(&state) {
                self.0.push(state);
            }
        }
    }

    /// An response says which states are possible; `false` if none of them was thought to be.
    #[must_use]
    pub fn narrowed(&mut self, possible: impl Fn(&T) -> bool) -> bool {
        let found = self.allows(&possible);
        if found {
            self.0.retain(possible);
        }
        found
    }

    pub fn allows(&self, possible: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(possible)
    }
}

/// What a caller may conclude from how a call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused for what it asked.
    Refused(i64),
    /// A repeat was refused since the first try had arrived.
    Arrived,
    /// It was not done.
    Undone,
    /// It may have been done.
    Open,
}

impl Outcome {
    pub fn of(result: Result<(), &Error>) -> Self {
        let Err(error) = result else { return Self::Done };
        match (error.kind(), error.code()) {
            (ErrorKind::AlreadyApplied, _) => Self::Arrived,
            (ErrorKind::Service, Some(code)) if !error.is_retryable() && !error.is_auth() => Self::Refused(code),
            _ if error.may_have_been_applied() => Self::Open,
            _ => Self::Undone,
        }
    }
}
