//! Creates a group and lists it again, at FEISHU_BASE_URL.

use feishu_user_groups::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let from = |name| std::env::var(name).unwrap_or_default();
    let client = Client::builder()
        .base_url(from("FEISHU_BASE_URL"))
        .app(from("FEISHU_APP_ID"), from("FEISHU_APP_SECRET"))
        .build()?;
    let created = client.create_user_group().body_map(|body| body.name("Downstream")).send().await?;
    let mut groups = client.list_user_groups().stream();
    while let Some(group) = groups.try_next().await? {
        if group.id() == Some(&created.group_id) {
            println!("found {}", group.name.unwrap_or_default());
        }
    }
    Ok(())
}
