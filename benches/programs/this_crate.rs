//! One call with this crate: what `cargo xtask cost` builds.

use feishu_user_groups::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let app_secret = std::env::var("FEISHU_APP_SECRET").unwrap_or_default();
    let client = Client::builder().app("cli_a1b2c3", app_secret).build()?;
    let created = client.create_user_group().body_map(|body| body.name("R&D")).send().await?;
    println!("{}", created.group_id);
    Ok(())
}
