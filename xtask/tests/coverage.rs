//! `cargo xtask coverage` through the real command line: what the page holds is read
//! back from it, and follows every change of document, service, errata and spec.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use xtask::source::Source;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn coverage(folder: &Path, html: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("coverage").arg("--html").arg(html).args(more);
    for (option, part) in [
        ("--spec", "openapi.yaml"),
        ("--documents", "documents"),
        ("--service", "service"),
        ("--errata", "errata.yaml"),
    ] {
        command.arg(option).arg(folder.join(part));
    }
    command.output().unwrap()
}

/// A copy of the small world, to be changed.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("coverage-{name}"));
        let _ = fs::remove_dir_all(&folder);
        for part in ["documents", "service"] {
            fs::create_dir_all(folder.join(part)).unwrap();
            for file in fs::read_dir(tests().join("golden/world").join(part)).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), folder.join(part).join(file.file_name())).unwrap();
            }
        }
        for file in ["openapi.yaml", "errata.yaml"] {
            fs::copy(tests().join("golden/world").join(file), folder.join(file)).unwrap();
        }
        Self(folder)
    }

    /// Replaces a text that the file has once.
    fn replace(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file}: {old}");
        fs::write(path, text.replace(old, new)).unwrap();
        self
    }

    fn change_json(self, file: &str, change: impl FnOnce(&mut Value)) -> Self {
        let path = self.0.join(file);
        let mut value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut value);
        fs::write(path, value.to_string()).unwrap();
        self
    }

    fn without_erratum(self, id: &str) -> Self {
        let path = self.0.join("errata.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let mut entries: Vec<&str> = text.split("  - id: ").collect();
        let before = entries.len();
        entries.retain(|entry| !entry.starts_with(&format!("{id}\n")));
        assert_eq!(entries.len(), before - 1, "{id}");
        fs::write(path, entries.join("  - id: ")).unwrap();
        self
    }

    fn page(&self) -> (i32, String) {
        let html = self.0.join("page.html");
        let output = coverage(&self.0, &html, &[]);
        let code = output.status.code().unwrap();
        assert!(code < 2, "{}", text(&output.stderr));
        (code, fs::read_to_string(html).unwrap())
    }

    /// How the command ends, and one row of the page.
    fn row(&self, id: &str) -> (i32, Row) {
        let (code, page) = self.page();
        (code, rows(&page).remove(id).unwrap())
    }
}

/// A row as the page shows it.
#[derive(Debug)]
struct Row {
    classes: BTreeSet<String>,
    document: String,
    service: String,
    spec: String,
    evidence: String,
}

impl Row {
    fn is(&self, class: &str) -> bool {
        self.classes.contains(class)
    }
}

fn parse(page: &str) -> Document<'_> {
    Document::parse_with_options(page, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).unwrap()
}

fn words(node: Node) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|node| node.text());
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// By their anchors, each of which is there once.
fn rows(page: &str) -> BTreeMap<String, Row> {
    let document = parse(page);
    let mut rows = BTreeMap::new();
    for node in document.descendants() {
        let classes: BTreeSet<String> =
            node.attribute("class").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        if node.has_tag_name("tr") && classes.contains("fact") {
            let cell = |label: &str| {
                let cell = node.children().find(|cell| cell.attribute("data-label") == Some(label)).unwrap();
                words(cell)
            };
            let row = Row {
                document: cell("Document"),
                service: cell("Service"),
                spec: cell("Spec"),
                evidence: cell("Evidence"),
                classes,
            };
            let id = node.attribute("id").unwrap().to_owned();
            assert!(rows.insert(id.clone(), row).is_none(), "{id} stands there twice");
        }
    }
    rows
}

#[test]
fn the_terminal_shows_the_small_world() {
    let html = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage-golden.html");
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
fn only_what_was_asked_for_is_printed_and_the_page_holds_all() {
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
fn what_is_taken_from_a_side_is_taken_from_the_row() {
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
fn examples_back_what_they_show_wherever_they_stand() {
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
fn a_difference_is_explained_by_its_erratum_and_open_without() {
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
fn errata_that_do_not_hold_and_operations_of_one_side_are_told() {
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
fn a_type_that_nobody_names_has_no_evidence() {
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
fn whatever_stands_in_a_fact_stays_text() {
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
fn the_page_asks_the_network_for_nothing_and_every_link_leads_somewhere() {
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
fn a_page_that_cannot_be_written_is_exit_code_2() {
    let world = World::new("unwritable");
    let output = coverage(&world.0, &world.0.join("errata.yaml/page.html"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("page.html: cannot write the page"), "{}", text(&output.stderr));
}

/// All that a spec says, read from the YAML without the tool: `OPERATION:query:page_size:default`.
struct Leaves<'a> {
    spec: &'a Value,
    found: BTreeSet<String>,
}

impl<'a> Leaves<'a> {
    const KEYWORDS: [(&'static str, &'static str); 9] = [
        ("default", "default"),
        ("enum", "enum"),
        ("minimum", "minimum"),
        ("maximum", "maximum"),
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
        ("minItems", "min_items"),
        ("maxItems", "max_items"),
        ("pattern", "pattern"),
    ];

    fn of(spec: &'a Value) -> BTreeSet<String> {
        let mut leaves = Self { spec, found: BTreeSet::new() };
        for (_, item) in spec["paths"].as_object().unwrap() {
            for (_, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
                leaves.operation(operation);
            }
        }
        leaves.found
    }

    fn resolved(&self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(pointer) => self.resolved(self.spec.pointer(&pointer[1..]).unwrap()),
            None => value,
        }
    }

    /// The schema, what it refers to, and the items of a list.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let here = self.resolved(schema);
        let mut parts = vec![here];
        for part in here["allOf"].as_array().into_iter().flatten() {
            parts.extend(self.parts(part));
        }
        parts
    }

    fn operation(&mut self, operation: &'a Value) {
        let id = operation["operationId"].as_str().unwrap();
        for known in ["method", "path"] {
            self.found.insert(format!("{id}:{known}"));
        }
        for (key, word) in [
            ("x-feishu-access-tokens", "access_tokens"),
            ("x-feishu-scopes", "scopes"),
            ("x-feishu-app-types", "app_types"),
            ("x-feishu-rate-limit", "rate_limit"),
        ] {
            if operation.get(key).is_some() {
                self.found.insert(format!("{id}:{word}"));
            }
        }
        for error in operation["x-feishu-errors"].as_array().into_iter().flatten() {
            self.found.insert(format!("{id}:error:{}", error["code"]));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolved(parameter);
            let (place, name) = (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
            let whole = format!("{id}:{place}:{name}");
            self.found.insert(format!("{whole}:required"));
            self.value(&whole, &parameter["schema"]);
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        self.properties(&format!("{id}:body:"), body, true);
        let answer = &self.resolved(&operation["responses"]["200"])["content"]["application/json"]["schema"];
        self.properties(&format!("{id}:response:"), answer, false);
    }

    fn value(&mut self, whole: &str, schema: &'a Value) {
        self.found.insert(whole.to_owned());
        self.found.insert(format!("{whole}:type"));
        for part in self.parts(schema) {
            for (keyword, word) in Self::KEYWORDS {
                if part.get(keyword).is_some() {
                    self.found.insert(format!("{whole}:{word}"));
                }
            }
            if let Some(items) = part.get("items") {
                self.value(whole, items);
            }
        }
    }

    fn properties(&mut self, prefix: &str, schema: &'a Value, always_required: bool) {
        let parts = self.parts(schema);
        let required: Vec<&Value> = parts.iter().filter_map(|part| part["required"].as_array()).flatten().collect();
        for (name, property) in parts.iter().filter_map(|part| part["properties"].as_object()).flatten() {
            let whole = format!("{prefix}{name}");
            if always_required || required.iter().any(|entry| *entry == name) {
                self.found.insert(format!("{whole}:required"));
            }
            self.value(&whole, property);
            self.properties(&format!("{whole}."), property, always_required);
        }
        for items in parts.iter().filter_map(|part| part.get("items")) {
            self.properties(prefix, items, always_required);
        }
    }
}

#[test]
fn everything_that_a_spec_says_of_an_operation_has_its_one_row() {
    let own = xtask::workspace_root().join("spec");
    for folder in [own, tests().join("golden/world")] {
        let html = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage-leaves.html");
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
