//! The operations of requests that the caller writes.
//!
//! Everything on the path of a call refers to an operation as `&'static`, since errors, observers and limiters keep it for
//! as long as they like. A generated operation is a static of the program. One that the caller writes is added here the
//! first time that it is called, and kept for the rest of the program; so calls of generated operations cost nothing
//! more. A template is a literal, so the program's text bounds how many there are. A bound on the number catches a program
//! that makes templates or rates at run time.
//!
//! A template is checked as strictly as a value: it must be a path, or the URL might lead to another host.

use crate::operation::{AccessTokenKind, AppType, Operation, RateLimit, Retry, RetryRule};
use crate::{Error, ErrorKind};
use reqwest::Method;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// More than any program calls; each takes about 300 bytes.
const MAX_OPERATIONS: usize = 1000;

type Known = HashMap<(Method, &'static str), Vec<&'static Operation>>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// What a caller says about an operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) access_tokens: &'static [AccessTokenKind],
    pub(super) rate_limit: Option<RateLimit>,
    pub(super) retry: RetryRule,
}

impl Settings {
    /// What holds unless the caller says otherwise. By HTTP's definition, a repeated GET, PUT or DELETE leads to the state
    /// that the first one led to; a POST or PATCH may act twice.
    pub(super) fn of_method(method: &Method) -> Self {
        let is_idempotent = matches!(*method, Method::GET | Method::PUT | Method::DELETE);
        Self {
            access_tokens: &[AccessTokenKind::Tenant, AccessTokenKind::User],
            rate_limit: None,
            retry: if is_idempotent { RetryRule::Safe } else { RetryRule::NeverSent },
        }
    }

    fn are_of(&self, operation: &Operation) -> bool {
        self.access_tokens == operation.access_tokens
            && self.rate_limit == operation.rate_limit
            && self.retry == operation.retry.rule
    }
}

/// The operation with this method, template and settings.
pub(super) fn operation(
    method: &Method,
    template: &'static str,
    settings: &Settings,
) -> Result<&'static Operation, Error> {
    let refused = |why: &str| {
        let message = format!("not sent: {method} {template:?} cannot be called: {why}");
        Error::new(ErrorKind::InvalidRequest, message)
    };
    check_method(method).and_then(|()| check_template(template)).map_err(|why| refused(&why))?;
    // Nothing in here panics, so a poisoned map is consistent.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let of_endpoint = known.get(&(method.clone(), template)).map(Vec::as_slice).unwrap_or_default();
    if let Some(operation) = of_endpoint.iter().find(|operation| settings.are_of(operation)) {
        return Ok(operation);
    }
    if known.values().map(Vec::len).sum::<usize>() >= MAX_OPERATIONS {
        return Err(refused(
            "the program has used too many different templates and rate limits; write ids with `path`, not into the \
             template, and use one rate limit per endpoint",
        ));
    }
    // One text for an endpoint, whatever the settings.
    let id = of_endpoint.first().map_or_else(|| &*format!("{method} {template}").leak(), |operation| operation.id);
    let operation: &'static Operation = Box::leak(Box::new(Operation {
        id,
        method: method.clone(),
        path: template,
        access_tokens: settings.access_tokens,
        scopes: &[],
        app_types: &[AppType::Custom, AppType::Isv],
        rate_limit: settings.rate_limit,
        retry: Retry { rule: settings.retry, already_applied_code: None },
        batch: None,
        errors: &[],
    }));
    known.entry((method.clone(), template)).or_default().push(operation);
    Ok(operation)
}

/// The methods whose responses have the platform's envelope as their body.
fn check_method(method: &Method) -> Result<(), String> {
    match *method {
        Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE => Ok(()),
        _ => Err("the method must be GET, POST, PUT, PATCH or DELETE".to_owned()),
    }
}

/// Requires segments after single slashes, each either a placeholder or characters that no URL parser interprets. So the
/// request goes to the client's platform, and to this path.
fn check_template(template: &str) -> Result<(), String> {
    let Some(path) = template.strip_prefix('/') else {
        return Err(
            "the template must be a path that begins with a slash; the client's `base_url` is the host".to_owned()
        );
    };
    let mut names = Vec::new();
    for segment in path.split('/') {
        match placeholder(segment) {
            Some(name) if names.contains(&name) => return Err(format!("the template has {{{name}}} twice")),
            Some(name) => names.push(name),
            None if is_literal(segment) => {}
            None => {
                return Err(format!(
                    "the segment {segment:?} of the path is neither `{{name}}` nor letters, digits and `-._~!$&'()*+,;=:@`; \
                     write a query with `query`"
                ));
            }
        }
    }
    Ok(())
}

fn is_literal(segment: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_allowed)
}

/// The names of a template's placeholders, in order.
pub(super) fn placeholders(template: &'static str) -> impl Iterator<Item = &'static str> {
    template.split('/').filter_map(placeholder)
}

fn placeholder(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::Url;

    proptest! {
        #![proptest_config(crate::property::config(2_000))]

        /// Whatever a URL parser makes of the text, it has the same host and the same path.
        #[test]
        fn accepted_template_is_path_of_same_host(text in r"[/\\]{0,2}([a.%2eE:@?#;{}x-]{0,4}[/\\]?){0,4}") {
            let filled = text.replace(['{', '}'], "");
            if check_template(&text).is_ok() {
                let base = Url::parse("https://open.feishu.cn").unwrap();
                let url = base.join(&filled).unwrap();
                prop_assert_eq!((url.host(), url.port(), url.username()), (base.host(), None, ""));
                prop_assert_eq!((url.path(), url.query(), url.fragment()), (&*filled, None, None));
            }
        }
    }

    // One test, since the number is bounded for the whole process.
    #[test]
    fn operations_are_shared_and_bounded() {
        let settings = Settings::of_method(&Method::PUT);
        let limited = Settings { rate_limit: Some(RateLimit::new(Some(1), None)), ..settings.clone() };
        let put = |settings: &Settings| operation(&Method::PUT, "/open-apis/1", settings).unwrap();
        assert!(std::ptr::eq(put(&settings), put(&settings)) && std::ptr::eq(put(&limited), put(&limited)));
        assert!(!std::ptr::eq(put(&settings), put(&limited)));
        assert_eq!([put(&settings).id, put(&limited).id], ["PUT /open-apis/1"; 2]);

        let call = |number: usize| operation(&Method::GET, format!("/open-apis/{number}").leak(), &settings);
        let error = (1..=MAX_OPERATIONS).find_map(|number| call(number).err()).unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("too many different templates"), "{error}");
        // What is known already can still be called.
        assert!(std::ptr::eq(call(1).unwrap(), call(1).unwrap()));
    }
}
