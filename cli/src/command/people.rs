//! The people that a command is about, as ids.

use super::outcome::note;
use crate::args::Reading;
use crate::failure::Failure;
use crate::progress;
use feishu_groups::counted;
use feishu_groups::input::{self, IdType, Name, NameKind, People, Problem, Row};
use feishu_groups::members::{self, Found, Progress, RetryingClient};
use feishu_groups::report::{Entry, Outcome};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

/// What to do about people whom nobody finds.
pub const SKIP_HELP: &str = "Correct the file; --skip-unknown leaves out people whom nobody finds, for example because \
                             they are outside the app's contact scope.";

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
/// left out; they are named then, before anything is confirmed.
pub async fn resolve(client: &RetryingClient, people: People, skip_unknown: bool) -> Result<Resolved, Failure> {
    let found = progress::shown("looking up", Some(people.rows.len()), async |progress| {
        look_up(client, people, skip_unknown, progress).await
    });
    let (resolved, mut problems) = found.await?;
    if problems.is_empty() {
        resolved.note_unknown();
        return Ok(resolved);
    }
    problems.sort_by_key(|problem| problem.line);
    Err(Failure::bad_input(unusable(&problems, resolved.people.are_arguments)))
}

/// Looks up everybody, and returns also what is wrong.
pub async fn look_up(
    client: &RetryingClient,
    people: People,
    skip_unknown: bool,
    progress: Progress<'_>,
) -> Result<(Resolved, Vec<Problem>), Failure> {
    let id_type = people.id_type.unwrap_or(IdType::OpenId);
    let Found { ids, mut problems } = members::find(client, &people, id_type, progress).await?;
    let resolved = Resolved { people, id_type, ids };
    if !skip_unknown {
        problems.extend(resolved.unknown().map(|row| Problem::at(row.line, format!("nobody has {}", row.name))));
    }
    Ok((resolved, problems))
}

/// What is wrong with whom, and what to do: arguments have no lines, and none of them can be left out by an option.
fn unusable(problems: &[Problem], are_arguments: bool) -> String {
    let (place, help) = match are_arguments {
        true => ("argument", "Correct the arguments. People outside the app's contact scope are not found."),
        false => ("line", SKIP_HELP),
    };
    let mut text = format!("{} cannot be used:", counted(problems.len(), "person", "people"));
    for problem in problems {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {place} {}: {}", problem.line.unwrap_or_default(), problem.text);
    }
    text + "\nNothing was changed. " + help
}

impl Resolved {
    /// The ids, in the order of the file.
    pub fn wanted(&self) -> Vec<String> {
        self.ids.iter().flatten().cloned().collect()
    }

    /// What the file says about each person who was found.
    pub fn rows_by_id(&self) -> HashMap<&str, &Row> {
        let mut by_id = HashMap::with_capacity(self.ids.len());
        by_id.extend(self.people.rows.iter().zip(&self.ids).filter_map(|(row, id)| Some((id.as_deref()?, row))));
        by_id
    }

    fn unknown(&self) -> impl Iterator<Item = &Row> {
        self.people.rows.iter().zip(&self.ids).filter(|(_, id)| id.is_none()).map(|(row, _)| row)
    }

    /// Names those who are left out: they may be members, and would be removed.
    pub fn note_unknown(&self) {
        for row in self.unknown().take(SHOWN) {
            note(&format!("left out: line {}: nobody has {}", row.line, row.name));
        }
        match self.unknown().count().saturating_sub(SHOWN) {
            0 => {}
            more => note(&format!("left out: {}, whom nobody finds", counted(more, "more person", "more people"))),
        }
    }

    /// The entries with what the file says about each person, and an entry for each person who was not found.
    pub fn completed(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        let by_id = self.rows_by_id();
        for entry in &mut entries {
            if let Some(row) = by_id.get(&*entry.id) {
                describe(entry, row);
            }
        }
        for row in self.unknown() {
            let mut entry = Entry::new("", Outcome::NotFound);
            describe(&mut entry, row);
            entries.push(entry);
        }
        entries
    }
}

/// The name of a row, if it is another than the id.
pub fn other_name(row: &Row) -> Option<String> {
    match &row.name {
        Name::Id(_) => None,
        contact => Some(contact.to_string()),
    }
}

fn describe(entry: &mut Entry, row: &Row) {
    entry.line = Some(row.line);
    entry.name = other_name(row);
    entry.other_cells.clone_from(&row.other_cells);
}
