//! Calls the eighth operation: once within its rules, and once not.

use feishu_user_groups::{Client, Error, types};

fn label(text: &str) -> types::UserGroupLabel {
    types::UserGroupLabel::builder().text(text).try_into().expect("a label")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FEISHU_BASE_URL").unwrap_or_default();
    let client = Client::builder().base_url(url).tenant_token("t-eighth").build()?;
    let call = |text: &str| client.label_user_group().group_id("g1").body_map(|body| body.labels(vec![label(text)]));

    let labelled = call("short").send().await?;
    println!("labels: {:?}", labelled.label_count);

    let refused = call("much too long").send().await.expect_err("the rule of the YAML");
    println!("refused: {refused}");
    Ok(())
}
