//! Decoding a failure takes at most a small multiple of its body in memory, whatever its shape.
//!
//! Only the kernel knows the peak memory, and only of a whole process. So each shape is decoded in a child process,
//! which runs this test binary again.
#![cfg(target_os = "linux")]

use crate::support::{APP_ID, APP_SECRET, Reply, Server};
use feishu_user_groups::{Client, Error, ErrorKind, RetryPolicy};
use std::process::Command;

/// The environment variable with the server's address; it is set in the child process only.
const URL: &str = "FEISHU_TEST_MEMORY_URL";

const SIZE: usize = 1024 * 1024;
/// Memory for a failure, beyond what the same calls take for a small one: twice the received body, which is joined from
/// its chunks, and as much again for a copy that a change may need. As a `Value` of small objects the body would take
/// ninety times its size.
///
/// What the client alone takes depends on the machine, the build and the TLS backend, and is many times the body. So it
/// is measured in the same run and subtracted: a constant would have to be so large that it hides copies of the body.
const BOUND: usize = 4 * SIZE;

/// Failures of 1 MB that take tens of megabytes if parsed as a `Value` or as the operation's type.
fn shapes() -> Vec<(&'static str, u16, String)> {
    let of = |unit: &str| unit.repeat((SIZE - 1_000) / unit.len());
    let envelope = |inside: &str| format!(r#"{{"code":42002,"msg":"m",{inside}}}"#);
    let groups = format!(r#""data":{{"grouplist":[{}{{}}]}}"#, of("{},"));
    vec![
        ("objects in data", 400, envelope(&format!(r#""data":[{}0]"#, of("{\"a\":0},")))),
        ("objects in data under 200", 200, envelope(&format!(r#""data":[{}0]"#, of("{\"a\":0},")))),
        ("groups under 200", 200, envelope(&groups)),
        ("violations", 400, envelope(&format!(r#""error":{{"field_violations":[{}{{}}]}}"#, of("{},")))),
        ("members of the error", 400, envelope(&format!(r#""error":{{{}"a":0}}"#, of("\"a\":{},")))),
        ("members of the envelope", 400, envelope(&format!(r#"{}"a":0"#, of("\"a\":{},")))),
        ("objects in msg", 400, format!(r#"{{"code":42002,"msg":[{}0]}}"#, of("{},"))),
        ("text in msg", 400, format!(r#"{{"code":42002,"msg":"{}"}}"#, of("\\u0061"))),
        (
            "nested lists",
            400,
            envelope(&format!(r#""data":{}{}"#, "[".repeat(SIZE / 2 - 50), "]".repeat(SIZE / 2 - 50))),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn failure_memory_bounded_by_body() {
    let baseline = peak("a small failure", 400, r#"{"code":42002,"msg":"m"}"#.to_owned()).await;
    for (what, status, body) in shapes() {
        assert!(body.len() <= SIZE, "{what}");
        let taken = peak(what, status, body).await.saturating_sub(baseline);
        assert!(taken < BOUND, "{what}: {} kB for a body of 1 MB", taken / 1024);
    }
}

/// The peak memory, in bytes, of a process that receives this failure.
async fn peak(what: &str, status: u16, body: String) -> usize {
    let server = Server::with_handler(move |_| Reply::new(status, body.clone())).await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--ignored", "--nocapture", "decode::memory::decode_failures_of_the_parent"]);
    // glibc's allocator returns every large buffer to the kernel, and all threads share one heap: otherwise the peak is
    // that of several calls, as far as the heap is fragmented.
    child.env(URL, &server.url).env("MALLOC_MMAP_THRESHOLD_", "131072").env("MALLOC_ARENA_MAX", "1");
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    let peak =
        said.lines().find_map(|line| line.split_once("peak ")?.1.strip_suffix(" kB")?.trim().parse::<usize>().ok());
    peak.unwrap_or_else(|| panic!("{what}: {said}")) * 1024
}

#[tokio::test]
#[ignore = "run by `failure_memory_bounded_by_body`, in a process of its own"]
async fn decode_failures_of_the_parent() {
    let builder = || {
        let builder =
            Client::builder().base_url(std::env::var(URL).expect("`failure_memory_bounded_by_body` runs this"));
        builder.max_response_bytes(SIZE).retry_policy(RetryPolicy::none())
    };
    let client = builder().tenant_token("t-of-the-tests").build().unwrap();
    let list = client.list_user_groups().send().await.unwrap_err();
    assert_eq!((list.kind(), list.code()), (ErrorKind::Service, Some(42002)), "{list}");
    drop(list);
    let delete = client.delete_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(delete.code(), Some(42002), "{delete}");
    drop(delete);
    let raw = client.get_user_group().group_id("g1").send_raw().await;
    let code = raw.as_ref().map_or_else(Error::code, |whole| whole["code"].as_i64());
    assert_eq!(code, Some(42002));
    drop(raw);
    let app = builder().app(APP_ID, APP_SECRET).build().unwrap();
    let fetch = app.get_user_group().group_id("g1").send().await.unwrap_err();
    assert_eq!(fetch.kind(), ErrorKind::Auth, "{fetch}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("peak {}", status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim());
}
