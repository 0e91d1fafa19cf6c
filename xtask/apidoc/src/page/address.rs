//! Addresses: the path of an operation, and the name that follows from it.

use crate::samples::url;

/// The path of the URL, its parameters written `{like_this}` whichever way the page writes them.
pub(super) fn path(value: &str) -> Option<String> {
    let url = value.split_whitespace().find(|word| word.contains('/'))?;
    let parameter = |part: &str| {
        let name = part.strip_prefix(':').or_else(|| part.strip_prefix('<')?.strip_suffix('>'))?;
        Some(format!("{{{name}}}"))
    };
    let path = url::path(url);
    let parts: Vec<String> = path.split('/').map(|part| parameter(part).unwrap_or_else(|| part.to_owned())).collect();
    Some(parts.join("/"))
}

/// Whether a parameter stands in the path.
pub(super) fn takes(path: Option<&str>, name: &str) -> bool {
    let is_name = |part: &str| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name);
    path.is_some_and(|path| path.split('/').any(is_name))
}

/// A page has no function name: the operation is named by what follows the version
/// in its path (`/open-apis/{service}/v2/` goes), or by the last two segments.
pub(super) fn name(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_version = |segment: &&str| {
        let digits = segment.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let from = match segments.iter().position(is_version) {
        Some(version) => version + 1,
        None => segments.len().saturating_sub(2),
    };
    segments.get(from..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_version() {
        assert_eq!(name("/open-apis/performance/v2/user_group_user_rels/write"), "user_group_user_rels/write");
        assert_eq!(name("/open-apis/im/v1/chats/{chat_id}"), "chats/{chat_id}");
        assert_eq!(name("/open-apis/bot/info"), "bot/info");
    }

    #[test]
    fn paths_have_one_spelling() {
        let expected = Some("/open-apis/im/v1/chats/{chat_id}".to_owned());
        assert_eq!(path("https://example.com/open-apis/im/v1/chats/:chat_id?x=1"), expected);
        assert_eq!(path("GET /open-apis/im/v1/chats/<chat_id>"), expected);
        assert_eq!(path("无"), None);
        assert!(takes(expected.as_deref(), "chat_id"));
        assert!(!takes(expected.as_deref(), "chats"));
    }
}
