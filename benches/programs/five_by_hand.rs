//! Five operations by hand: what `cargo xtask cost` rebuilds to compare with.

use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Serialize)]
struct NewGroup<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct ChangedGroup<'a> {
    description: &'a str,
}

#[derive(Deserialize)]
struct Envelope<T> {
    code: i64,
    msg: String,
    data: Option<T>,
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Created {
    group_id: String,
}

#[derive(Deserialize)]
struct Found {
    group: Group,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    name: Option<String>,
    description: Option<String>,
    member_user_count: Option<i64>,
    member_department_count: Option<i64>,
}

#[derive(Deserialize)]
struct Page {
    grouplist: Vec<Group>,
    page_token: Option<String>,
    has_more: bool,
}

#[derive(Serialize)]
struct Members<'a> {
    group_id: &'a str,
    scope_visible_setting: i64,
    user_ids: [&'a str; 2],
}

#[derive(Deserialize)]
struct Outer {
    data: Written,
}

#[derive(Deserialize)]
struct Written {
    success_user_ids: Vec<String>,
    fail_user_datas: Vec<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    user_id: String,
    fail_code: i64,
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, token: &str) -> Result<Option<T>> {
    let response = request.bearer_auth(token).send().await?;
    let log_id = response.headers().get("x-tt-logid").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let envelope: Envelope<T> = response.json().await?;
    match envelope.code {
        0 => Ok(envelope.data),
        code => Err(format!("{code} {} {log_id:?}", envelope.msg).into()),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    choose_tls();
    let token = std::env::var("FEISHU_TENANT_TOKEN")?;
    let http = reqwest::Client::new();
    let groups = "https://open.feishu.cn/open-apis/contact/v3/group";

    let created: Option<Created> = send(http.post(groups).json(&NewGroup { name: "R&D" }), &token).await?;
    let group_id = created.ok_or("no data")?.group_id;
    let change = http.patch(format!("{groups}/{group_id}")).json(&ChangedGroup { description: "builds things" });
    let _: Option<Nothing> = send(change, &token).await?;
    let found: Option<Found> = send(http.get(format!("{groups}/{group_id}")), &token).await?;
    let Group { name, description, .. } = found.ok_or("no data")?.group;
    println!("{name:?} {description:?}");

    let mut page_token = None::<String>;
    loop {
        let query = page_token.as_deref().map(|token| ("page_token", token));
        let query = [("page_size", "100")].into_iter().chain(query);
        let request = http.get(Url::parse_with_params(&format!("{groups}/simplelist"), query)?);
        let page = send::<Page>(request, &token).await?.ok_or("no data")?;
        for group in page.grouplist {
            println!("{} {:?} {:?}", group.id, group.member_user_count, group.member_department_count);
        }
        if !page.has_more {
            break;
        }
        page_token = page.page_token;
    }

    let url = "https://open.feishu.cn/open-apis/performance/v2/user_group_user_rels/write";
    let members = Members { group_id: "7343513161666707459", scope_visible_setting: 1, user_ids: ["ou_1", "ou_2"] };
    let url = Url::parse_with_params(url, [("client_token", "12454646")])?;
    let request = http.post(url).json(&members);
    let written: Option<Outer> = send(request, &token).await?;
    let Written { success_user_ids, fail_user_datas } = written.ok_or("no data")?.data;
    println!("{} written", success_user_ids.len());
    for failure in fail_user_datas {
        println!("{} {}", failure.user_id, failure.fail_code);
    }
    Ok(())
}
