//! What an engineer would write with reqwest and serde for these calls and no others.
//!
//! It does the same work: the same requests with the same headers, the envelope opened, the
//! code and the log id looked at, a listing followed to its end. It has no throttle, no
//! renewal, no retry, no rules, and believes that every response has its documented shape.

use super::canned::{BATCH, MEMBERS};
use super::work::{Work, Worker, member_ids};
use super::{APP_ID, APP_SECRET};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Clone)]
pub struct HandWritten {
    http: Client,
    url: String,
    token: HeaderValue,
}

#[derive(Deserialize)]
struct Envelope<T> {
    code: i64,
    msg: String,
    data: Option<T>,
}

struct Response<T> {
    data: T,
    log_id: Option<String>,
}

#[derive(Serialize)]
struct NewGroup<'a> {
    name: &'a str,
    description: &'a str,
}

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
    #[serde(rename = "type")]
    kind: Option<i64>,
    department_scope_list: Option<Vec<String>>,
    group_id: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    grouplist: Vec<Group>,
    page_token: Option<String>,
    has_more: bool,
}

#[derive(Serialize)]
struct Members {
    group_id: &'static str,
    scope_visible_setting: i64,
    user_ids: Vec<String>,
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

#[derive(Deserialize)]
struct MemberPage {
    memberlist: Vec<Member>,
    page_token: Option<String>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Member {
    member_id: String,
    member_type: Option<String>,
    member_id_type: Option<String>,
}

#[derive(Serialize)]
struct Additions {
    members: Vec<Addition>,
}

#[derive(Serialize)]
struct Addition {
    member_id: String,
    member_type: &'static str,
    member_id_type: &'static str,
}

#[derive(Deserialize)]
struct Added {
    results: Vec<AdditionResult>,
}

#[derive(Deserialize)]
struct AdditionResult {
    member_id: String,
    code: i64,
}

#[derive(Deserialize)]
struct Token {
    tenant_access_token: String,
}

impl HandWritten {
    pub async fn new(url: &str) -> Self {
        let http = feishu_user_groups::http_client_builder().unwrap();
        let http = http
            .no_proxy()
            .user_agent("hand-written-client/0.1.0")
            .connect_timeout(Duration::from_secs(5))
            // valgrind on a busy machine takes its time, which is not what is counted.
            .timeout(Duration::from_secs(600));
        let http = http.build().unwrap();
        let secrets = serde_json::json!({ "app_id": APP_ID, "app_secret": APP_SECRET });
        let response = http.post(format!("{url}/open-apis/auth/v3/tenant_access_token/internal"));
        let response = json(response, &secrets).send().await.unwrap().bytes().await.unwrap();
        let token: Token = serde_json::from_slice(&response).unwrap();
        let mut token = HeaderValue::from_str(&format!("Bearer {}", token.tenant_access_token)).unwrap();
        token.set_sensitive(true);
        Self { http, url: url.to_owned(), token }
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Response<T> {
        let request = request
            .header(AUTHORIZATION, self.token.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let response = request.send().await.unwrap();
        let log_id = response.headers().get("x-tt-logid").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let envelope: Envelope<T> = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(envelope.code, 0, "{}", envelope.msg);
        Response { data: envelope.data.unwrap(), log_id }
    }

    async fn page(&self, token: Option<&str>) -> Response<Page> {
        let mut url = format!("{}/open-apis/contact/v3/group/simplelist?page_size=100", self.url);
        if let Some(token) = token {
            url.push_str("&page_token=");
            url.extend(url::form_urlencoded::byte_serialize(token.as_bytes()));
        }
        self.send(self.http.get(url)).await
    }
}

/// reqwest's own `json`, which is a feature that this crate does without.
fn json(request: RequestBuilder, body: &impl Serialize) -> RequestBuilder {
    request.header("content-type", "application/json; charset=utf-8").body(serde_json::to_vec(body).unwrap())
}

impl Worker for HandWritten {
    async fn work(&self, work: Work) -> usize {
        let url = &self.url;
        match work {
            Work::Create => {
                let body = NewGroup { name: "R&D", description: "builds things" };
                let request = self.http.post(format!("{url}/open-apis/contact/v3/group"));
                let response: Response<Created> = self.send(json(request, &body)).await;
                usize::from(!response.data.group_id.is_empty() && response.log_id.is_some())
            }
            Work::Get => {
                let request = self.http.get(format!("{url}/open-apis/contact/v3/group/g193821"));
                let response: Response<Found> = self.send(request).await;
                usize::from(whole(&response.data.group))
            }
            Work::Page => {
                let response = self.page(None).await;
                response.data.grouplist.len()
            }
            Work::Stream => {
                let (mut token, mut count) = (None, 0);
                loop {
                    let page = self.page(token.as_deref()).await.data;
                    count += page.grouplist.iter().filter(|group| whole(group)).count();
                    if !page.has_more {
                        return count;
                    }
                    token = page.page_token;
                }
            }
            Work::Write => {
                let [high, low] = [(); 2].map(|()| getrandom::u64().unwrap());
                let url = format!(
                    "{url}/open-apis/performance/v2/user_group_user_rels/write?client_token={high:016x}{low:016x}"
                );
                let body = Members { group_id: "ABCDEFG", scope_visible_setting: 1, user_ids: member_ids(MEMBERS) };
                let response: Response<Outer> = self.send(json(self.http.post(url), &body)).await;
                let Written { success_user_ids, fail_user_datas } = response.data.data;
                assert!(fail_user_datas.iter().all(|failure| failure.fail_code != 0 && !failure.user_id.is_empty()));
                success_user_ids.len()
            }
            Work::Members => {
                let url = format!(
                    "{url}/open-apis/contact/v3/group/g193821/member/simplelist?page_size=100&member_id_type=open_id"
                );
                let MemberPage { memberlist, page_token, has_more } = self.send(self.http.get(url)).await.data;
                assert!(has_more && page_token.is_some());
                memberlist.iter().filter(|member| known(member)).count()
            }
            Work::Batch => {
                let url = format!("{url}/open-apis/contact/v3/group/g193821/member/batch_add");
                let addition = |member_id| Addition { member_id, member_type: "user", member_id_type: "open_id" };
                let body = Additions { members: member_ids(BATCH).into_iter().map(addition).collect() };
                let response: Response<Added> = self.send(json(self.http.post(url), &body)).await;
                response.data.results.iter().filter(|item| item.code == 0 && !item.member_id.is_empty()).count()
            }
        }
    }
}

/// Looks at every field of a member.
fn known(member: &Member) -> bool {
    !member.member_id.is_empty() && member.member_type.is_some() && member.member_id_type.is_some()
}

/// Looks at every field, so that none is left unread by the compiler's leave.
fn whole(group: &Group) -> bool {
    let Group { id, name, description, member_user_count, member_department_count, kind, .. } = group;
    let named = !id.is_empty() && name.is_some() && description.is_some() && group.group_id.is_some();
    let counted = member_user_count.is_some() && member_department_count.is_some() && kind.is_some();
    named && counted && group.department_scope_list.is_some()
}
