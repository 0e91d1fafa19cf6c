//! Why a command ended without doing what it was asked, and the exit code for it.
//!
//! A script decides by the code what to do next: run it again (1), correct the file (2), ask an administrator (3), try
//! again later (4), or have a person look at it (5).

use feishu_groups::input::InputError;
use feishu_user_groups::{Error, ErrorCode, ErrorKind};
use std::fmt;
use std::process::ExitCode;

/// Some people, or some steps, are left.
pub const PARTIAL: u8 = 1;

/// The exit codes, as `--help` lists them.
pub const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    partly done, or an incomplete output: messages say what is missing
  2    bad input: arguments, file, an unknown group or person, a rejected request
  3    to be granted or renewed: credentials, scope, contact scope, certificate, quota
  4    network or service: try again later
  5    refused for safety: nobody was removed
  130  interrupted";

/// A message with its exit code.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// Something was done or printed, and not all of it.
    pub fn partial(text: impl Into<String>) -> Self {
        Self { code: PARTIAL, text: text.into() }
    }

    /// Arguments or a file that have to be corrected.
    pub fn bad_input(text: impl Into<String>) -> Self {
        Self { code: 2, text: text.into() }
    }

    /// Credentials that are missing.
    pub fn credentials(text: impl Into<String>) -> Self {
        Self { code: 3, text: text.into() }
    }

    /// A service that cannot be reached.
    pub fn service(text: impl Into<String>) -> Self {
        Self { code: 4, text: text.into() }
    }

    /// A change that nobody confirmed, or that looks like a mistake.
    pub fn refused(text: impl Into<String>) -> Self {
        Self { code: 5, text: text.into() }
    }

    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::bad_input(format!("{error}\nNothing was sent."))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: code_of(&error), text: error.to_string() }
    }
}

/// The exit code of a failed call.
pub fn code_of(error: &Error) -> u8 {
    match error.kind() {
        // A token that cannot be fetched because nothing can is a matter of the network.
        ErrorKind::Auth if error.is_retryable() => 4,
        // No repeat helps before somebody renews these.
        ErrorKind::Tls => 3,
        _ if error.known_code() == Some(ErrorCode::MonthlyQuotaUsedUp) => 3,
        _ if error.is_auth() || error.is_permission_denied() => 3,
        ErrorKind::Configuration | ErrorKind::InvalidRequest => 2,
        // Most likely done; "try again later" would be wrong.
        ErrorKind::PartialFailure | ErrorKind::AlreadyApplied => PARTIAL,
        ErrorKind::Service if !error.is_retryable() && !error.is_rate_limited() => 2,
        _ => 4,
    }
}
