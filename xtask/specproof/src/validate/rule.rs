//! Rules: the names of everything that `validate` can report.
//!
//! Each rule has one file, `rules/NAME.md`, with all that is said about it: what it asks
//! for (the first line), why, how to follow it, and an example. A rule without its file
//! does not compile; diagnostics and `--explain` are made from these.

use serde::{Serialize, Serializer};

macro_rules! rules {
    ($($variant:ident $name:literal)*) => {
        /// What can be wrong with a spec; the name is what people see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = include_str!(concat!("rules/", $name, ".md"))] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order that it is documented in.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that diagnostics show: `parameter-default`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn text(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("rules/", $name, ".md")),)* }
            }
        }
    };
}

impl Rule {
    /// What the rule asks for, in one line.
    pub fn explanation(self) -> &'static str {
        self.text().split_once("\n\n").map_or(self.text(), |(first, _)| first)
    }

    /// Why it asks for that, how to follow it, and an example; in Markdown.
    pub fn reasoning(self) -> &'static str {
        self.text().split_once("\n\n").map_or("", |(_, rest)| rest)
    }
}

rules! {
    MissingOperation "missing-operation"
    UnknownOperation "unknown-operation"
    Source "source"

    Method "method"
    Path "path"
    AccessTokens "access-tokens"
    Scopes "scopes"
    AppTypes "app-types"
    RateLimit "rate-limit"

    MissingParameter "missing-parameter"
    UnknownParameter "unknown-parameter"
    ParameterPlace "parameter-place"
    ParameterType "parameter-type"
    ParameterRequired "parameter-required"
    ParameterDefault "parameter-default"
    ParameterEnum "parameter-enum"
    ParameterLimit "parameter-limit"

    MissingField "missing-field"
    UnknownField "unknown-field"
    FieldType "field-type"
    FieldEnum "field-enum"

    MissingError "missing-error"
    UnknownError "unknown-error"
    ErrorHttp "error-http"
    ErrorMessage "error-message"
    DuplicateError "duplicate-error"
    ErrorName "error-name"
    UnusedErrorName "unused-error-name"
    PlatformError "platform-error"
    Servers "servers"

    Unbacked "unbacked"
    Disagreement "disagreement"

    Example "example"
    MissingExample "missing-example"
    UnprovenExample "unproven-example"
    SampleRequest "sample-request"
    LooseSchema "loose-schema"

    Page "page"
    MissingPage "missing-page"
    Results "results"
    Data "data"
    Retry "retry"
    FirstOf "first-of"

    Todo "todo"
    SpecForm "spec-form"
    UnprovenKey "unproven-key"
    Responses "responses"
    RequestBody "request-body"
    NullableList "nullable-list"
    Format "format"
    Description "description"
    EnumNotes "enum-notes"
    OperationId "operation-id"
    RustName "rust-name"
    Tag "tag"
    Deprecated "deprecated"
    Security "security"
    UnusedComponent "unused-component"

    MalformedErratum "malformed-erratum"
    DuplicateErratum "duplicate-erratum"
    UnknownFact "unknown-fact"
    UnusedErratum "unused-erratum"
    ContradictingErratum "contradicting-erratum"
    ErratumEvidence "erratum-evidence"
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
