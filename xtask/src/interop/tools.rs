//! Every tool, and how it is run.

use super::install::Folders;
use super::process::Server;
use super::{Ended, Service, mock, schemathesis};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::process::Command;
use tokio::runtime::Runtime;

/// Runs a tool against a service.
type Run = Box<dyn Fn(&Runtime, &Folders, &Service) -> anyhow::Result<Ended>>;

/// A tool of other people.
pub(super) struct Tool {
    pub name: String,
    pub run: Run,
}

/// All tools, in the order in which they run.
pub(super) fn all(max_examples: u32) -> Vec<Tool> {
    let tool = |name: &str, run: fn(&Folders, &Service) -> anyhow::Result<Ended>| Tool {
        name: name.to_owned(),
        run: Box::new(move |_, folders, service| run(folders, service)),
    };
    vec![
        tool("lark-oapi", |folders, service| life(folders.python_program("python").arg("lark_oapi_sdk.py"), service)),
        tool("@larksuiteoapi/node-sdk", |folders, service| life(node(folders).arg("node_sdk.mjs"), service)),
        tool("@larksuiteoapi/lark-mcp", |folders, service| life(node(folders).arg("lark_mcp.mjs"), service)),
        tool("openapi-fetch, openapi-typescript", openapi_fetch),
        tool("openapi-python-client", |folders, service| {
            life(folders.python_program("python").arg("openapi_python_client_life.py"), service)
        }),
        Tool {
            name: "Prism as a mock, this crate as its client".to_owned(),
            run: Box::new(|runtime, folders, _| {
                let prism = Server::start(folders.node_program("prism").arg("mock").arg(&folders.spec))?;
                Ok(runtime.block_on(mock::all_operations(&prism.url)))
            }),
        },
        tool("Prism as a validating proxy, openapi-fetch", |folders, service| {
            let mut prism = folders.node_program("prism");
            let prism = Server::start(prism.args(["proxy", "--errors"]).arg(&folders.spec).arg(&service.url))?;
            life(node(folders).arg(COMPILED).env("BASE_URL", &prism.url), service)
        }),
        Tool {
            name: "schemathesis".to_owned(),
            run: Box::new(move |_, folders, service| schemathesis::run(folders, service, max_examples)),
        },
    ]
}

/// Where `install::generate` puts the script.
const COMPILED: &str = "compiled/openapi_fetch.mjs";

fn node(folders: &Folders) -> Command {
    let mut node = Command::new("node");
    node.current_dir(&folders.node);
    node
}

fn openapi_fetch(folders: &Folders, service: &Service) -> anyhow::Result<Ended> {
    life(node(folders).arg(COMPILED), service)
}

/// What a script prints in its last line.
#[derive(Deserialize)]
struct Report {
    calls: usize,
    failed: Vec<String>,
}

/// Runs a script that goes through a group's life.
fn life(script: &mut Command, service: &Service) -> anyhow::Result<Ended> {
    for (name, value) in service.environment() {
        if !script.get_envs().any(|(given, _)| given == name) {
            script.env(name, value);
        }
    }
    let output = script.output().context("the script did not start")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let report = printed.lines().next_back().and_then(|line| serde_json::from_str::<Report>(line).ok());
    match report {
        Some(Report { calls, failed }) => Ok(Ended { calls, failed }),
        None => bail!("the script ended without a report: {printed}{}", String::from_utf8_lossy(&output.stderr)),
    }
}
