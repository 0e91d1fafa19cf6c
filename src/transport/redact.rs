//! Removes a secret from the parts of a response that are kept.
//!
//! A gateway may copy the request, headers included, into its error page: literally, or with JSON escapes. The page may
//! also be cut off in the middle of the secret. People read what is kept of a response and programs log it, so it is
//! searched first, in one pass.

use bytes::Bytes;

/// Shorter texts are not redacted: no secret of this platform is as short, and any word might match.
const MIN_SECRET_BYTES: usize = 8;

/// Whether the text contains the secret, or ends with the beginning of it.
pub(crate) fn contains(text: &str, secret: &[u8]) -> bool {
    let text = text.as_bytes();
    secret.len() >= MIN_SECRET_BYTES
        && (0..text.len()).any(|at| text[at] == secret[0] && match_length(&text[at..], secret).is_some())
}

/// Replaces each occurrence of the secret by `***`, and also the beginning of it at the end of the text.
pub(crate) fn redacted(text: Bytes, secret: &[u8]) -> Bytes {
    let Some(first) = secret.first().filter(|_| secret.len() >= MIN_SECRET_BYTES) else { return text };
    let (mut kept, mut copied, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let may_begin = text[at] == *first || text[at] == b'\\';
        match may_begin.then(|| match_length(&text[at..], secret)).flatten() {
            Some(length) => {
                kept.extend_from_slice(&text[copied..at]);
                kept.extend_from_slice(b"***");
                at += length;
                copied = at;
            }
            None => at += 1,
        }
    }
    if copied == 0 {
        return text;
    }
    kept.extend_from_slice(&text[copied..]);
    kept.into()
}

/// The length of the secret at the beginning of the text, literal or escaped; none if the text begins otherwise.
fn match_length(text: &[u8], secret: &[u8]) -> Option<usize> {
    let literal = |text: &[u8]| text.first().map(|byte| (*byte, 1));
    match_decoded(text, secret, literal).or_else(|| match_decoded(text, secret, unescaped))
}

/// The same, where `next` returns the next byte and the length of its spelling.
fn match_decoded(text: &[u8], secret: &[u8], next: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Option<usize> {
    let mut at = 0;
    for (count, expected) in secret.iter().enumerate() {
        match next(&text[at..]) {
            Some((byte, length)) if byte == *expected => at += length,
            None if count >= MIN_SECRET_BYTES => return Some(text.len()),
            _ => return None,
        }
    }
    Some(at)
}

/// The first byte of a JSON string's content, unescaped; none at the end of the text.
fn unescaped(text: &[u8]) -> Option<(u8, usize)> {
    Some(match text {
        [b'\\', b'u', b'0', b'0', high, low, ..] => (hex(*high)? << 4 | hex(*low)?, 6),
        [b'\\', b'n', ..] => (b'\n', 2),
        [b'\\', b'r', ..] => (b'\r', 2),
        [b'\\', b't', ..] => (b'\t', 2),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => (*byte, 2),
        [b'\\', rest @ ..] if rest.len() < 5 => return None,
        [byte, ..] => (*byte, 1),
        [] => return None,
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(text: &str, secret: &str) -> String {
        String::from_utf8(redacted(Bytes::from(text.to_owned()), secret.as_bytes()).to_vec()).unwrap()
    }

    #[test]
    fn every_spelling_of_secret_removed() {
        for (text, rest) in [
            ("t-12345678", "***"),
            ("Bearer t-12345678, Bearer t-12345678!", "Bearer ***, Bearer ***!"),
            (r#"{"h":"t-12345678"}"#, r#"{"h":"***"}"#),
            (r#"{"h":"\u0074\u002D12345678"}"#, r#"{"h":"***"}"#),
            (r"t-1234567\u0038 t-1234567", "*** ***"),
            ("tt-12345678t-12345679", "t***t-12345679"),
            ("cut off: t-1234567", "cut off: ***"),
            (r"cut off: t-123456\u00", r"cut off: ***"),
            ("a t-12345", "a t-12345"),
            ("", ""),
        ] {
            assert_eq!(cleaned(text, "t-12345678"), rest, "{text}");
        }
        assert_eq!(cleaned(r#"["a\/b\"c\\d\ne"]"#, "a/b\"c\\d\ne"), r#"["***"]"#);
        assert_eq!(cleaned("short short", "short"), "short short");
    }

    proptest! {
        #![proptest_config(crate::property::config(256))]

        #[test]
        fn only_the_secret_is_removed(
            parts in proptest::collection::vec("[a-s \"\\\\\n组]{0,9}", 1..6), secret in "[t-z/\"\\\\]{8,20}", json: bool,
        ) {
            let spell = |text: &str| match json {
                true => {
                    let quoted = serde_json::to_string(text).unwrap();
                    quoted[1..quoted.len() - 1].to_owned()
                }
                false => text.to_owned(),
            };
            let parts: Vec<_> = parts.iter().map(|part| spell(&part.replace(['"', '\\'], ""))).collect();
            prop_assert_eq!(cleaned(&parts.join(&spell(&secret)), &secret), parts.join("***"));
        }
    }
}
