//! The benchmark program: built once, and run as server and as client.

use anyhow::{Context, bail};
use apidoc::files::workspace_root;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// `benches/workload`, built.
pub struct Program(PathBuf);

impl Program {
    /// Builds it as benchmarks are built, and asks cargo where it put it.
    pub fn build() -> anyhow::Result<Self> {
        let mut cargo = crate::cargo::from_shell("cargo");
        cargo.args(["bench", "--package", "benches", "--bench", "workload", "--no-run"]);
        cargo.args(["--quiet", "--message-format", "json"]).current_dir(workspace_root()).stderr(Stdio::inherit());
        let output = cargo.output().context("cargo did not start")?;
        if !output.status.success() {
            bail!("benches/workload does not build; see above");
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let messages = told.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let built = messages.filter(|message| message["target"]["name"] == "workload");
        let executable = built.rev().find_map(|message| message["executable"].as_str().map(PathBuf::from));
        executable.map(Self).context("cargo did not say where it put benches/workload")
    }

    /// The command of a client that does a work so many times.
    pub fn workload(
        &self,
        client: &str,
        url: &str,
        work: &str,
        times: usize,
        in_flight: usize,
        pages: usize,
    ) -> Vec<String> {
        let numbers = [times, in_flight, pages].map(|number| number.to_string());
        let words = [&self.0.display().to_string(), client, url, work].map(ToOwned::to_owned);
        words.into_iter().chain(numbers).collect()
    }
}

/// The server of canned responses, in a process of its own; dropping it ends it.
pub struct Server {
    process: Child,
    /// Where it serves.
    pub url: String,
}

impl Server {
    /// One whose listings have so many pages, and which responds when so many calls wait together.
    pub fn start(program: &Program, pages: usize, together: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(&program.0);
        command.arg("serve").args([pages, together].map(|number| number.to_string()));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let told = process.stdout.take().context("the server has no output")?;
        BufReader::new(told).read_line(&mut url).context("the server did not say where it serves")?;
        Ok(Self { process, url: url.trim().to_owned() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
