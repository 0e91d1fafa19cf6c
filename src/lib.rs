//! Rust bindings for Feishu (Lark) user groups, generated at compile time from one OpenAPI document.
//!
//! ```no_run
//! use feishu_user_groups::{Client, Error};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     let app_secret = std::env::var("FEISHU_APP_SECRET").unwrap_or_default();
//!     let client = Client::builder().app("cli_a1b2c3", app_secret).build()?;
//!
//!     let created = client.create_user_group().body_map(|body| body.name("R&D")).send().await?;
//!     println!("{} (log id {:?})", created.group_id, created.log_id());
//!
//!     let mut groups = client.list_user_groups().stream();
//!     while let Some(group) = groups.try_next().await? {
//!         println!("{:?} {:?}", group.id(), group.name);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A [`Client`] has one method per operation. The method returns a builder (module [`builder`]); the builder ends in
//! `send()`, which returns the payload, or in `send_raw()`, which returns the whole envelope as JSON. Listings also end
//! in `stream()` (one item at a time) and `pages()` (one page at a time). The payload is wrapped in a [`Response`],
//! which dereferences to it; [`Response::into_inner`] takes it out by value.
//!
//! A client needs a Tokio runtime. It is cheap to clone, and clones share connections, tokens and rate limits: build
//! one and keep it.
//!
//! # Authentication
//!
//! | builder or client method | token | acts as |
//! | --- | --- | --- |
//! | [`app`](ClientBuilder::app) | fetched, cached and refreshed | a custom app in its own tenant |
//! | [`store_app`](ClientBuilder::store_app), then [`for_tenant`](Client::for_tenant) | fetched per tenant, cached and refreshed | a store (ISV) app in that tenant |
//! | [`tenant_token`](ClientBuilder::tenant_token) | yours, sent as it is | the app that fetched it |
//! | [`with_user_token`](Client::with_user_token) | yours, sent as it is | a user who signed in |
//! | [`with_user_token_provider`](Client::with_user_token_provider) | yours, requested from a [`UserTokenProvider`] when needed | a user whose token you refresh |
//!
//! Each operation lists the token kinds, app types and scopes that it accepts (see [`operation`]). A call with an
//! unsupported token kind fails locally, before anything is sent; so does one with an unsupported app type, if the client
//! was built with `app` or `store_app`. An operation that accepts an app_access_token and no tenant_access_token is called
//! with the app's own token, which is fetched, cached and refreshed in the same way. Several processes can share tokens through a
//! [`store::TokenStore`].
//!
//! Token requests go to the platform's token endpoints over the same connection pool. A token is refreshed in the
//! background before it expires. Unless the token is one that you passed in, a token that the service
//! rejects is fetched again and the call repeated once.
//!
//! # Errors
//!
//! Every failure is an [`Error`]. It carries the operation, HTTP status, code, log id, number of attempts and advice,
//! as far as they are known. Decide by [`Error::kind`] or by a predicate, never by the text:
//!
//! ```no_run
//! # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
//! match client.delete_user_group().group_id("g122817").send().await {
//!     Ok(_) => println!("deleted"),
//!     Err(error) if error.is_not_found() => println!("it does not exist"),
//!     Err(error) if error.is_permission_denied() => println!("grant the scope: {error}"),
//!     Err(error) if error.may_have_been_applied() => println!("check before you repeat it: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Error::delivery`] says how far the request got: [`NotSent`](Delivery::NotSent), [`Rejected`](Delivery::Rejected)
//! or [`Unknown`](Delivery::Unknown).
//!
//! # Retries and idempotency
//!
//! A request that was certainly not processed (no connection, a rejected token, over the rate limit) is sent again,
//! whatever the operation. A request that may have been processed is sent again only if the spec says that a repeat
//! does no harm: reads, updates and deletes are safe, a write with an idempotency key keeps its key, a create is never
//! repeated. [`RetryPolicy`] sets attempts and backoff; apart from a reserve of ten, backoff retries are at most a tenth of a
//! client's calls.
//! [`Error::idempotency_key`] returns the key of a failed call, so that you can repeat it later.
//!
//! # Rate limits
//!
//! Each operation keeps to its documented rate. Calls wait in order for a permit; waiting does not count against
//! [`timeout`](ClientBuilder::timeout), and [`max_wait`](ClientBuilder::max_wait) bounds it. When the service rejects a
//! call over its limit, all calls of that operation pause for as long as it asks; if it asks for more than five minutes,
//! calls fail at once until a probe succeeds. Set another
//! rate with [`Throttle`]; share limits between processes through a [`store::RateStore`].
//!
//! # Paging
//!
//! ```no_run
//! # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
//! let mut pages = client.list_user_groups().page_size(100).pages();
//! while let Some(page) = pages.try_next().await? {
//!     println!("{} groups; the next page starts at {:?}", page.items.len(), page.next_token);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Only `has_more: false` ends a listing. `has_more: true` without a new page token is an error of kind
//! [`Pagination`](ErrorKind::Pagination): the listing neither ends early nor repeats.
//!
//! # Batches
//!
//! Code 0 of a batch says only that the service processed it: each item has a code of its own. Such a call returns a
//! [`BatchResponse`], which lists the items that succeeded, that needed nothing, that failed, and that have no result.
//! [`into_result`](BatchResponse::into_result) is an error of kind [`PartialFailure`](ErrorKind::PartialFailure) unless
//! every item is done. A batch that reports its items in a failure, as a removal does with code 40022, is an error of
//! the same kind; any other failure is of kind [`Service`](ErrorKind::Service). [`Error::failed`] lists the items with
//! code and advice.
//!
//! ```no_run
//! # use feishu_user_groups::{Client, Result, types::MemberReference};
//! # async fn add(client: &Client, members: Vec<MemberReference>) -> Result<()> {
//! let add = client.batch_add_user_group_members().group_id("g122817").body_map(|body| body.members(members));
//! if let Err(error) = add.send().await?.into_result() {
//!     error.failed().for_each(|item| println!("{item}"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Endpoints that the spec does not have
//!
//! [`Client::request`] calls any other endpoint of the platform, with the same tokens, retries, errors and telemetry. The
//! caller states what the spec says of the generated operations: the rate limit, and whether a repeat is safe.
//!
//! ```no_run
//! # async fn example(client: feishu_user_groups::Client) -> Result<(), feishu_user_groups::Error> {
//! use feishu_user_groups::Method;
//! use feishu_user_groups::operation::RateLimit;
//! use serde_json::{Value, json};
//!
//! let text = json!({ "text": "You are in the group now." }).to_string();
//! let message = client
//!     .request(Method::POST, "/open-apis/im/v1/messages")
//!     .query("receive_id_type", "open_id")
//!     .json(&json!({ "receive_id": "ou_1", "msg_type": "text", "content": text }))
//!     .rate_limit(RateLimit::new(Some(1000), Some(50)))
//!     .send::<Value>()
//!     .await?;
//! println!("{:?}", message["message_id"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Testing your program
//!
//! The feature `simulator` has the service in process: it keeps state, checks requests as the service does, and
//! responds with the same errors. What it has comes from [values](simulator::Builder) or from one
//! [YAML file](simulator::Seed).
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use feishu_user_groups::simulator::{Expected, Group, Simulator};
//! use serde_json::json;
//!
//! let simulator = Simulator::builder().with_group(Group::new("g1", "Design")).start().await?;
//! let client = simulator.client()?;
//! client.update_user_group().group_id("g1").body_map(|body| body.name("Product")).send().await?;
//!
//! assert_eq!(simulator.groups()[0].name, "Product");
//! simulator.expect(&Expected::call("update_user_group").body(json!({ "name": "Product" })).times(1))?;
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "simulator"))]
//! # fn main() {}
//! ```
//!
//! A program is tested when it was seen to fail. [`Fault`](simulator::Fault) lists what can happen to a request; these are
//! the ones to begin with.
//!
//! **The token has expired.** The client fetches a new one and repeats the call; a token that you passed in is an error.
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use feishu_user_groups::simulator::{Fault, FaultKind, Simulator};
//!
//! // Some gateways say so under HTTP 200.
//! let expired = Fault::new(FaultKind::ExpiredToken { status: 200 }).times(1);
//! let simulator = Simulator::builder().with_fault(expired).start().await?;
//! let response = simulator.client()?.list_user_groups().send().await?;
//! assert_eq!((response.attempts(), simulator.token_fetches()), (2, 2));
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "simulator"))]
//! # fn main() {}
//! ```
//!
//! **The rate limit is exceeded.** The client waits as long as the service asks, unless `max_wait` is shorter.
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use feishu_user_groups::RetryPolicy;
//! use feishu_user_groups::simulator::{Fault, FaultKind, Simulator};
//!
//! let limited = Fault::new(FaultKind::RateLimit { status: 429, reset: Some(30) });
//! let simulator = Simulator::builder().with_fault(limited).start().await?;
//! let client = simulator.client_builder().retry_policy(RetryPolicy::none()).build()?;
//! let error = client.list_user_groups().send().await.unwrap_err();
//! assert!(error.is_rate_limited());
//! assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(30));
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "simulator"))]
//! # fn main() {}
//! ```
//!
//! **A gateway fails after the service acted.** A create is not repeated: look whether the group is there.
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use feishu_user_groups::simulator::{Fault, FaultKind, Simulator};
//!
//! let lost = Fault::new(FaultKind::BadGateway { acted: true }).operation("create_user_group");
//! let simulator = Simulator::builder().with_fault(lost).start().await?;
//! let error = simulator.client()?.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
//! assert_eq!(error.status(), Some(502));
//! assert!(error.may_have_been_applied());
//! assert_eq!(simulator.groups().len(), 1);
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "simulator"))]
//! # fn main() {}
//! ```
//!
//! **A part of a batch fails.** Each item has a result.
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use feishu_user_groups::simulator::{Group, Person, Simulator};
//! use feishu_user_groups::types::{MemberReference, UserIdType, WritableMemberType};
//!
//! let simulator = Simulator::builder()
//!     .with_person(Person::new("lisi"))
//!     .with_person(Person::new("left").resigned())
//!     .with_group(Group::new("g1", "Design"))
//!     .start()
//!     .await?;
//! let members = ["ou_lisi", "ou_left", "ou_unknown"].map(|id| {
//!     let member = MemberReference::builder().member_id(id).member_id_type(UserIdType::OpenId);
//!     member.member_type(WritableMemberType::User)
//! });
//! let client = simulator.client()?;
//! let add = client.batch_add_user_group_members().group_id("g1").body_map(|body| body.members(members));
//! let error = add.send().await?.into_result().unwrap_err();
//! let failed: Vec<_> = error.failed().map(|item| (item.id(), item.code())).collect();
//! assert_eq!(failed, [(Some("ou_left"), Some(42006)), (Some("ou_unknown"), Some(41073))]);
//! assert_eq!(simulator.groups()[0].member_user_ids, ["ou_lisi"]);
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "simulator"))]
//! # fn main() {}
//! ```
//!
//! A program in another language tests against `feishu-groups simulate`, which has the same faults, and an admin API
//! under `/_simulator/`.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `tls` | yes | HTTPS with rustls and ring. Without it, enable a TLS feature of reqwest yourself and pass a client made from [`http_client_builder`] |
//! | `redis` | no | `store::RedisStore`: tokens and rate limits shared between processes |
//! | `simulator` | no | the module `simulator`: the offline service in process |
//! | `simulator-docs` | no | the API reference under `/docs` of a simulator with the [admin API](simulator::AdminApi); 0.4 MB |
//! | `schemars` | no | `JsonSchema` for every generated type, limits included |
//!
//! # Stability
//!
//! Versions follow Semantic Versioning. A stricter check of requests is a breaking change. New operations, fields, enum values and error codes are minor changes: public
//! structs and enums that can grow are `#[non_exhaustive]`, and an unlisted enum value decodes to `Unknown`. The
//! re-exported crates [`reqwest`] and `redis` are part of the public API, so a new major version of either is a major
//! version of this crate. Modules and items marked `#[doc(hidden)]` are not covered. The minimum Rust version is 1.88;
//! raising it is a minor change.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::missing_errors_doc)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../README.zh-CN.md")]
mod chinese_readme {}

mod auth;
mod call;
mod client;
mod decode;
mod error;
mod future;
mod generated;
pub mod operation;
#[cfg(test)]
mod property;
mod random;
mod rate_limit;
mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
pub mod telemetry;
mod transport;

#[cfg(feature = "redis")]
pub use redis;
pub use reqwest;

pub use auth::{AppTicket, AppTicketProvider, UserToken, UserTokenProvider};
pub use bytes::Bytes;
pub use call::{
    BatchFuture, BatchResponse, CustomRequest, Download, File, Form, Items, Page, Pages, Response, ResponseFuture,
    RetryPolicy, Upload,
};
pub use client::{Client, ClientBuilder, FEISHU, LARK, http_client_builder};
pub use error::{Delivery, Error, ErrorKind, ItemResult, Result, Violation};
pub use future::BoxFuture;
pub use generated::{ErrorCode, builder, types};
pub use operation::Operation;
pub use rate_limit::Throttle;
pub use reqwest::Method;
pub use secret::Secret;
