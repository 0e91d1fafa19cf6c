//! Where the spec has to follow a difference.
//!
//! What the spec has is edited in place; what it lacks belongs into the list
//! or map that would hold it, and that is what is named then.

use super::matching::Described;
use super::topic::{Aspect, Subject, Topic};
use crate::fact::{Fact, Subject as Of};
use crate::spec_model::{Node, Operation, Spec};
use crate::statements::Statements;
use crate::statements::spec::{self, innermost};
use crate::validate::SpecPlace;
use apidoc::facts::{ExampleKind, Place};

/// The place of what the spec does not have.
pub(crate) const NOWHERE: &str = "/paths";

/// An operation of the spec, or that there is none.
pub(crate) struct Transcribed<'a> {
    spec: &'a Spec<'a>,
    operation: Option<(&'a Operation<'a>, Statements<String>)>,
}

impl<'a> Transcribed<'a> {
    /// The operation that a document describes: x-feishu-source names it, or else its address does.
    pub fn find(spec: &'a Spec<'a>, old: Option<&Described>, new: Option<&Described>) -> Self {
        let named = |described: &&Described| {
            spec.operations.iter().find(|operation| {
                let source = operation.node.get("x-feishu-source");
                source.is_some_and(|source| {
                    source.get_text("document") == Some(&described.read.facts.document)
                        && source.get_text("operation") == Some(&described.facts.name)
                })
            })
        };
        let addressed = |described: &&Described| {
            spec.operations.iter().find(|operation| {
                described.facts.path.as_deref() == Some(operation.path)
                    && described.facts.method.as_deref() == Some(&operation.method)
            })
        };
        let sides = || old.into_iter().chain(new);
        let found = sides().find_map(|side| named(&side)).or_else(|| sides().find_map(|side| addressed(&side)));
        Self { spec, operation: found.map(|operation| (operation, spec::statements(operation))) }
    }

    pub fn id(&self) -> Option<String> {
        self.operation.as_ref().map(|(operation, _)| operation.id.clone())
    }

    pub fn place(&self, topic: &Topic) -> SpecPlace {
        SpecPlace::new(self.spec.source, &self.pointer(topic))
    }

    fn pointer(&self, topic: &Topic) -> String {
        let Some((operation, side)) = &self.operation else { return NOWHERE.to_owned() };
        let within = |key: &str| format!("{}/{key}", operation.node.pointer);
        if let Some(fact) = topic.fact() {
            let stands = side.at(&fact).or_else(|| side.at(&fact.whole()));
            return stands.cloned().unwrap_or_else(|| belongs(operation, &fact));
        }
        match (&topic.subject, &topic.aspect) {
            (Subject::Operation, Some(Aspect::Name)) => within("x-feishu-source/operation"),
            (Subject::Operation, Some(Aspect::Document)) => within("x-feishu-source/document"),
            (Subject::Operation, Some(Aspect::Title)) => within("summary"),
            (Subject::Example(ExampleKind::Response, _), _) => belongs(operation, &Fact::field("")),
            (Subject::Example(ExampleKind::Request, _), _) => match operation.body() {
                Some(body) => properties(body, ""),
                None => within("parameters"),
            },
            _ => operation.node.pointer.clone(),
        }
    }
}

/// The list or map that would hold a fact which is not in the spec.
fn belongs(operation: &Operation, fact: &Fact) -> String {
    let within = |key: &str| format!("{}/{key}", operation.node.pointer);
    match &fact.subject {
        Of::Parameter(Place::Body, path) => {
            operation.body().map_or_else(|| within("requestBody"), |body| properties(body, path))
        }
        Of::Parameter(..) => within("parameters"),
        Of::Field(path) => {
            operation.response().map_or_else(|| within("responses"), |response| properties(response, path))
        }
        Of::Error(_) => within("x-feishu-errors"),
        Of::Operation(of_operation) => of_operation.key().map_or_else(|| operation.node.pointer.clone(), within),
        Of::Behaviour => operation.node.pointer.clone(),
    }
}

/// The properties among which a dotted path would end, as far as the schema leads there.
fn properties(schema: Node, path: &str) -> String {
    let mut here = schema;
    for name in path.split('.') {
        match here.property(name) {
            Some(property) => here = innermost(&property),
            None => break,
        }
    }
    format!("{}/properties", here.resolved().pointer)
}

/// Where the spec names a document: at the first operation of it.
pub(crate) fn of_document(spec: &Spec, document: &str) -> SpecPlace {
    let sources = spec.operations.iter().filter_map(|operation| operation.node.get("x-feishu-source"));
    let source = sources.into_iter().find(|source| source.get_text("document") == Some(document));
    let pointer = source.map_or_else(|| NOWHERE.to_owned(), |source| format!("{}/document", source.pointer));
    SpecPlace::new(spec.source, &pointer)
}
