//! What holds for every operation: spec/service/platform.json against the spec.
//!
//! Error envelope, base URLs and the codes that any call may return are facts of the
//! platform and of no document, so they are proven once and not per operation. A key
//! that the file leaves out proves nothing and asks for nothing.

use super::comparison::{self, ComparedFact, Comparison};
use super::entry::Entries;
use super::finding::Finding;
use super::messages;
use super::rule::Rule;
use crate::assertion::Assertion;
use crate::fact::{Aspect, Fact, Subject};
use crate::spec_model::{Node, Spec};
use crate::statements::service::{Failure, Field, add_fields};
use crate::statements::spec;
use crate::statements::{Complete, Statements};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;
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
    /// The service's `msg` of a code.
    pub fn message(&self, code: i64) -> Option<&str> {
        self.form.errors.iter().find(|error| error.code == code).map(|error| error.msg.as_str())
    }

    pub fn has_errors(&self) -> bool {
        !self.form.errors.is_empty()
    }

    pub fn knows(&self, code: i64) -> bool {
        self.form.errors.iter().any(|error| error.code == code)
    }
}

pub(crate) fn check(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    let from = findings.len();
    check_servers(spec, platform, findings);
    if platform.has_errors() {
        check_errors(spec, platform, findings);
    }
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
        let message = format!(
            "the servers are {}; those of the platform are {}",
            urls.join(", "),
            platform.form.servers.join(", ")
        );
        findings.push(spec.finding(Rule::Servers, "/servers", message, "list the platform's base URLs, in its order"));
    }
}

fn check_errors(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    let comparison = errors(spec, platform);
    let known_places = comparison::known_places([&comparison]);
    for compared in comparison::compared(&comparison, &known_places, &[]).filter(ComparedFact::is_open) {
        let Subject::Error(code) = compared.fact.subject else { continue };
        let pointer = comparison.spec.at(compared.fact).map_or(&*comparison.pointer, String::as_str);
        let http = |assertion: Assertion| match assertion {
            Assertion::Says(error) => error.get("http").cloned().unwrap_or_default(),
            Assertion::Silent | Assertion::Absent => Value::Null,
        };
        let (ours, known) =
            (http(comparison.spec.assertion(compared.fact)), http(comparison.service_assertion(compared.fact)));
        let (message, help) = match (&ours, &known) {
            (_, Value::Null) => (
                format!("the platform's facts have no error {code}"),
                "remove the entry, or add the error to platform.json with its evidence".to_owned(),
            ),
            (Value::Null, _) => (
                format!("error {code} of the platform is missing"),
                format!("add `{{ http: {known}, code: {code}, name: ... }}`"),
            ),
            _ => (format!("error {code} comes with HTTP {known}, not {ours}"), format!("write `http: {known}`")),
        };
        findings.push(spec.finding(Rule::PlatformError, pointer, message, help));
    }
}

/// The errors that any operation may return, in spec and facts.
fn errors<'a>(spec: &Spec, platform: &'a Platform) -> Comparison<'a> {
    let mut transcript = Statements::new(Complete::all());
    for error in spec.platform_errors() {
        transcript.add(Fact::error(error.code), json!({ "http": error.http.unwrap_or_default() }), error.node.pointer);
    }
    let mut service = Statements::new(Complete::all());
    let in_an_operation =
        |code| spec.operations.iter().any(|operation| operation.errors().iter().any(|e| e.code == code));
    for known in &platform.form.errors {
        let fact = Fact::error(known.code);
        if transcript.assertion(&fact).says() || !in_an_operation(known.code) {
            service.add(fact, json!({ "http": known.http, "message": known.msg }), ());
        }
    }
    Comparison {
        operation: None,
        needs_document: false,
        pointer: "/x-feishu-platform-errors".into(),
        document: None,
        service: Some((Cow::Owned(service), &platform.file)),
        spec: transcript,
    }
}

/// The schema of every failure has the fields of the platform's error envelope.
fn check_envelope(spec: &Spec, platform: &Platform, findings: &mut Vec<Finding>) {
    for comparison in envelopes(spec, platform) {
        let known_places = comparison::known_places([&comparison]);
        messages::check(spec, &comparison, &known_places, &[], &Entries::none(), findings);
    }
}

/// The error envelope as each schema of a failure has it, and as the facts do.
fn envelopes<'a>(spec: &Spec, platform: &'a Platform) -> Vec<Comparison<'a>> {
    if platform.form.error_fields.is_empty() {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let schemas = spec.operations.iter().flat_map(|operation| operation.failures()).map(|schema| schema.resolved());
    schemas
        .filter(|schema| seen.insert(schema.pointer.clone()))
        .map(|schema| {
            let mut transcript = Statements::new(Complete::fields());
            spec::add_fields(&mut transcript, &schema);
            let service = Some((Cow::Owned(envelope(platform)), platform.file.as_str()));
            Comparison {
                operation: None,
                needs_document: false,
                pointer: schema.pointer.into(),
                document: None,
                service,
                spec: transcript,
            }
        })
        .collect()
}

/// All that holds for every operation and is compared fact by fact.
pub(crate) fn comparisons<'a>(spec: &Spec, platform: &'a Platform) -> Vec<Comparison<'a>> {
    let mut all = envelopes(spec, platform);
    if platform.has_errors() {
        all.insert(0, errors(spec, platform));
    }
    all
}

fn envelope(platform: &Platform) -> Statements<()> {
    let mut service = Statements::new(Complete::fields());
    for field in &platform.form.error_fields {
        match field {
            ErrorField::Typed(field) => add_fields(&mut service, std::slice::from_ref(field)),
            ErrorField::Path(path) => {
                let fact = Fact::field(path);
                service.add(fact.aspect(Aspect::Type), Value::Null, ());
                service.add(fact, Value::Null, ());
            }
        }
    }
    service
}
