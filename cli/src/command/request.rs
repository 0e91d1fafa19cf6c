//! `--dry-run`: the requests that would change something, as method, path and body.
//!
//! Method and path come from the client's table of operations, and bodies are those that would be sent, so that a dry run
//! shows what a recording of the real run would.

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{self, Listing};
use feishu_groups::input::IdType;
use feishu_groups::members::BATCH;
use feishu_user_groups::Operation;
use feishu_user_groups::operation::{BATCH_ADD_USER_GROUP_MEMBERS, BATCH_REMOVE_USER_GROUP_MEMBERS};
use serde_json::{Value, json};
use std::process::ExitCode;

/// A body of those members that are there.
pub fn body<const N: usize>(members: [(&str, Option<&String>); N]) -> Value {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?.as_str())))).collect()
}

/// The requests of a dry run.
pub struct Requests(Listing);

impl Requests {
    pub fn new() -> Self {
        Self(Listing::new(&["method", "path", "body"]))
    }

    /// Adds a request about a group, or about none yet.
    pub fn push(&mut self, operation: &Operation, group_id: Option<&str>, body: Value) {
        let path = operation.path.replace("{group_id}", group_id.unwrap_or_default());
        self.0.rows.push(vec![json!(operation.method.as_str()), json!(path), body]);
    }

    /// Adds a request whose query says of which type the ids in its body are.
    pub fn push_by_id_type(&mut self, operation: &Operation, id_type: IdType, body: Value) {
        let path = format!("{}?user_id_type={id_type}", operation.path);
        self.0.rows.push(vec![json!(operation.method.as_str()), json!(path), body]);
    }

    /// Adds the batches that add people.
    pub fn add(&mut self, group_id: &str, id_type: IdType, ids: &[String]) {
        self.members(&BATCH_ADD_USER_GROUP_MEMBERS, group_id, id_type, ids);
    }

    /// Adds the batches that remove people.
    pub fn remove(&mut self, group_id: &str, id_type: IdType, ids: &[String]) {
        self.members(&BATCH_REMOVE_USER_GROUP_MEMBERS, group_id, id_type, ids);
    }

    fn members(&mut self, operation: &Operation, group_id: &str, id_type: IdType, ids: &[String]) {
        for batch in ids.chunks(BATCH) {
            let member =
                |id: &String| json!({ "member_id": id, "member_type": "user", "member_id_type": id_type.as_str() });
            let members: Vec<Value> = batch.iter().map(member).collect();
            self.push(operation, Some(group_id), json!({ "members": members }));
        }
    }

    /// Prints them.
    pub fn print(&self, global: &Global) -> Result<ExitCode, Failure> {
        output::listing(global.format(), &self.0)?;
        Ok(ExitCode::SUCCESS)
    }
}
