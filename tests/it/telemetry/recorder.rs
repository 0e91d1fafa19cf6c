//! What the client logs: its spans and events, in order.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The spans and events of this crate, in order.
#[derive(Clone, Default)]
pub(super) struct Recorder(pub(super) Arc<Mutex<Vec<Entry>>>);

#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Of a span; an event has none.
    pub(super) id: Option<u64>,
    pub(super) parent: Option<u64>,
    pub(super) name: String,
    pub(super) level: Level,
    pub(super) fields: BTreeMap<String, String>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target().starts_with("feishu_user_groups") {
            let mut fields = BTreeMap::new();
            attributes.record(&mut Fields(&mut fields));
            let parent = context.span(id).unwrap().parent().map(|span| span.id().into_u64());
            let (name, level) = (metadata.name().to_owned(), *metadata.level());
            self.0.lock().unwrap().push(Entry { id: Some(id.into_u64()), parent, name, level, fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut entries = self.0.lock().unwrap();
        let span = entries.iter_mut().rev().find(|entry| entry.id == Some(id.into_u64()));
        values.record(&mut Fields(&mut span.unwrap().fields));
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let name = context.span(follows).unwrap().name();
        let mut entries = self.0.lock().unwrap();
        let span = entries.iter_mut().rev().find(|entry| entry.id == Some(id.into_u64()));
        span.unwrap().fields.insert("follows from".to_owned(), name.to_owned());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target().starts_with("feishu_user_groups") {
            let mut fields = BTreeMap::new();
            event.record(&mut Fields(&mut fields));
            let name = fields.remove("message").unwrap_or_default();
            let (parent, level) =
                (context.event_span(event).map(|span| span.id().into_u64()), *event.metadata().level());
            self.0.lock().unwrap().push(Entry { id: None, parent, name, level, fields });
        }
    }
}

impl Recorder {
    pub(super) fn spans(&self, name: &str) -> Vec<Entry> {
        let entries = self.0.lock().unwrap();
        entries.iter().filter(|entry| entry.id.is_some() && entry.name == name).cloned().collect()
    }

    pub(super) fn events(&self) -> Vec<(Level, String)> {
        let entries = self.0.lock().unwrap();
        entries.iter().filter(|entry| entry.id.is_none()).map(|entry| (entry.level, entry.name.clone())).collect()
    }
}

/// Installs a global subscriber. Without one, `tracing` may cache a callsite as disabled on another test's thread at the
/// moment at which this test starts to record.
pub(super) fn ensure_global_subscriber() {
    static LISTENING: std::sync::Once = std::sync::Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());
}

/// Records until the guard is dropped.
pub(super) fn listen() -> (Recorder, tracing::subscriber::DefaultGuard) {
    ensure_global_subscriber();
    let recorded = Recorder::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(recorded.clone()));
    (recorded, guard)
}
