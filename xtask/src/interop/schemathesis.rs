//! schemathesis: requests that it makes up from the spec, against the offline service.
//!
//! A response with HTTP 5xx, one with a status or a body that the spec does not have, and the rejection of a request for a
//! form that the spec allows, are failures.

use super::install::Folders;
use super::{Ended, Service};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::fs;

/// What is looked at; the last one is of `schemathesis_hooks.py`.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,valid_form_is_accepted";

#[derive(Deserialize)]
struct Report {
    test_cases: TestCases,
    failures: Vec<Failure>,
    errors: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct TestCases {
    generated: usize,
}

#[derive(Deserialize)]
struct Failure {
    title: String,
    count: usize,
}

pub(super) fn run(folders: &Folders, service: &Service, max_examples: u32) -> anyhow::Result<Ended> {
    let (report, log) = (folders.python.join("schemathesis.json"), folders.python.join("schemathesis.log"));
    let mut command = folders.python_program("schemathesis");
    command.arg("run").arg(&folders.spec).args(["--url", &service.url, "--checks", CHECKS, "--no-color"]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", &max_examples.to_string()]);
    // The same requests in every run, and all failures.
    command.args(["--generation-deterministic", "--continue-on-failure", "--warnings", "off"]);
    command.args(["--report", "json", "--report-json-path"]).arg(&report);
    command.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks").envs(service.environment());
    let output = command.output().context("schemathesis did not start")?;
    fs::write(&log, &output.stdout).with_context(|| log.display().to_string())?;
    let Some(Report { test_cases, failures, errors }) =
        fs::read(&report).ok().and_then(|report| serde_json::from_slice(&report).ok())
    else {
        let printed = [output.stdout, output.stderr].concat();
        bail!("schemathesis wrote no report: {}", String::from_utf8_lossy(&printed));
    };
    let failures =
        failures.iter().map(|Failure { title, count }| format!("{title}, {count} times; see {}", log.display()));
    let errors = errors.iter().map(|error| format!("schemathesis stopped: {error}"));
    Ok(Ended { calls: test_cases.generated, failed: failures.chain(errors).collect() })
}
