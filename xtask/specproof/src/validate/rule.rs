//! Rules: the names of everything that `validate` can find.
//!
//! A finding is only as useful as the question "and why is that wrong?" is cheap,
//! so each rule's name and meaning stand here and nowhere else, and its reasoning in
//! `rules/NAME.md`, without which a rule does not compile: diagnostics and `--explain`
//! are made of this list.

use serde::{Serialize, Serializer};

macro_rules! rules {
    ($($variant:ident $name:literal: $explanation:literal)*) => {
        /// What can be wrong with a spec; the name is what people see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $explanation] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order that it is documented in.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that diagnostics show: `parameter-default`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the rule asks for, in one line.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }

            /// Why it asks for that, how to follow it, and an example; in Markdown.
            pub fn reasoning(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("rules/", $name, ".md")),)* }
            }
        }
    };
}

rules! {
    MissingOperation "missing-operation": "Every operation that a document or a file of spec/service/ describes is in the spec."
    UnknownOperation "unknown-operation": "Every operation of the spec is described by a document or by a file in spec/service/."
    Source "source": "x-feishu-source names a document and an operation in it, and no two operations share one."

    Method "method": "The HTTP method is the one that document and service give."
    Path "path": "The path is the one that document and service give."
    AccessTokens "access-tokens": "x-feishu-access-tokens lists the tokens that document and service give."
    Scopes "scopes": "x-feishu-scopes lists the scopes that document and service give."
    AppTypes "app-types": "x-feishu-app-types lists the kinds of app that document and service give."
    RateLimit "rate-limit": "x-feishu-rate-limit holds the bounds that document and service give."

    MissingParameter "missing-parameter": "Every parameter and body property that document or service has is in the spec."
    UnknownParameter "unknown-parameter": "Every parameter and body property of the spec is known to document or service."
    ParameterPlace "parameter-place": "A parameter travels where document and service put it: path, query, header or body."
    ParameterType "parameter-type": "A parameter has the type that document and service give."
    ParameterRequired "parameter-required": "A parameter is required where document and service say so."
    ParameterDefault "parameter-default": "A parameter has the default that document and service give."
    ParameterEnum "parameter-enum": "A parameter takes the values that document and service list."
    ParameterLimit "parameter-limit": "A parameter has the limits that document and service give."

    MissingField "missing-field": "Every field that a response example or field list has is in the spec's response."
    UnknownField "unknown-field": "Every field of the spec's responses is known to a document or the service."
    FieldType "field-type": "A field of the answer has the type that document and service show."
    FieldEnum "field-enum": "A field of the answer takes the values that document and service list."

    MissingError "missing-error": "Every error code that document or service lists is in x-feishu-errors."
    UnknownError "unknown-error": "Every code of x-feishu-errors is listed by document or service."
    ErrorHttp "error-http": "An error comes with the HTTP status that document and service give."
    ErrorMessage "error-message": "An error has the message that document and service give."
    DuplicateError "duplicate-error": "A code stands once in a list of errors."
    ErrorName "error-name": "An error's name is defined in x-feishu-error-names, with a kind that fits its status."
    UnusedErrorName "unused-error-name": "Every name of x-feishu-error-names is the name of some error."
    PlatformError "platform-error": "x-feishu-platform-errors are the errors of spec/service/platform.json."
    Servers "servers": "The servers are the base URLs of spec/service/platform.json."

    Unbacked "unbacked": "What neither document nor service says, the spec says only with an entry in errata.yaml."
    Disagreement "disagreement": "Where document and service differ, an entry in errata.yaml bridges them."

    Example "example": "Every JSON example of document and service fits its schema, unknown fields refused."
    SampleRequest "sample-request": "Every request inside a code sample is one that the spec describes."
    LooseSchema "loose-schema": "A schema refuses an example with one field renamed or of another type, and an empty answer."

    Page "page": "x-feishu-page points at the lists, the token and has_more of the answer, and at query parameters."
    MissingPage "missing-page": "An operation that answers has_more says in x-feishu-page how it is paged."
    Data "data": "x-feishu-data points at the innermost data object of the answer."
    Retry "retry": "x-feishu-retry follows from the method, the parameters and the errors."
    FirstOf "first-of": "x-feishu-first-of names properties of its schema."

    SpecForm "spec-form": "The spec has the form that the other checks read: references resolve, parts are where they belong."
    UnprovenKey "unproven-key": "The spec uses only keys that something here proves."
    Responses "responses": "Responses are 200, 4XX and 5XX, each application/json with a schema."
    RequestBody "request-body": "A request body is required and is application/json with a schema."
    NullableList "nullable-list": "Optional lists are nullable, and nothing else is."
    Format "format": "Integers have the format int64, and nothing else has a format."
    Description "description": "Everything that becomes documentation is described."
    EnumNotes "enum-notes": "x-enum-descriptions and x-enum-varnames have one entry for each value."
    OperationId "operation-id": "operationId is snake_case and stands once."
    Tag "tag": "An operation is tagged with the product that its path names, and the tag is declared."
    Deprecated "deprecated": "A parameter is deprecated where the document alone knows it."
    Security "security": "Every operation is under one bearer token scheme."
    UnusedComponent "unused-component": "Every component is used by some operation."

    MalformedErratum "malformed-erratum": "An entry of errata.yaml has the form that spec/README.md describes."
    DuplicateErratum "duplicate-erratum": "Ids in errata.yaml are unique, and a fact stands in one entry."
    UnknownFact "unknown-fact": "An erratum names operations and facts that exist."
    UnusedErratum "unused-erratum": "Every fact of an erratum, in every operation, needs the entry."
    ContradictingErratum "contradicting-erratum": "An erratum tells what document, service and spec really say."
    ErratumEvidence "erratum-evidence": "What shown_by names is among the facts of the service."
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
