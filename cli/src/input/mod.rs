//! The people that a file names.
//!
//! A sync removes members whom the file does not name, so a row that is read wrongly costs a person their membership. The
//! reader therefore guesses nothing. It reports everything that it cannot read or that has two meanings, all of it in one
//! run and with line numbers, and returns people only if nothing was left to report.
//!
//! Two forms are read: CSV with a header that has at least one of the columns `email`, `mobile`, `open_id`, `union_id`
//! and `user_id`, and a list with one id a line. A manifest names the groups of a tenant with their members, in YAML.

mod manifest;
mod name;
mod problem;
mod source;
mod table;
mod yaml;

pub use self::manifest::{GroupEntry, Manifest};
pub use self::name::{IdType, Name, NameKind};
pub use self::problem::{InputError, Problem};
pub use self::source::{Encoding, MAX_BYTES};

use std::path::Path;

/// Everybody that a file names, each once, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The type of the ids; `None` if everybody is named by email or mobile number and no manifest says the type.
    pub id_type: Option<IdType>,
    /// One row for each person.
    pub rows: Vec<Row>,
    /// The headers of the columns that name nobody, for the report.
    pub other_columns: Vec<String>,
    /// Whether these are arguments of the command; a row's line is its position among them then.
    pub are_arguments: bool,
}

/// One person of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// How the row names the person.
    pub name: Name,
    /// The cells of [`People::other_columns`].
    pub other_cells: Vec<String>,
}

/// Reads the people of a file; `-` is standard input.
///
/// `list_kind` says what the lines of a list without header are. Without it, each line must show it: `ou_..` is an open
/// id, `on_..` a union id, a text with `@` an email, `+` with digits a mobile number. A header in the file decides over
/// `list_kind`.
///
/// # Errors
///
/// Fails with all problems of the file: it cannot be read, is larger than [`MAX_BYTES`], is no text in this encoding,
/// has no known column, or has rows that are unusable or name somebody twice.
pub fn read(path: &Path, encoding: Encoding, list_kind: Option<NameKind>) -> Result<People, InputError> {
    let source = path.display().to_string();
    let text = source::text(path, encoding).map_err(|problem| InputError::new(&source, vec![problem]))?;
    parse(&source, &text, list_kind)
}

/// Reads the people of a text, as [`read`] does; `source` is its name in messages.
///
/// ```
/// use feishu_groups::input::{Name, parse};
///
/// let people = parse("people.csv", "name,email\nLi Si,li.si@example.com\n", None)?;
/// assert_eq!(people.rows[0].name, Name::contact("li.si@example.com", ""));
/// assert_eq!(people.rows[0].other_cells, ["Li Si"]);
///
/// let error = parse("people.csv", "email\nli.si\n", None).unwrap_err();
/// assert_eq!(error.problems()[0].line, Some(2));
/// # Ok::<(), feishu_groups::input::InputError>(())
/// ```
///
/// # Errors
///
/// Fails with all problems of the text.
pub fn parse(source: &str, text: &str, list_kind: Option<NameKind>) -> Result<People, InputError> {
    table::people(text, list_kind).map_err(|problems| InputError::new(source, problems))
}

/// Reads a manifest; `-` is standard input.
///
/// # Errors
///
/// Fails with all problems of the file: it cannot be read, is larger than [`MAX_BYTES`], is no YAML, has keys or values that
/// a manifest has not, or names a group or a user of a group twice.
pub fn read_manifest(path: &Path, encoding: Encoding) -> Result<Manifest, InputError> {
    let source = path.display().to_string();
    let text = source::text(path, encoding).map_err(|problem| InputError::new(&source, vec![problem]))?;
    parse_manifest(&source, &text)
}

/// Reads the manifest of a text, as [`read_manifest`] does; `source` is its name in messages.
///
/// ```
/// use feishu_groups::input::parse_manifest;
///
/// let manifest = parse_manifest("groups.yaml", "groups:\n- name: Design\n  users: [ou_1, li.si@example.com]\n")?;
/// assert_eq!(manifest.groups[0].users.as_ref().map(|users| users.rows.len()), Some(2));
///
/// let error = parse_manifest("groups.yaml", "groups:\n- nam: Design\n  users: [ou_1, ou_1]\n").unwrap_err();
/// assert_eq!(error.problems().len(), 3);
/// # Ok::<(), feishu_groups::input::InputError>(())
/// ```
///
/// # Errors
///
/// Fails with all problems of the text.
pub fn parse_manifest(source: &str, text: &str) -> Result<Manifest, InputError> {
    manifest::manifest(text).map_err(|problems| InputError::new(source, problems))
}

/// Reads ids, emails or mobile numbers that were given as arguments; a problem's line is the argument's position.
///
/// # Errors
///
/// Fails with all problems of the arguments.
pub fn arguments(values: &[String], kind: NameKind) -> Result<People, InputError> {
    table::arguments(values, kind).map_err(|problems| InputError::new("arguments", problems))
}
