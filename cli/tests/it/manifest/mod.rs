//! `sync --manifest`: the tenant ends as the manifest says, or nobody was removed and no group deleted.

mod safety;

use crate::support::{Ran, Service, file, ids, tenant};
use feishu_user_groups::simulator::{Builder, Department, Group, Person};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The groups of a service by name, each with its members.
fn groups(service: &Service) -> BTreeMap<String, BTreeSet<String>> {
    let groups = service.simulator.groups().into_iter();
    groups.map(|group| (group.name, group.member_user_ids.into_iter().collect())).collect()
}

fn set(numbers: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
    ids(numbers).into_iter().collect()
}

/// An entry of a manifest.
fn entry(name: &str, members: impl IntoIterator<Item = u32>) -> Value {
    json!({ "name": name, "users": ids(members) })
}

/// A manifest; JSON is YAML.
fn manifest(name: &str, groups: impl IntoIterator<Item = Value>) -> String {
    let groups: Vec<Value> = groups.into_iter().collect();
    file(name, &serde_json::to_string_pretty(&json!({ "groups": groups })).unwrap())
}

fn three_groups() -> Builder {
    tenant()
        .with_group(Group::new("g1", "R&D").description("builds").members(ids(0..8)))
        .with_group(Group::new("g2", "Legal").members(ids(10..18)))
        .with_group(Group::new("g3", "Old").members(ids(20..21)))
}

#[test]
fn dump_applied_again_changes_nothing() {
    let odd = "- 'a': \"b\" # c\n\ttab, 中文 emoji 🎉 & *x !y %z | > trailing ";
    let builder = three_groups()
        .with_department(Department::new("D1"))
        .with_group(Group::new("g4", "no").description(odd).department("D1"))
        .with_group(Group::new("0123", "0x1F").custom_id("own").description("null").members(ids(0..1)))
        .with_group(Group::new("g5", "Staff: all").dynamic().members(ids(0..30)));
    let service = Service::start(builder);
    for form in ["yaml", "json"] {
        for id_type in ["open_id", "union_id", "user_id"] {
            let dump = file("dump", &service.run(&["dump", "-o", form, "--id-type", id_type]).exits(0).out);
            let apply = ["sync", "apply", "--manifest", &dump, "--delete-missing", "--yes", "-o", "json"];
            let report = service.run(&apply).exits(0).json();
            assert_eq!((&report["ok"], &report["unchanged"]), (&true.into(), &48.into()), "{form} {id_type}");
            let plan = service.run(&["sync", "plan", "--manifest", &dump]).exits(0);
            plan.says(
                "plan: 0 groups are created, 0 changed and 0 deleted; 0 people are added and 0 of 48 members removed",
            );
        }
    }
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn manifest_brings_groups_in_line() {
    let abroad = Person::new("abroad").mobile("+15550000032");
    let service = Service::start(three_groups().with_person(abroad));
    let new =
        json!({ "name": "New", "description": "just made", "users": ["ou_p30", "p31@example.com", "+15550000032"] });
    let legal = json!({ "id": "g2", "name": "Law", "description": "knows", "users": ids((10..17).chain([40])) });
    let path = manifest("line.yaml", [new, legal, entry("R&D", 1..9)]);
    let plan = service.run(&["sync", "plan", "--manifest", &path, "-o", "json"]).exits(0).json();
    let counts = ["create", "change", "delete", "add", "remove", "keep", "unchangeable"].map(|name| plan[name].clone());
    assert_eq!(json!(counts), json!([1, 1, 0, 5, 2, 14, 0]));
    assert_eq!(service.changes(), [""; 0]);

    let target = file("manifest-report.csv", "");
    let apply = ["sync", "apply", "--manifest", &path, "--report", &target];
    let ran = service.run(&apply).exits(5);
    ran.says("1 group is created, 1 changed and 0 deleted; 5 people are added and 2 of 16 members removed in 3 groups");
    assert_eq!(service.changes(), [""; 0]);
    let ran = service.run(&[&apply[..], &["--yes"]].concat()).exits(0);
    ran.says("manifest: 5 added, 2 removed, 14 unchanged, 1 created, 1 changed");
    let new: BTreeSet<String> = set(30..32).into_iter().chain(["ou_abroad".to_owned()]).collect();
    let expected = [("Law", set((10..17).chain([40]))), ("New", new), ("Old", set(20..21)), ("R&D", set(1..9))];
    assert_eq!(groups(&service), expected.map(|(name, members)| (name.to_owned(), members)).into());
    let report = std::fs::read_to_string(&target).unwrap();
    assert!(report.starts_with("group,group_name,subject,id,outcome,code,advice,line,name\n"), "{report}");
    assert!(report.contains(",New,group,,created,,,3,\n"), "{report}");
    assert!(report.contains(",New,user,ou_p31,added,,,8,p31@example.com\n"), "{report}");
    assert!(report.contains("g2,Legal,group,,changed,"), "{report}");

    let changes = service.changes().len();
    service.run(&[&apply[..], &["--yes"]].concat()).exits(0).says("manifest: 19 unchanged");
    assert_eq!(service.changes().len(), changes);
}

#[test]
fn every_form_has_the_same_rows() {
    let service = Service::start(three_groups());
    let path = manifest("forms.yaml", [entry("R&D", 0..9)]);
    let plan = |form: &str| service.run(&["sync", "plan", "--manifest", &path, "-o", form]).exits(0).out;
    let json: Value = serde_json::from_str(&plan("json")).unwrap();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    let lines: Vec<Value> = plan("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, rows);
    assert_eq!(plan("csv").lines().nth(1), Some("g1,R&D,user,ou_p8,add,,14,"));
    assert!(plan("yaml").contains("- group: g1\n  group_name: R&D\n  subject: user\n  id: ou_p8\n  action: add\n"));
    let table = plan("table");
    assert_eq!(table.lines().count(), 2, "{table}");
    for form in ["json", "jsonl", "csv", "yaml", "table"] {
        let dry = service.run(&["sync", "apply", "--manifest", &path, "--dry-run", "-o", form]).exits(0).out;
        assert!(dry.contains("/open-apis/contact/v3/group/g1/member/batch_add") && dry.contains("ou_p8"), "{dry}");
    }
    assert_eq!(service.changes(), [""; 0]);
    for form in ["json", "jsonl", "csv", "yaml", "table"] {
        let service = Service::start(three_groups());
        let applied = service.run(&["sync", "apply", "--manifest", &path, "-y", "-o", form]).exits(0).out;
        assert!(applied.contains("ou_p8") && applied.contains("added") && applied.contains("R&D"), "{applied}");
    }
}

#[test]
fn dry_run_shows_every_kind_of_request() {
    let service = Service::start(three_groups());
    let groups = [
        json!({ "name": "New", "id": "own", "users": ids(3..4) }),
        json!({ "id": "g1", "description": "x" }),
        entry("Legal", 10..18),
    ];
    let path = manifest("dry.yaml", groups);
    let args = ["sync", "apply", "--manifest", &path, "--delete-missing", "--dry-run", "-o", "json"];
    let requests = service.run(&args).exits(0).json();
    let lines: Vec<String> = requests
        .as_array()
        .unwrap()
        .iter()
        .map(|request| {
            let path = request["path"].as_str().unwrap().trim_start_matches("/open-apis/contact/v3/group");
            format!("{} {path}", request["method"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        lines,
        ["POST ", "POST /own/member/batch_add", "PATCH /g1", "POST /g3/member/batch_remove", "DELETE /g3"]
    );
    assert_eq!(requests[0]["body"], json!({ "name": "New", "group_id": "own" }));
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn all_mistakes_told_at_once() {
    let text = "\
id_type: user_id
groups:
- name: A
  user: [p1]
  users:
  - p1
  - ou_p2
  - p1
- name: A
  type: round
  departments: [D1]
- description: nothing else
- name: B
  users:
- 5
extra: 1
";
    let service = Service::start(three_groups());
    let path = file("mistakes.yaml", text);
    let ran = service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(2);
    let lines: Vec<&str> =
        ran.err.lines().map(|line| line.trim_start_matches("error: ").trim_start_matches(&*path)).collect();
    let starts = [
        ":4: a group has the key \"user\"",
        ":7: \"ou_p2\" is no user_id",
        ":8: user_id \"p1\" is on line 6 already",
        ":9: the group on line 3 has the name \"A\", too",
        ":10: type is \"round\"",
        ":11: \"D1\" is no open department id",
        ":12: a group needs an id or a name",
        ":14: users must be a list of ids; write [] for nobody",
        ":15: a group must have keys and values",
        ":16: the file has the key \"extra\"",
        "Nothing was sent.",
    ];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line} does not start with {start}");
    }
    assert_eq!(service.simulator.requests().len(), 0);
}

#[test]
fn files_that_are_no_manifest() {
    let service = Service::start(three_groups());
    for (text, problem) in [
        ("", "must have keys and values (complete, id_type, groups)"),
        ("groups: {}", ":1: groups must be a list"),
        ("id_type: open_id", "the key groups is missing"),
        ("groups: [", "is not YAML"),
        ("groups: &a []\nx: *a", "anchors, aliases and tags"),
        ("groups: []\n---\ngroups: []", ":2: a second document begins"),
        ("groups: []\ngroups: []", ":2: the key \"groups\" is there twice"),
        ("id_type: email\ngroups: []", ":1: id_type is \"email\""),
        ("complete: perhaps\ngroups: []", ":1: complete is \"perhaps\""),
        ("groups: [[[[[[[[[[[[]]]]]]]]]]]]", "nested more deeply"),
        ("open_id\nou_p1\n", "must have keys and values"),
    ] {
        let path = file("none.yaml", text);
        service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(2).says(problem).says("Nothing was sent");
    }
    service.run(&["sync", "plan", "--manifest", "/"]).exits(2).says("is a directory");
    assert_eq!(service.simulator.requests().len(), 0);
}

#[test]
fn mistakes_that_the_tenant_shows() {
    let service = Service::start(three_groups());
    let text = "\
groups:
- {id: g4}
- {id: gone}
- {id: g1, name: Legal}
- {id: g3}
- {name: Old}
- {id: g-9, name: New}
- {name: R&D, users: [nobody@example.com, ou_p1, p1@example.com]}
";
    let path = file("tenant.yaml", text);
    let ran = service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(2);
    for text in [
        "tenant.yaml:2: no group has the id \"g4\"; with a name it would be created",
        "tenant.yaml:3: no group has the id \"gone\"",
        "tenant.yaml:4: another group has the name \"Legal\" already: g2",
        "tenant.yaml:6: \"Old\" is the same group as the one on line 5",
        "tenant.yaml:7: no group has the id \"g-9\", and a new one cannot have it",
        "tenant.yaml:8: nobody has nobody@example.com",
        "tenant.yaml:8: p1@example.com and line 8 are the same person",
    ] {
        assert!(ran.err.contains(text), "{text} is not in:\n{}", ran.err);
    }
    ran.says("Nothing was changed");
    assert_eq!(service.changes(), [""; 0]);
}

#[test]
fn group_without_users_is_left_alone() {
    let service = Service::start(three_groups());
    let path = manifest(
        "alone.yaml",
        [json!({ "name": "R&D", "description": "new" }), json!({ "name": "Legal", "users": [] })],
    );
    let apply = ["sync", "apply", "--manifest", &path, "--yes", "--max-removals", "100%"];
    service.run(&apply).exits(5).says("the group \"Legal\" (g2): the file names nobody");
    let path = manifest("alone.yaml", [json!({ "name": "R&D", "description": "new" })]);
    service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(0).says("manifest: 1 changed");
    assert_eq!(groups(&service)["R&D"], set(0..8));
}

#[test]
fn unchangeable_parts_are_named() {
    let builder = three_groups()
        .with_department(Department::new("D1"))
        .with_group(Group::new("g4", "Staff").dynamic().members(ids(0..4)))
        .with_group(Group::new("g5", "Team").members(ids(0..4)).department("D1"))
        .with_group(Group::new("g6", "Rule").dynamic());
    let service = Service::start(builder);
    let keep = [json!({ "id": "g1" }), json!({ "id": "g2" }), json!({ "id": "g3" })];
    let team = json!({ "name": "Team", "users": ids(0..5), "departments": ["od-D2"] });
    let staff = json!({ "name": "Staff", "type": "dynamic", "users": ids(0..5) });
    let path =
        manifest("fixed.yaml", keep.iter().cloned().chain([team, staff, json!({ "name": "Soon", "type": "dynamic" })]));
    let apply = ["sync", "apply", "--manifest", &path, "--yes", "--delete-missing", "-o", "json"];
    let ran = service.run(&apply).exits(1);
    let report = ran.json();
    assert_eq!(
        (&report["ok"], &report["added"], &report["unchangeable"]),
        (&false.into(), &1.into(), &5.into()),
        "{report}"
    );
    let ran = ran.says("the group \"Team\" (g5): the department od-D1 is a member: no call removes one");
    let ran = ran.says("the group \"Team\" (g5): the department od-D2 is no member: no call adds one");
    let ran = ran.says("the group \"Staff\" (g4): the group is dynamic");
    let ran = ran.says("the group \"Soon\" (new): does not exist, and no call creates a dynamic group");
    ran.says("the group \"Rule\" (g6): is dynamic");
    assert_eq!(groups(&service).len(), 6);
}

#[test]
fn manifest_and_group_exclude_each_other() {
    let path = manifest("both.yaml", []);
    for args in [
        &["sync", "plan", "g1", "--manifest", &path][..],
        &["sync", "plan", "--manifest", &path, "--file", &path],
        &["sync", "apply", "--manifest", &path, "--delete-missing", "--keep-others"],
        &["sync", "apply", "g1", "--file", &path, "--delete-missing"],
        &["sync", "plan", "--manifest", &path, "--id-type", "email"],
        &["sync", "plan", "g1"],
        &["sync", "plan", "--file", &path],
        &["sync", "plan"],
    ] {
        let ran = Ran::of(crate::support::bare(args).output().unwrap()).exits(2);
        assert!(ran.err.starts_with("error: "), "{args:?}: {}", ran.err);
    }
}

#[test]
fn group_found_by_name_under_another_id() {
    let service = Service::start(three_groups());
    let path = manifest("other.yaml", [json!({ "id": "other", "name": "R&D", "users": ids(0..9) })]);
    let ran = service.run(&["sync", "apply", "--manifest", &path, "--yes"]).exits(0);
    ran.says("line 3: no group has the id \"other\"; \"R&D\" is taken by its name and has the id g1");
    assert_eq!(groups(&service)["R&D"], set(0..9));
}
