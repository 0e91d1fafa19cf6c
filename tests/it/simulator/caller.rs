//! A plain HTTP client for the simulator, and the facts that its responses are compared with.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Department, Group, Person, Simulator};
use serde_json::{Value, json};

pub const INTERNAL: &str = "/open-apis/auth/v3/tenant_access_token/internal";
pub const GROUP: &str = "/open-apis/contact/v3/group";
pub const LIST: &str = "/open-apis/contact/v3/group/simplelist";
pub const BELONG: &str = "/open-apis/contact/v3/group/member_belong";
pub const FIND: &str = "/open-apis/contact/v3/users/batch_get_id";
pub const WRITE: &str = "/open-apis/performance/v2/user_group_user_rels/write";

/// A complete response.
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn code(&self) -> i64 {
        self.json()["code"].as_i64().unwrap()
    }

    /// The data of a success.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!((self.status, self.code()), (200, 0), "{}", self.text);
        self.json()["data"].clone()
    }

    /// The members of a page, as ids.
    #[track_caller]
    pub fn member_ids(&self) -> Vec<String> {
        let data = self.data();
        let members = data["memberlist"].as_array().unwrap().iter();
        members.map(|member| member["member_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Fails unless the response is a rejection with `code`.
    #[track_caller]
    pub fn assert_rejected(&self, code: i64) {
        assert_eq!(self.code(), code, "{}", self.text);
    }
}

/// A simulator and a valid token for calls.
pub struct Caller {
    pub simulator: Simulator,
    pub http: reqwest::Client,
    pub token: String,
}

impl Caller {
    pub async fn new() -> Self {
        Self::of(Simulator::start().await.unwrap()).await
    }

    pub async fn of(simulator: Simulator) -> Self {
        let http = feishu_user_groups::http_client_builder().unwrap().no_proxy().build().unwrap();
        let mut caller = Self { simulator, http, token: String::new() };
        caller.token = caller.fetch().await.0;
        caller
    }

    /// A tenant token and the seconds it has left.
    pub async fn fetch(&self) -> (String, u64) {
        let body = json!({ "app_id": APP_ID, "app_secret": APP_SECRET });
        let reply = self.raw("POST", INTERNAL, None, &body.to_string()).await;
        let response = reply.json();
        assert_eq!(response["code"], 0);
        (response["tenant_access_token"].as_str().unwrap().to_owned(), response["expire"].as_u64().unwrap())
    }

    /// Advances the paused clock, which the simulator shares.
    pub async fn elapse(&self, time: std::time::Duration) {
        tokio::time::pause();
        tokio::time::advance(time).await;
        tokio::time::resume();
    }

    pub async fn raw(&self, method: &str, path: &str, auth: Option<&str>, body: &str) -> Reply {
        self.send(method, path, auth, Some("application/json; charset=utf-8"), body).await
    }

    /// A request with any content type.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        auth: Option<&str>,
        content_type: Option<&str>,
        body: &str,
    ) -> Reply {
        let url = format!("{}{path}", self.simulator.url());
        let mut request = self.http.request(method.parse().unwrap(), url).body(body.to_owned());
        for (name, value) in [("authorization", auth), ("content-type", content_type)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let response = request.send().await.unwrap();
        let headers = response.headers().iter();
        Reply {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
            text: response.text().await.unwrap(),
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: &str) -> Reply {
        let auth = format!("Bearer {}", self.token);
        self.raw(method, path, Some(&auth), body).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, "").await
    }

    pub async fn create(&self, body: Value) -> Reply {
        self.call("POST", GROUP, &body.to_string()).await
    }

    pub async fn update(&self, id: &str, body: Value) -> Reply {
        let path = format!("{GROUP}/{id}");
        self.call("PATCH", &path, &body.to_string()).await
    }

    pub async fn delete(&self, id: &str) -> Reply {
        self.call("DELETE", &format!("{GROUP}/{id}"), "").await
    }

    /// Calls an operation on the members of a group: `add`, `remove`, `batch_add`, `batch_remove`.
    pub async fn change_members(&self, group_id: &str, operation: &str, body: Value) -> Reply {
        self.call("POST", &members_of(group_id, operation), &body.to_string()).await
    }

    pub async fn add(&self, group_id: &str, open_id: &str) -> Reply {
        self.change_members(group_id, "add", member("open_id", open_id)).await
    }

    pub async fn remove(&self, group_id: &str, open_id: &str) -> Reply {
        self.change_members(group_id, "remove", member("open_id", open_id)).await
    }

    /// The members of a group; the query begins with `?` or is empty.
    pub async fn members(&self, group_id: &str, query: &str) -> Reply {
        self.get(&format!("{}{query}", members_of(group_id, "simplelist"))).await
    }

    /// The number of people and departments in a group.
    pub async fn member_counts(&self, group_id: &str) -> (u64, u64) {
        let group = self.get(&format!("{GROUP}/{group_id}")).await.data()["group"].clone();
        (group["member_user_count"].as_u64().unwrap(), group["member_department_count"].as_u64().unwrap())
    }

    pub async fn write(&self, client_token: &str, group_id: &str, user_ids: &[&str]) -> Reply {
        let path = format!("{WRITE}?client_token={client_token}");
        let body = json!({ "group_id": group_id, "scope_visible_setting": 1, "user_ids": user_ids });
        self.call("POST", &path, &body.to_string()).await
    }
}

/// The path of an operation on the members of a group.
pub fn members_of(group_id: &str, operation: &str) -> String {
    format!("{GROUP}/{group_id}/member/{operation}")
}

/// A member in a request.
pub fn member(id_type: &str, id: &str) -> Value {
    json!({ "member_type": "user", "member_id_type": id_type, "member_id": id })
}

/// The body of a batch.
pub fn batch<'a>(open_ids: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "members": open_ids.into_iter().map(|id| member("open_id", id)).collect::<Vec<_>>() })
}

/// A page token, percent-encoded for a URL.
pub fn encoded(token: &Value) -> String {
    let token = token.as_str().unwrap();
    token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn facts(name: &str) -> Value {
    let path = project().join(format!("spec/service/{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Fails unless the status and message of a response are those of the facts.
pub fn assert_is_fact(reply: &Reply, operation: &str, code: u32) {
    let (own, platform) = (facts(operation), facts("platform"));
    let known = [own, platform].into_iter().flat_map(|facts| {
        let errors = facts["errors"].as_array().unwrap().clone();
        errors.into_iter().filter(move |error| error["code"] == code)
    });
    let fact = known.into_iter().next().unwrap();
    let response = reply.json();
    assert_eq!(response["code"], code, "{operation}: {}", reply.text);
    assert_eq!(response["msg"], fact["msg"], "{operation} {code}");
    assert_eq!(reply.status, fact["http"], "{operation} {code}");
}

/// A simulator with the groups `g1` (named `R&D`) and `full` (with a member), the
/// performance group `BUSY` (an import is running) and the used client token
/// `spent`.
pub async fn with_rejecting_groups() -> Caller {
    let simulator = Simulator::builder()
        .with_group(Group::new("g1", "R&D"))
        .with_group(Group::new("full", "full").member("ou_1"))
        .with_performance_group("BUSY")
        .start()
        .await
        .unwrap();
    assert!(simulator.set_import_running("BUSY", true));
    let caller = Caller::of(simulator).await;
    caller.write("spent", "ABCDEFG", &["ou_kept"]).await.data();
    caller
}

/// A simulator whose app sees a part of the tenant: `lisi`, `wang` and `left` (who has resigned)
/// but not `hidden`, the departments `D1` but not `D2`, the groups `g1` (`lisi` and both
/// departments), `dynamic` and `f0` to `f9` but not `secret`. All people are in `f0` to `f9`,
/// so that the tenant can have no more members.
pub async fn with_narrow_scope() -> Caller {
    let people = [
        Person::new("lisi").email("li.si@example.com").mobile("13011111111"),
        Person::new("wang").open_id("ou_7dab").union_id("on_cad4").mobile("+441632960961"),
        Person::new("left").email("left@example.com").resigned(),
        Person::new("hidden").email("hidden@example.com").outside_contact_scope(),
    ];
    let groups = [
        Group::new("g1", "R&D").member("lisi").department("D1").department("od-D2"),
        Group::new("secret", "Payroll").member("lisi").outside_contact_scope(),
        Group::new("dynamic", "Everybody").dynamic().members(["lisi", "wang", "left", "hidden"]),
    ];
    let crowded = (0..10).map(|number| {
        Group::new(format!("f{number}"), format!("Floor {number}")).members(["ou_lisi", "on_cad4", "hidden"])
    });
    let mut builder = Simulator::builder()
        .with_department(Department::new("D1"))
        .with_department(Department::new("D2").outside_contact_scope());
    builder = people.into_iter().fold(builder, |builder, person| builder.with_person(person));
    builder = groups.into_iter().chain(crowded).fold(builder, |builder, group| builder.with_group(group));
    Caller::of(builder.start().await.unwrap()).await
}
