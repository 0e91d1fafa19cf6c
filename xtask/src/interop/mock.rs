//! Every operation of this crate's client, against a server that knows nothing but the spec.

use super::Ended;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET};
use feishu_user_groups::types::MemberReference;
use feishu_user_groups::{Client, Error, operation};

/// Calls every operation once; a response that the client cannot read is a failure.
pub(super) async fn all_operations(url: &str) -> Ended {
    let mut calls = Calls { names: Vec::new(), failed: Vec::new() };
    match Client::builder().base_url(url).app(APP_ID, APP_SECRET).build() {
        Ok(client) => calls.all(&client).await,
        Err(error) => calls.failed.push(error.to_string()),
    }
    let missing = operation::ALL.iter().filter(|operation| !calls.names.contains(&operation.id));
    calls.failed.extend(missing.map(|operation| format!("{}: is not called here; add it", operation.id)));
    Ended { calls: calls.names.len(), failed: calls.failed }
}

struct Calls {
    names: Vec<&'static str>,
    failed: Vec<String>,
}

impl Calls {
    async fn all(&mut self, client: &Client) {
        let member = || MemberReference::new("ou_lisi", "user", "open_id");
        let id = "g1";
        self.note("create_user_group", client.create_user_group().body_map(|body| body.name("R&D")).send().await);
        self.note("get_user_group", client.get_user_group().group_id(id).send().await);
        let update = client.update_user_group().group_id(id);
        self.note("update_user_group", update.body_map(|body| body.name("R&D")).send().await);
        self.note("delete_user_group", client.delete_user_group().group_id(id).send().await);
        self.note("list_user_groups", client.list_user_groups().send().await);
        self.note("list_member_user_groups", client.list_member_user_groups().member_id("ou_lisi").send().await);
        let add = client.add_user_group_member().group_id(id);
        let add = add.body_map(|body| body.member_type("user").member_id_type("open_id").member_id("ou_lisi"));
        self.note("add_user_group_member", add.send().await);
        let add = client.batch_add_user_group_members().group_id(id);
        self.note("batch_add_user_group_members", add.body_map(|body| body.members([member()])).send().await);
        let remove = client.remove_user_group_member().group_id(id);
        let remove = remove.body_map(|body| body.member_type("user").member_id_type("open_id").member_id("ou_lisi"));
        self.note("remove_user_group_member", remove.send().await);
        let remove = client.batch_remove_user_group_members().group_id(id);
        self.note("batch_remove_user_group_members", remove.body_map(|body| body.members([member()])).send().await);
        self.note("list_user_group_members", client.list_user_group_members().group_id(id).send().await);
        let find = client.find_user_ids().body_map(|body| body.emails(["li.si@example.com"]));
        self.note("find_user_ids", find.send().await);
        let write = client.write_performance_group_members();
        let write = write.body_map(|body| body.group_id("P1").scope_visible_setting(1).user_ids(["ou_lisi"]));
        self.note("write_performance_group_members", write.send().await);
    }

    fn note<T>(&mut self, operation: &'static str, result: Result<T, Error>) {
        self.names.push(operation);
        if let Err(error) = result {
            self.failed.push(format!("{operation}: {error}"));
        }
    }
}
