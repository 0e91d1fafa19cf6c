//! The promise to downstream: the packaged crate works where nothing of this repository is at hand, and an operation
//! added to its spec is a method without a line of Rust.
//!
//! The crates are built in the workspace's target folder, with its lock file, profile and features (`xtask/features`):
//! only the client itself is built again. That it builds with its own features alone is shown by `cargo xtask ci`.

#![allow(clippy::unwrap_used, reason = "a failed test should say where")]

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
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

fn cargo(arguments: &[&str], folder: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    said(cargo.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target()));
}

/// Builds the downstream crate; generated code may have no warning, whatever the spec holds.
fn build(folder: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["build", "--quiet", "--bins"]).current_dir(folder).env("CARGO_TARGET_DIR", target());
    let output = cargo.output().unwrap();
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
    cargo(&["package", "--package", "feishu-user-groups", "--no-verify", "--allow-dirty", "--quiet"], &root());
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
    add_operation(&package.join("spec/openapi.yaml"));
    let crate_folder = downstream(&package);
    let built = crate_folder.clone();
    tokio::task::spawn_blocking(move || build(&built)).await.unwrap();

    finds_its_group().await;
    tokio::task::spawn_blocking(new_operation_is_a_method).await.unwrap();
}

async fn finds_its_group() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.url().to_owned();
    let said = tokio::task::spawn_blocking(move || run("downstream", &url)).await.unwrap();
    assert_eq!(said, "found Downstream\n");
}

/// An operation added to the spec is a method, without a line of Rust.
fn add_operation(spec: &Path) {
    let folder = root().join("tests/downstream/new_operation");
    let (operation, schemas) = (
        fs::read_to_string(folder.join("operation.yaml")).unwrap(),
        fs::read_to_string(folder.join("schemas.yaml")).unwrap(),
    );
    let text = fs::read_to_string(spec).unwrap();
    let text = text.replacen("\npaths:\n", &format!("\npaths:\n{operation}"), 1);
    let text = text.replacen("\n  schemas:\n", &format!("\n  schemas:\n{schemas}"), 1);
    assert!(text.contains(&operation) && text.contains(&schemas));
    fs::write(spec, text).unwrap();
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
    assert_eq!(said, format!("labels: Some(1), Some([3, 5]), Some([Done, Err])\n{refused}"));
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
