//! `dump`: all groups with all members, to keep before a change or to compare with another day.
//!
//! Somebody who restores from a dump relies on it, so one with holes is no success: the exit code is 1, and standard
//! error says which groups are incomplete.

use super::outcome::note;
use super::row;
use crate::args::{Global, IdKind};
use crate::connect::connect;
use crate::failure::{Failure, PARTIAL};
use crate::output::{self, Document, Format, Listing};
use crate::progress;
use feishu_groups::input::IdType;
use feishu_groups::members;
use serde_json::json;
use std::process::ExitCode;

/// Prints every group with its members: YAML unless another form is asked for; CSV has one record for each member.
pub async fn run(global: &Global, id_kind: IdKind) -> Result<ExitCode, Failure> {
    let id_type = IdType::from(id_kind);
    let connection = connect(global).await?;
    let groups = members::all(&connection.client).await?;
    let bar = progress::bar("reading", groups.len());
    let mut whole = Listing::new(&["id", "name", "type", "description", "users", "departments"]);
    let mut flat = Listing::new(&["group", "group_name", id_type.as_str(), "type"]);
    let mut is_complete = true;
    for group in groups {
        let Some(id) = group.id() else {
            is_complete = false;
            note("a group was listed without an id, and is missing");
            continue;
        };
        let state = match members::read(&connection.client, id, id_type).await {
            // The listing is older than this call. A dump without the group is as whole as one that began later.
            Err(error) if error.is_not_found() => {
                note(&format!("{id} was deleted meanwhile, and is left out"));
                continue;
            }
            state => state?,
        };
        if let Some(gap) = state.present.any_gap() {
            is_complete = false;
            note(&format!("{id} is incomplete: {gap}"));
        }
        for member in row::members(&state, id_type).rows {
            flat.rows.push([vec![json!(id), json!(group.name)], member].concat());
        }
        let group_type = group.type_.as_ref().map(row::type_name);
        let present = state.present;
        whole.rows.push(vec![
            json!(id),
            json!(group.name),
            json!(group_type),
            json!(group.description),
            json!(present.users),
            json!(present.departments),
        ]);
        bar.inc(1);
    }
    bar.finish_and_clear();
    match global.output {
        Format::Csv => output::listing(Format::Csv, &flat)?,
        Format::Jsonl => output::listing(Format::Jsonl, &whole)?,
        form => {
            let form = if form == Format::Table { Format::Yaml } else { form };
            let head = vec![("complete", json!(is_complete)), ("id_type", json!(id_type.as_str()))];
            output::document(form, &Document { head, name: "groups", listing: whole })?;
        }
    }
    Ok(ExitCode::from(if is_complete { 0 } else { PARTIAL }))
}
