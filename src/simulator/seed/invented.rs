//! The people and groups of an invented tenant.

use super::super::department::Department;
use super::super::group::Group;
use super::super::person::Person;
use super::super::random::Numbers;
use super::TenantSeed;

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
pub(super) fn tenant(number: u64) -> TenantSeed {
    let names: Vec<String> =
        FAMILY.iter().flat_map(|family| GIVEN.iter().map(move |given| format!("{given}.{family}"))).collect();
    let people = names.iter().enumerate().map(|(index, name)| {
        let person = Person::new(name.replace('.', ""));
        let person = person.email(format!("{name}@example.com")).mobile(format!("130000000{index:02}"));
        if name == "an.chen" { person.resigned() } else { person }
    });
    let people: Vec<Person> = people.collect();
    let employees: Vec<&str> =
        people.iter().filter(|person| !person.resigned).map(|person| person.open_id.as_str()).collect();

    let mut numbers = Numbers::new(number);
    let mut groups: Vec<Group> = Vec::new();
    for (id, name, description) in GROUPS {
        let members = employees.iter().filter(|_| numbers.next().is_multiple_of(4)).copied();
        let group = Group::new(id, name).description(description).members(members);
        groups.push(if id == "legal" { group.department("D1") } else { group });
    }
    groups.push(Group::new("staff", "Staff").description("Everybody, selected by a rule").dynamic().members(employees));
    TenantSeed { people, departments: vec![Department::new("D1")], groups, performance_groups: Vec::new() }
}
