//! A manifest: the groups that a tenant should have, with their members, as `feishu-groups dump` prints them.
//!
//! What a group's entry leaves out stays as it is: no `users` means that nobody is added or removed, and `users: []` means
//! that the group should be empty. A key that is not known is a problem, since a typing error in `users` would otherwise
//! mean the first, and one in `groups` that every group is too many.

use super::yaml::{self, Node, Value};
use super::{IdType, People, Problem, table};
use std::collections::HashMap;

/// The longest name that the service takes, in characters.
const MAX_NAME: usize = 100;

/// The longest description that the service takes, in characters.
const MAX_DESCRIPTION: usize = 500;

/// The groups that a tenant should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The type of the users' ids; emails and mobile numbers may stand among them.
    pub id_type: IdType,
    /// Whether it names all members: a dump with holes says that it does not.
    pub is_complete: bool,
    /// The groups, in the order of the file.
    pub groups: Vec<GroupEntry>,
}

/// A group of a manifest; what is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// The line on which the entry begins.
    pub line: u64,
    /// The id. It or the name is there.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Whether it is a dynamic group.
    pub is_dynamic: Option<bool>,
    /// What the group is for.
    pub description: Option<String>,
    /// Its users.
    pub users: Option<People>,
    /// Its departments, by open department id. No call adds or removes one, so they are only compared.
    pub departments: Option<Vec<String>>,
}

impl GroupEntry {
    /// What the group is called in messages: its name, or else its id.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or_default()
    }
}

/// Reads a manifest; the problems are all that can be found without asking the service.
pub(super) fn manifest(text: &str) -> Result<Manifest, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = yaml::document(text).map_err(|problem| vec![problem])?;
    let mut reader = Reader { id_type: IdType::OpenId, problems: Vec::new() };
    let manifest = reader.root(&root);
    match manifest {
        Some(manifest) if reader.problems.is_empty() => Ok(manifest),
        _ => Err(reader.problems),
    }
}

struct Reader {
    id_type: IdType,
    problems: Vec<Problem>,
}

impl Reader {
    fn wrong(&mut self, line: u64, text: impl Into<String>) {
        self.problems.push(Problem::at(line, text));
    }

    fn root(&mut self, root: &Node) -> Option<Manifest> {
        let map = self.map(root, "the file", &["complete", "id_type", "groups"])?;
        if let Some((line, name)) = self.text(map, "id_type") {
            match [IdType::OpenId, IdType::UnionId, IdType::UserId].into_iter().find(|kind| kind.as_str() == name) {
                Some(id_type) => self.id_type = id_type,
                None => self.wrong(line, format!("id_type is {name:?}; it may be open_id, union_id or user_id")),
            }
        }
        let is_complete = match self.text(map, "complete") {
            None | Some((_, "true")) => true,
            Some((_, "false")) => false,
            Some((line, other)) => {
                self.wrong(line, format!("complete is {other:?}; it may be true or false"));
                true
            }
        };
        let groups = match get(map, "groups") {
            Some(Node { value: Value::List(groups), .. }) => groups,
            Some(node) => {
                self.wrong(node.line, "groups must be a list; without groups it is []");
                return None;
            }
            None => {
                self.wrong(root.line, "the key groups is missing; `feishu-groups dump` shows the form");
                return None;
            }
        };
        let groups: Vec<GroupEntry> = groups.iter().filter_map(|group| self.group(group)).collect();
        self.repeated(&groups, "id", |group| group.id.as_deref());
        self.repeated(&groups, "name", |group| group.name.as_deref());
        Some(Manifest { id_type: self.id_type, is_complete, groups })
    }

    fn group(&mut self, node: &Node) -> Option<GroupEntry> {
        let map = self.map(node, "a group", &["id", "name", "type", "description", "users", "departments"])?;
        let text = |(_, text): (u64, &str)| text.to_owned();
        let id = self.text(map, "id");
        if let Some((line, id)) = id
            && (id.is_empty() || id.contains(|c: char| !c.is_ascii_graphic() || "/?#%\\".contains(c)))
        {
            self.wrong(line, format!("{id:?} is no id of a group"));
        }
        let name = self.bounded(map, "name", 1, MAX_NAME);
        if id.is_none() && name.is_none() {
            self.wrong(node.line, "a group needs an id or a name");
        }
        let is_dynamic = match self.text(map, "type") {
            None => None,
            Some((_, "normal")) => Some(false),
            Some((_, "dynamic")) => Some(true),
            Some((line, other)) => {
                self.wrong(line, format!("type is {other:?}; it may be normal or dynamic"));
                None
            }
        };
        let description = self.bounded(map, "description", 0, MAX_DESCRIPTION);
        let users = self.list(map, "users");
        let users = users.and_then(|users| match table::users(users, self.id_type) {
            Ok(people) => Some(people),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        });
        let departments = self.list(map, "departments");
        for (line, department) in departments.iter().flatten().filter(|(_, id)| !id.starts_with("od-")) {
            self.wrong(*line, format!("{department:?} is no open department id: those start with od-"));
        }
        Some(GroupEntry {
            line: node.line,
            id: id.map(text),
            name: name.map(text),
            is_dynamic,
            description: description.map(text),
            users,
            departments: departments.map(|ids| ids.into_iter().map(text).collect()),
        })
    }

    /// A map that has no other keys than these.
    fn map<'n>(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<&'n [(String, Node)]> {
        let Value::Map(entries) = &node.value else {
            let keys = keys.join(", ");
            self.wrong(
                node.line,
                format!("{what} must have keys and values ({keys}); `feishu-groups dump` shows the form"),
            );
            return None;
        };
        for (key, node) in entries.iter().filter(|(key, _)| !keys.contains(&&**key)) {
            self.wrong(node.line, format!("{what} has the key {key:?}, which is none of: {}", keys.join(", ")));
        }
        Some(entries)
    }

    /// A text with its line; `None` if it is absent or null.
    fn text<'n>(&mut self, map: &'n [(String, Node)], key: &str) -> Option<(u64, &'n str)> {
        let node = get(map, key)?;
        match &node.value {
            Value::Null => None,
            Value::Text(text) => Some((node.line, text)),
            _ => {
                self.wrong(node.line, format!("{key} must be one text"));
                None
            }
        }
    }

    fn bounded<'n>(&mut self, map: &'n [(String, Node)], key: &str, min: usize, max: usize) -> Option<(u64, &'n str)> {
        let (line, text) = self.text(map, key)?;
        let length = text.chars().count();
        if length < min || length > max {
            self.wrong(line, format!("{key} has {length} characters; it may have {min} to {max}"));
        }
        Some((line, text))
    }

    /// The texts of a list with their lines; `None` if it is absent.
    fn list<'n>(&mut self, map: &'n [(String, Node)], key: &str) -> Option<Vec<(u64, &'n str)>> {
        let node = get(map, key)?;
        let Value::List(items) = &node.value else {
            let help = "write [] for nobody, or leave the key out to change nothing";
            self.wrong(node.line, format!("{key} must be a list of ids; {help}"));
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Text(text) if !text.trim().is_empty() => texts.push((item.line, text.trim())),
                _ => self.wrong(item.line, format!("{key} must be a list of ids, and this is none")),
            }
        }
        Some(texts)
    }

    /// Two entries with one id, or one name, would undo each other.
    fn repeated<'g>(&mut self, groups: &'g [GroupEntry], what: &str, key: impl Fn(&'g GroupEntry) -> Option<&'g str>) {
        let mut lines = HashMap::new();
        for (group, key) in groups.iter().filter_map(|group| Some((group, key(group)?))) {
            if let Some(earlier) = lines.insert(key, group.line) {
                self.wrong(group.line, format!("the group on line {earlier} has the {what} {key:?}, too"));
            }
        }
    }
}

fn get<'n>(map: &'n [(String, Node)], key: &str) -> Option<&'n Node> {
    map.iter().find(|(other, _)| other == key).map(|(_, node)| node)
}
