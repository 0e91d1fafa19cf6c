//! Faults and requests as the admin API shows them. Credentials are `***`.

use serde_json::{Map, Value, json};

use super::super::fault::{Fault, FaultKind};
use super::super::request::RecordedRequest;

pub(super) fn fault(fault: &Fault) -> Value {
    let seconds = match fault.kind {
        FaultKind::Slow(time) => Some(time.as_secs_f64()),
        _ => None,
    };
    let fields = [
        ("kind", json!(fault.kind.to_string())),
        ("operation", json!(fault.operation)),
        ("times", json!(fault.times)),
        ("share", json!(fault.share)),
        ("seconds", json!(seconds)),
    ];
    without_null(fields)
}

pub(super) fn request(request: &RecordedRequest) -> Value {
    let body = |body: &[u8]| match request.body_is_secret() {
        true => json!("***"),
        false if body.is_empty() => Value::Null,
        false => serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into()),
    };
    let pairs = |pairs: &[(String, String)]| -> Value {
        pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
    };
    let headers: Vec<_> = request.headers.iter().filter(|(name, _)| name != "authorization").cloned().collect();
    let response = request.response.as_ref();
    let fields = [
        ("operation", json!(request.operation)),
        ("method", json!(request.method)),
        ("path", json!(request.path)),
        ("query", pairs(&request.query)),
        ("headers", pairs(&headers)),
        ("body", body(&request.body)),
        ("status", json!(response.map(|response| response.status))),
        ("response", response.map_or(Value::Null, |response| body(&response.body))),
        ("fault", json!(request.fault.map(|kind| kind.to_string()))),
    ];
    without_null(fields)
}

fn without_null<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}
