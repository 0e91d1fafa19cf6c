//! What a document says of the request: address, method, tokens, scopes, app types, rate.
//!
//! Each is announced by a word, in a row of a request table or in a line of text
//! (`**频率限制**：100 次/分钟`), and read the same way from both. A line whose label nobody
//! knows gets a warning if a kind of token or a scope follows: those are facts wherever
//! they stand. The path of the URL is written `{like_this}` and names the operation.

use crate::facts::Operation;
use crate::markdown::Content;
use crate::outline::Section;
use crate::tables::compact;
use crate::warnings::{Position, Warnings};
use crate::{prose, words};

/// What a row says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestItem {
    Url,
    Method,
    AccessTokens,
    AppTypes,
    RateLimit,
    Scopes,
    /// What single fields need is not what the call needs.
    FieldScopes,
}

/// How much of a row was understood.
pub(crate) enum Understood {
    All,
    /// All but this.
    Part(String),
    Nothing,
}

impl Understood {
    /// `read`: whether anything was; `left`: what was not.
    fn new(read: bool, left: Vec<&str>) -> Self {
        match (read, left.is_empty()) {
            (false, _) => Self::Nothing,
            (true, true) => Self::All,
            (true, false) => Self::Part(left.join(" ")),
        }
    }
}

impl RequestItem {
    /// What the word before a value announces.
    pub fn of(word: &str) -> Option<Self> {
        let word = compact(word);
        let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
        Some(match word.as_str() {
            "httpurl" | "url" | "请求url" | "请求地址" | "接口地址" | "接口url" | "httppath" | "path"
            | "requesturl" => RequestItem::Url,
            "httpmethod" | "http方法" | "请求方法" | "请求方式" | "method" | "requestmethod" => {
                RequestItem::Method
            }
            _ if has(&["访问令牌", "访问凭证", "认证", "鉴权", "accesstoken"]) => RequestItem::AccessTokens,
            _ if has(&["应用类型", "apptype"]) => RequestItem::AppTypes,
            _ if has(&["频率限制", "频控", "限频", "限流", "ratelimit"]) => RequestItem::RateLimit,
            _ if has(&["字段权限", "fieldscope", "fieldpermission"]) => RequestItem::FieldScopes,
            _ if has(&["权限"])
                || ["requiredscope", "scope", "permission", "requiredpermission"]
                    .iter()
                    .any(|start| word.starts_with(start)) =>
            {
                RequestItem::Scopes
            }
            _ => return None,
        })
    }

    /// Whether nothing has said it so far.
    pub fn is_open(self, operation: &Operation) -> bool {
        match self {
            Self::Url => operation.path.is_none(),
            Self::Method => operation.method.is_none(),
            Self::AccessTokens => operation.access_tokens.is_empty(),
            Self::AppTypes => operation.app_types.is_empty(),
            Self::RateLimit => operation.rate_limit.is_none(),
            Self::Scopes => operation.scopes.is_empty(),
            Self::FieldScopes => false,
        }
    }

    /// Reads a value into an operation.
    pub fn take(self, value: &str, operation: &mut Operation) -> Understood {
        match self {
            RequestItem::Url => {
                operation.path = path(value);
                // `POST https://...` says both.
                operation.method = operation.method.take().or_else(|| words::method(value));
                Understood::new(operation.path.is_some(), Vec::new())
            }
            RequestItem::Method => {
                operation.method = words::method(value);
                Understood::new(operation.method.is_some(), Vec::new())
            }
            RequestItem::AccessTokens => {
                operation.access_tokens = words::access_tokens(value);
                Understood::new(!operation.access_tokens.is_empty(), words::no_access_tokens(value))
            }
            RequestItem::AppTypes => {
                operation.app_types = words::app_types(value);
                Understood::new(!operation.app_types.is_empty(), words::no_app_types(value))
            }
            RequestItem::RateLimit => {
                operation.rate_limit = prose::rate_limit(value);
                let is_read = operation.rate_limit.is_some() || prose::has_no_fixed_rate(value);
                Understood::new(is_read, prose::unread_rates(value))
            }
            RequestItem::Scopes => {
                for scope in words::scopes(value) {
                    if !operation.scopes.contains(&scope) {
                        operation.scopes.push(scope);
                    }
                }
                Understood::new(true, words::no_scopes(value))
            }
            RequestItem::FieldScopes => Understood::All,
        }
    }
}

/// Words of a sentence about how often an operation may be called.
const RATES: &[&str] = &["频率", "频控", "限频", "限流", "QPS"];

/// Longer words are a sentence.
const LONGEST: usize = 12;

pub(crate) fn read_lines(section: &Section<'_>, operation: &mut Operation, warnings: &mut Warnings) {
    for piece in &section.pieces {
        let Content::Text { label, text, lines, .. } = &piece.block.content else { continue };
        for (line, number) in text.split('\n').zip(lines) {
            let at = Position::line(*number);
            if line.matches('|').count() > 1 {
                warnings.add(at, "this looks like a table row outside of any table: skipped");
            }
            if operation.rate_limit.is_none() && RATES.iter().any(|word| line.contains(word)) {
                operation.rate_limit = prose::rate_limit(line);
            }
            // A sentence may hold several: `限频：10 次/秒。所需权限：library:loan。`
            for clause in line.split('。') {
                read_clause(clause, label.as_deref(), at, operation, warnings);
            }
        }
    }
}

fn read_clause(clause: &str, label: Option<&str>, at: Position, operation: &mut Operation, warnings: &mut Warnings) {
    let Some((word, value)) = clause.split_once([':', '：']) else { return };
    let (word, value) = (word.trim(), value.trim());
    if value.is_empty() || word.chars().count() > LONGEST {
        return;
    }
    match RequestItem::of(word) {
        Some(says) if says.is_open(operation) => match says.take(value, operation) {
            Understood::All => {}
            Understood::Part(left) => {
                warnings.add(at, format!("`{left}` of `{word}` was not understood: skipped"));
            }
            Understood::Nothing => {
                warnings.add(at, format!("`{word}` was not understood: nothing read from it"));
            }
        },
        None if label == Some(word) && states_access(value) => {
            warnings.add(at, format!("`{word}` is unknown: the tokens or scopes after it were skipped"));
        }
        _ => {}
    }
}

/// Whether a value begins with the name of a token, or is a scope.
fn states_access(value: &str) -> bool {
    let first = value.split_whitespace().next().unwrap_or_default().trim_matches('`');
    !words::scopes(first).is_empty() || first.ends_with("access_token") && !words::access_tokens(first).is_empty()
}

/// The names in the query of the URL.
pub(crate) fn query_names(value: &str) -> impl Iterator<Item = String> {
    let url = value.split_whitespace().find(|word| word.contains('/')).unwrap_or_default();
    let query = url.split_once('?').map_or("", |(_, query)| query).split('#').next().unwrap_or_default();
    query.split('&').filter_map(|pair| {
        let name = pair.split('=').next().unwrap_or_default().trim_matches(['{', '}', '`', ':', '<', '>']);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.[]".contains(c));
        is_name.then(|| name.to_owned())
    })
}

/// The path of the URL, its parameters written `{like_this}` whichever way the page writes them.
fn path(value: &str) -> Option<String> {
    let url = value.split_whitespace().find(|word| word.contains('/'))?;
    let parameter = |part: &str| {
        let name = part.strip_prefix(':').or_else(|| part.strip_prefix('<')?.strip_suffix('>'))?;
        Some(format!("{{{name}}}"))
    };
    let path = words::url_path(url);
    let parts: Vec<String> = path.split('/').map(|part| parameter(part).unwrap_or_else(|| part.to_owned())).collect();
    Some(parts.join("/"))
}

/// Whether a parameter stands in the path.
pub(crate) fn path_has(path: Option<&str>, name: &str) -> bool {
    let is_name = |part: &str| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name);
    path.is_some_and(|path| path.split('/').any(is_name))
}

/// A page has no function name: the operation is named by what follows the version
/// in its path (`/open-apis/{service}/v2/` goes), or by the last two segments.
pub(crate) fn name_from_path(path: &str) -> String {
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
        assert_eq!(
            name_from_path("/open-apis/performance/v2/user_group_user_rels/write"),
            "user_group_user_rels/write"
        );
        assert_eq!(name_from_path("/open-apis/im/v1/chats/{chat_id}"), "chats/{chat_id}");
        assert_eq!(name_from_path("/open-apis/bot/info"), "bot/info");
    }

    #[test]
    fn paths_have_one_spelling() {
        let expected = Some("/open-apis/im/v1/chats/{chat_id}".to_owned());
        assert_eq!(path("https://example.com/open-apis/im/v1/chats/:chat_id?x=1"), expected);
        assert_eq!(path("GET /open-apis/im/v1/chats/<chat_id>"), expected);
        assert_eq!(path("https://example.com/open-apis/im/v1/chats/:chat_id?a=1&b={b}"), expected);
        let names: Vec<String> = query_names("https://example.com/a/b?a=1&b={b}&{c}#d").collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(path("无"), None);
        assert!(path_has(expected.as_deref(), "chat_id"));
        assert!(!path_has(expected.as_deref(), "chats"));
    }
}
