//! Parts: what the marks above a table or block say of it.
//!
//! A document says where parameters travel, and what is an answer, in headings and
//! bold labels. The words are many and the parts few; within one mark the first
//! entry that fits holds, so that an answer's body is no request's.

use super::outline::Piece;
use crate::facts::{ExampleKind, Place};

/// The part of an operation that a table belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Parameters(Place),
    Answer,
    /// Headers of the answer, which are no facts.
    AnswerHeaders,
}

const PARTS: &[(&str, Part)] = &[
    ("响应头", Part::AnswerHeaders),
    ("返回头", Part::AnswerHeaders),
    ("responseheader", Part::AnswerHeaders),
    ("响应", Part::Answer),
    ("返回", Part::Answer),
    ("出参", Part::Answer),
    ("response", Part::Answer),
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

/// Words that tell requests from responses; a call that fails or succeeds shows its answer.
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
pub(super) fn of_table(piece: &Piece<'_>) -> Option<Part> {
    piece.says(PARTS)
}

/// What an example shows.
pub(super) fn of_example(piece: &Piece<'_>) -> Option<ExampleKind> {
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
];

/// Whether a heading names a part of an operation and not the operation.
pub(super) fn is_part_title(heading: &str) -> bool {
    let compact = super::tables::compact(heading);
    let words = compact.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十.、()（）".contains(c));
    PART_TITLES.contains(&words.trim_end_matches([':', '：']))
}
