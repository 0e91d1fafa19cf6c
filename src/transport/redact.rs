//! Taking a secret out of what is kept of an answer.
//!
//! A gateway may repeat the request, its headers included, in the page by which it fails: as they
//! were sent, or escaped as JSON escapes strings. An answer may also break off in the middle of
//! that. What is kept of an answer is read by people and logged by programs, so it is looked
//! through first, once from its beginning to its end.

use bytes::Bytes;

/// Whether the text repeats the secret, or ends with the beginning of it.
pub(crate) fn repeats(text: &str, secret: &[u8]) -> bool {
    secret.len() >= SHORTEST
        && (0..text.len()).any(|at| text.as_bytes()[at] == secret[0] && echo(&text.as_bytes()[at..], secret).is_some())
}

/// A few bytes are no secret of this platform, and might be any word of the answer.
const SHORTEST: usize = 8;

/// The text with `***` wherever it repeats the secret, or ends with the beginning of it.
pub(crate) fn without(text: Bytes, secret: &[u8]) -> Bytes {
    let Some(first) = secret.first().filter(|_| secret.len() >= SHORTEST) else { return text };
    let (mut kept, mut copied, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let may_begin = text[at] == *first || text[at] == b'\\';
        match may_begin.then(|| echo(&text[at..], secret)).flatten() {
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

/// How long the secret is that the text begins with.
fn echo(text: &[u8], secret: &[u8]) -> Option<usize> {
    let as_sent = |text: &[u8]| text.first().map(|byte| (*byte, 1));
    spelled(text, secret, as_sent).or_else(|| spelled(text, secret, escaped))
}

/// The same, where `next` says which byte comes next and how long it is.
fn spelled(text: &[u8], secret: &[u8], next: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Option<usize> {
    let mut at = 0;
    for (count, expected) in secret.iter().enumerate() {
        match next(&text[at..]) {
            Some((byte, length)) if byte == *expected => at += length,
            None if count >= SHORTEST => return Some(text.len()),
            _ => return None,
        }
    }
    Some(at)
}

/// A byte as a JSON string holds it; nothing where the text ends.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
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
        String::from_utf8(without(Bytes::from(text.to_owned()), secret.as_bytes()).to_vec()).unwrap()
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
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn exactly_the_secret_is_removed(
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
