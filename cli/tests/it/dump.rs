//! `dump`: everything, or an exit code that says otherwise.

use crate::support::{Ran, Service, bare, file, ids, proxy, tenant};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Department, Group, Person};

#[test]
fn groups_with_members() {
    let group = Group::new("g1", "R&D").description("builds").members(ids(0..2)).department("D1");
    let dynamic = Group::new("g2", "Staff").dynamic().members(ids(0..1));
    let service = Service::start(tenant().with_department(Department::new("D1")).with_group(group).with_group(dynamic));
    let dump = service.run(&["dump", "-o", "json"]).exits(0).json();
    let expected = serde_json::json!({
        "complete": true,
        "id_type": "open_id",
        "groups": [
            { "id": "g1", "name": "R&D", "type": "normal", "description": "builds",
              "users": ["ou_p0", "ou_p1"], "departments": ["od-D1"] },
            { "id": "g2", "name": "Staff", "type": "dynamic", "description": "", "users": ["ou_p0"], "departments": [] },
        ],
    });
    assert_eq!(dump, expected);
    let csv = service.run(&["dump", "-o", "csv", "--id-type", "user_id"]).exits(0).out;
    assert_eq!(
        csv,
        "group,group_name,user_id,type\ng1,R&D,p0,user\ng1,R&D,p1,user\ng1,R&D,od-D1,department\ng2,Staff,p0,user\n"
    );
    assert_eq!(service.run(&["dump", "-o", "jsonl"]).exits(0).out.lines().count(), 2);
}

#[test]
fn yaml_by_default() {
    let yaml = Ran::of(bare(&["--simulator", "dump"]).output().unwrap()).exits(0).out;
    assert!(yaml.starts_with("complete: true\nid_type: open_id\ngroups:\n"), "{yaml}");
    assert!(yaml.contains("ou_nali") && yaml.contains("id: oncall"), "{yaml}");
}

#[test]
fn table_has_a_line_for_each_member() {
    let service = Service::with_members(0..2);
    let table = service.run(&["dump", "-o", "table"]).exits(0).out;
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["GROUP", "GROUP_NAME", "OPEN_ID", "TYPE"]);
    assert_eq!(words[1..], [["g1", "R&D", "ou_p0", "user"], ["g1", "R&D", "ou_p1", "user"]]);
}

#[test]
fn hidden_members_make_it_incomplete() {
    let hidden = Person::new("hidden").outside_contact_scope();
    let group = Group::new("g1", "R&D").members(ids(0..3)).member("hidden");
    let service = Service::start(tenant().with_person(hidden).with_group(group));
    let ran = service.run(&["dump", "-o", "json"]).exits(1).says("g1 is incomplete: 3 members were listed");
    assert_eq!(ran.json()["complete"], false);
}

#[test]
fn group_deleted_meanwhile_is_left_out() {
    let service = Service::start(tenant().with_group(Group::new("g1", "R&D")).with_group(Group::new("g2", "Legal")));
    let direct = service.url.clone();
    let url = proxy::watching(&service.url, "/group/g1", move || {
        let mut delete = bare(&["group", "delete", "g2", "--yes", "--base-url", &direct]);
        delete.env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
        assert!(delete.status().unwrap().success());
    });
    let mut dump = service.command(&["dump", "-o", "json"]);
    let ran = Ran::of(dump.env("FEISHU_BASE_URL", url).output().unwrap()).exits(0).says("g2 was deleted meanwhile");
    let dump = ran.json();
    assert_eq!((dump["groups"].as_array().unwrap().len(), &dump["complete"]), (1, &true.into()));
}

/// What these commands print names people as files do.
#[test]
fn csv_goes_back_into_a_file() {
    let service = Service::with_members(0..3);
    for id_type in ["open_id", "union_id", "user_id"] {
        for command in [&["dump"][..], &["member", "list", "g1"]] {
            let csv = service.run(&[command, &["-o", "csv", "--id-type", id_type]].concat()).exits(0).out;
            let people = file("back.csv", &csv);
            let plan = service.run(&["sync", "plan", "g1", "--file", &people, "-o", "json"]).exits(0).json();
            assert_eq!((&plan["add"], &plan["remove"], &plan["keep"]), (&0.into(), &0.into(), &3.into()));
        }
    }
}
