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
use feishu_groups::members::{self, Progress, RetryingClient, Step};
use feishu_user_groups::types::UserGroup;
use serde_json::json;
use std::process::ExitCode;

/// Prints every group with its members: YAML unless another form is asked for; CSV and table have one record for each
/// member.
pub async fn run(global: &Global, id_kind: IdKind) -> Result<ExitCode, Failure> {
    let id_type = IdType::from(id_kind);
    let connection = connect(global).await?;
    let client = &connection.client;
    let groups = progress::shown("listing groups", None, async |_| members::all(client).await).await?;
    let mut dump = Dump::new(id_type);
    progress::shown("reading groups", Some(groups.len()), async |progress| {
        for group in groups {
            dump.add(client, &group, progress).await?;
            progress(Step::Done(1));
        }
        Ok::<(), Failure>(())
    })
    .await?;
    let Dump { whole, flat, is_complete, .. } = dump;
    match global.output.unwrap_or(Format::Yaml) {
        form @ (Format::Csv | Format::Table) => output::listing(form, &flat)?,
        Format::Jsonl => output::listing(Format::Jsonl, &whole)?,
        form => {
            let head = vec![("complete", json!(is_complete)), ("id_type", json!(id_type.as_str()))];
            output::document(form, &Document { head, name: "groups", listing: whole })?;
        }
    }
    Ok(ExitCode::from(if is_complete { 0 } else { PARTIAL }))
}

/// The groups that were read.
struct Dump {
    id_type: IdType,
    /// One record for each group.
    whole: Listing,
    /// One record for each member.
    flat: Listing,
    is_complete: bool,
}

impl Dump {
    fn new(id_type: IdType) -> Self {
        let whole = Listing::new(&["id", "name", "type", "description", "users", "departments"]);
        let flat = Listing::new(&["group", "group_name", id_type.as_str(), "type"]);
        Self { id_type, whole, flat, is_complete: true }
    }

    async fn add(&mut self, client: &RetryingClient, group: &UserGroup, progress: Progress<'_>) -> Result<(), Failure> {
        let Some(id) = group.id() else {
            self.is_complete = false;
            note("a group was listed without an id, and is missing");
            return Ok(());
        };
        let state = match members::read(client, id, self.id_type, progress).await {
            // The listing is older than this call. A dump without the group is as whole as one that began later.
            Err(error) if error.is_not_found() => {
                note(&format!("{id} was deleted meanwhile, and is left out"));
                return Ok(());
            }
            state => state?,
        };
        if let Some(gap) = state.present.any_gap() {
            self.is_complete = false;
            note(&format!("{id} is incomplete: {gap}"));
        }
        for member in row::members(&state, self.id_type).rows {
            self.flat.rows.push([vec![json!(id), json!(group.name)], member].concat());
        }
        let group_type = group.type_.as_ref().map(row::type_name);
        self.whole.rows.push(vec![
            json!(id),
            json!(group.name),
            json!(group_type),
            json!(group.description),
            json!(state.present.users),
            json!(state.present.departments),
        ]);
        Ok(())
    }
}
