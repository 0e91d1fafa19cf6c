//! The people that a command is about, as ids.

use super::outcome::note;
use crate::args::Reading;
use crate::failure::Failure;
use crate::progress;
use feishu_groups::input::{self, IdType, NameKind, People, Row};
use feishu_groups::members;
use feishu_groups::report::{Entry, Outcome};
use feishu_user_groups::Client;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

/// People who are named as left out, at most.
const SHOWN: usize = 100;

/// People with their ids.
pub struct Resolved {
    pub people: People,
    pub id_type: IdType,
    /// The id of each row; `None` if nobody was found.
    ids: Vec<Option<String>>,
}

/// Reads a file.
pub fn of_file(path: &Path, reading: Reading, kind: Option<NameKind>) -> Result<People, Failure> {
    Ok(input::read(path, reading.encoding.into(), kind)?)
}

/// Looks up everybody who is named by email or mobile number. People whom nobody finds stop the run, unless they may be
/// left out.
pub async fn resolve(client: &Client, people: People, skip_unknown: bool) -> Result<Resolved, Failure> {
    let id_type = people.id_type.unwrap_or(IdType::OpenId);
    let found = progress::shown("looking up", people.rows.len(), async |progress| {
        members::find(client, &people, id_type, progress).await
    })
    .await?;
    let mut problems: Vec<(u64, String)> =
        found.problems.iter().map(|problem| (problem.line.unwrap_or_default(), problem.text.clone())).collect();
    if !skip_unknown {
        let unknown = people.rows.iter().zip(&found.ids).filter(|(_, id)| id.is_none());
        problems.extend(unknown.map(|(row, _)| (row.line, format!("nobody has {}", row.name))));
    }
    if problems.is_empty() {
        note_unknown(&people, &found.ids);
        return Ok(Resolved { people, id_type, ids: found.ids });
    }
    problems.sort();
    Err(Failure::bad_input(unusable(&problems, people.are_arguments)))
}

/// Names those who are left out before anything is confirmed: they may be members, and would be removed.
fn note_unknown(people: &People, ids: &[Option<String>]) {
    let unknown: Vec<&Row> = people.rows.iter().zip(ids).filter(|(_, id)| id.is_none()).map(|(row, _)| row).collect();
    for row in unknown.iter().take(SHOWN) {
        note(&format!("left out: line {}: nobody has {}", row.line, row.name));
    }
    if unknown.len() > SHOWN {
        note(&format!("left out: {} more people, whom nobody finds", unknown.len() - SHOWN));
    }
}

/// What is wrong with whom, and what to do: arguments have no lines, and none of them can be left out by an option.
fn unusable(problems: &[(u64, String)], are_arguments: bool) -> String {
    let (place, help) = match are_arguments {
        true => ("argument", "Correct the arguments. People outside the app's contact scope are not found."),
        false => {
            let skip = "Correct the file; --skip-unknown leaves out people whom nobody finds, for example because they are \
                        outside the app's contact scope.";
            ("line", skip)
        }
    };
    let people = if problems.len() == 1 { "person" } else { "people" };
    let mut text = format!("{} {people} cannot be used:", problems.len());
    for (line, problem) in problems {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {place} {line}: {problem}");
    }
    text + "\nNothing was changed. " + help
}

impl Resolved {
    /// The ids, in the order of the file.
    pub fn wanted(&self) -> Vec<String> {
        self.ids.iter().flatten().cloned().collect()
    }

    /// The entries with what the file says about each person, and an entry for each person who was not found.
    pub fn completed(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        let rows = self.people.rows.iter().zip(&self.ids);
        let by_id: HashMap<&str, &Row> = rows.clone().filter_map(|(row, id)| Some((id.as_deref()?, row))).collect();
        for entry in &mut entries {
            if let Some(row) = by_id.get(&*entry.id) {
                describe(entry, row);
            }
        }
        for (row, _) in rows.filter(|(_, id)| id.is_none()) {
            let mut entry = Entry::new("", Outcome::NotFound);
            describe(&mut entry, row);
            entries.push(entry);
        }
        entries
    }
}

fn describe(entry: &mut Entry, row: &Row) {
    entry.line = Some(row.line);
    entry.name = Some(row.name.to_string()).filter(|name| *name != entry.id);
    entry.other_cells.clone_from(&row.other_cells);
}
