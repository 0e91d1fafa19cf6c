//! `performance write`: the whole member list of a performance group, which is not a contact user group.
//!
//! The call replaces everybody, and no call reads who was there before. So there is no plan to check, and the question
//! says what is lost. A file that names nobody is refused: it is an accident more often than a wish.

use super::outcome::print;
use super::people;
use crate::args::{Global, NameType, PerformanceCommand};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::output::{self, Listing};
use feishu_groups::report::{Entry, Outcome, Report};
use feishu_user_groups::operation::WRITE_PERFORMANCE_GROUP_MEMBERS;
use feishu_user_groups::types::ScopeVisibleSetting;
use serde_json::json;
use std::collections::HashSet;
use std::process::ExitCode;

pub async fn run(global: &Global, command: PerformanceCommand) -> Result<ExitCode, Failure> {
    let PerformanceCommand::Write { group, input, id_type, visible, report } = command;
    let named = people::of_file(&input.file, input.reading, id_type.map(NameType::kind))?;
    if named.rows.is_empty() {
        return Err(Failure::refused("the file names nobody, which would remove all members. Nothing was changed."));
    }
    let connection = connect(global).await?;
    let found = people::resolve(&connection.client, named, input.reading.skip_unknown).await?;
    let wanted = found.wanted();
    let setting = if visible { ScopeVisibleSetting::NoLimit } else { ScopeVisibleSetting::HiddenFromAdministrators };
    if global.dry_run {
        let operation = &WRITE_PERFORMANCE_GROUP_MEMBERS;
        let body = json!({ "group_id": group, "scope_visible_setting": setting, "user_ids": wanted });
        let mut listing = Listing::new(&["method", "path", "body"]);
        listing.rows.push(vec![json!(operation.method.as_str()), json!(operation.path), body]);
        output::listing(global.output, &listing)?;
        return Ok(ExitCode::SUCCESS);
    }
    let count = wanted.len();
    confirm(global, &format!("This REPLACES all members of the performance group {group} by {count} people"))?;
    let write = connection.client.write_performance_group_members().user_id_type(found.id_type.as_str());
    let body_ids = wanted.clone();
    let written =
        write.body_map(|body| body.group_id(&*group).scope_visible_setting(setting).user_ids(body_ids)).send().await?;
    let written = written.into_inner();
    let failures = written.fail_user_datas.unwrap_or_default();
    let mut entries: Vec<Entry> = Vec::with_capacity(count);
    let failed = failures.into_iter().map(|failure| {
        let reason = failure.fail_code.map(|code| code.to_string()).unwrap_or_default();
        Entry::new(failure.user_id.unwrap_or_default(), Outcome::Failed).because(None, reason)
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
