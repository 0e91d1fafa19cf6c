//! The parts of a received form.
//!
//! The body is here as a whole and is bounded, so its parts are slices between delimiters. The crates that read forms
//! read them as streams, and would bring a mime parser, character sets and a second stack of futures to every program
//! that is tested with the offline service. Heads are read as HTTP clients write them: names in double quotes, nothing
//! before the first boundary.

use serde_json::{Map, Value};

use super::request::RecordedRequest;
use super::response::{Rejection, reject};
use super::schema;
use super::spec::Spec;

/// A part: its name, whether it is a file, and what it holds.
struct Part<'a> {
    name: String,
    is_file: bool,
    content: &'a [u8],
}

/// Reads the form of a request by its schema. A file becomes an empty text, which every file's schema allows.
pub(super) fn parse(spec: &Spec, schema: &Value, request: &RecordedRequest, code: u32) -> Result<Value, Rejection> {
    let content_type = request.header("content-type").unwrap_or_default();
    let Some(boundary) = boundary(content_type) else {
        let rule = "must be multipart/form-data with a boundary";
        return Err(reject(code).field("Content-Type", content_type, rule));
    };
    let Some(parts) = parts(&request.body, boundary) else {
        return Err(reject(code).field("body", "", "must be parts between the boundary, each with a name"));
    };
    let properties = &spec.resolve(schema)["properties"];
    let mut fields = Map::new();
    for Part { name, is_file, content } in parts {
        let property = spec.resolve(&properties[&name]);
        let wants_file = property["format"] == "binary";
        if !property.is_null() && wants_file != is_file {
            let rule = if wants_file { "must be a file" } else { "must be a text" };
            return Err(reject(code).field(&name, "", rule));
        }
        let text = if is_file { Ok("") } else { str::from_utf8(content) };
        let text = text.map_err(|_| reject(code).field(&name, "", "must be UTF-8"))?;
        // A list repeats the part.
        let value = match fields.remove(&name) {
            Some(Value::Array(mut items)) if property["type"] == "array" => {
                items.push(schema::parameter(spec, &property["items"], text));
                Value::Array(items)
            }
            None if property["type"] == "array" => {
                Value::Array(vec![schema::parameter(spec, &property["items"], text)])
            }
            Some(_) => return Err(reject(code).field(&name, text, "must be there once")),
            None => schema::parameter(spec, property, text),
        };
        fields.insert(name, value);
    }
    Ok(fields.into())
}

fn boundary(content_type: &str) -> Option<&str> {
    let mut parts = content_type.split(';').map(str::trim);
    let is_form = parts.next()?.eq_ignore_ascii_case("multipart/form-data");
    let is_boundary = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("boundary");
    let (_, boundary) = parts.filter_map(|part| part.split_once('=')).find(is_boundary)?;
    let boundary = boundary.trim_matches('"');
    (is_form && !boundary.is_empty()).then_some(boundary)
}

/// `None` if the body does not end as a form does, or a part has no name.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let first = format!("--{boundary}");
    let delimiter = format!("\r\n{first}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, delimiter.as_bytes())?;
        let head_end = find(&part[..end], b"\r\n\r\n")?;
        parts.push(self::part(str::from_utf8(&part[..head_end]).ok()?, &part[head_end + 4..end])?);
        rest = &part[end + delimiter.len()..];
    }
}

fn part<'a>(head: &str, content: &'a [u8]) -> Option<Part<'a>> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let quoted = |key: &str| {
        let parameters = line.split(';').map(str::trim_start);
        let value = parameters.filter_map(|parameter| parameter.split_once("=\"")).find(|(name, _)| *name == key)?.1;
        value.split_once('"').map(|(value, _)| value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
    };
    let name = quoted("name").filter(|name| !name.is_empty())?;
    Some(Part { name, is_file: quoted("filename").is_some(), content })
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
