//! The promise to downstream: the packaged crate works where nothing of this repository is at hand, and an operation
//! added to its spec is a method without a line of Rust, whatever the spec holds.
//!
//! `obstacles` has names, values and shapes that are hard to write in Rust, and is kept for ever: the crate must build
//! without a warning. What the build cannot support is a mistake of its linter (`spec_mistakes/obstacles.rs` of
//! specproof). Schemas that nobody wrote are added, and values of all schemas decode and encode to themselves.
//!
//! The crates are built in the workspace's target folder, with its lock file, profile and features (`xtask/features`):
//! only the client itself is built again. That it builds with its own features alone is shown by `cargo xtask ci`.

#![allow(clippy::unwrap_used, reason = "a failed test should say where")]

#[path = "support/any_schemas.rs"]
mod any_schemas;
#[path = "../build/spec/references.rs"]
mod references;
#[allow(dead_code, reason = "only the reader is used")]
#[path = "../build/spec/yaml.rs"]
mod source;
#[path = "../build/spec/token_endpoints.rs"]
mod token_endpoints;

use any_schemas::{Schemas, any_schemas, types, values, with_schemas};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of this name that does not exist; in the target folder, and gone with it.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// The workspace's own.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// cargo with these words. What it inherits of this test's package would make it build TLS and all above it again:
/// the build script of `ring` looks at it.
fn cargo(arguments: &[&str], folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target());
    let of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_package)) {
        cargo.env_remove(name);
    }
    cargo
}

/// Builds the downstream crate; generated code may have no warning, whatever the spec holds.
fn build(folder: &Path) {
    let output = cargo(&["build", "--quiet", "--bins"], folder).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !err.contains("warning:"), "{err}");
}

/// What a program of the downstream crate prints, given the service at `base_url`.
fn run(program: &str, base_url: &str) -> String {
    let mut program = Command::new(target().join("debug").join(program));
    program.env("FEISHU_BASE_URL", base_url).env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
    said(&mut program)
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}:\n{out}\n{err}");
    out.into_owned()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// The downstream crate in a fresh folder, depending on the crate at `dependency`.
fn downstream(dependency: &Path) -> PathBuf {
    let folder = scratch("crate");
    copy(&root().join("tests/downstream"), &folder);
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let manifest = folder.join("Cargo.toml");
    let mut text = fs::read_to_string(&manifest).unwrap();
    for (written, meant) in [("../..", dependency), ("../../xtask/features", &root().join("xtask/features"))] {
        let written = format!("path = {written:?}");
        assert!(text.contains(&written), "{written}");
        text = text.replace(&written, &format!("path = {:?}", meant.display().to_string()));
    }
    fs::write(&manifest, text).unwrap();
    folder
}

/// What `cargo package` would publish, unpacked.
fn packaged() -> PathBuf {
    let words = ["package", "--package", "feishu-user-groups", "--no-verify", "--allow-dirty", "--quiet"];
    said(&mut cargo(&words, &root()));
    let version = env!("CARGO_PKG_VERSION");
    let tarball = target().join(format!("package/feishu-user-groups-{version}.crate"));
    let folder = scratch("package");
    fs::create_dir_all(&folder).unwrap();
    said(Command::new("tar").arg("-xzmf").arg(&tarball).arg("-C").arg(&folder));
    folder.join(format!("feishu-user-groups-{version}"))
}

/// The packaged tarball, with one operation more in its spec, in a program outside the workspace. One build shows all:
/// each costs the client and its build script once.
#[tokio::test(flavor = "multi_thread")]
async fn packaged_tarball_takes_a_new_operation() {
    let package = packaged();
    declare_features(&package.join("Cargo.toml"));
    let schemas = extend(&package.join("spec/openapi.yaml"));
    let crate_folder = downstream(&package);
    fs::write(crate_folder.join("types.rs"), format!("types! {{ {} }}", types(&schemas).join(" "))).unwrap();
    let built = crate_folder.clone();
    tokio::task::spawn_blocking(move || build(&built)).await.unwrap();

    finds_its_group().await;
    let work = move || {
        new_operation_is_a_method();
        obstacles_are_sent_as_they_are();
        other_kinds_work();
        values_round_trip(&schemas, &crate_folder);
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

async fn finds_its_group() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.url().to_owned();
    let said = tokio::task::spawn_blocking(move || run("downstream", &url)).await.unwrap();
    assert_eq!(said, "found Downstream\n");
}

/// Features of tags: `label-files` is on, and `left-out` is off.
fn declare_features(manifest: &Path) {
    let text = fs::read_to_string(manifest).unwrap();
    let features = "\n[features]\n";
    assert!(text.contains(features));
    fs::write(manifest, text.replacen(features, &format!("{features}label-files = []\nleft-out = []\n"), 1)).unwrap();
}

/// An operation added to the spec is a method, without a line of Rust. Returns all schemas.
fn extend(spec: &Path) -> Schemas {
    let mut text = fs::read_to_string(spec).unwrap();
    for (heading, file) in [
        ("\ntags:\n", "tags.yaml"),
        ("\npaths:\n", "new_operation/operation.yaml"),
        ("\n  schemas:\n", "new_operation/schemas.yaml"),
        ("\npaths:\n", "obstacles/operations.yaml"),
        ("\n  schemas:\n", "obstacles/schemas.yaml"),
        ("\nx-feishu-error-names:\n", "obstacles/error_names.yaml"),
        ("\npaths:\n", "kinds/operations.yaml"),
        ("\n  schemas:\n", "kinds/schemas.yaml"),
    ] {
        let added = fs::read_to_string(root().join("tests/downstream").join(file)).unwrap();
        text = text.replacen(heading, &format!("{heading}{added}"), 1);
        assert!(text.contains(&added), "{file}");
    }
    let mut runner = TestRunner::deterministic();
    let any = any_schemas(60).new_tree(&mut runner).unwrap().current();
    let text = with_many_parameters(&with_schemas(&text, &any));
    fs::write(spec, &text).unwrap();
    let source = source::Source::parse("openapi.yaml", &text).unwrap();
    let mut schemas = source.value["components"]["schemas"].as_object().unwrap().clone();
    // The client has no types of these.
    let of_tokens = token_endpoints::schemas(&source.value);
    let envelopes = envelopes(&source.value);
    // A form is no JSON.
    let is_form = |schema: &Value| {
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.into_iter().any(|(_, property)| property["format"] == "binary")
    };
    // The client has no such type: the operation is left out.
    let is_left_out = |name: &String| name == "LeftOutData";
    schemas.retain(|name, schema| {
        !of_tokens.contains(name) && !envelopes.contains(name.as_str()) && !is_form(schema) && !is_left_out(name)
    });
    schemas
}

/// The schemas of the operations' responses, and those of `data` without properties.
fn envelopes(spec: &Value) -> BTreeSet<&str> {
    let mut found = Vec::new();
    let operations = spec["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    operations.for_each(|operation| references::references(&operation["responses"]["200"], &mut found));
    references::references(&spec["components"]["responses"], &mut found);
    let schemas = &spec["components"]["schemas"];
    let data = found.iter().filter_map(|name| references::reference(&schemas[name]["properties"]["data"]));
    let empty: Vec<_> = data.filter(|name| schemas[name].get("properties").is_none()).collect();
    found.into_iter().chain(empty).collect()
}

/// An operation with 200 parameters.
fn with_many_parameters(spec: &str) -> String {
    let parameter = |n| json!({ "name": format!("p{n}"), "in": "query", "description": "One of many.", "schema": { "type": "string" } });
    let path = "/open-apis/contact/v3/anything: {\"post\":{";
    let parameters: Value = (0..200).map(parameter).collect();
    let spec = spec.replacen(path, &format!("{path}\"parameters\":{parameters},"), 1);
    assert!(spec.contains("p199"));
    spec
}

/// Values of every schema, made from the schema, decode and encode to themselves.
fn values_round_trip(schemas: &Schemas, folder: &Path) {
    let mut runner = TestRunner::deterministic();
    let mut lines = String::new();
    for name in types(schemas) {
        let strategy = values(schemas, &schemas[name], 3);
        for _ in 0..8 {
            let value = strategy.new_tree(&mut runner).unwrap().current();
            lines += &format!("{}\n", json!([name, value]));
        }
    }
    let file = folder.join("values.jsonl");
    fs::write(&file, &lines).unwrap();
    let said = said(Command::new(target().join("debug/round_trips")).arg(file));
    assert_eq!(said, format!("{} values\n", lines.lines().count()));
}

/// Operations of kinds that this spec lacks work with the client and the offline service that are made of theirs.
fn other_kinds_work() {
    let said = run("kinds", "");
    let listed = "listed after 1 attempts\nlisted after 2 attempts\n".repeat(3);
    let other = "list_app_labels: not sent: this operation takes an app_access_token, and this client has a user_access_token\n";
    let checked = "tenant's token: None\ntenant's token: Some(99991664)\n";
    let content = "b\"A file of the offline service.\\n\"";
    let icon = format!(
        "Some(\"example.txt\") Some(\"image/png\") {content}\n\
         Some(\"image/png\") Some({content}) of Some(31)\n\
         ResponseTooLarge\n\
         download_label_icon: not sent: size must be 1 to 512\n"
    );
    let retried = "31 bytes after 2 attempts\n".repeat(3);
    let forms = "uploaded after 2 attempts\n\
         upload_label_picture: not sent: size must be 1 to 512; words must have at most 5 characters and has 14; \
         picture is required and was not set\n\
         stored\n\
         picture: must be a file\n\
         picture: required\n\
         size: at least 1\n\
         Content-Type: must be multipart/form-data with a boundary\n";
    assert_eq!(said, listed + other + checked + &icon + &retried + forms);
}

/// Names and values that are hard to write in Rust arrive as they are in the spec.
fn obstacles_are_sent_as_they_are() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let data = json!({ "count": 1, "ratio": 0.5, "is_open": true, "sign": "≥", "level": "-1", "text": "t",
            "names": { "名称": "名" }, "free": {}, "texts": [], "numbers": ["1", 2], "flags": [], "ratios": [],
            "signs": [], "levels": [], "objects": [], "matrix": [], "frees": [] });
        respond_once(&listener, &json!({ "code": 0, "msg": "", "data": data }).to_string())
    });
    let said = run("obstacles", &url);
    assert_eq!(
        said,
        "refused: run_obstacle_course: not sent: rules must have at most 3 characters and has 4; \
         check must have at most 5 characters and has 6\nAtLeastToo Below [1, 2] Some(\"名\")\n"
    );
    let (head, body) = server.join().unwrap();
    let query = "type=a%26b&gen=7&self=false&crate=1.5&r%23fn=c&owner%27s=d&%E5%90%8D%E7%A7%B0=%E5%90%8D&rules=e\
                 &levels=-1&levels=9223372036854775807";
    let path = "/open-apis/contact/v3/obstacles/%E2%89%A5/-1/0.5/true/w";
    assert_eq!(head.first().unwrap(), &format!("POST {path}?{query} HTTP/1.1"));
    assert!(head.contains(&"x-level: -9223372036854775808".to_owned()), "{head:?}");
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({ "names": { "type": "a", "self": -1, "名称": "b", "check": "c", "x": "d", "owner's": "e" },
            "tree": { "name": "root", "check": "f", "others": [{ "name": "leaf", "check": "g" }] }, "check": "h",
            "matrix": [[0.5], []], "signs": ["a\"b\\"], "free": {} })
    );
}

fn new_operation_is_a_method() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        respond_once(
            &listener,
            r#"{"code":0,"msg":"ok","data":{"label_count":"1","ranks":[3,"5"],"states":["done","err"]}}"#,
        )
    });
    let said = run("new_operation", &url);

    let header = "X-Label-Source must be a header: visible ASCII characters, and no blanks at its ends";
    let refused = [
        "labels.text must have at most 5 characters and has 13",
        "colors must have 1 to 3 items and has 4",
        "colors must have 1 to 3 items and has 0",
        "colors must have at most 5 characters and has 7",
        "ranks must be at least 1",
        header,
        header,
        header,
        "X-Label-Source must have at most 20 characters and has 21",
    ];
    let refused = refused.map(|rule| format!("refused: label_user_group: not sent: {rule}\n")).concat();
    let left_out = "get_left_out: no method of the client";
    assert_eq!(said, format!("{left_out}\nlabels: Some(1), Some([3, 5]), Some([Done, Err])\n{refused}"));
    let (head, body) = server.join().unwrap();
    let query = "colors=red&colors=a%26b%3Dc&ids=open_id&ids=union_id&ranks=1&ranks=2";
    assert_eq!(head.first().unwrap(), &format!("POST /open-apis/contact/v3/group/g1/labels?{query} HTTP/1.1"));
    assert!(head.contains(&"x-label-source: a tool".to_owned()), "{head:?}");
    assert!(head.contains(&"authorization: Bearer t-new".to_owned()), "{head:?}");
    assert_eq!(body, r#"{"labels":[{"text":"short"}]}"#);
}

/// Reads one request and responds to it. Returns the head and body of the request.
fn respond_once(listener: &TcpListener, response: &str) -> (Vec<String>, String) {
    let mut reader = BufReader::new(listener.accept().unwrap().0);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let response_head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", response.len());
    reader.get_mut().write_all(format!("{response_head}{response}").as_bytes()).unwrap();
    (head, String::from_utf8(body).unwrap())
}
