//! One call by hand: what `cargo xtask cost` builds to compare with.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct NewGroup<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct Envelope {
    code: i64,
    msg: String,
    data: Option<Created>,
}

#[derive(Deserialize)]
struct Created {
    group_id: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    choose_tls();
    let token = std::env::var("FEISHU_TENANT_TOKEN")?;
    let url = "https://open.feishu.cn/open-apis/contact/v3/group";
    let request = reqwest::Client::new().post(url).bearer_auth(token).json(&NewGroup { name: "R&D" });
    let response: Envelope = request.send().await?.json().await?;
    match response.data.filter(|_| response.code == 0) {
        Some(created) => println!("{}", created.group_id),
        None => println!("{} {}", response.code, response.msg),
    }
    Ok(())
}
