//! The promise to downstream: the crate works where nothing of this repository is at
//! hand, by path and from the packaged tarball, and an operation added to a copy of
//! the spec is a method without a line of Rust.
//!
//! The crates are built in the workspace's target folder, with its lock file and profile: of the dependencies, only those
//! are built again that have other features here.

#![allow(clippy::unwrap_used, reason = "a failed test should say where")]

use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Simulator};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::sync::Mutex;

/// One at a time: they share a target folder, and a machine.
static TURN: Mutex<()> = Mutex::const_new(());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// In the target folder, and gone with it.
fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("downstream")
}

/// The workspace's own.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn cargo(arguments: &[&str], folder: &Path, base_url: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("FEISHU_BASE_URL", base_url)
        .env("FEISHU_APP_ID", APP_ID)
        .env("FEISHU_APP_SECRET", APP_SECRET)
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo {arguments:?} in {}:\n{out}\n{err}", folder.display());
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
fn downstream(name: &str, dependency: &Path) -> PathBuf {
    let folder = scratch().join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&root().join("tests/downstream"), &folder);
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let path = format!("path = {:?}", dependency.display().to_string());
    assert!(text.contains(r#"path = "../..""#));
    fs::write(&manifest, text.replace(r#"path = "../..""#, &path)).unwrap();
    folder
}

/// What `cargo package` would publish, unpacked.
fn packaged(name: &str) -> PathBuf {
    cargo(&["package", "--package", "feishu-user-groups", "--no-verify", "--allow-dirty", "--quiet"], &root(), "");
    let version = env!("CARGO_PKG_VERSION");
    let tarball = target().join(format!("package/feishu-user-groups-{version}.crate"));
    let folder = scratch().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let status = Command::new("tar").arg("-xzmf").arg(&tarball).arg("-C").arg(&folder).status().unwrap();
    assert!(status.success(), "{} does not unpack", tarball.display());
    folder.join(format!("feishu-user-groups-{version}"))
}

async fn finds_its_group(crate_folder: &Path) {
    let crate_folder = crate_folder.to_owned();
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.url().to_owned();
    let said = tokio::task::spawn_blocking(move || cargo(&["run", "--quiet"], &crate_folder, &url)).await.unwrap();
    assert_eq!(said, "found Downstream\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn path_dependency_makes_a_call() {
    let _turn = TURN.lock().await;
    finds_its_group(&downstream("by-path", &root())).await;
}

/// Both in one package, whose build script is compiled once.
#[tokio::test(flavor = "multi_thread")]
async fn packaged_tarball_makes_a_call_and_takes_a_new_operation() {
    let _turn = TURN.lock().await;
    let package = packaged("package");
    let crate_folder = downstream("by-package", &package);
    finds_its_group(&crate_folder).await;
    tokio::task::spawn_blocking(move || new_operation_is_a_method(&package, &crate_folder)).await.unwrap();
}

/// An operation added to the spec is a method, without a line of Rust.
fn new_operation_is_a_method(package: &Path, crate_folder: &Path) {
    let eighth = root().join("tests/downstream/eighth");
    let spec = package.join("spec/openapi.yaml");
    let (operation, schemas) = (
        fs::read_to_string(eighth.join("operation.yaml")).unwrap(),
        fs::read_to_string(eighth.join("schemas.yaml")).unwrap(),
    );
    let text = fs::read_to_string(&spec).unwrap();
    let text = text.replacen("\npaths:\n", &format!("\npaths:\n{operation}"), 1);
    let text = text.replacen("\n  schemas:\n", &format!("\n  schemas:\n{schemas}"), 1);
    assert!(text.contains(&operation) && text.contains(&schemas));
    fs::write(&spec, text).unwrap();
    copy(&eighth.join("main.rs"), &crate_folder.join("src/main.rs"));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server =
        std::thread::spawn(move || answer_once(&listener, r#"{"code":0,"msg":"ok","data":{"label_count":"1"}}"#));
    let said = cargo(&["run", "--quiet"], crate_folder, &url);

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
    assert_eq!(said, format!("labels: Some(1)\n{refused}"));
    let (head, body) = server.join().unwrap();
    let query = "colors=red&colors=a%26b%3Dc&ids=open_id&ids=union_id&ranks=1&ranks=2";
    assert_eq!(head.first().unwrap(), &format!("POST /open-apis/contact/v3/group/g1/labels?{query} HTTP/1.1"));
    assert!(head.contains(&"x-label-source: a tool".to_owned()), "{head:?}");
    assert!(head.contains(&"authorization: Bearer t-eighth".to_owned()), "{head:?}");
    assert_eq!(body, r#"{"labels":[{"text":"short"}]}"#);
}

/// Reads one request, responses it, and tells its head and body.
fn answer_once(listener: &TcpListener, response: &str) -> (Vec<String>, String) {
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
    let head_of_answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", response.len());
    reader.get_mut().write_all(format!("{head_of_answer}{response}").as_bytes()).unwrap();
    (head, String::from_utf8(body).unwrap())
}
