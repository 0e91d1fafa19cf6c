//! This crate's client with everything on: tokens, throttle, rules, retries, envelope.
//!
//! The throttle counts calls as ever, at a pace that nobody reaches: what waits is not
//! measured.

use super::canned::{BATCH, MEMBERS};
use super::work::{Work, Worker, member_ids};
use super::{APP_ID, APP_SECRET};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::types::{MemberIdType, MemberReference, ScopeVisibleSetting, UserIdType, WritableMemberType};
use feishu_user_groups::{Client, ClientBuilder, Throttle, operation};
use std::time::Duration;

#[derive(Clone)]
pub struct Generated(pub Client);

impl Generated {
    pub fn new(url: &str) -> Self {
        Self(builder(url).build().unwrap())
    }
}

/// Everything on, and no call ever waits.
pub fn builder(url: &str) -> ClientBuilder {
    let throttle = operation::ALL.iter().fold(Throttle::documented(), |throttle, operation| {
        throttle.rate(operation, RateLimit::new(Some(100_000_000), Some(10_000_000)))
    });
    // valgrind on a busy machine takes its time, which is not what is counted.
    let patient = Duration::from_secs(600);
    Client::builder().base_url(url).app(APP_ID, APP_SECRET).throttle(throttle).timeout(patient).attempt_timeout(patient)
}

impl Worker for Generated {
    async fn work(&self, work: Work) -> usize {
        let client = &self.0;
        match work {
            Work::Create => {
                let call = client.create_user_group().body_map(|body| body.name("R&D").description("builds things"));
                usize::from(!call.send().await.unwrap().group_id.is_empty())
            }
            Work::Get => {
                let response = client.get_user_group().group_id("g193821").send().await.unwrap();
                usize::from(response.group.name.is_some())
            }
            Work::Page => {
                let response = client.list_user_groups().page_size(100).send().await.unwrap();
                response.grouplist.as_ref().map_or(0, Vec::len)
            }
            Work::Stream => {
                let (mut groups, mut count) = (client.list_user_groups().stream(), 0);
                while let Some(group) = groups.try_next().await.unwrap() {
                    count += usize::from(group.name.is_some());
                }
                count
            }
            Work::Write => {
                let ids = member_ids(MEMBERS);
                let call = client.write_performance_group_members().body_map(|body| {
                    let body =
                        body.group_id("ABCDEFG").scope_visible_setting(ScopeVisibleSetting::HiddenFromAdministrators);
                    body.user_ids(ids)
                });
                call.send().await.unwrap().success_user_ids.as_ref().map_or(0, Vec::len)
            }
            Work::Members => {
                let call = client.list_user_group_members().group_id("g193821").member_id_type(MemberIdType::OpenId);
                let response = call.page_size(100).send().await.unwrap();
                response.memberlist.as_ref().map_or(0, Vec::len)
            }
            Work::Batch => {
                let member = |id| MemberReference::new(id, WritableMemberType::User, UserIdType::OpenId);
                let members = member_ids(BATCH).into_iter().map(member);
                let call = client.batch_add_user_group_members().group_id("g193821");
                let batch = call.body_map(|body| body.members(members)).send().await.unwrap();
                batch.into_result().unwrap().results.as_ref().map_or(0, Vec::len)
            }
        }
    }
}
