//! A call's future is moved by whoever spawns, boxes or joins it, and a thousand of them may
//! be under way: it stays small, and every caller's executor can take it.
//!
//! What goes wrong unseen is an `async fn` that is given a future: it holds it twice, and a
//! few of those in each other hold it eight times.

use feishu_user_groups::Client;
use feishu_user_groups::types::ScopeVisibleSetting;

/// A quarter more than it takes, and less than with one future in it held twice.
const LARGEST: usize = 2560;

fn size<F: Future + Send>(name: &str, call: F) {
    let size = size_of_val(&call);
    assert!(size <= LARGEST, "the future of {name} has {size} bytes");
}

#[test]
fn the_futures_of_all_calls_are_small_and_go_from_thread_to_thread() {
    let client = Client::builder().tenant_token("t-tests").build().unwrap();
    size("create", client.create_user_group().body_map(|body| body.name("R&D")).send());
    size("update", client.update_user_group().group_id("g1").body_map(|body| body.name("R&D")).send());
    size("get", client.get_user_group().group_id("g1").send());
    size("list", client.list_user_groups().send());
    size("list of a member", client.list_member_user_groups().member_id("ou_1").send());
    size("delete", client.delete_user_group().group_id("g1").send());
    size("raw", client.get_user_group().group_id("g1").send_raw());
    let members = client.write_performance_group_members().body_map(|body| {
        body.group_id("G").scope_visible_setting(ScopeVisibleSetting::HiddenFromAdministrators).user_ids(["ou_1"])
    });
    size("write", members.send());
}
