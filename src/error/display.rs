//! An error as people read it: one line that ends, whatever the service has put into its message.
//!
//! What comes from the wire was made so when it entered the error (`making.rs`); ids and values of the caller's, and
//! causes from stores and providers, may still hold any character.
//!
//! `main` prints `Debug` of the error that it returns, so `Debug` ends in what `Display` says. Before that it shows
//! only what is there and not in that line; `{:#?}` shows every part.

use super::construct::{SHOWN, more};
use super::{Delivery, Error, ErrorKind};
use crate::decode::readable;
use crate::operation::ErrorCategory;
use std::fmt::{self, Write};

/// Writes one line, whatever it is given.
struct Line<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_odd = |character| readable(character) != character;
        text.split_inclusive(is_odd).try_for_each(|part| match part.char_indices().next_back() {
            Some((end, last)) if is_odd(last) => write!(self.0, "{}{}", &part[..end], readable(last)),
            _ => self.0.write_str(part),
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
        let is_last_certain = parts.last_attempt != Delivery::Unknown && parts.kind != ErrorKind::AlreadyApplied;
        if parts.earlier_attempts == Delivery::Unknown && is_last_certain {
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
            for violation in parts.violations.iter().take(SHOWN) {
                write!(f, "; {}: {}", violation.field, violation.description)?;
            }
            f.write_str(&more(&parts.violations))?;
        }
        match (parts.kind, parts.known) {
            (ErrorKind::AlreadyApplied, Some(known)) if known.category() == ErrorCategory::DuplicateRequest => f.write_str(
                "; the first try had arrived although its answer was lost: what it asked for was most likely done",
            )?,
            // Of what is gone nobody can say since when.
            (ErrorKind::AlreadyApplied, _) => f.write_str(
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
        let (parts, every_part) = (&*self.0, f.alternate());
        let mut shown = f.debug_struct("Error");
        shown.field("kind", &parts.kind);
        if every_part {
            shown
                .field("operation", &self.operation())
                .field("message", &parts.message)
                .field("status", &parts.status)
                .field("code", &parts.code)
                .field("known_code", &parts.known)
                .field("log_id", &parts.log_id)
                .field("detail", &parts.detail)
                .field("violations", &parts.violations)
                .field("retry_after", &parts.retry_after)
                .field("attempts", &parts.attempts);
        }
        if let Some(key) = &parts.idempotency_key {
            shown.field("idempotency_key", key);
        }
        shown.field("may_have_been_applied", &self.may_have_been_applied());
        if let Some(source) = &parts.source {
            shown.field("source", source);
        }
        shown.finish()?;
        write!(f, ": {self}")
    }
}
