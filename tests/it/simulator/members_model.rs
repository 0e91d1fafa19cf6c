//! Random sequences of member operations against a model: lists of names and nothing else.
//!
//! The seed is fixed, so a failure repeats. The model knows no index and no page token: the
//! members of a group are the people in the order in which they joined.

use std::collections::BTreeMap;

use feishu_user_groups::simulator::{Group, Simulator};
use serde_json::{Value, json};

use super::caller::{BELONG, Caller, GROUP, batch, encoded, member};

const SEED: u64 = 0x5eed_0012;
const STEPS: usize = 1000;
const GROUPS: u64 = 5;
const PEOPLE: u64 = 25;

/// A linear congruential generator with the constants of Knuth's MMIX.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// A person under an id of a random type. Every eighth id is nobody's.
    fn person(&mut self) -> Person {
        let name = match self.below(8) {
            0 => None,
            _ => Some(self.below(PEOPLE)),
        };
        let (id_type, prefix) = [("open_id", "ou_"), ("union_id", "on_"), ("user_id", "")][self.below(3) as usize];
        let id = name.map_or(format!("{prefix}missing"), |name| format!("{prefix}{name}"));
        Person { name, id_type, id }
    }
}

struct Person {
    name: Option<u64>,
    id_type: &'static str,
    id: String,
}

/// The members of each group by name, and the order in which groups were created.
#[derive(Default)]
struct Model(BTreeMap<u64, Vec<u64>>);

impl Model {
    fn group(&mut self, group: u64) -> &mut Vec<u64> {
        self.0.get_mut(&group).unwrap()
    }

    fn add(&mut self, group: u64, person: &Person) -> u64 {
        match person.name {
            None => 41073,
            Some(name) if self.group(group).contains(&name) => 42005,
            Some(name) => {
                self.group(group).push(name);
                0
            }
        }
    }

    fn remove(&mut self, group: u64, person: &Person) -> u64 {
        let Some(name) = person.name else { return 41073 };
        self.group(group).retain(|member| *member != name);
        0
    }
}

fn id(group: u64) -> String {
    format!("g{group}")
}

fn open_ids(names: &[u64]) -> Vec<String> {
    names.iter().map(|name| format!("ou_{name}")).collect()
}

/// All members of a group, by pages of a random size.
async fn listed(caller: &Caller, group: u64, page_size: u64) -> Vec<String> {
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let page = caller.members(&id(group), &format!("?page_size={page_size}&page_token={token}")).await;
        ids.extend(page.member_ids());
        if page.data()["has_more"] == false {
            return ids;
        }
        assert_eq!(page.member_ids().len() as u64, page_size);
        token = encoded(&page.data()["page_token"]);
    }
}

/// The groups of a person; the model's groups keep their numbers in the order of creation.
async fn groups_of(caller: &Caller, name: u64) -> Value {
    caller.get(&format!("{BELONG}?member_id=ou_{name}")).await.data()["group_list"].clone()
}

#[tokio::test]
async fn members_follow_model() {
    let mut model = Model((0..GROUPS).map(|group| (group, Vec::new())).collect());
    let mut next = GROUPS;
    let mut random = Random(SEED);
    // The seed names people in any order and more than once.
    let builder = (0..GROUPS).fold(Simulator::builder(), |builder, group| {
        let people = (0..PEOPLE).map(|_| random.person()).filter(|person| person.name.is_some()).collect::<Vec<_>>();
        for person in &people {
            model.add(group, person);
        }
        let members = people.into_iter().map(|person| person.id);
        builder.with_group(Group::new(id(group), format!("group {group}")).members(members))
    });
    let caller = Caller::of(builder.start().await.unwrap()).await;
    for group in 0..GROUPS {
        assert_eq!(listed(&caller, group, 7).await, open_ids(model.group(group)));
    }
    for step in 0..STEPS {
        let existing: Vec<_> = model.0.keys().copied().collect();
        let group = existing[random.below(GROUPS) as usize];
        match random.below(8) {
            0 | 1 => {
                let person = random.person();
                let reply = caller.change_members(&id(group), "add", member(person.id_type, &person.id)).await;
                assert_eq!(reply.code() as u64, model.add(group, &person), "step {step}");
            }
            2 => {
                let person = random.person();
                let reply = caller.change_members(&id(group), "remove", member(person.id_type, &person.id)).await;
                assert_eq!(reply.code() as u64, model.remove(group, &person), "step {step}");
            }
            operation @ (3 | 4) => {
                let people: Vec<_> = (0..=random.below(8)).map(|_| random.person()).collect();
                let members: Vec<_> = people.iter().map(|person| member(person.id_type, &person.id)).collect();
                let name = if operation == 3 { "batch_add" } else { "batch_remove" };
                let reply = caller.change_members(&id(group), name, json!({ "members": members })).await;
                let results: Vec<_> = people
                    .iter()
                    .map(|person| {
                        let code = if operation == 3 { model.add(group, person) } else { model.remove(group, person) };
                        json!({ "member_id": person.id, "code": code })
                    })
                    .collect();
                let failed = results.iter().any(|result| result["code"] != 0);
                if operation == 3 || failed {
                    assert_eq!(reply.json()["data"]["results"], json!(results), "step {step}");
                }
                assert_eq!(reply.code(), if operation == 4 && failed { 40022 } else { 0 }, "step {step}");
            }
            5 => {
                let page_size = 1 + random.below(9);
                assert_eq!(listed(&caller, group, page_size).await, open_ids(model.group(group)), "step {step}");
            }
            6 => {
                let name = random.below(PEOPLE);
                let expected = model.0.iter().filter(|(_, members)| members.contains(&name));
                let expected: Vec<_> = expected.map(|(group, _)| id(*group)).collect();
                assert_eq!(groups_of(&caller, name).await, json!(expected), "step {step}");
            }
            _ => {
                assert_eq!(caller.member_counts(&id(group)).await, (model.group(group).len() as u64, 0), "step {step}");
                if random.below(2) == 0 && !model.group(group).is_empty() {
                    let everybody = open_ids(model.group(group));
                    let body = batch(everybody.iter().map(String::as_str));
                    caller.change_members(&id(group), "batch_remove", body).await.data();
                    model.group(group).clear();
                }
                // A group that could be deleted is replaced by a new one.
                if model.group(group).is_empty() {
                    caller.delete(&id(group)).await.data();
                    caller.create(json!({ "name": format!("group {next}"), "group_id": id(next) })).await.data();
                    model.0.remove(&group);
                    model.0.insert(next, Vec::new());
                    next += 1;
                } else {
                    caller.delete(&id(group)).await.assert_rejected(42017);
                }
            }
        }
    }
    // The sequence did replace groups, and left some members.
    assert!(next > GROUPS + 3, "{next}");
    let groups = caller.simulator.groups();
    assert!(groups.iter().any(|group| !group.member_user_ids.is_empty()));
    for group in groups {
        let members = model.0.iter().find(|(number, _)| id(**number) == group.id).unwrap().1;
        assert_eq!(group.member_user_ids, open_ids(members), "{GROUP}/{}", group.id);
    }
}
