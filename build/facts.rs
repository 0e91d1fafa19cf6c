//! What the spec knows about an operation, in the words of both who read it: the docs of the crate and the document
//! for readers.

use crate::codegen::spec::extensions::{AccessToken, AppType, RateLimit, Retry, RetryRule};
use crate::codegen::spec::model::Operation;
use std::fmt::Write;

/// What an app needs to make a call, as a list in Markdown.
pub fn needs(operation: &Operation) -> String {
    let tokens = any_of(operation.access_tokens.iter().map(|token| match token {
        AccessToken::Tenant => "tenant_access_token",
        AccessToken::User => "user_access_token",
        AccessToken::App => "app_access_token",
    }));
    let app_types = app_types(&operation.app_types);
    let scopes = any_of(operation.scopes.iter().map(String::as_str));
    let mut text = format!("- Access token: {tokens}\n- Scope: {scopes}\n- App type: {app_types}\n");
    if let Some(feature) = &operation.feature {
        let _ = writeln!(text, "- Feature: `{feature}`");
    }
    if let Some(limit) = operation.rate_limit {
        let _ = writeln!(text, "- Calls: {}", calls(limit));
    }
    text
}

/// The types of apps that may call something.
pub fn app_types(app_types: &[AppType]) -> String {
    let name = |app: &AppType| match app {
        AppType::Custom => "custom",
        AppType::Isv => "isv",
    };
    any_of(app_types.iter().map(name))
}

fn any_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

fn calls(limit: RateLimit) -> String {
    let minute = limit.per_minute.map(|calls| format!("{calls} a minute"));
    let second = limit.per_second.map(|calls| format!("{calls} a second"));
    minute.into_iter().chain(second).collect::<Vec<_>>().join(" and ")
}

/// When a failed call may be sent again, as a sentence.
pub fn retry(Retry { rule, parameter, already_applied_code }: &Retry) -> String {
    let rule = match (rule, parameter) {
        (RetryRule::Safe, _) => "a call may be repeated".to_owned(),
        (RetryRule::IdempotencyKey, Some(key)) => format!("a call may be repeated with the same `{key}`"),
        (RetryRule::IdempotencyKey, None) => "a call may be repeated with the same key".to_owned(),
        (RetryRule::NeverSent, _) => "repeat a call only if it certainly did not reach the service".to_owned(),
    };
    let applied = already_applied_code
        .map(|code| format!("; a retry that fails with {code} says that an earlier attempt was applied"));
    rule + &applied.unwrap_or_default()
}
