//! Names for what has none yet: for operations, from their address or function, and
//! the nouns that the names of schemas are made of.
//!
//! A name only has to be free and to say what it names: a person who completes the draft
//! may know a better one.

use crate::codegen::lint::reserved::{TYPES, is_free_operation};
use crate::codegen::spec::names::{is_identifier, is_snake_case};
use apidoc::facts::Operation;
use heck::{ToSnakeCase, ToUpperCamelCase};
use std::collections::BTreeSet;

/// Words that begin the last segment of a path which names an action and no thing.
const ACTIONS: &[&str] = &[
    "add",
    "apply",
    "approve",
    "archive",
    "batch",
    "bind",
    "cancel",
    "check",
    "complete",
    "copy",
    "create",
    "delete",
    "disable",
    "download",
    "enable",
    "export",
    "find",
    "get",
    "import",
    "invite",
    "list",
    "mget",
    "move",
    "patch",
    "preview",
    "publish",
    "query",
    "read",
    "refresh",
    "reject",
    "remove",
    "reply",
    "restore",
    "resume",
    "revoke",
    "search",
    "send",
    "set",
    "sort",
    "start",
    "stop",
    "submit",
    "subscribe",
    "sync",
    "transfer",
    "unbind",
    "unsubscribe",
    "update",
    "upload",
    "write",
];

/// Names of one category, compared as Rust compares them.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken(BTreeSet<String>);

impl Taken {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(ToUpperCamelCase::to_upper_camel_case).collect())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_upper_camel_case())
    }

    pub fn take(&mut self, name: &str) {
        self.0.insert(name.to_upper_camel_case());
    }

    /// The first candidate that is free, or the last with the first free number behind it; it is taken then.
    pub fn first_free(&mut self, candidates: &[String]) -> String {
        let last = candidates.last().map(String::as_str).unwrap_or_default();
        let separator = if is_snake_case(last) { "_" } else { "" };
        let numbered = (2..).map(|number| format!("{last}{separator}{number}"));
        let name = candidates.iter().cloned().chain(numbered).find(|name| !self.has(name)).unwrap_or_default();
        self.take(&name);
        name
    }
}

/// What the operation may be called, the best first; `lists` says that it returns many. `file` is its document, if that
/// has no other operation.
pub(super) fn operation_ids(operation: &Operation, lists: bool, file: Option<&str>) -> Vec<String> {
    let of_path = operation.path.as_deref().and_then(|path| of_path(path, operation.method.as_deref(), lists));
    // Where there is a path, the name is a piece of it.
    let given = is_id(&operation.name) && operation.path.is_none();
    let of_name = of_function(&operation.name).or_else(|| given.then(|| operation.name.clone()));
    let product = product(operation.path.as_deref().unwrap_or_default());
    // The path is the service's own word; a file may have any name.
    let mut ids: Vec<String> =
        of_path.into_iter().chain(file.and_then(of_file)).chain(of_name).filter(|id| is_id(id)).collect();
    let first = ids.first().cloned().unwrap_or_default();
    let (verb, noun) = first.split_once('_').unwrap_or(("call", "operation"));
    ids.push(format!("{verb}_{product}_{noun}"));
    ids.push(format!("{verb}_{noun}"));
    ids.retain(|id| is_id(id));
    ids
}

fn is_id(id: &str) -> bool {
    is_snake_case(id) && is_identifier(id) && is_free_operation(id)
}

/// `contact` of `/open-apis/contact/v3/...`.
pub(super) fn product(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}

/// `add_user_group_member` of `add-user-group-member.md`: a person chose these words for the operation.
fn of_file(file: &str) -> Option<String> {
    let id = file.strip_suffix(".md").unwrap_or(file).to_snake_case();
    let (verb, _) = id.split_once('_')?;
    ACTIONS.contains(&verb).then_some(id)
}

/// `create_user_group` of `CreateUserGroupAsync`.
fn of_function(name: &str) -> Option<String> {
    let is_function = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.is_ascii();
    let id = name.strip_suffix("Async").unwrap_or(name).to_snake_case();
    (is_function && is_id(&id)).then_some(id)
}

/// `list_department_members` of `GET .../departments/{department_id}/members`.
fn of_path(path: &str, method: Option<&str>, lists: bool) -> Option<String> {
    let is_version = |segment: &&str| segment.starts_with('v') && segment[1..].bytes().all(|b| b.is_ascii_digit());
    let segments: Vec<&str> = path.split('/').skip(3).skip_while(is_version).collect();
    let is_parameter = |segment: &str| segment.starts_with('{');
    let mut things: Vec<String> =
        segments.iter().filter(|segment| !is_parameter(segment)).map(|segment| segment.to_snake_case()).collect();
    let ends_in_one = segments.last().is_some_and(|last| is_parameter(last));
    let last = things.pop()?;
    let of_one = segments.iter().rev().nth(1).is_some_and(|segment| is_parameter(segment));
    // What is posted to one thing, and is no list of things, is done to it.
    let is_done = method == Some("POST") && of_one && singular(&last) == last;
    let action = !ends_in_one && (is_done || last.split('_').next().is_some_and(|word| ACTIONS.contains(&word)));
    let (verb, noun) = if action {
        let noun = things.pop();
        (last, noun.map(|noun| if of_one { singular(&noun) } else { noun }))
    } else {
        let verb = match method {
            Some("GET") if lists && !ends_in_one => return Some(joined("list", &things, &last)),
            Some("POST") if !ends_in_one => "create",
            Some("PUT" | "PATCH") => "update",
            Some("DELETE") => "delete",
            Some("GET") => "get",
            _ => "call",
        };
        // What is created in a collection is one thing; what is changed or deleted without an id is all of it.
        let is_one = ends_in_one || verb == "create";
        (verb.to_owned(), Some(if is_one { singular(&last) } else { last }))
    };
    noun.map(|noun| joined(&verb, &things, &noun))
}

fn joined(verb: &str, around: &[String], noun: &str) -> String {
    let owner = around.iter().last().map(|owner| format!("{}_", singular(owner))).unwrap_or_default();
    format!("{verb}_{owner}{noun}")
}

/// What an operation is about: `department` of `list_departments`.
pub(super) fn noun(id: &str) -> String {
    let words: Vec<&str> = id.split('_').skip_while(|word| ACTIONS.contains(word) || *word == "call").collect();
    singular(&words.join("_"))
}

/// One of several: `department` of `departments`.
pub(super) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("es").filter(|stem| stem.ends_with(['x', 'h']) || stem.ends_with("ss")) {
        return stem.to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// What the schema of a property may be called, the best first.
///
/// Two words say enough, one does only where it is what the operation is about; else
/// the name of the schema around it comes before it.
pub(super) fn schema_names(property: &str, owner: &str, noun: &str, operation: &str) -> Vec<String> {
    let own = match singular(&property.to_snake_case()).as_str() {
        // `items` are what the operation is about.
        "item" | "list" => noun.to_upper_camel_case(),
        // `members` of an operation about a `user_group_member` too.
        own if noun.ends_with(&format!("_{own}")) => noun.to_upper_camel_case(),
        own => own.to_upper_camel_case(),
    };
    let says_enough = own.to_snake_case().contains('_') || own == noun.to_upper_camel_case();
    let alone = says_enough.then(|| own.clone());
    let of_operation = format!("{}{own}", operation.to_upper_camel_case());
    let names = alone.into_iter().chain([format!("{owner}{own}"), of_operation]);
    // `A` and `B` make `Ab`: as the generator would write it.
    let mut names: Vec<String> = names.map(|name| name.to_upper_camel_case()).collect();
    names.retain(|name| is_identifier(name) && name.is_ascii() && !TYPES.contains(&name.as_str()));
    if names.is_empty() {
        names.push(format!("{}Part", operation.to_upper_camel_case()));
    }
    names
}
