//! Checks responses that are files.
//!
//! A file has no envelope, so nothing that points into one goes with it.

use super::{Lint, RESPONSE};
use crate::codegen::spec::media::is_media_type;
use crate::codegen::spec::model::Operation;
use crate::codegen::spec::yaml::{Mistake, Source, segment};
use serde_json::json;

impl Lint<'_> {
    /// A success whose body is a file has one media type, and the schema of any bytes.
    pub(super) fn file(&self, pointer: &str) -> Result<(), Mistake> {
        self.keys(pointer, RESPONSE)?;
        let media = self.names(&format!("{pointer}/content")).collect::<Vec<_>>();
        let [media] = media[..] else {
            let help = "keep one of them: the client takes what the service sends, whatever its media type";
            return Err(self.source.violation("responses", pointer, "a file has more than one media type", help));
        };
        let at = format!("{pointer}/content/{}", segment(media));
        if !is_media_type(media) {
            let what = format!("`{media}` is no media type");
            return Err(self.source.violation("responses", &at, what, "write one in lower case, without parameters"));
        }
        self.keys(&at, &["schema"])?;
        if self.at(&format!("{at}/schema")) != Some(&json!({ "type": "string", "format": "binary" })) {
            let help = "write `schema: { type: string, format: binary }`, or the media type application/json";
            return Err(self.source.violation("responses", &at, format!("`{media}` is no file"), help));
        }
        Ok(())
    }
}

/// An operation that returns a file has no pages, no results and no payload.
pub(super) fn check(source: &Source, pointer: &str, operation: &Operation) -> Result<(), Mistake> {
    let keys = [("page", operation.page.is_some()), ("results", operation.results.is_some())];
    match keys.iter().find(|(_, is_there)| *is_there && operation.response.is_none()) {
        Some((rule, _)) => {
            let what = format!("`x-feishu-{rule}` points into an envelope, and a success of the operation is a file");
            Err(source.violation(rule, &format!("{pointer}/x-feishu-{rule}"), what, "remove it"))
        }
        None => Ok(()),
    }
}
