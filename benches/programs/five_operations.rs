//! Five operations with this crate: what `cargo xtask cost` rebuilds.

use feishu_user_groups::types::ScopeVisibleSetting;
use feishu_user_groups::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let app_secret = std::env::var("FEISHU_APP_SECRET").unwrap_or_default();
    let client = Client::builder().app("cli_a1b2c3", app_secret).build()?;

    let created = client.create_user_group().body_map(|body| body.name("R&D")).send().await?;
    let group_id = created.group_id.as_str();
    client.update_user_group().group_id(group_id).body_map(|body| body.description("builds things")).send().await?;
    let found = client.get_user_group().group_id(group_id).send().await?;
    println!("{:?} {:?}", found.group.name, found.group.description);

    let mut groups = client.list_user_groups().stream();
    while let Some(group) = groups.try_next().await? {
        println!("{:?} {:?} {:?}", group.id, group.member_user_count, group.member_department_count);
    }

    let written = client.write_performance_group_members().body_map(|body| {
        let body = body.group_id("7343513161666707459").user_ids(["ou_1", "ou_2"]);
        body.scope_visible_setting(ScopeVisibleSetting::HiddenFromAdministrators)
    });
    let written = written.send().await?;
    println!("{} written", written.success_user_ids.as_ref().map_or(0, Vec::len));
    for failure in written.fail_user_datas.iter().flatten() {
        println!("{:?} {:?}", failure.user_id, failure.fail_code);
    }
    Ok(())
}
