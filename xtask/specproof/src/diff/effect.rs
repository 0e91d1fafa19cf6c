//! Effects: what a difference of facts does to those who call the operation.
//!
//! Whether a change breaks callers depends on its kind alone, so the kinds,
//! their effects and the reasons are one table, and `of` only decides which line of it a
//! difference is. "May break" is for what a document shows and does not promise: a person
//! has to look.

use super::topic::{Aspect, Subject, Topic};
use crate::kind;
use apidoc::facts::ExampleKind;
use serde::Serialize;
use serde_json::Value;
use std::cmp::Ordering;

/// What a change does to callers; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// What worked works.
    Compatible,
    /// Somebody has to look.
    MayBreak,
    /// What worked stops working, for some callers at least.
    Breaking,
}

impl Effect {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Compatible => "breaks nobody",
            Self::MayBreak => "may break callers",
            Self::Breaking => "breaks callers",
        }
    }

    /// As people read it behind a number.
    pub(crate) fn counted(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Compatible, 1) => "breaks nobody",
            (Self::Compatible, _) => "break nobody",
            (Self::MayBreak, _) => "may break callers",
            (Self::Breaking, 1) => "breaks callers",
            (Self::Breaking, _) => "break callers",
        }
    }
}

macro_rules! consequences {
    ($($variant:ident $effect:ident $reason:literal)*) => {
        /// A kind of change, as callers meet it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Consequence {
            $(#[doc = $reason] $variant,)*
        }

        impl Consequence {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Whether it breaks callers.
            pub fn effect(self) -> Effect {
                match self { $(Self::$variant => Effect::$effect,)* }
            }

            /// Why it does, or does not.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason,)* }
            }
        }
    };
}

consequences! {
    OperationGone       Breaking   "callers have nothing left to call"
    OperationNew        Compatible "nobody calls it yet"
    AddressChanged      Breaking   "requests to the old address are rejected"
    NameOnly            Compatible "names and headings of documents are never sent"

    AccessLost          Breaking   "apps that have only this one are rejected"
    AccessGained        Compatible "what apps have already is still enough"
    RateNarrowed        Breaking   "callers at the old rate are rejected"
    RateWidened         Compatible "callers at the old rate are within the new one"

    ParameterGone       Breaking   "requests that send it are no longer understood"
    RequiredNew         Breaking   "existing requests lack it and are rejected"
    OptionalNew         Compatible "existing requests need not send it"
    RequiredWithinNew   Compatible "existing requests do not send the object that it is in"
    ParameterRenamed    Breaking   "requests that send the old name are no longer understood"
    ParameterMoved      Breaking   "requests that send it at the old place are no longer understood"
    BecameRequired      Breaking   "requests that leave it out are rejected"
    BecameOptional      Compatible "requests that send it are still understood"
    TypeChanged         Breaking   "values of the old type are no longer understood"
    TypeLearned         MayBreak   "the document did not know the type before; the spec may have guessed another"
    TypeReworded        Compatible "another word for the same type"
    DefaultChanged      MayBreak   "requests that leave it out may now mean something else"
    DefaultStated       Compatible "the document was silent; a default is never sent"
    ValueGone           Breaking   "requests with this value are rejected"
    ValueNew            Compatible "existing values are still accepted"
    ValuesClosed        Breaking   "the document allowed any value, and now only these"
    ValuesOpened        Compatible "existing values are still accepted"
    LimitNarrowed       Breaking   "requests between the old limit and the new one are rejected"
    LimitWidened        Compatible "requests within the old limit are within the new one"

    FieldGone           Breaking   "callers that read it find nothing, and the generated type loses it"
    FieldNew            Compatible "existing callers do not read it"
    FieldRenamed        Breaking   "callers that read the old name find nothing"
    FieldRetyped        Breaking   "callers that read the old type cannot read the new one"
    ResponseValueGone   Compatible "callers that expect it never get it"
    ResponseValueNew    Compatible "enums are open in the generated code: an unknown value is kept"

    ErrorGone           Compatible "callers that expect it never get it"
    ErrorNew            Compatible "an unknown code is kept and reported as it is"
    ErrorRecoded        MayBreak   "callers that compare the code miss it"
    ErrorStatus         MayBreak   "callers that compare the HTTP status miss it"
    ErrorReworded       Compatible "messages are for people; programs compare codes"

    ResponseShownOtherwise MayBreak  "the example no longer shows what callers may read; an example is no promise"
    AddressShownOtherwise MayBreak "a sample calls another address; a sample is no promise"
    ExampleOnly         Compatible "an example illustrates; it still shows all that callers may read"

    Silenced            MayBreak   "the document no longer says it; it may not have changed"
    Stated              MayBreak   "the document did not say it before; the spec may have guessed otherwise"
}

/// What a difference does; `None` where a state has nothing there.
pub(crate) fn of(topic: &Topic, old: Option<&Value>, new: Option<&Value>) -> Consequence {
    use Consequence as C;
    let by_presence = |gone: C, added: C, changed: C| match (old, new) {
        (Some(_), Some(_)) => changed,
        (Some(_), None) => gone,
        (None, _) => added,
    };
    match (&topic.subject, &topic.aspect) {
        (Subject::Field(_), Some(Aspect::Type)) => of_type(old, new, C::FieldRetyped),
        (_, Some(Aspect::Type)) => of_type(old, new, C::TypeChanged),
        (Subject::Document, _) => C::NameOnly,
        (Subject::Operation, None) => by_presence(C::OperationGone, C::OperationNew, C::AddressChanged),
        (Subject::Operation, Some(aspect)) => match aspect {
            Aspect::Method | Aspect::Path => by_presence(C::Silenced, C::Stated, C::AddressChanged),
            Aspect::Scopes if old.is_some() && new.is_some() => match (old, new) {
                (Some(Value::Array(old)), Some(Value::Array(new))) if old.iter().all(|scope| new.contains(scope)) => {
                    C::AccessGained
                }
                _ => C::AccessLost,
            },
            // A whole list is silence that began or ended; one value is a change within it.
            Aspect::AccessTokens | Aspect::Scopes | Aspect::AppTypes
                if [old, new].iter().flatten().any(|v| v.is_array()) =>
            {
                by_presence(C::Silenced, C::Stated, C::Stated)
            }
            Aspect::AccessTokens | Aspect::Scopes | Aspect::AppTypes => {
                by_presence(C::AccessLost, C::AccessGained, C::AccessLost)
            }
            Aspect::PerMinute | Aspect::PerSecond => match order(old, new) {
                Some(Ordering::Greater) => C::RateNarrowed,
                Some(_) => C::RateWidened,
                None => by_presence(C::Silenced, C::Stated, C::Stated),
            },
            _ => C::NameOnly,
        },
        (Subject::Parameter(..), aspect) => of_parameter(aspect.as_ref(), old, new),
        (Subject::Field(_), Some(Aspect::Enum)) => {
            by_presence(C::ResponseValueGone, C::ResponseValueNew, C::ResponseValueNew)
        }
        (Subject::Field(_), _) => by_presence(C::FieldGone, C::FieldNew, C::FieldRenamed),
        (Subject::Error(_), None) => by_presence(C::ErrorGone, C::ErrorNew, C::ErrorRecoded),
        (Subject::Error(_), Some(Aspect::Code)) => C::ErrorRecoded,
        (Subject::Error(_), Some(Aspect::Http)) => by_presence(C::Silenced, C::Stated, C::ErrorStatus),
        (Subject::Error(_), _) => C::ErrorReworded,
        (Subject::Example(kind, _), Some(Aspect::Shown(shown))) => match (shown.part, kind) {
            ("method" | "path", _) if old.is_some() && new.is_some() => C::AddressShownOtherwise,
            ("value", ExampleKind::Response) if is_lost(old, new) => C::ResponseShownOtherwise,
            _ => C::ExampleOnly,
        },
        (Subject::Example(ExampleKind::Response, _), None) if new.is_none() => C::ResponseShownOtherwise,
        (Subject::Example(..), _) => C::ExampleOnly,
    }
}

/// What a new property does whose object is new as well, and optional.
pub(crate) fn within_new(consequence: Consequence) -> Consequence {
    if consequence == Consequence::RequiredNew { Consequence::RequiredWithinNew } else { consequence }
}

fn of_parameter(aspect: Option<&Aspect>, old: Option<&Value>, new: Option<&Value>) -> Consequence {
    use Consequence as C;
    let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let is_list = |value: Option<&Value>| value.is_some_and(Value::is_array);
    match aspect {
        None if new.is_none() => C::ParameterGone,
        None if is_true(new.and_then(|parameter| parameter.get("required"))) => C::RequiredNew,
        None => C::OptionalNew,
        Some(Aspect::Name) => C::ParameterRenamed,
        Some(Aspect::Place) => C::ParameterMoved,
        Some(Aspect::Required) if is_true(new) => C::BecameRequired,
        Some(Aspect::Required) => C::BecameOptional,
        Some(Aspect::Default) if old.is_none() => C::DefaultStated,
        Some(Aspect::Default) => C::DefaultChanged,
        Some(Aspect::Enum) if is_list(new) => C::ValuesClosed,
        Some(Aspect::Enum) if is_list(old) => C::ValuesOpened,
        Some(Aspect::Enum) if new.is_none() => C::ValueGone,
        Some(Aspect::Enum) => C::ValueNew,
        Some(aspect) => of_limit(aspect, old, new),
    }
}

fn of_limit(aspect: &Aspect, old: Option<&Value>, new: Option<&Value>) -> Consequence {
    let narrower = match aspect {
        Aspect::Minimum | Aspect::MinLength | Aspect::MinItems => Ordering::Less,
        _ => Ordering::Greater,
    };
    let is_narrowed = order(old, new).map_or(old.is_none(), |order| order == narrower);
    if is_narrowed { Consequence::LimitNarrowed } else { Consequence::LimitWidened }
}

fn of_type(old: Option<&Value>, new: Option<&Value>, changed: Consequence) -> Consequence {
    let normal = |value: Option<&Value>| kind::normal(value.and_then(Value::as_str).unwrap_or_default());
    let (old, new) = (normal(old), normal(new));
    if old == new {
        Consequence::TypeReworded
    } else if ["undefined", "unknown", "any", "array"].contains(&old.trim_end_matches("[]")) {
        Consequence::TypeLearned
    } else {
        changed
    }
}

/// How the old number compares with the new one.
fn order(old: Option<&Value>, new: Option<&Value>) -> Option<Ordering> {
    Some(old?.as_i64()?.cmp(&new?.as_i64()?))
}

/// Whether a response no longer shows a value, or shows one of another type.
fn is_lost(old: Option<&Value>, new: Option<&Value>) -> bool {
    let Some(before) = old.and_then(kind::of_value) else { return false };
    new.and_then(kind::of_value).is_none_or(|after| !kind::same(&before, &after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use apidoc::facts::Place;
    use serde_json::json;

    fn of_parameter(aspect: Aspect, old: Value, new: Value) -> Effect {
        let said = |value: Value| (!value.is_null()).then_some(value);
        let topic = Subject::Parameter(Place::Query, "a".to_owned()).aspect(aspect);
        of(&topic, said(old).as_ref(), said(new).as_ref()).effect()
    }

    #[test]
    fn narrower_limit_breaks_callers() {
        for (aspect, less, more) in [
            (Aspect::Maximum, 5, 9),
            (Aspect::MaxLength, 5, 9),
            (Aspect::MaxItems, 5, 9),
            (Aspect::Minimum, 2, 1),
            (Aspect::MinLength, 2, 1),
            (Aspect::MinItems, 2, 1),
        ] {
            assert_eq!(of_parameter(aspect.clone(), json!(more), json!(less)), Effect::Breaking, "{aspect:?}");
            assert_eq!(of_parameter(aspect.clone(), json!(less), json!(more)), Effect::Compatible, "{aspect:?}");
            assert_eq!(of_parameter(aspect.clone(), json!(null), json!(less)), Effect::Breaking, "{aspect:?}");
            assert_eq!(of_parameter(aspect.clone(), json!(less), json!(null)), Effect::Compatible, "{aspect:?}");
        }
    }

    #[test]
    fn narrowed_values_and_types_break() {
        for (aspect, old, new, effect) in [
            (Aspect::Enum, json!(1), json!(null), Effect::Breaking),
            (Aspect::Enum, json!(null), json!(1), Effect::Compatible),
            (Aspect::Enum, json!(null), json!([1, 2]), Effect::Breaking),
            (Aspect::Enum, json!([1, 2]), json!(null), Effect::Compatible),
            (Aspect::Type, json!("int"), json!("string"), Effect::Breaking),
            (Aspect::Type, json!("int"), json!("int64"), Effect::Compatible),
            (Aspect::Type, json!("undefined[]"), json!("string[]"), Effect::MayBreak),
            (Aspect::Required, json!(false), json!(true), Effect::Breaking),
            (Aspect::Required, json!(true), json!(false), Effect::Compatible),
        ] {
            assert_eq!(of_parameter(aspect.clone(), old.clone(), new.clone()), effect, "{aspect:?} {old} {new}");
        }
    }

    #[test]
    fn every_consequence_has_a_reason() {
        for consequence in Consequence::ALL {
            assert!(consequence.reason().len() > 15 && !consequence.reason().ends_with('.'), "{consequence:?}");
        }
    }
}
