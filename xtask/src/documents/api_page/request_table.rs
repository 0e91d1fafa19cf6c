//! The request table of an API page: rows of a word and what it says.

use crate::documents::limits::rate_limit;
use crate::documents::markdown::Table;
use crate::documents::samples::url;
use crate::documents::tables::compact;
use crate::documents::warnings::Warnings;
use crate::documents::words;
use crate::facts::Operation;

/// Whether a table is one: it has the URL, under the header that this family gives it.
pub(super) fn is_request_table(table: &Table) -> bool {
    let heads = |word: &str| table.rows.iter().any(|row| compact(row.cell(Some(0))) == word);
    let header = table.rows.first().map(|row| compact(row.cell(Some(0))));
    header.is_some_and(|header| header.starts_with("基本")) && heads("httpurl")
}

pub(super) fn read(table: &Table, operation: &mut Operation, warnings: &mut Warnings) {
    for row in table.body() {
        let (word, value) = (compact(row.cell(Some(0))), row.cell(Some(1)));
        let understood = match word.as_str() {
            "httpurl" => {
                operation.path = address(value);
                operation.path.is_some()
            }
            "httpmethod" | "http方法" => {
                operation.method = method(value);
                operation.method.is_some()
            }
            word if word.contains("访问令牌") => {
                operation.access_tokens = words::access_tokens(value);
                !operation.access_tokens.is_empty()
            }
            word if word.contains("应用类型") => {
                operation.app_types = words::app_types(value);
                !operation.app_types.is_empty()
            }
            word if word.contains("频率限制") => {
                operation.rate_limit = rate_limit(value);
                operation.rate_limit.is_some()
            }
            // Names of scopes in prose stand beside their identifiers: no scope is no gap.
            word if word.starts_with("权限要求") => {
                operation.scopes.extend(words::scopes(value));
                true
            }
            // What single fields need is not what the call needs.
            word => word.starts_with("字段权限"),
        };
        if !understood {
            warnings.add_line(
                row.line,
                format!("the row `{}` was not understood: nothing was read from it", row.cell(Some(0))),
            );
        }
    }
    operation.name = operation.path.as_deref().map(name).unwrap_or_default();
}

/// The path of the URL, its parameters written `{like_this}` whichever way the page writes them.
fn address(value: &str) -> Option<String> {
    let url = value.split_whitespace().find(|word| word.contains('/'))?;
    let parts: Vec<String> = url::path(url)
        .split('/')
        .map(|part| match part.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None => part.to_owned(),
        })
        .collect();
    Some(parts.join("/"))
}

fn method(value: &str) -> Option<String> {
    let word = value.split_whitespace().next()?.to_uppercase();
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].contains(&word.as_str()).then_some(word)
}

/// A page has no function name: the operation is named by what follows the version
/// in its path (`/open-apis/{service}/v2/` goes), or by the last two segments.
fn name(path: &str) -> String {
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
        let path = Some("/open-apis/im/v1/chats/{chat_id}".to_owned());
        assert_eq!(address("https://example.com/open-apis/im/v1/chats/:chat_id?x=1"), path);
        assert_eq!(address("无"), None);
    }
}
