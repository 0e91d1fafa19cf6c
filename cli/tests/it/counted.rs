//! Counts in messages: "1 member is", and not "1 members are".

use crate::support::{Service, file, list, tenant};
use feishu_groups::input::{InputError, Problem};
use feishu_groups::plan::{Ceiling, Refusal};
use feishu_user_groups::simulator::{Group, Person};

#[test]
fn questions_about_one() {
    let service = Service::with_members(0..1);
    let asks = |words: &[&str], text: &str| drop(service.run(words).exits(5).says(text));
    asks(&["member", "add", "g1", "ou_p1"], "This adds 1 person to the group g1.");
    asks(&["member", "remove", "g1", "ou_p0"], "This removes 1 person from the group g1.");
    asks(&["group", "delete", "g1"], "has 1 member, and");
    asks(&["group", "delete", "g1", "--drain"], "This removes 1 member from the group");
    let people = list("question", 1..2);
    asks(&["performance", "write", "ABCDEFG", "--file", &people], "the performance group ABCDEFG with 1 person.");
    asks(
        &["sync", "apply", "g1", "--file", &people],
        "1 person is added to the group \"R&D\" (g1) and 1 of 1 member removed; 0 stay.",
    );
    asks(&["sync", "apply", "g1", "--file", &people, "--keep-others"], "0 of 1 member removed; 1 stays.");
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn refusals_about_one() {
    let ceiling = Ceiling::Count(0);
    let (removals, members, groups, deletions, allowed) = (1, 1, 1, 1, 0);
    let starts = |refusal: Refusal, text: &str| {
        let refusal = refusal.to_string();
        assert!(refusal.starts_with(text), "{refusal}");
    };
    starts(Refusal::IncompleteRead { removals, gap: String::new() }, "1 member would be removed,");
    starts(Refusal::EmptyInput { members }, "the file names nobody, which would remove the group's 1 member.");
    starts(Refusal::TooManyRemovals { removals, members, allowed, ceiling }, "1 of 1 member would be removed,");
    starts(
        Refusal::TooManyRemovalsOfAll { removals, members, allowed, ceiling },
        "1 of 1 member of all groups would be removed,",
    );
    starts(Refusal::TooManyDeletions { deletions, groups, allowed, ceiling }, "1 of 1 group would be deleted,");
    starts(
        Refusal::IncompleteReads { removals, deletions, gaps: Vec::new() },
        "1 member would be removed and 1 group deleted,",
    );
    starts(Refusal::EmptyManifest { groups }, "the manifest has no group, which would delete 1 group.");
}

#[test]
fn hidden_member_of_two() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let group = Group::new("g1", "R&D").member("ou_p0").member("hidden");
    let service = Service::start(tenant().with_person(hidden).with_group(group));
    service.run(&["member", "list", "g1"]).exits(1).says("1 member was listed, and the group reports 2");
}

/// The texts show a hundred, and count the rest.
#[test]
fn one_more_than_shown() {
    let service = Service::with_members(0..1);
    let unknown: String = (0..101).map(|number| format!("nobody{number}@example.com\n")).collect();
    let people = file("unknown.csv", &format!("email\np0@example.com\n{unknown}"));
    let plan = ["sync", "plan", "g1", "--file", &people, "--skip-unknown"];
    service.run(&plan).exits(0).says("left out: 1 more person, whom nobody finds");
    let problems = (0..101).map(|line| Problem::at(line, "is no email address")).collect();
    let error = InputError::new("m", problems).to_string();
    assert!(error.ends_with("m: 1 more problem"), "{error}");
}
