//! `Display` and `Debug` of an error: one line of bounded length, whatever the service put into its message.
//!
//! Text from the wire is cleaned and shortened when it enters the error (`construct`). The caller's ids and values, and
//! the causes of stores and providers, may still contain any character, so `Display` replaces those again.
//!
//! `main` prints `Debug` of the error that it returns, so `Debug` ends with the line of `Display`. Before it come only
//! the parts that are set and not in that line; `{:#?}` prints every part.

use super::construct::{EXCERPT, SHOWN, more};
use super::{Delivery, Error, ErrorKind};
use crate::decode::{one_line, readable};
use crate::operation::ErrorCategory;
use std::fmt::{self, Write};

/// Replaces control characters and line breaks in what is written to it.
struct Line<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_replaced = |character| readable(character) != character;
        text.split_inclusive(is_replaced).try_for_each(|part| match part.char_indices().next_back() {
            Some((end, last)) if is_replaced(last) => write!(self.0, "{}{}", &part[..end], readable(last)),
            _ => self.0.write_str(part),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f, true)
    }
}

/// An error as spans and events show it: without the ids of a batch's items, which are ids of people.
pub(crate) struct WithoutIds<'a>(pub(crate) &'a Error);

impl fmt::Display for WithoutIds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_line(f, false)
    }
}

impl Error {
    fn write_line(&self, f: &mut fmt::Formatter<'_>, with_ids: bool) -> fmt::Result {
        let mut f = Line(f);
        let parts = &*self.0;
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        // The message describes the last attempt alone.
        let is_last_certain = parts.last_attempt != Delivery::Unknown && parts.kind != ErrorKind::AlreadyApplied;
        if parts.earlier_attempts == Delivery::Unknown && is_last_certain {
            f.write_str("an earlier attempt may have been applied; the last one: ")?;
        }
        match (parts.code, parts.known) {
            (Some(code), Some(known)) => write!(f, "{code} {}", known.name())?,
            (Some(code), None) => write!(f, "code {code}")?,
            (None, _) => f.write_str(&parts.message)?,
        }
        if parts.code.is_some() && !parts.message.is_empty() {
            write!(f, " ({})", parts.message)?;
        }
        if let Some(hint) = &parts.hint {
            write!(f, "; {hint}")?;
        }
        if parts.kind == ErrorKind::Service {
            for violation in parts.violations.iter().take(SHOWN) {
                write!(f, "; {}: {}", violation.field, violation.description)?;
            }
            f.write_str(&more(parts.violations.len()))?;
        }
        if let Some(partial) = &parts.partial {
            let separator = if parts.code.is_some() { "; " } else { "" };
            f.write_str(separator)?;
            partial.write_line(&mut f, with_ids)?;
        }
        match (parts.kind, parts.known) {
            (ErrorKind::AlreadyApplied, Some(known)) if known.category() == ErrorCategory::DuplicateRequest => {
                f.write_str(
                    "; an earlier attempt was applied although its response was lost: the call most likely succeeded",
                )?;
            }
            // An object that is gone may have been gone before the call.
            (ErrorKind::AlreadyApplied, _) => f.write_str(
                "; either an earlier attempt was applied although its response was lost, or this was the state before \
                 the call: the service does not tell them apart",
            )?,
            // The items say what to do, each for itself.
            (ErrorKind::PartialFailure, _) => {}
            (_, Some(known)) => write!(f, "; {}", known.advice().trim_end_matches('.'))?,
            (_, None) => {}
        }
        // The message of a throttled call contains the wait already.
        if let Some(wait) = parts.retry_after.filter(|_| parts.kind != ErrorKind::Throttled) {
            write!(f, "; retry after {} s", wait.as_secs())?;
        }
        if let Some(status) = self.status() {
            write!(f, "; HTTP {status}")?;
        }
        if let Some(log_id) = &parts.log_id {
            write!(f, "; log id {log_id}")?;
        }
        if let Some(link) = self.troubleshooter() {
            write!(f, "; see {link}")?;
        }
        if parts.attempts > 1 {
            write!(f, "; after {} attempts", parts.attempts)?;
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
                .field("hint", &parts.hint)
                .field("status", &self.status())
                .field("code", &parts.code)
                .field("known_code", &parts.known)
                .field("log_id", &parts.log_id)
                .field("detail", &parts.detail)
                .field("data", &parts.data.as_ref().map(|data| one_line(&data.to_string(), EXCERPT)))
                .field("violations", &parts.violations)
                .field("partial", &parts.partial)
                .field("retry_after", &parts.retry_after)
                .field("attempts", &parts.attempts);
        }
        if let Some(key) = &parts.idempotency_key {
            shown.field("idempotency_key", key);
        }
        shown.field("delivery", &self.delivery());
        if let Some(source) = &parts.source {
            shown.field("source", source);
        }
        shown.finish()?;
        write!(f, ": {self}")
    }
}
