//! The people and groups of the offline service.
//!
//! People are the same for every seed, so that a file of theirs fits every seed. The seed decides who is in which group.
//! One person, an.chen, has resigned: what a report says about a failure can be tried as well.

use feishu_user_groups::simulator::{Builder, Department, Group, Person, Simulator};

const FAMILY: [&str; 8] = ["chen", "huang", "li", "liu", "wang", "yang", "zhang", "zhao"];
const GIVEN: [&str; 8] = ["an", "bo", "jing", "lei", "mei", "na", "wei", "xin"];

/// The groups with their names; each has about a quarter of the people.
const GROUPS: [(&str, &str, &str); 4] = [
    ("design", "Design", "Designs the product"),
    ("legal", "Legal", "Reviews contracts"),
    ("support", "Support", "Responds to customers"),
    ("oncall", "On call", "Takes calls at night"),
];

/// A tenant with 64 people, four normal groups and a dynamic one.
pub fn tenant(seed: u64) -> Builder {
    let people: Vec<String> =
        FAMILY.iter().flat_map(|family| GIVEN.iter().map(move |given| format!("{given}.{family}"))).collect();
    let mut builder = Simulator::builder().with_department(Department::new("D1"));
    for (number, name) in people.iter().enumerate() {
        let id = name.replace('.', "");
        let person = Person::new(id).email(format!("{name}@example.com")).mobile(format!("130000000{number:02}"));
        builder = builder.with_person(match name.as_str() {
            "an.chen" => person.resigned(),
            _ => person,
        });
    }
    let mut numbers = Numbers(seed);
    for (id, name, description) in GROUPS {
        let members = people.iter().skip(1).filter(|_| numbers.next().is_multiple_of(4)).map(|name| open_id(name));
        let mut group = Group::new(id, name).description(description).members(members);
        if id == "legal" {
            group = group.department("D1");
        }
        builder = builder.with_group(group);
    }
    let everybody = people.iter().skip(1).map(|name| open_id(name));
    builder.with_group(
        Group::new("staff", "Staff").description("Everybody, selected by a rule").dynamic().members(everybody),
    )
}

fn open_id(name: &str) -> String {
    format!("ou_{}", name.replace('.', ""))
}

/// SplitMix64: small, and the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
