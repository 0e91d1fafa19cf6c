//! `cargo xtask coverage` through the real command line: what the page holds is read
//! back from it, and follows every change of document, service, errata and spec.

mod leaves;
mod world;

use leaves::Leaves;
use roxmltree::Node;
use serde_json::Value;
use specproof::source::Source;
use std::collections::BTreeSet;
use std::fs;
use world::{Row, World, coverage, parse, rows, tests, text, words};

#[test]
fn terminal_table_is_golden() {
    let html = crate::scratch("coverage-golden.html");
    let output = coverage(&tests().join("golden/world"), &html, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let (table, place) = printed.split_once("\nthe same with all places: ").unwrap();
    assert!(place.trim_end().ends_with("coverage-golden.html"), "{place}");
    let golden = tests().join("golden/coverage.txt");
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        fs::write(&golden, table).unwrap();
    }
    assert_eq!(fs::read_to_string(golden).unwrap(), table, "`GOLDEN=write` writes it anew");
}

#[test]
fn filter_applies_to_terminal_only() {
    let world = World::new("only");
    let html = world.0.join("page.html");
    let printed = text(&coverage(&world.0, &html, &["--only", "differences"]).stdout);
    let (facts, _) = printed.split_once("facts backed by").unwrap();
    let shown: Vec<&str> = facts.lines().filter(|line| line.contains("  bridged  ")).collect();
    assert_eq!(shown.len(), 4, "{facts}");
    assert!(!facts.contains("  agreed  "), "{facts}");
    assert!(rows(&fs::read_to_string(html).unwrap()).len() > 80);
}

#[test]
fn silenced_source_leaves_the_row() {
    let id = "write_thing:body:name:max_length";
    let (code, whole) = World::new("whole").row(id);
    assert_eq!(code, 0);
    assert!(whole.is("document") && whole.is("service") && !whole.is("example") && !whole.is("open"), "{whole:?}");
    assert_eq!((whole.document.as_str(), whole.evidence.as_str()), ("100 things.md:50", "document service"));

    let silent = World::new("document-silent").change_json("documents/things.json", |document| {
        document["operations"][1]["parameters"][1]["max_length"] = Value::Null;
    });
    let (code, row) = silent.row(id);
    assert_eq!((code, row.document.as_str(), row.evidence.as_str()), (0, "silent", "service"));
    assert!(!row.is("document"));

    let both = silent.change_json("service/write_thing.json", |service| {
        service["parameters"][1]["max_length"] = Value::Null;
    });
    let (code, row) = both.row(id);
    assert_eq!(code, 1);
    assert!(row.is("nothing") && row.is("open"), "{row:?}");
    assert!(row.evidence.starts_with("none UNBACKED : body name max_length is 100 in the spec;"), "{}", row.evidence);
}

#[test]
fn examples_are_evidence() {
    let evidence = |world: &World, id: &str| world.row(id).1.evidence;
    let world = World::new("examples");
    assert_eq!(
        evidence(&world, "write_thing:body:owners"),
        "document example things.md:55 service",
        "the other example leaves it out"
    );
    assert_eq!(evidence(&world, "write_thing:query:client_token"), "document example things.md:70 service");
    assert_eq!(evidence(&world, "list_things:path"), "document example things.md:30 service");
    let shown = evidence(&world, "write_thing:response:data.data.id");
    assert!(shown.starts_with("2 examples things.md:60 ") && shown.ends_with("write_thing.json service"), "{shown}");

    let without = world.change_json("documents/things.json", |document| {
        document["operations"][1]["examples"].as_array_mut().unwrap().remove(0);
    });
    assert_eq!(evidence(&without, "write_thing:body:owners"), "document service");
    let failing = without.change_json("documents/things.json", |document| {
        let failure = serde_json::json!({ "kind": "response", "source": "json", "line": 90,
            "value": { "code": 1003, "msg": "token repeated" } });
        document["operations"][1]["examples"].as_array_mut().unwrap().push(failure);
    });
    assert_eq!(evidence(&failing, "write_thing:error:1003"), "document example things.md:90 service");
}

#[test]
fn erratum_explains_difference() {
    let id = "list_things:query:page_size:default";
    let (code, row) = World::new("explained").row(id);
    assert_eq!(code, 0);
    assert!(row.is("differs") && row.is("errata") && !row.is("document") && !row.is("open"), "{row:?}");
    assert_eq!(row.document, "≠ 10 things.md:10");
    assert_eq!((row.service.as_str(), row.spec.split(' ').next()), ("20", Some("20")));
    assert_eq!(row.evidence, "service erratum page-size-default bridged : The service's reference.");

    let (code, row) = World::new("unexplained").without_erratum("page-size-default").row(id);
    assert_eq!(code, 1);
    assert!(row.is("differs") && row.is("open") && !row.is("errata"), "{row:?}");
    assert!(row.evidence.starts_with("service DIFFERS : query page_size default : the document says 10"), "{row:?}");
}

#[test]
fn stale_errata_and_unmatched_operations_show() {
    let lying = World::new("lying").replace("errata.yaml", "document: 10\n", "document: 11\n");
    let (code, page) = lying.page();
    assert_eq!(code, 1);
    assert!(words(parse(&page).root()).contains("contradicting-erratum : query page_size default : the entry has"));

    let gone = World::new("gone");
    fs::rename(gone.0.join("service/write_thing.json"), gone.0.join("service/other.json")).unwrap();
    let (code, page) = gone.page();
    assert_eq!(code, 1);
    assert!(words(parse(&page).root()).contains("the service's operation other is not in the spec"));
}

#[test]
fn unnamed_type_has_no_evidence() {
    let id = "~2f~components~2f~schemas~2f~ErrorResponse:response:msg:type";
    assert!(World::new("typed").row(id).1.is("service"));
    let world = World::new("untyped").change_json("service/platform.json", |platform| {
        platform["error_fields"][1] = "msg".into();
    });
    let (code, row) = world.row(id);
    assert_eq!(code, 0);
    assert!(row.is("nothing") && !row.is("service"), "{row:?}");
    assert!(row.evidence.starts_with("none untyped :"), "{row:?}");
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</td><script>alert(1)</script> <img src=x onerror='a'> & &amp; \"组\" ]]>";
    let quoted = serde_json::to_string(hostile).unwrap();
    let world = World::new("hostile")
        .replace("openapi.yaml", "message: forbidden", &format!("message: {quoted}"))
        .replace("errata.yaml", "The document's table.", &quoted)
        .change_json("documents/things.json", |document| {
            document["operations"][1]["errors"][1]["message"] = hostile.into();
            document["operations"][1]["parameters"][0]["name"] = hostile.into();
        })
        .change_json("service/write_thing.json", |service| service["errors"][1]["msg"] = hostile.into());
    let (_, page) = world.page();
    let document = parse(&page);
    let elements: BTreeSet<&str> =
        document.descendants().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
    assert!(!elements.contains("script") && !elements.contains("img"), "{elements:?}");
    let text = words(document.root());
    assert!(text.matches(hostile).count() > 4, "{text}");
    let row = &rows(&page)["write_thing:error:1002"];
    assert!(row.is("document") && row.is("service"), "{row:?}");
    assert!(document.descendants().flat_map(|node| node.attributes()).all(|a| !a.name().starts_with("on")));
}

#[test]
fn page_is_self_contained() {
    let (_, page) = World::new("links").page();
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""));
    assert!(!page.contains("url(") && !page.contains("@import"));
    let document = parse(&page);
    let ids: BTreeSet<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    for node in document.descendants() {
        assert!(node.attribute("src").is_none());
        match node.attribute("href") {
            Some("data:,") | None => {}
            Some(href) => assert!(ids.contains(href.strip_prefix('#').unwrap()), "{href}"),
        }
        if node.has_tag_name("th") {
            assert!(node.attribute("scope").is_some());
        }
    }
    // No path of this machine, and the same page again.
    assert!(!page.contains(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(World::new("links").page().1, page);
}

#[test]
fn unwritable_page_exits_2() {
    let world = World::new("unwritable");
    let output = coverage(&world.0, &world.0.join("errata.yaml/page.html"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("page.html: cannot write the page"), "{}", text(&output.stderr));
}

#[test]
fn every_statement_has_one_row() {
    let own = apidoc::files::workspace_root().join("spec");
    for folder in [own, tests().join("golden/world")] {
        let html = crate::scratch("coverage-leaves.html");
        let output = coverage(&folder, &html, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        let rows = rows(&fs::read_to_string(&html).unwrap());
        let says = |row: &Row| !matches!(row.spec.as_str(), "silent" | "absent");
        let said: BTreeSet<String> =
            rows.iter().filter(|(id, row)| !id.starts_with('~') && says(row)).map(|(id, _)| id.clone()).collect();
        let spec = fs::read_to_string(folder.join("openapi.yaml")).unwrap();
        let spec = Source::parse("openapi.yaml", &spec).unwrap().value;
        assert_eq!(said, Leaves::of(&spec));
        // What the spec does not say has a row only where others say something.
        for (id, row) in rows.iter().filter(|(_, row)| !says(row)) {
            assert!(row.is("differs"), "{id}: {row:?}");
        }
    }
}
