//! `doctor`: what works, and what to grant where it does not.
//!
//! Every check is a call that changes nothing. Scopes for changes show themselves before the service looks for the group,
//! so a removal from a group that does not exist tells whether the scope is there. The contact scope is checked by the
//! groups themselves: one with more members than its listing has members whom the app may not see. The scope for performance
//! groups shows itself in the same way as that for changes; the exit code leaves it out, since `performance write` alone
//! needs it.

use crate::args::Global;
use crate::connect::connect;
use crate::failure::{self, Failure};
use crate::output::{self, Listing};
use crate::progress;
use feishu_groups::input::IdType;
use feishu_groups::members::{self, Progress, RetryingClient};
use feishu_user_groups::operation::{
    BATCH_REMOVE_USER_GROUP_MEMBERS, FIND_USER_IDS, LIST_MEMBER_USER_GROUPS, LIST_USER_GROUP_MEMBERS, LIST_USER_GROUPS,
    WRITE_PERFORMANCE_GROUP_MEMBERS,
};
use feishu_user_groups::types::{MemberReference, ScopeVisibleSetting, UserGroup};
use feishu_user_groups::{Error, Operation};
use serde_json::json;
use std::process::ExitCode;

/// An id that no group has: those of the platform look different, and nobody chooses this one.
const NO_GROUP: &str = "feishugroupsdoctor";

/// An id that no person has.
const NOBODY: &str = "ou_feishu_groups_doctor";

/// Groups whose members are counted.
const GROUPS: usize = 3;

/// What the checks found.
struct Findings {
    listing: Listing,
    code: u8,
}

pub async fn run(global: &Global) -> Result<ExitCode, Failure> {
    let connection = connect(global).await?;
    let client = &connection.client;
    let findings = progress::shown("checking", None, async |progress| Findings::of(client, progress).await).await;
    output::listing(global.format(), &findings.listing)?;
    Ok(ExitCode::from(findings.code))
}

impl Findings {
    /// Makes every check.
    async fn of(client: &RetryingClient, progress: Progress<'_>) -> Self {
        let mut findings = Self { listing: Listing::new(&["check", "scope", "ok", "advice"]), code: 0 };
        let groups = members::of_type(client, 1).await;
        let is_reachable = groups.as_ref().err().is_none_or(|error| !error.is_auth() && failure::code_of(error) != 4);
        findings.call("list groups", &LIST_USER_GROUPS, groups.as_ref().err());
        // Without token or network, all other checks would fail for the same reason.
        if is_reachable {
            findings.calls(client).await;
            findings.contact_scope(client, &groups.unwrap_or_default(), progress).await;
        }
        findings
    }

    async fn calls(&mut self, client: &RetryingClient) {
        let listed = client.list_user_group_members().group_id(NO_GROUP).send().await;
        self.call("list members", &LIST_USER_GROUP_MEMBERS, listed.err().as_ref());
        let groups = client.list_member_user_groups().member_id(NOBODY).send().await;
        self.call("list the groups of a person", &LIST_MEMBER_USER_GROUPS, groups.err().as_ref());
        let emails = vec!["nobody@example.com".to_owned()];
        let found = client.find_user_ids().body_map(|body| body.emails(emails)).send().await;
        self.call("find people by email or mobile number", &FIND_USER_IDS, found.err().as_ref());
        let member = MemberReference::builder().member_id(NOBODY).member_type("user").member_id_type("open_id");
        let removal = client.batch_remove_user_group_members().group_id(NO_GROUP);
        let removed = removal.body_map(|body| body.members([member])).send().await;
        self.call("change groups and members", &BATCH_REMOVE_USER_GROUP_MEMBERS, removed.err().as_ref());
        let write = client.write_performance_group_members().body_map(|body| {
            let body = body.group_id(NO_GROUP).user_ids(vec![NOBODY.to_owned()]);
            body.scope_visible_setting(ScopeVisibleSetting::HiddenFromAdministrators)
        });
        self.performance(write.send().await.err().as_ref());
    }

    /// A rejection of the group or the person comes after the scope. The code of the other checks stays.
    fn performance(&mut self, error: Option<&Error>) {
        let code = self.code;
        let advice = error.map(|error| (failure::code_of(error), error.to_string())).filter(|(code, _)| *code != 2);
        self.push("write performance groups", &WRITE_PERFORMANCE_GROUP_MEMBERS.scopes.join(" or "), advice);
        self.code = code;
    }

    /// A call that failed because there is no such group or person got past the scopes.
    fn call(&mut self, check: &str, operation: &Operation, error: Option<&Error>) {
        let error = error.filter(|error| !error.is_not_found());
        let advice = error.map(|error| (failure::code_of(error), error.to_string()));
        self.push(check, &operation.scopes.join(" or "), advice);
    }

    async fn contact_scope(&mut self, client: &RetryingClient, groups: &[UserGroup], progress: Progress<'_>) {
        let has_members = |group: &&UserGroup| {
            group.member_user_count != Some(0) || !matches!(group.member_department_count, None | Some(0))
        };
        let ids = groups.iter().filter(has_members).filter_map(UserGroup::id);
        for id in ids.take(GROUPS) {
            let check = format!("see all members of {id}");
            let advice = match members::read(client, id, IdType::OpenId, progress).await {
                Ok(state) => state.present.any_gap().map(|gap| (3, gap.to_owned())),
                Err(error) => Some((failure::code_of(&error), error.to_string())),
            };
            self.push(&check, "", advice);
        }
    }

    fn push(&mut self, check: &str, scope: &str, advice: Option<(u8, String)>) {
        let scope = Some(scope).filter(|scope| !scope.is_empty());
        let (code, advice) = advice.unzip();
        self.listing.rows.push(vec![json!(check), json!(scope), json!(code.is_none()), json!(advice)]);
        self.code = self.code.max(code.unwrap_or_default());
    }
}
