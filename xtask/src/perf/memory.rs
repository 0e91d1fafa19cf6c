//! How much memory a client holds: bounds that are promised, measured as the most that was ever resident.

use super::program::{Program, Server};
use anyhow::{Context, bail};
use std::io::Write;
use std::process::Command;

/// A promise.
struct Bound {
    what: &'static str,
    work: &'static str,
    times: usize,
    in_flight: usize,
    pages: usize,
    megabytes: f64,
}

const BOUNDS: [Bound; 3] = [
    Bound { what: "a client that made a call", work: "get", times: 1, in_flight: 1, pages: 1, megabytes: 7.0 },
    Bound { what: "1,000,000 groups streamed", work: "stream", times: 1, in_flight: 1, pages: 10_000, megabytes: 14.0 },
    Bound { what: "1,000 calls in flight", work: "get", times: 1_000, in_flight: 1_000, pages: 1, megabytes: 58.0 },
];

/// Measures each; returns whether all are kept.
pub fn measure(program: &Program, out: &mut dyn Write) -> anyhow::Result<bool> {
    writeln!(out, "\nmost memory resident            MB    bound")?;
    let mut kept = true;
    for Bound { what, work, times, in_flight, pages, megabytes } in BOUNDS {
        let server = Server::start(program, pages, in_flight)?;
        let peak = peak(&program.workload("generated", &server.url, work, times, in_flight, pages))?;
        kept &= peak < megabytes;
        let verdict = if peak < megabytes { "" } else { "  TOO MUCH" };
        writeln!(out, "{what:<28} {peak:>5.1} {megabytes:>8.0}{verdict}")?;
    }
    Ok(kept)
}

/// In megabytes.
fn peak(command: &[String]) -> anyhow::Result<f64> {
    let [program, arguments @ ..] = command else { bail!("no command") };
    let output = Command::new(program).args(arguments).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let kilobytes = told.lines().find_map(|line| line.strip_prefix("peak ")?.strip_suffix(" kB")?.parse::<f64>().ok());
    let kilobytes = kilobytes.filter(|_| output.status.success());
    Ok(kilobytes.with_context(|| format!("`{}` told no memory; this needs Linux", command.join(" ")))? / 1024.0)
}
