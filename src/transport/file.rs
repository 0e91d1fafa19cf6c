//! A response that is a file, and how it differs from an envelope.
//!
//! A service that cannot return the file responds with an envelope, sometimes with a status of success and with any
//! media type. So a success is an envelope if it is one: a JSON object with a `code` and a `msg`. A response with
//! `Content-Disposition` is a file whatever it holds, and so is one that is larger than any envelope.

use super::redact::contains;
use crate::decode;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};

/// More than the envelope of any failure.
const MAX_ENVELOPE_BYTES: usize = 64 * 1024;

/// What a success of an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// An envelope, which is read whole.
    Envelope,
    /// A file, which is read whole.
    File,
    /// A file, of which the beginning is read.
    Stream,
}

/// A file, as far as its response has been read.
#[derive(Debug)]
pub(crate) struct FileResponse {
    pub(crate) content_type: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) length: Option<u64>,
    /// What has been read.
    pub(crate) begun: Bytes,
    /// What has not been read, if anything is left.
    pub(crate) rest: Option<reqwest::Body>,
    /// Whether the headers say that it is a file.
    is_attachment: bool,
}

impl FileResponse {
    /// Reads the headers. A text that repeats a secret is not kept.
    pub(super) fn new(headers: &HeaderMap, secrets: &[&[u8]]) -> Self {
        let text = |name: &HeaderName| {
            let text = headers.get(name).and_then(|value| str::from_utf8(value.as_bytes()).ok())?;
            (!secrets.iter().any(|secret| contains(text, secret))).then_some(text)
        };
        Self {
            content_type: text(&CONTENT_TYPE).map(str::to_owned),
            name: text(&CONTENT_DISPOSITION).and_then(file_name),
            length: text(&CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            begun: Bytes::new(),
            rest: None,
            is_attachment: headers.contains_key(CONTENT_DISPOSITION),
        }
    }

    /// Whether this beginning of a body, of `length` bytes so far, is certainly that of a file.
    pub(super) fn has_begun(&self, beginning: &[u8], length: usize) -> bool {
        let first = beginning.iter().find(|byte| !byte.is_ascii_whitespace());
        length > MAX_ENVELOPE_BYTES || first.is_some_and(|first| self.is_attachment || *first != b'{')
    }

    /// Whether this whole body is a file.
    pub(super) fn is_file(&self, body: &[u8]) -> bool {
        self.is_attachment || body.len() > MAX_ENVELOPE_BYTES || !decode::is_envelope(body)
    }
}

/// The name in a `Content-Disposition`, without folders: `filename*=UTF-8''a%20b.txt`, or else `filename="a b.txt"`.
fn file_name(disposition: &str) -> Option<String> {
    let mut parameters = Vec::new();
    let mut rest = disposition.split_once(';')?.1;
    while let Some((name, value)) = rest.split_once('=') {
        let (value, after) = match value.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let (value, after) = value.split_once(';').unwrap_or((value, ""));
                (value.trim().to_owned(), after)
            }
        };
        parameters.push((name.trim_matches([' ', ';', '\t']).to_ascii_lowercase(), value));
        rest = after;
    }
    let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let encoded = value("filename*").and_then(|value| {
        let (charset, text) = value.split_once('\'').map(|(charset, rest)| (charset, rest.split_once('\'')))?;
        let text = percent_decode_str(text?.1).decode_utf8().ok()?;
        charset.eq_ignore_ascii_case("utf-8").then(|| text.into_owned())
    });
    let name = encoded.or_else(|| value("filename").map(str::to_owned))?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    let is_name = !matches!(name.as_str(), "" | "." | "..") && !name.contains(char::is_control);
    is_name.then_some(name)
}

/// A quoted text, after its first quote, and what follows its last one.
fn unquoted(text: &str) -> (String, &str) {
    let (mut value, mut chars) = (String::new(), text.chars());
    while let Some(char) = chars.next() {
        match char {
            '"' => break,
            '\\' => value.extend(chars.next()),
            char => value.push(char),
        }
    }
    (value, chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_name_has_no_folders() {
        for (disposition, name) in [
            ("attachment; filename=report.pdf", Some("report.pdf")),
            ("attachment; filename=\"a b;c.pdf\"; size=3", Some("a b;c.pdf")),
            (r#"attachment; filename="a\"b.pdf""#, Some("a\"b.pdf")),
            ("attachment; filename=\"fallback\"; filename*=UTF-8''%E6%8A%A5%E8%A1%A8.pdf", Some("报表.pdf")),
            ("attachment; filename*=gbk''%B1; filename=plain", Some("plain")),
            ("attachment; filename=\"报表.pdf\"", Some("报表.pdf")),
            ("attachment; filename=../../etc/passwd", Some("passwd")),
            (r"attachment; filename=C:\a.txt", Some("a.txt")),
            ("attachment; filename*=UTF-8''..%2F..", None),
            ("attachment; filename*=UTF-8''a%0Ab", None),
            ("attachment; filename=\"\"", None),
            ("attachment; filename", None),
            ("attachment", None),
        ] {
            assert_eq!(file_name(disposition).as_deref(), name, "{disposition}");
        }
    }
}
