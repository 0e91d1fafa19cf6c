//! The secrets that these tests use, and assertions that a text contains none of them.

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::sync::Mutex;

pub const APP_SECRET: &str = "kept-secret-9f3b";
pub const TICKET: &str = "kept-ticket-4b1d";
pub const PASSWORD: &str = "kept-word-c7c7";
/// Of a store app.
pub const APP_TOKEN: &str = "a-kept-token-6d20";
pub const FETCHED: &str = "t-kept-token-e02d";
pub const FIXED: &str = "t-kept-token-77aa";
pub const STORED: &str = "t-kept-token-b5f4";
pub const USER: &str = "u-kept-token-51cc";
pub const PROVIDED: &str = "u-kept-token-83ee";

const ALL: [&str; 9] = [APP_SECRET, TICKET, PASSWORD, APP_TOKEN, FETCHED, FIXED, STORED, USER, PROVIDED];

/// Fails if the text contains a secret or most of one.
#[track_caller]
pub fn assert_clean(text: &str) {
    for secret in ALL {
        let part = &secret[2..secret.len() - 1];
        if let Some(at) = text.find(part) {
            let from = text[..at].char_indices().rev().nth(200).map_or(0, |(at, _)| at);
            panic!("{part} is shown in ..{}", &text[from..at + part.len()]);
        }
    }
}

/// The names of all types that were checked.
static SHOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub fn shown() -> BTreeSet<String> {
    SHOWN.lock().unwrap().clone()
}

#[track_caller]
pub fn assert_shows_nothing<T: Debug>(value: &T) {
    // The alternate form has the same parts on separate lines.
    assert_clean(&format!("{value:?}"));
    let name = type_name::<T>().split('<').next().unwrap().rsplit("::").next().unwrap();
    SHOWN.lock().unwrap().insert(name.to_owned());
}

/// Checks an error in every form that may reach a log, with all of its causes.
#[track_caller]
pub fn assert_tells_nothing<E: Debug + Display + std::error::Error>(error: &E) {
    assert_shows_nothing(error);
    assert_clean(&format!("{error} {error:#} {error:#?}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        assert_clean(&format!("{error} {error:?} {error:#?}"));
        cause = error.source();
    }
}
