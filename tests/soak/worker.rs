//! A task: one call after the other, each chosen by chance, each judged when it ends.
//!
//! It touches no other task's groups, so it knows what a right response is.

mod judging;

use crate::chance::Chance;
use crate::journal::Journal;
use crate::model::{Looks, Outcome, Worlds};
use crate::names;
use feishu_user_groups::simulator::Simulator;
use feishu_user_groups::types::UserGroup;
use feishu_user_groups::{Client, Error, Items};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Groups with a member in them, which every task has from the start and none deletes.
pub const HOMES: [&str; 2] = ["home1", "home2"];
/// Groups of its own beyond which a task deletes before it makes another.
const MOST_GROUPS: usize = 3;
const NOT_FOUND: i64 = 42002;
const HAS_MEMBERS: i64 = 42017;
const DUPLICATE_NAME: i64 = 47009;
const KEY_REPEATED: i64 = 1580110;

pub struct Worker {
    task: usize,
    client: Client,
    journal: Arc<Journal>,
    chance: Chance,
    /// Groups by id, the deleted ones too; `None` is a group that is not there.
    groups: BTreeMap<String, Worlds<Option<Looks>>>,
    /// Members of the task's performance group.
    written: Worlds<Vec<String>>,
    /// For the next new name.
    named: usize,
    pub findings: Findings,
}

/// What a task found out.
#[derive(Debug, Default)]
pub struct Findings {
    pub calls: usize,
    /// Calls that ended with an honest error because of a fault.
    pub failed: usize,
    /// Those of them that ended for lack of a token.
    pub tokenless: usize,
    /// Calls that the service refused, and rightly.
    pub refused: usize,
    /// Where an error or a response was not what happened.
    pub dishonest: Vec<String>,
    /// Where the state was not what the responses said.
    pub lost: Vec<String>,
}

impl Worker {
    pub fn new(task: usize, client: Client, journal: Arc<Journal>, seed: u64) -> Self {
        let home = |word: &&str| (names::group(task, word), Worlds::certainly(Some(home(task, word))));
        Self {
            task,
            client,
            journal,
            chance: Chance::of(seed, task as u64),
            groups: HOMES.iter().map(home).collect(),
            written: Worlds::certainly(Vec::new()),
            named: 0,
            findings: Findings::default(),
        }
    }

    pub async fn call(&mut self) {
        self.findings.calls += 1;
        match self.chance.below(100) {
            0..20 if self.own(true).len() < MOST_GROUPS => self.create().await,
            0..30 => self.delete().await,
            30..52 => self.update().await,
            52..75 => self.get().await,
            75..77 => self.list().await,
            77..84 => self.list_of_member().await,
            84..96 => self.write().await,
            96..98 => self.create_under_a_name_that_is_taken().await,
            _ => self.delete_a_group_with_members().await,
        }
    }

    async fn create(&mut self) {
        let (id, looks) = (self.new_name(), Looks { name: self.new_name(), description: self.new_name() });
        let create = self.client.create_user_group();
        let create = create.body_map(|body| body.name(&looks.name).description(&looks.description).group_id(&id));
        let begin = self.begin();
        let result = create.send().await;
        let outcome = self.ended("create_user_group", None, begin, &result);
        let right_id = result.as_ref().is_ok_and(|created| created.group_id == id);
        let group = self.groups.entry(id.clone()).or_insert(Worlds::certainly(None));
        match outcome {
            Outcome::Done if right_id => group.changed(|_| Some(looks.clone()), true),
            Outcome::Open => group.changed(|_| Some(looks.clone()), false),
            Outcome::Undone => {}
            other => self.lost(format!("create {id}: {other:?}")),
        }
    }

    async fn update(&mut self) {
        let Some(id) = self.any_group(true) else { return self.create().await };
        let (name, description) = (self.new_name(), self.new_name());
        // The description, the name, or both.
        let fields = self.chance.below(3);
        let change = |looks: &Option<Looks>| {
            looks.clone().map(|looks| Looks {
                name: if fields > 0 { name.clone() } else { looks.name },
                description: if fields == 1 { looks.description } else { description.clone() },
            })
        };
        let update = self.client.update_user_group().group_id(&id).body_map(|body| match fields {
            0 => body.description(&description),
            1 => body.name(&name),
            _ => body.name(&name).description(&description),
        });
        let begin = self.begin();
        let outcome = self.ended("update_user_group", None, begin, &update.send().await);
        let possible = self.known(&id, |group| match outcome {
            Outcome::Done => {
                let was_there = group.narrowed(Option::is_some);
                group.changed(change, true);
                was_there
            }
            Outcome::Refused(NOT_FOUND) => group.narrowed(Option::is_none),
            Outcome::Open => {
                group.changed(change, false);
                true
            }
            Outcome::Undone => true,
            Outcome::Refused(_) | Outcome::Arrived => false,
        });
        self.is_possible(possible, &format!("update {id}: {outcome:?}"));
    }

    async fn get(&mut self) {
        // Now and then one that is gone.
        let gone = self.chance.below(8) == 0;
        let Some(id) = self.any_group(!gone) else { return self.create().await };
        let begin = self.begin();
        let result = self.client.get_user_group().group_id(&id).send().await;
        let outcome = self.ended("get_user_group", None, begin, &result);
        let looks = result.ok().map(|found| looks(&found.group));
        let possible = self.known(&id, |group| match outcome {
            Outcome::Done => group.narrowed(|known| *known == looks),
            Outcome::Refused(NOT_FOUND) => group.narrowed(Option::is_none),
            Outcome::Undone | Outcome::Open => true,
            Outcome::Refused(_) | Outcome::Arrived => false,
        });
        self.is_possible(possible, &format!("get {id}: {outcome:?} {looks:?}"));
    }

    async fn delete(&mut self) {
        // Now and then one that is gone.
        let gone = self.chance.below(8) == 0;
        let own = self.own(!gone);
        let Some(id) = self.chance.one_of(&own).cloned() else { return self.create().await };
        let begin = self.begin();
        let result = self.client.delete_user_group().group_id(&id).send().await;
        let outcome = self.ended("delete_user_group", Some(NOT_FOUND), begin, &result);
        let possible = self.known(&id, |group| match outcome {
            Outcome::Done => {
                let was_there = group.narrowed(Option::is_some);
                group.changed(|_| None, true);
                was_there
            }
            Outcome::Refused(NOT_FOUND) => group.narrowed(Option::is_none),
            Outcome::Arrived => {
                group.changed(|_| None, true);
                true
            }
            Outcome::Open => {
                group.changed(|_| None, false);
                true
            }
            Outcome::Undone => true,
            Outcome::Refused(_) => false,
        });
        self.is_possible(possible, &format!("delete {id}: {outcome:?}"));
    }

    async fn list(&mut self) {
        let begin = self.begin();
        let items = self.client.list_user_groups().page_size(names::page_size(self.task)).stream();
        let (groups, end) = drained(items).await;
        let outcome = self.pages_ended("list_user_groups", begin, end.err().as_ref());
        if outcome != Outcome::Done {
            return;
        }
        let listed: BTreeMap<_, _> = groups.iter().filter_map(|group| Some((group.id()?.to_owned(), group))).collect();
        if listed.len() < groups.len() {
            self.lost("a group was listed twice".to_owned());
        }
        for (id, group) in &mut self.groups {
            let looks = listed.get(id).map(|group| looks(group));
            if !group.narrowed(|known| *known == looks) {
                self.findings.lost.push(format!("{id} was listed as {looks:?}"));
            }
        }
    }

    async fn list_of_member(&mut self) {
        let begin = self.begin();
        let call = self.client.list_member_user_groups().member_id(names::member(self.task)).page_size(1);
        let (groups, end) = drained(call.stream()).await;
        let outcome = self.pages_ended("list_member_user_groups", begin, end.err().as_ref());
        let ids: Vec<_> = groups.iter().filter_map(UserGroup::id).collect();
        let homes = HOMES.map(|word| names::group(self.task, word));
        if outcome == Outcome::Done && ids != homes {
            self.lost(format!("the groups of {}: {ids:?}", names::member(self.task)));
        }
    }

    async fn write(&mut self) {
        let count = self.chance.below(4);
        let members: Vec<_> = (0..count).map(|_| format!("ou_{}", self.new_name())).collect();
        let outcome = self.write_once(&members, None).await;
        // The key of a call that may have arrived makes it safe to ask again.
        if let (Outcome::Open, Some(key)) = outcome {
            self.write_once(&members, Some(key)).await;
        }
    }

    /// Responds with the outcome, and the key that an error names.
    async fn write_once(&mut self, members: &[String], key: Option<String>) -> (Outcome, Option<String>) {
        let again = key.is_some();
        let call = self.client.write_performance_group_members().body_map(|body| {
            body.group_id(names::group(self.task, "performance")).scope_visible_setting(0).user_ids(members.to_vec())
        });
        let call = match key {
            Some(key) => call.client_token(key),
            None => call,
        };
        let begin = self.begin();
        let result = call.send().await;
        let outcome = self.ended("write_performance_group_members", Some(KEY_REPEATED), begin, &result);
        let all_written = result.as_ref().is_ok_and(|written| written.success_user_ids.as_deref() == Some(members));
        let wrote = |_: &Vec<String>| members.to_vec();
        match outcome {
            Outcome::Done if all_written => self.written.changed(wrote, true),
            Outcome::Arrived => self.written.changed(wrote, true),
            Outcome::Refused(KEY_REPEATED) if again => self.written.changed(wrote, true),
            Outcome::Open => self.written.changed(wrote, false),
            Outcome::Undone => {}
            other => self.lost(format!("write for {}: {other:?}", self.task)),
        }
        let key = result.err().and_then(|error| error.idempotency_key().map(str::to_owned));
        (outcome, key)
    }

    async fn create_under_a_name_that_is_taken(&mut self) {
        let id = self.new_name();
        let create = self.client.create_user_group();
        let create = create.body_map(|body| body.name(home(self.task, HOMES[0]).name).group_id(&id));
        let begin = self.begin();
        let outcome = self.ended("create_user_group", None, begin, &create.send().await);
        self.groups.insert(id.clone(), Worlds::certainly(None));
        let possible = matches!(outcome, Outcome::Refused(DUPLICATE_NAME) | Outcome::Undone | Outcome::Open);
        self.is_possible(possible, &format!("create {id} under a name that is taken: {outcome:?}"));
    }

    async fn delete_a_group_with_members(&mut self) {
        let id = names::group(self.task, HOMES[1]);
        let begin = self.begin();
        let result = self.client.delete_user_group().group_id(&id).send().await;
        let outcome = self.ended("delete_user_group", Some(NOT_FOUND), begin, &result);
        let possible = matches!(outcome, Outcome::Refused(HAS_MEMBERS) | Outcome::Undone | Outcome::Open);
        self.is_possible(possible, &format!("delete {id}, which has members: {outcome:?}"));
    }

    /// Holds the state at the end against what is known of it; responses what the task knows to have existed.
    pub fn settle(&mut self, simulator: &Simulator) -> HashSet<String> {
        let state: BTreeMap<_, _> = simulator.groups().into_iter().map(|group| (group.id.clone(), group)).collect();
        for (id, group) in &self.groups {
            let looks =
                state.get(id).map(|group| Looks { name: group.name.clone(), description: group.description.clone() });
            if !group.allows(|known| *known == looks) {
                self.findings.lost.push(format!("{id} is {looks:?} at the end, and not one of {group:?}"));
            }
        }
        let members = simulator.performance_members(&names::group(self.task, "performance")).unwrap();
        if !self.written.allows(|known| *known == members) {
            self.lost(format!("members of {} at the end: {members:?}, and not one of {:?}", self.task, self.written));
        }
        self.groups.keys().cloned().collect()
    }

    fn is_possible(&mut self, possible: bool, what: &str) {
        if !possible {
            self.lost(what.to_owned());
        }
    }

    fn known(&mut self, id: &str, look: impl FnOnce(&mut Worlds<Option<Looks>>) -> bool) -> bool {
        self.groups.get_mut(id).is_some_and(look)
    }

    /// A name that nothing had before.
    fn new_name(&mut self) -> String {
        self.named += 1;
        names::group(self.task, self.named)
    }

    /// The groups that the task made, those that may be there or those that may not.
    fn own(&self, there: bool) -> Vec<String> {
        let homes = HOMES.map(|word| names::group(self.task, word));
        let own =
            self.groups.iter().filter(|(id, group)| !homes.contains(id) && group.allows(|s| s.is_some() == there));
        own.map(|(id, _)| id.clone()).collect()
    }

    /// Any group, a home too if it is to be there.
    fn any_group(&mut self, there: bool) -> Option<String> {
        let mut groups = self.own(there);
        if there {
            // All but the one whose name is to stay taken.
            groups.extend(HOMES[1..].iter().map(|word| names::group(self.task, word)));
        }
        self.chance.one_of(&groups).cloned()
    }
}

/// What a home is like at the start.
pub fn home(task: usize, word: &str) -> Looks {
    Looks { name: names::group(task, word), description: String::new() }
}

fn looks(group: &UserGroup) -> Looks {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Looks { name: text(&group.name), description: text(&group.description) }
}

async fn drained(mut items: Items<UserGroup>) -> (Vec<UserGroup>, Result<(), Error>) {
    let mut groups = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(group)) => groups.push(group),
            Ok(None) => return (groups, Ok(())),
            Err(error) => return (groups, Err(error)),
        }
    }
}
