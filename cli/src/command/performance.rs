//! `performance write`: the whole member list of a performance group, which is not a contact user group.
//!
//! The call replaces everybody, and no call reads who was there before. So there is no plan to check, and the question
//! says what is lost. A file that names nobody is refused: it is most likely a mistake.

use super::outcome::print;
use super::people;
use super::request::Requests;
use crate::args::{Global, NameType, PerformanceCommand};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use feishu_groups::counted;
use feishu_groups::report::{Entry, Outcome, Report};
use feishu_user_groups::operation::WRITE_PERFORMANCE_GROUP_MEMBERS;
use feishu_user_groups::types::{PerformanceFailCode, ScopeVisibleSetting};
use serde_json::json;
use std::collections::HashSet;
use std::process::ExitCode;

/// What to do if the call may have been applied and there is no result.
const NO_RESPONSE: &str =
    "There is no result: the list may have been replaced. Write it again, or look in the product.";

pub async fn run(global: &Global, command: PerformanceCommand) -> Result<ExitCode, Failure> {
    let PerformanceCommand::Write { group, input, id_type, visible, report } = command;
    let named = people::of_file(&input.file, input.reading, id_type.map(NameType::kind))?;
    if named.rows.is_empty() {
        return Err(Failure::refused("the file names nobody, which would remove all members. Nothing was changed."));
    }
    let connection = connect(global).await?;
    let found = people::resolve(&connection.client, named, input.reading.skip_unknown).await?;
    let wanted = found.wanted();
    if wanted.is_empty() {
        let text = "nobody of the file was found, and a group of nobody would be written. Nothing was changed.";
        return Err(Failure::refused(text));
    }
    let setting = if visible { ScopeVisibleSetting::NoLimit } else { ScopeVisibleSetting::HiddenFromAdministrators };
    if global.dry_run {
        let body = json!({ "group_id": group, "scope_visible_setting": setting, "user_ids": wanted });
        let mut requests = Requests::new();
        requests.push_by_id_type(&WRITE_PERFORMANCE_GROUP_MEMBERS, found.id_type, body);
        return requests.print(global);
    }
    let people = counted(wanted.len(), "person", "people");
    confirm(global, &format!("This REPLACES all members of the performance group {group} with {people}"))?;
    let write = connection.client.write_performance_group_members().user_id_type(found.id_type.as_str());
    let body_ids = wanted.clone();
    let written =
        write.body_map(|body| body.group_id(&*group).scope_visible_setting(setting).user_ids(body_ids)).send().await;
    let written = match written {
        Ok(written) => written.into_inner(),
        // The list was replaced or not: "try again later" would hide that it may have been.
        Err(error) if error.may_have_been_applied() => {
            let unknown = |id| Entry::new(id, Outcome::Unknown).because(error.code(), NO_RESPONSE);
            let report_of_all = Report {
                group_id: group,
                entries: found.completed(wanted.into_iter().map(unknown).collect()),
                other_columns: found.people.other_columns.clone(),
                stopped: Some(error.to_string()),
            };
            return print(global, &report_of_all, None, report.report.as_deref());
        }
        Err(error) => return Err(error.into()),
    };
    let failures = written.fail_user_datas.unwrap_or_default();
    let mut entries: Vec<Entry> = Vec::with_capacity(wanted.len());
    let failed = failures.into_iter().map(|failure| {
        let advice = match failure.fail_code {
            Some(PerformanceFailCode::EmployeeNotFound) => "There is no such employee: check the id and its type.",
            _ => "The service did not write this person, and its code is not documented.",
        };
        let code = failure.fail_code.map(PerformanceFailCode::value);
        Entry::new(failure.user_id.unwrap_or_default(), Outcome::Failed).because(code, advice)
    });
    entries.extend(failed);
    let done = written.success_user_ids.unwrap_or_default();
    entries.extend(done.into_iter().map(|id| Entry::new(id, Outcome::Written)));
    let reported: HashSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let silent = wanted.into_iter().filter(|id| !reported.contains(id));
    entries.extend(
        silent.map(|id| Entry::new(id, Outcome::Unknown).because(None, "The response does not name this person.")),
    );
    let file_report = Report {
        group_id: group,
        entries: found.completed(entries),
        other_columns: found.people.other_columns.clone(),
        stopped: None,
    };
    print(global, &file_report, None, report.report.as_deref())
}
