//! `x-feishu-results` of a batch: an operation that changes a list of objects, and returns a result for each.
//!
//! A batch is recognised by what the linter requires of one: the body lists objects with a required id, and the payload
//! lists objects with the same id and an integer code.

use super::shape::Shapes;
use serde_json::{Value, json};

/// A property that lists objects, and the name of their schema.
type Listed = (String, String);

/// The extension, or what a batch lacks for it; none of an operation that is no batch.
pub(super) fn results(
    method: &str,
    body: Option<&str>,
    (payload, at): (&Value, &str),
    existing: &[i64],
    shapes: &Shapes,
) -> Option<Result<Value, String>> {
    let coded = |(_, item): &Listed| shapes.kind(shapes.property(item, "code")?).filter(|kind| kind == "integer");
    let (items, item) = lists(payload, shapes).into_iter().find(|list| coded(list).is_some())?;
    if method == "GET" {
        return None;
    }
    let body = body.and_then(|name| shapes.named(name));
    let ids = |sent: &str| -> Option<String> {
        let required = shapes.named(sent)?.get("required")?.as_array()?.iter().filter_map(Value::as_str);
        let is_text = |schema: &str, name: &str| {
            shapes.property(schema, name).and_then(|schema| shapes.kind(schema)).as_deref() == Some("string")
        };
        let shared: Vec<&str> = required.filter(|name| is_text(sent, name) && is_text(&item, name)).collect();
        let id = shared.iter().find(|name| name.ends_with("id")).or(shared.first());
        id.map(|id| (*id).to_owned())
    };
    let sent = body.map(|body| lists(body, shapes)).unwrap_or_default();
    Some(match sent.iter().find_map(|(list, object)| Some((list, ids(object)?))) {
        Some((sent, id)) => Ok(json!({
            "sent": sent, "items": format!("{at}/{items}"), "item": item, "id": id, "code": "code", "already": existing,
        })),
        None => Err(format!("no list of the body has objects with a required id that `{items}` has too")),
    })
}

/// The properties that list objects.
fn lists(schema: &Value, shapes: &Shapes) -> Vec<Listed> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let listed = properties.filter_map(|(name, list)| {
        let item = list.get("items")?.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")?;
        shapes.is_object(item).then(|| (name.clone(), item.to_owned()))
    });
    listed.collect()
}
