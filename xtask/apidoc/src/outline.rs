//! Outline: which part of an operation a block belongs to.
//!
//! The families mark the parts now with headings (`### 请求体`), now with bold labels
//! (`**请求体示例**:`), and not always at the depth that their meaning has (`### 响应`
//! stands under `## 请求`). So each block gets the marks that it stands under, innermost
//! first, and the first mark that means anything decides. Within one mark the first entry
//! of the lists below that fits holds, so that a response's body is not a request's.

use crate::facts::{ExampleKind, Place};
use crate::markdown::{Block, Content};
use crate::tables::{TableKind, compact};

/// The part of a document that describes one operation.
pub(super) struct Section<'a> {
    pub title: &'a str,
    pub line: usize,
    pub pieces: Vec<Piece<'a>>,
}

/// A block and the headings and labels that it stands under, innermost first.
pub(super) struct Piece<'a> {
    pub marks: Vec<&'a str>,
    pub block: &'a Block,
}

impl Piece<'_> {
    /// What the innermost mark says that says anything at all; the words are in lower case and without blanks.
    pub fn says<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        self.marks.iter().find_map(|mark| {
            let mark = compact(mark);
            words.iter().find(|(word, _)| mark.contains(word)).map(|&(_, meaning)| meaning)
        })
    }
}

/// The section that the heading `heading` opens and that ends before the block `end`.
pub(super) fn section(blocks: &[Block], heading: usize, end: usize) -> Section<'_> {
    let (title, line) = match blocks.get(heading) {
        Some(Block { line, content: Content::Heading { text, .. } }) => (text.as_str(), *line),
        Some(Block { line, .. }) => ("", *line),
        None => ("", 1),
    };
    let opens = usize::from(!title.is_empty());
    let mut headings: Vec<(u8, &str)> = Vec::new();
    let mut label: Option<&str> = None;
    let mut announced: Option<&str> = None;
    let mut pieces = Vec::new();
    for block in blocks.get(heading + opens..end).unwrap_or_default() {
        match &block.content {
            Content::Heading { level, text } => {
                headings.retain(|(outer, _)| outer < level);
                headings.push((*level, text));
                (label, announced) = (None, None);
            }
            Content::Text { label: Some(text), .. } => {
                (label, announced) = (Some(text.as_str()), None);
            }
            Content::Text { announces, .. } => announced = announces.as_deref(),
            _ => {}
        }
        let marks = headings.iter().rev().map(|&(_, text)| text);
        pieces.push(Piece { marks: announced.into_iter().chain(label).chain(marks).collect(), block });
    }
    Section { title, line, pieces }
}

/// The heading that titles what the block `at` describes, and not above `floor`; `all` are all such blocks in their order.
///
/// It is the heading above the outermost part (`请求`) that the block stands in, if it is
/// a title of this block alone. Where the parts are as high as the titles, the nearest
/// heading of that level is it which is no part's. A deeper one belongs to a part.
pub(super) fn title_above(blocks: &[Block], floor: usize, at: usize, all: &[usize]) -> Option<usize> {
    let headings = |range: std::ops::Range<usize>| range.filter_map(|at| Some((at, level(blocks, at)?)));
    let mut chain: Vec<(usize, u8)> = Vec::new();
    for (heading, level) in headings(floor..at) {
        chain.retain(|(_, outer)| *outer < level);
        chain.push((heading, level));
    }
    let part = chain.iter().position(|&(heading, _)| is_part(blocks, heading));
    let (above, top) = chain.split_at_checked(part.unwrap_or(chain.len()))?;
    let title = above.last();
    let Some(&(_, part_level)) = top.first() else { return title.map(|&(heading, _)| heading) };
    let is_shared = |&&(heading, own): &&(usize, u8)| {
        let end =
            headings(heading + 1..blocks.len()).find(|&(_, level)| level <= own).map_or(blocks.len(), |(at, _)| at);
        let before = |end: usize| all.partition_point(|&block| block < end);
        before(end) - before(heading) > 1
    };
    // A table of facts of its own says that the heading is about more than this block.
    let has_table = |&&(heading, _): &&(usize, u8)| {
        let inside = blocks.get(heading + 1..at).unwrap_or_default().iter();
        let mut own = inside.take_while(|block| !matches!(block.content, Content::Heading { .. }));
        own.any(|block| matches!(&block.content, Content::Table(table) if matches!(table.kind(), TableKind::Values | TableKind::Errors)))
    };
    let own = title.filter(|title| !is_shared(title) && !has_table(title)).map(|&(heading, _)| heading);
    let from = title.map_or(floor, |&(heading, _)| heading + 1);
    let mut siblings = headings(from..at).filter(|&(at, level)| level <= part_level && !is_part(blocks, at));
    own.or_else(|| {
        let first = if all.len() == 1 { siblings.next() } else { siblings.next_back() };
        first.map(|(at, _)| at)
    })
    .or(title.map(|&(heading, _)| heading))
}

fn is_part(blocks: &[Block], at: usize) -> bool {
    matches!(blocks.get(at).map(|block| &block.content), Some(Content::Heading { text, .. }) if is_part_title(text))
}

/// The level of a heading; other blocks have none.
pub(super) fn level(blocks: &[Block], at: usize) -> Option<u8> {
    match blocks.get(at).map(|block| &block.content) {
        Some(Content::Heading { level, .. }) => Some(*level),
        _ => None,
    }
}

/// The part of an operation that a table belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Parameters(Place),
    Response,
    /// Headers of the response, which are not facts.
    ResponseHeaders,
}

const PARTS: &[(&str, Part)] = &[
    ("响应头", Part::ResponseHeaders),
    ("返回头", Part::ResponseHeaders),
    ("responseheader", Part::ResponseHeaders),
    ("响应", Part::Response),
    ("返回", Part::Response),
    ("出参", Part::Response),
    ("response", Part::Response),
    ("路径参数", Part::Parameters(Place::Path)),
    ("路径变量", Part::Parameters(Place::Path)),
    ("path", Part::Parameters(Place::Path)),
    ("查询参数", Part::Parameters(Place::Query)),
    ("查询字符串", Part::Parameters(Place::Query)),
    ("query", Part::Parameters(Place::Query)),
    ("请求头", Part::Parameters(Place::Header)),
    ("header", Part::Parameters(Place::Header)),
    ("请求体", Part::Parameters(Place::Body)),
    ("请求正文", Part::Parameters(Place::Body)),
    ("请求包体", Part::Parameters(Place::Body)),
    ("消息体", Part::Parameters(Place::Body)),
    ("body", Part::Parameters(Place::Body)),
];

/// Words that tell requests from responses; a call that fails or succeeds shows its response.
const EXAMPLES: &[(&str, ExampleKind)] = &[
    ("响应", ExampleKind::Response),
    ("返回", ExampleKind::Response),
    ("出参", ExampleKind::Response),
    ("response", ExampleKind::Response),
    ("请求失败", ExampleKind::Response),
    ("请求成功", ExampleKind::Response),
    ("请求", ExampleKind::Request),
    ("入参", ExampleKind::Request),
    ("request", ExampleKind::Request),
];

/// The part that a table belongs to.
pub(crate) fn part(piece: &Piece<'_>) -> Option<Part> {
    piece.says(PARTS)
}

/// Whether the innermost mark itself says that the body follows, and no object inside of it.
pub(crate) fn names_body(piece: &Piece<'_>) -> bool {
    let innermost = piece.marks.first().map(|mark| compact(mark)).unwrap_or_default();
    let part = PARTS.iter().find(|(word, _)| innermost.contains(word)).map(|&(_, part)| part);
    part == Some(Part::Parameters(Place::Body))
}

/// What an example shows.
pub(crate) fn example_kind(piece: &Piece<'_>) -> Option<ExampleKind> {
    piece.says(EXAMPLES)
}

/// Headings of an operation's parts, numbers and blanks aside, which are never its title.
const PART_TITLES: &[&str] = &[
    "请求",
    "请求说明",
    "请求信息",
    "请求参数",
    "请求方式",
    "请求地址",
    "请求url",
    "请求头",
    "请求体",
    "基本",
    "基本信息",
    "接口信息",
    "接口说明",
    "接口定义",
    "接口",
    "http请求",
    "路径参数",
    "查询参数",
    "参数",
    "参数说明",
    "响应",
    "响应参数",
    "响应体",
    "响应说明",
    "返回",
    "返回值",
    "返回参数",
    "返回结果",
    "说明",
    "注意事项",
    "认证",
    "认证类型",
    "认证方式",
    "鉴权",
    "代码示例",
    "调用示例",
    "示例",
    "使用示例",
    "示例代码",
    "请求示例",
    "响应示例",
    "请求体示例",
    "响应体示例",
    "错误码",
    "函数名称",
    "函数签名",
    "函数定义",
    "方法签名",
    "方法名称",
    "使用限制",
    "限制",
    "限制说明",
    "接口限制",
    "调用限制",
    "前提条件",
    "使用前提",
    "使用场景",
    "适用场景",
    "使用说明",
    "使用须知",
    "背景信息",
    "权限说明",
    "权限要求",
    "频率限制",
    "频控",
    "常见问题",
    "request",
    "requestheader",
    "requestheaders",
    "requestbody",
    "requestbodyexample",
    "requestexample",
    "requestparameters",
    "headers",
    "pathparameters",
    "queryparameters",
    "parameters",
    "response",
    "responsebody",
    "responsebodyexample",
    "responseexample",
    "responseparameters",
    "errorcode",
    "errorcodes",
    "example",
    "examples",
    "prerequisites",
    "limitations",
    "usagelimits",
    "usage",
    "note",
    "notes",
    "notice",
    "precautions",
    "scenarios",
    "basicinformation",
];

/// Whether a heading names a part of an operation and not the operation.
pub(super) fn is_part_title(heading: &str) -> bool {
    let compact = compact(heading);
    let words = compact.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十.、()（）".contains(c));
    PART_TITLES.contains(&words.trim_end_matches([':', '：']))
}
