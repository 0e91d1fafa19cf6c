//! The documented failures: rows for the operation, and names for those that have none.
//!
//! The same failure has one name everywhere, so a name that the spec has is used again.
//! A new one is made from the service's message, and its kind guessed from status and
//! wording: a guess that is marked as one.

use super::names::Taken;
use crate::codegen::spec::error_category::ErrorCategory;
use crate::codegen::spec::names::{is_identifier, is_snake_case};
use crate::spec_model::Spec;
use crate::validate::error_names::kinds;
use crate::yaml::{Map, Yaml};
use apidoc::facts::{ErrorCode, Operation};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// More words than this make no name.
const WORDS: usize = 7;
/// What is taken where a document gives no HTTP status.
const HTTP: u16 = 400;
/// Words of a message, and the kind of failure that they suggest.
const TELLING: &[(ErrorCategory, &[&str])] = &[
    (ErrorCategory::PartialFailure, &["partial fail", "partially failed", "partly failed"]),
    (ErrorCategory::NotFound, &["not found", "not exist", "no such", "nonexist", "does not exist", "not_found"]),
    (ErrorCategory::AlreadyExists, &["duplicat", "already", "repeat", "conflict"]),
    (
        ErrorCategory::PermissionDenied,
        &["permission", "authority", "forbidden", "unauthorized", "no access", "not allowed to"],
    ),
    (ErrorCategory::LimitExceeded, &["exceed", "too many", "too long", "too large", "over limit", "out of limit"]),
    (ErrorCategory::InProgress, &["running", "busy", "try again", "in progress", "locked"]),
];

/// The names of failures: the spec's, and those that the draft adds.
pub(super) struct ErrorNames {
    kinds: BTreeMap<String, String>,
    said: BTreeMap<(i64, String), String>,
    of_platform: BTreeMap<i64, String>,
    taken: Taken,
    pub drafted: Map,
}

/// The failures of an operation.
#[derive(Default)]
pub(super) struct Errors {
    pub rows: Vec<Yaml>,
    pub notes: Vec<String>,
    /// Code and kind of each that fails the call: one under HTTP 200 is an item's.
    pub kinds: Vec<(i64, String)>,
    /// The codes that say that nothing had to be done, in order.
    pub existing: Vec<i64>,
}

impl ErrorNames {
    pub fn new(spec: &Spec) -> Self {
        let kinds = kinds(spec);
        let taken = Taken::new(kinds.keys().copied());
        let kinds = kinds.into_iter().map(|(name, kind)| (name.to_owned(), kind.unwrap_or_default().to_owned()));
        let rows = spec.operations.iter().filter(|operation| !operation.is_token_endpoint());
        let rows = rows.flat_map(|operation| operation.errors());
        let said =
            rows.filter_map(|row| Some(((row.code, row.node.get_text("message")?.to_owned()), row.name?.to_owned())));
        let of_platform = spec.platform_errors().into_iter().filter_map(|row| Some((row.code, row.name?.to_owned())));
        Self {
            kinds: kinds.collect(),
            said: said.collect(),
            of_platform: of_platform.collect(),
            taken,
            drafted: Map::default(),
        }
    }

    /// The failures of an operation; `may_repeat`: it has a key by which the service knows a repeated call.
    pub fn errors(&mut self, operation: &Operation, may_repeat: bool) -> Errors {
        let mut errors = Errors::default();
        let (mut guessed, mut twice, mut unsure) = (Vec::new(), Vec::new(), Vec::new());
        let mut codes = BTreeSet::new();
        for row in &operation.errors {
            if !codes.insert(row.code) {
                twice.push(format!("{} (line {})", row.code, row.line));
                continue;
            }
            if row.http.is_none() {
                guessed.push(row.code.to_string());
            }
            let http = row.http.unwrap_or(HTTP);
            let known = self.kinds.len();
            let name = self.name(row, http, may_repeat);
            if self.kinds.len() > known && !is_told(http, &row.message) {
                unsure.push(name.clone());
            }
            let kind = self.kinds.get(&name).cloned().unwrap_or_default();
            if kind == ErrorCategory::AlreadyExists.word() {
                errors.existing.push(row.code);
            }
            if http != 200 {
                errors.kinds.push((row.code, kind));
            }
            errors.rows.push(json!({ "http": http, "code": row.code, "name": name, "message": row.message }).into());
        }
        if !guessed.is_empty() {
            errors.notes.push(format!("the document gives no HTTP status of {}", guessed.join(", ")));
        }
        if !twice.is_empty() {
            errors.notes.push(format!("left out, since the code stands here already: {}", twice.join(", ")));
        }
        errors.existing.sort_unstable();
        if operation.errors.is_empty() {
            errors.notes.push("the document lists no errors".to_owned());
        }
        if !unsure.is_empty() {
            errors.notes.push(format!("TODO: no status or message tells the kind of {}", unsure.join(", ")));
        }
        errors
    }

    fn name(&mut self, row: &ErrorCode, http: u16, may_repeat: bool) -> String {
        let said = (row.code, row.message.clone());
        // A name has one kind, and the kind must go with the status and with the operation.
        let fits_here = |name: &&String| {
            let kind = self.kinds.get(*name).and_then(|kind| ErrorCategory::of_word(kind));
            kind.is_some_and(|kind| kind.fits(http.into()) && (may_repeat || kind != ErrorCategory::DuplicateRequest))
        };
        if let Some(name) = self.said.get(&said).filter(fits_here) {
            return name.clone();
        }
        let known = self.of_platform.get(&row.code).filter(fits_here).cloned();
        let name = known.unwrap_or_else(|| self.made(row, http, may_repeat));
        self.said.insert(said, name.clone());
        name
    }

    /// A name from the message: the spec's if it has it, or else a new one.
    fn made(&mut self, row: &ErrorCode, http: u16, may_repeat: bool) -> String {
        let kind = guess(http, &row.message, may_repeat);
        let words = row.message.to_snake_case();
        let by_code = format!("error_{}", row.code.to_string().replace('-', "minus_"));
        let is_name = |name: &String| {
            name.is_ascii()
                && is_snake_case(name)
                && is_identifier(&name.to_upper_camel_case())
                && name.split('_').count() <= WORDS
        };
        if self.kinds.get(&words) == Some(&kind) {
            return words;
        }
        let mut candidates: Vec<String> = vec![words.clone(), format!("{words}_{}", row.code), by_code.clone()];
        candidates.retain(is_name);
        if candidates.is_empty() {
            candidates.push(by_code);
        }
        let name = self.taken.first_free(&candidates);
        let advice = ErrorCategory::of_word(&kind).map_or("", advice);
        self.drafted.put(&name, json!({ "kind": kind, "advice": advice }));
        self.kinds.insert(name.clone(), kind);
        name
    }
}

/// What a person can do about a failure of this kind.
fn advice(kind: ErrorCategory) -> &'static str {
    match kind {
        ErrorCategory::InvalidArgument => "Correct the parameter that the message names.",
        ErrorCategory::NotFound => "Check the id, and that the app may see what it names.",
        ErrorCategory::AlreadyExists => "Use what is there already, or choose another name or id.",
        ErrorCategory::PermissionDenied => "Grant the app or the user the permission that the message names.",
        ErrorCategory::FailedPrecondition => "Bring it into the state that the message asks for.",
        ErrorCategory::LimitExceeded => "Stay within the limit that the message names, or have it raised.",
        ErrorCategory::InProgress => "Wait until the job that is running has ended.",
        ErrorCategory::DuplicateRequest => "Use a new key for a new request.",
        ErrorCategory::PartialFailure => "Look at the result of each item.",
        ErrorCategory::Internal => "Try again, and quote the log id to support if it lasts.",
        ErrorCategory::InvalidToken => "Get a new access token.",
        ErrorCategory::RateLimited => "Wait as long as the service says before the next call.",
        ErrorCategory::Quota => "Wait until the quota is renewed.",
    }
}

/// Whether the status or the words of a failure say what it means.
fn is_told(http: u16, message: &str) -> bool {
    let message = message.to_lowercase();
    let says_so = ["invalid", "illegal", "parameter", "param ", "must be", "required", "not valid", "empty", "format"];
    let told = TELLING.iter().flat_map(|(_, words)| *words).chain(&says_so).any(|word| message.contains(word));
    matches!(http, 403 | 404 | 429 | 500..=599) || told
}

/// What the failure seems to mean: the status where it leaves no doubt, or else the words.
fn guess(http: u16, message: &str, may_repeat: bool) -> String {
    let message = message.to_lowercase();
    let told = TELLING.iter().find(|(_, words)| words.iter().any(|word| message.contains(word)));
    let kind = match http {
        403 => ErrorCategory::PermissionDenied,
        429 => ErrorCategory::RateLimited,
        500..=599 => ErrorCategory::Internal,
        404 => ErrorCategory::NotFound,
        _ if may_repeat && message.contains("repeat") => ErrorCategory::DuplicateRequest,
        _ => told.map_or(ErrorCategory::InvalidArgument, |(kind, _)| *kind),
    };
    kind.word().to_owned()
}
