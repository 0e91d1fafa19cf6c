//! An error as people read it: one line, whatever the service has put into its message.

use super::{Error, ErrorKind};
use crate::operation::Meaning;
use std::fmt::{self, Write};

/// Writes one line, whatever it is given: what the service says may hold any character.
struct Line<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split_inclusive(char::is_control).try_for_each(|part| match part.strip_suffix(char::is_control) {
            Some(part) => write!(self.0, "{part} "),
            None => self.0.write_str(part),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = Line(f);
        let parts = &*self.0;
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        // What is said of the last try does not hold for those before it.
        if parts.open_before && !parts.open && parts.kind != ErrorKind::ArrivedBefore {
            f.write_str("an earlier try may have been acted upon; the last one: ")?;
        }
        match (parts.code, parts.known) {
            (Some(code), Some(known)) => write!(f, "{code} {}", known.name())?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, _) => f.write_str(&parts.message)?,
        }
        if parts.code.is_some() && !parts.message.is_empty() {
            write!(f, " ({})", parts.message)?;
        }
        if parts.kind == ErrorKind::Service {
            for violation in &parts.violations {
                write!(f, "; {}: {}", violation.field, violation.description)?;
            }
        }
        match (parts.kind, parts.known) {
            (ErrorKind::ArrivedBefore, Some(known)) if known.meaning() == Meaning::Repeated => f.write_str(
                "; the first try had arrived although its answer was lost: what it asked for was most likely done",
            )?,
            // Of what is gone nobody can say since when.
            (ErrorKind::ArrivedBefore, _) => f.write_str(
                "; either an earlier try had arrived although its answer was lost, or it was so before: the two look alike",
            )?,
            (_, Some(known)) => write!(f, "; {}", known.advice().trim_end_matches('.'))?,
            (_, None) => {}
        }
        // How far off a turn is stands in the message already, and is this client's own word.
        if let Some(wait) = parts.retry_after.filter(|_| parts.kind != ErrorKind::Throttled) {
            write!(f, "; retry after {} s", wait.as_secs())?;
        }
        if let Some(status) = parts.status {
            write!(f, "; HTTP {status}")?;
        }
        if let Some(log_id) = &parts.log_id {
            write!(f, "; log id {log_id}")?;
        }
        if let Some(link) = self.troubleshooter() {
            write!(f, "; see {link}")?;
        }
        if parts.attempts > 1 {
            write!(f, "; after {} tries", parts.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation())
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("known_code", &self.0.known)
            .field("log_id", &self.0.log_id)
            .field("detail", &self.0.detail)
            .field("violations", &self.0.violations)
            .field("retry_after", &self.0.retry_after)
            .field("idempotency_key", &self.0.idempotency_key)
            .field("attempts", &self.0.attempts)
            .field("may_have_arrived", &self.may_have_arrived())
            .field("source", &self.0.source)
            .finish()
    }
}
