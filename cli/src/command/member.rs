//! `member`: the members of a group, and changes to them by name.

use super::outcome::print;
use super::request::Requests;
use super::{people, row};
use crate::args::{Change, Global, MemberCommand};
use crate::confirm::confirm;
use crate::connect::connect;
use crate::failure::Failure;
use crate::{output, progress};
use feishu_groups::counted;
use feishu_groups::input::{self, IdType, NameKind};
use feishu_groups::members;
use feishu_groups::report::Report;
use std::process::ExitCode;

pub async fn run(global: &Global, command: MemberCommand) -> Result<ExitCode, Failure> {
    match command {
        MemberCommand::List { group, id_type } => {
            let connection = connect(global).await?;
            let id_type = IdType::from(id_type);
            let state = progress::shown("reading", None, async |progress| {
                members::read(&connection.client, &group, id_type, progress).await
            });
            let state = state.await?;
            output::listing(global.format(), &row::members(&state, id_type))?;
            match state.present.any_gap() {
                None => Ok(ExitCode::SUCCESS),
                Some(gap) => Err(Failure::partial(format!("the list may be incomplete: {gap}."))),
            }
        }
        MemberCommand::Add(change) => apply(global, &change, true).await,
        MemberCommand::Remove(change) => apply(global, &change, false).await,
    }
}

async fn apply(global: &Global, change: &Change, adds: bool) -> Result<ExitCode, Failure> {
    let Change { group, ids, kind, input: file, report: report_file } = change;
    let named = match &file.file {
        Some(path) => people::of_file(path, file.reading, kind.named())?,
        None => input::arguments(ids, kind.named().unwrap_or(NameKind::Id(IdType::OpenId)))?,
    };
    if named.rows.is_empty() {
        return Err(Failure::bad_input("the file names nobody. Nothing was sent."));
    }
    let connection = connect(global).await?;
    let client = &connection.client;
    let found = people::resolve(client, named, file.reading.skip_unknown).await?;
    let (wanted, id_type) = (found.wanted(), found.id_type);
    if wanted.is_empty() {
        return Err(Failure::bad_input("nobody of the file was found. Nothing was changed."));
    }
    if global.dry_run {
        let mut requests = Requests::new();
        if adds {
            requests.add(group, id_type, &wanted)
        } else {
            requests.remove(group, id_type, &wanted)
        }
        return requests.print(global);
    }
    let (verb, label) = if adds { ("adds", "adding") } else { ("removes", "removing") };
    let preposition = if adds { "to" } else { "from" };
    let people = counted(wanted.len(), "person", "people");
    confirm(global, &format!("This {verb} {people} {preposition} the group {group}"))?;
    let applied = progress::shown(label, Some(wanted.len()), async |progress| match adds {
        true => members::add(client, group, id_type, &wanted, progress).await,
        false => members::remove(client, group, id_type, &wanted, progress).await,
    })
    .await;
    let report = Report {
        group_id: group.clone(),
        entries: found.completed(applied.entries),
        other_columns: found.people.other_columns.clone(),
        stopped: applied.stopped.as_ref().map(ToString::to_string),
    };
    print(global, &report, applied.stopped.as_ref(), report_file.report.as_deref())
}
