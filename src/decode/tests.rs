//! Decoding agrees with serde_json on valid JSON, and takes linear time and bounded memory on anything else.

use super::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c\"\\\\/\u{1}\n\u{2028}é组😀]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = "[ab\"\\\\组]{0,2}|code|msg";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..4).prop_map(|fields| Map::from_iter(fields).into()),
        ]
    })
}

fn any_code() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => any::<i64>().prop_map(Value::from),
        2 => (0..100_000_000_i64).prop_map(Value::from),
        1 => any::<i64>().prop_map(|code| json!(format!(" {code} "))),
        1 => any::<i32>().prop_map(|code| json!(f64::from(code))),
        1 => any_json(),
    ]
}

/// Kinds of malformed values that were seen in responses.
#[derive(Clone, Debug)]
enum Malformed {
    Bytes(Vec<u8>),
    Escape(&'static str),
    Number(&'static str),
    Nested(usize),
}

impl Malformed {
    /// The value on the wire.
    fn written(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => [b"\"", &bytes[..], b"\""].concat(),
            Self::Escape(escape) => format!("\"{escape}\"").into_bytes(),
            Self::Number(number) => number.as_bytes().to_vec(),
            Self::Nested(levels) => {
                format!("{}{}", r#"[{"code":"#.repeat(*levels), "1}]".to_owned() + &"}]".repeat(levels - 1))
                    .into_bytes()
            }
        }
    }
}

fn any_malformed() -> impl Strategy<Value = Malformed> {
    let byte = prop_oneof![Just(b'a'), 0x80..=0xFF_u8];
    prop_oneof![
        proptest::collection::vec(byte, 0..6).prop_map(Malformed::Bytes),
        prop::sample::select(vec![
            r"\ud83d",
            r"\udc00\ud83d",
            r"\u12",
            r"\q",
            "\\\\",
            "\\\"",
            r"\ud83d\ude00",
            "\n\t\u{1}"
        ])
        .prop_map(Malformed::Escape),
        prop::sample::select(vec!["1e999", "-1e999", "NaN", "-Infinity", "+1", "01", "1.", "nil", "0x1F"])
            .prop_map(Malformed::Number),
        (1..400_usize).prop_map(Malformed::Nested),
    ]
}

fn spaces() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", " ", "\r\n\t"])
}

/// An envelope on the wire, with duplicate members, and the code that counts.
fn any_envelope() -> impl Strategy<Value = (Vec<u8>, Option<Value>)> {
    let odd = any_malformed().prop_map(|value| value.written());
    let plain = any_json().prop_map(|value| value.to_string().into_bytes());
    let other = ("msg|data|error|[a-c]", prop_oneof![odd, plain]).prop_map(|(name, value)| (name, value, None));
    let code = (prop::sample::select(vec!["code", r"\u0063ode", r"co\u0064e"]), any_code())
        .prop_map(|(name, code)| (name.to_owned(), code.to_string().into_bytes(), Some(code)));
    let member = prop_oneof![2 => other, 1 => code];
    (proptest::collection::vec(member, 0..8), spaces(), any::<bool>()).prop_map(|(members, space, mark)| {
        let mut body = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        body.extend(space.bytes());
        body.push(b'{');
        for (at, (name, value, _)) in members.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            body.extend(format!("{comma}{space}\"{name}\"{space}:{space}").into_bytes());
            body.extend(value);
            body.extend(space.bytes());
        }
        body.extend(b"}\n");
        (body, members.into_iter().rev().find_map(|(_, _, code)| code))
    })
}

/// Text in GBK, where the second byte of a character may be a backslash or part of an escape.
fn gbk_text() -> impl Strategy<Value = Vec<u8>> {
    let second = prop_oneof![Just(0x5C_u8), 0x40..=0x7E_u8, 0x80..=0xFE_u8];
    let part = prop_oneof![
        3 => (0x81..=0xFE_u8, second).prop_map(|(first, second)| vec![first, second]),
        1 => prop::sample::select(vec!["a", "\\\"", "\\\\", "\\n", "{", "]", ":"]).prop_map(|part| part.as_bytes().to_vec()),
    ];
    proptest::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "the test only checks whether it deserializes")]
struct Derived {
    #[serde(default)]
    msg: serde::de::IgnoredAny,
    #[serde(default)]
    a: serde::de::IgnoredAny,
}

proptest! {
    #![proptest_config(crate::property::config(2_000))]

    #[test]
    fn code_found_in_malformed_envelope((body, last) in any_envelope()) {
        let expected = last.and_then(|code| crate::decode::lenient::integer(code).ok());
        prop_assert_eq!(code(&body), expected, "{}", String::from_utf8_lossy(&body));
        if let Ok(value) = serde_json::from_slice::<Value>(&body) {
            let read = value.get("code").and_then(|code| crate::decode::lenient::integer(code).ok());
            prop_assert_eq!(read, expected, "serde_json");
        }
    }

    #[test]
    fn code_found_beside_gbk(texts in proptest::collection::vec(gbk_text(), 1..4), number: u32, before: bool) {
        let texts: Vec<_> = texts.into_iter().map(|text| [b"\"", &text[..], b"\""].concat()).collect();
        let msg = [b"\"msg\":", &texts[0][..]].concat();
        let data = [b"\"data\":[", &texts.join(&b',')[..], b"]"].concat();
        let number = format!("\"code\":{number}").into_bytes();
        let members = if before { [number, msg, data] } else { [msg, data, number] };
        let body = [b"{", &members.join(&b',')[..], b"}"].concat();
        let found = code(&body).map(|code| format!("\"code\":{code}").into_bytes());
        prop_assert!(found.as_ref().is_some_and(|code| members.contains(code)), "{}", String::from_utf8_lossy(&body));
    }

    #[test]
    fn rewritten_envelope_parses((body, _) in any_envelope()) {
        for bounds in [Bounds::SUCCESS, Bounds::FAILURE, Bounds::ERROR] {
            let written = envelope(&body, bounds);
            let value = written.as_deref().map(serde_json::from_slice::<Value>);
            prop_assert!(matches!(value, Some(Ok(_))), "{}", String::from_utf8_lossy(&body));
        }
        let written = members(&body, ["msg", "data"], Bounds::SUCCESS).unwrap();
        prop_assert!(serde_json::from_slice::<Value>(&written).is_ok(), "{}", String::from_utf8_lossy(&written));
    }

    #[test]
    fn readable_envelope_unchanged(fields in proptest::collection::vec(("[a-c]|msg|\"", any_json()), 0..6)) {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        let body = format!("{{{}}}", fields.join(","));
        let value: Value = serde_json::from_str(&body).unwrap();
        for bounds in [Bounds::SUCCESS, Bounds::FAILURE] {
            let written = envelope(body.as_bytes(), bounds).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Value>(&written).unwrap(), &value);
        }
        // Derived code rejects a duplicate name.
        let written = envelope(body.as_bytes(), Bounds::SUCCESS).unwrap();
        prop_assert!(serde_json::from_slice::<Derived>(&written).is_ok(), "{}", String::from_utf8_lossy(&written));
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, json_bytes in "[\\[\\]{}\":,\\\\u0-9a-e \u{80}]{0,40}", at: usize, cut: usize) {
        let mut body = json_bytes.into_bytes();
        body.splice(0..0, *b"{\"");
        let at = at % body.len();
        body.splice(at..at, bytes.iter().copied().take(3));
        body.truncate(cut % 60);
        for body in [&bytes[..], &body] {
            let _ = (code(body), envelope(body, Bounds::SUCCESS), members(body, ["a", "msg"], Bounds::ERROR));
            let _ = why_no_code(body);
        }
    }

    #[test]
    fn text_for_people_is_one_bounded_line(text: String, limit in 0..40_usize) {
        let line = one_line(&text, limit);
        prop_assert!(line.chars().count() <= limit + 1);
        prop_assert!(line.chars().all(|c| readable(c) == c), "{line:?}");
        prop_assert_eq!(line.ends_with('…') && !text.contains('…'), text.chars().count() > limit && !text.contains('…'));
    }
}

/// Each body is 250 kB. Rescanning once per level, member or quote would take quadratic time, and recursion would overflow
/// the stack.
#[test]
fn large_odd_bodies_read_in_linear_time() {
    let size = 250_000;
    let of = |unit: &str| unit.repeat(size / unit.len());
    let wrapped = |inside: String| format!(r#"{{"data":{inside},"code":7}}"#);
    for (body, found) in [
        (of("["), None),
        (of("{\"a\":"), None),
        (wrapped(format!("{}{}", "[".repeat(size / 2), "]".repeat(size / 2))), Some(7)),
        (wrapped(format!("[{}0]", of("{},"))), Some(7)),
        (wrapped(format!("[{}0]", of("\"\",\"\\\\\","))), Some(7)),
        (wrapped(format!("{{{}\"a\":0}}", of("\"a\":1,"))), Some(7)),
        (format!("{{{}\"code\":7}}", of("\"code\":1,")), Some(7)),
        (format!("{{{}\"code\":7}}", of("\"a\\u0062\":1,")), Some(7)),
        (wrapped(format!("\"{}\"", of("\\\""))), Some(7)),
        (wrapped(format!("\"{}", of("\\\""))), None),
        (wrapped("1".repeat(size)), Some(7)),
    ] {
        assert_eq!(code(body.as_bytes()), found);
        for bounds in [Bounds::SUCCESS, Bounds::ERROR] {
            assert_eq!(envelope(body.as_bytes(), bounds).is_some(), found.is_some());
        }
    }
}

#[test]
fn bounds_kept_and_members_behind_them_found() {
    let body = json!({ "error": { "junk": vec![json!({ "a": [1, 2] }); 500], "log_id": "l", "text": "x".repeat(600) },
        "data": vec![json!({}); 100_000], "msg": "kept" });
    let written = envelope(body.to_string().as_bytes(), Bounds::FAILURE).unwrap();
    let value: Value = serde_json::from_slice(&written).unwrap();
    assert_eq!((&value["msg"], &value["error"]["log_id"]), (&json!("kept"), &json!("l")));
    assert!(value["data"].as_array().unwrap().len() <= 10_000 && written.len() < 100_000);
    let written = members(body.to_string().as_bytes(), ["error", "msg"], Bounds::ERROR).unwrap();
    let value: Value = serde_json::from_slice(&written).unwrap();
    assert_eq!((&value["msg"], &value["error"]["log_id"]), (&json!("kept"), &json!("l")));
    assert_eq!(value["error"]["junk"].as_array().unwrap().len(), 100);
    assert_eq!(value["error"]["text"].as_str().unwrap().chars().count(), 513);
}

#[test]
fn log_id_has_letters_digits_and_few_signs() {
    for id in ["2026112013F0A8C6E2B1D9357A4", "0f8e-4b1d_c7.c7", "a", &"x".repeat(128)] {
        assert!(is_log_id(id), "{id}");
    }
    for text in ["", "Bearer t-1", "{\"app_id\"", "a b", "a\u{202e}b", "组", "a;b", "a/b", "a=b", &"x".repeat(129)] {
        assert!(!is_log_id(text), "{text}");
    }
}

/// Strings are scanned in blocks of bytes: each part stands at every position of a block.
#[test]
fn strings_end_at_their_quote_wherever_blocks_end() {
    let parts: [&[u8]; 5] = [b"", b"\\\"", b"\\\\", "é".as_bytes(), b"\\\\\\\""];
    // A GBK character whose second byte looks like a backslash: only as GBK does the string end.
    for (end, before) in [&b""[..], b"\xD7\x5C"].into_iter().flat_map(|end| (0..36).map(move |before| (end, before))) {
        for (part, after) in parts.into_iter().flat_map(|part| (0..36).map(move |after| (part, after))) {
            let text = [&vec![b'a'; before][..], part, &vec![b'{'; after], end].concat();
            let body = [b"{\"a\":[\"", &text[..], b"\"],\"code\":7}"].concat();
            assert_eq!(code(&body), Some(7), "{}", String::from_utf8_lossy(&body));
        }
    }
}

#[test]
fn success_recognised_by_first_or_last_code() {
    for body in [r#"{"code":0,"data":["#, r#" { "code" : 0 , "msg":""}"#, r#"{"msg":"","code":0}"#, r#"{"code":"0"}"#] {
        assert!(may_be_success(body.as_bytes()), "{body}");
    }
    for body in
        ["", "{", r#"{"code""#, r#"{"code":"#, "[0]", r#"{"code":1}"#, r#"{"code":00}"#, r#"{"msg":0,"code":1}"#]
    {
        assert!(!may_be_success(body.as_bytes()), "{body}");
    }
}
