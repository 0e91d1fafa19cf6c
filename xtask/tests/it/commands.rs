//! The commands that end in something running or printed, through the real binary.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Ends the process when the test does, however it does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn simulate_prints_address_and_serves_tokens() {
    let command = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("simulate").stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(command);
    let mut first = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim_end().strip_prefix("listening on http://").unwrap().to_owned();

    let body = r#"{"app_id":"cli_simulator","app_secret":"simulator-secret"}"#;
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "POST /open-apis/auth/v3/tenant_access_token/internal HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.contains(r#""code":0"#) && response.contains("tenant_access_token"), "{response}");
}

#[test]
fn codegen_prints_client_or_mistake() {
    let xtask = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap();
    let printed = xtask(&["codegen"]);
    assert!(printed.status.success());
    assert!(String::from_utf8(printed.stdout).unwrap().contains("pub fn create_user_group(&self)"));

    let refused = xtask(&["codegen", "--features", "contcat"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && said.contains("no tag has the feature `contcat`"), "{said}");

    let spec = std::env::temp_dir().join(format!("codegen-{}.yaml", std::process::id()));
    std::fs::write(&spec, "openapi: 3.0.3\nopenapi: 3.0.3\n").unwrap();
    let refused = xtask(&["codegen", "--spec", spec.to_str().unwrap()]);
    std::fs::remove_file(&spec).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(":2:1: duplicate key `openapi`"), "{said}");
}
