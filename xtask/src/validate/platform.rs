//! What holds for every operation: spec/service/platform.json against the spec.
//!
//! Error envelope, base URLs and the codes that any call may answer are facts of the
//! platform and of no document, so they are proven once and not per operation. A key
//! that the file leaves out proves nothing and asks for nothing.

use super::claim::Claim;
use super::compare::{self, Evidence};
use super::fact::{Aspect, Fact};
use super::finding::Finding;
use super::rule::Rule;
use super::service::{Failure, Field, say_fields};
use super::side::{Complete, Side};
use super::transcript;
use super::view::{Node, Spec};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// spec/service/platform.json.
#[derive(Clone, Debug, Default)]
pub(crate) struct Platform {
    pub file: String,
    pub form: Form,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Form {
    #[serde(default)]
    errors: Vec<Failure>,
    #[serde(default)]
    error_fields: Vec<ErrorField>,
    #[serde(default)]
    servers: Vec<String>,
}

/// A field of the error envelope: its path, and its type where that is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum ErrorField {
    Path(String),
    Typed(Field),
}

impl Platform {
    pub fn knows(&self, code: i64) -> bool {
        self.form.errors.iter().any(|error| error.code == code)
    }
}

pub(crate) fn check(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    let from = findings.len();
    check_servers(spec, platform, findings);
    check_errors(spec, platform, findings);
    check_envelope(spec, platform, findings);
    for finding in &mut findings[from..] {
        *finding = finding.clone().in_service(Some(&platform.file));
    }
}

fn check_servers(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    if platform.form.servers.is_empty() {
        return;
    }
    let servers = spec.root.get("servers");
    let urls: Vec<String> = servers
        .iter()
        .flat_map(Node::items)
        .filter_map(|server| server.get("url")?.text().map(str::to_owned))
        .collect();
    if urls != platform.form.servers {
        let message =
            format!("the servers are {}, the platform's are {}", urls.join(", "), platform.form.servers.join(", "));
        findings.push(spec.finding(Rule::Servers, "/servers", message, "list the platform's base URLs, in its order"));
    }
}

fn check_errors(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    if platform.form.errors.is_empty() {
        return;
    }
    let listed = spec.platform_errors();
    for error in &listed {
        let pointer = &error.node.pointer;
        match platform.form.errors.iter().find(|known| known.code == error.code) {
            None => findings.push(spec.finding(
                Rule::PlatformError,
                pointer,
                format!("the platform's facts have no error {}", error.code),
                "remove the entry, or add the error to platform.json with its evidence",
            )),
            Some(known) if Some(u64::from(known.http)) != error.http => findings.push(spec.finding(
                Rule::PlatformError,
                pointer,
                format!("error {} comes with HTTP {}, not {}", error.code, known.http, error.http.unwrap_or_default()),
                format!("write `http: {}`", known.http),
            )),
            Some(_) => {}
        }
    }
    let in_an_operation =
        |code| spec.operations.iter().any(|operation| operation.errors().iter().any(|e| e.code == code));
    for known in &platform.form.errors {
        let code = known.code;
        // What comes under HTTP 200 is an answer of the token endpoints, which are no part of the spec.
        if known.http >= 400 && !listed.iter().any(|error| error.code == code) && !in_an_operation(code) {
            findings.push(spec.finding(
                Rule::PlatformError,
                "/x-feishu-platform-errors",
                format!("error {code} of the platform is missing"),
                format!("add `{{ http: {}, code: {code}, name: ... }}`", known.http),
            ));
        }
    }
}

/// The schema of every failure has the fields of the platform's error envelope.
fn check_envelope(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    if platform.form.error_fields.is_empty() {
        return;
    }
    let mut seen = BTreeSet::new();
    for schema in spec.operations.iter().flat_map(|operation| operation.failures()) {
        let schema = schema.resolved();
        if !seen.insert(schema.pointer.clone()) {
            continue;
        }
        let mut transcript = Side::new(Complete::fields());
        transcript::say_fields(&mut transcript, &schema);
        let service = envelope(platform, &transcript);
        let service = Some((&service, platform.file.as_str()));
        let evidence =
            Evidence { operation: None, pointer: &schema.pointer, document: None, service, spec: transcript };
        let backed = compare::backed(std::slice::from_ref(&evidence));
        compare::check(spec, &evidence, &backed, &[], findings);
    }
}

fn envelope(platform: &Platform, spec: &Side<String>) -> Side<()> {
    let mut service = Side::new(Complete::fields());
    for field in &platform.form.error_fields {
        match field {
            ErrorField::Typed(field) => say_fields(&mut service, std::slice::from_ref(field)),
            ErrorField::Path(path) => {
                let fact = Fact::field(path);
                service.say(fact.clone(), Value::Null, ());
                // Nobody says of which type it is, so the spec's word is taken.
                if let Claim::Says(kind) = spec.claim(&fact.aspect(Aspect::Type)) {
                    service.say(fact.aspect(Aspect::Type), kind, ());
                }
            }
        }
    }
    service
}
