//! Calls the operation that the test adds to the spec: once within its rules, and then against each of them.

use feishu_user_groups::{Client, Error, types};

/// What the client lacks, since the feature is off: a method of its own would be called instead of this one.
trait LeftOut {
    fn get_left_out(&self) -> &'static str {
        "no method of the client"
    }
}

impl LeftOut for Client {}

fn label(text: &str) -> types::UserGroupLabel {
    types::UserGroupLabel::builder().text(text).try_into().expect("a label")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::var("FEISHU_BASE_URL").unwrap_or_default();
    let client = Client::builder().base_url(url).tenant_token("t-new").build()?;
    let left_out: &str = client.get_left_out();
    println!("get_left_out: {left_out}");
    let call = |text: &str| client.label_user_group().group_id("g1").body_map(|body| body.labels(vec![label(text)]));

    let labelled = call("short")
        .colors(["red", "a&b=c"])
        .ids([types::UserIdType::OpenId, types::UserIdType::UnionId])
        .ranks([1, 2])
        .x_label_source("a tool")
        .send()
        .await?;
    println!("labels: {:?}, {:?}, {:?}", labelled.label_count, labelled.ranks, labelled.states);

    let refused = call("much too long").send().await.expect_err("the rule of the YAML");
    println!("refused: {refused}");
    let none: [&str; 0] = [];
    for refused in [
        call("short").colors(["red", "green", "blue", "gray"]),
        call("short").colors(none),
        call("short").colors(["magenta"]),
        call("short").ranks([1, 0]),
        call("short").x_label_source("a\r\nHost: b"),
        call("short").x_label_source("grün"),
        call("short").x_label_source(" padded"),
        call("short").x_label_source("longer than it may be"),
    ] {
        println!("refused: {}", refused.send().await.expect_err("the rules of the YAML"));
    }
    Ok(())
}
