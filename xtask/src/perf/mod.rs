//! Subcommand `cargo xtask perf`: what a call costs, in figures that no busy machine changes.
//!
//! Times say as much about the machine as about the client; instructions and allocations
//! do not. So the benchmark program (`benches/workload`) does each work n and 6n times
//! under valgrind, and the difference divided by 5n is the cost of one call, connection
//! and token left out (`valgrind`). A hand-written client does the same work next to it, for
//! a ratio. What was measured last is checked in (`table`), so that a regression is a diff.

mod memory;
mod program;
mod table;
mod valgrind;

use crate::Outcome;
use anyhow::Context;
use apidoc::files::{self, workspace_root};
use program::{Program, Server};
use rayon::prelude::*;
use std::io::Write;
use std::path::PathBuf;
use table::{Comparison, Cost, Row, Table};

/// Count what a call costs, compared with hand-written reqwest; needs valgrind
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Count this crate's instructions; exit 1 if a call costs over 3 % more than the checked-in table says, by itself
    /// and compared with hand-written reqwest
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Write the checked-in table anew
    #[arg(long)]
    write: bool,
    /// The table, instead of benches/costs.json
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// What is measured.
struct Measured {
    /// One of `benches/support/work.rs`.
    work: &'static str,
    /// Concurrent calls.
    in_flight: usize,
    /// Of a listing: fewer where many are followed at once, which takes as long.
    pages: usize,
    /// How often the work is done the first time: often enough to tell one call, seldom enough to wait for.
    times: usize,
}

const MEASURED: [Measured; 14] = [
    Measured { work: "create", in_flight: 1, pages: 1, times: 64 },
    Measured { work: "create", in_flight: 32, pages: 1, times: 64 },
    Measured { work: "get", in_flight: 1, pages: 1, times: 64 },
    Measured { work: "get", in_flight: 32, pages: 1, times: 64 },
    Measured { work: "page", in_flight: 1, pages: 1, times: 20 },
    Measured { work: "page", in_flight: 32, pages: 1, times: 32 },
    Measured { work: "stream", in_flight: 1, pages: 100, times: 1 },
    Measured { work: "stream", in_flight: 32, pages: 3, times: 32 },
    Measured { work: "write", in_flight: 1, pages: 1, times: 2 },
    Measured { work: "write", in_flight: 32, pages: 1, times: 32 },
    Measured { work: "members", in_flight: 1, pages: 1, times: 20 },
    Measured { work: "members", in_flight: 32, pages: 1, times: 32 },
    Measured { work: "batch", in_flight: 1, pages: 1, times: 20 },
    Measured { work: "batch", in_flight: 32, pages: 1, times: 32 },
];

/// Runs the subcommand; the figures go to `out`.
///
/// # Errors
///
/// Fails where valgrind or the benchmark program cannot be run, and where the table is missing or malformed.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = args.table.unwrap_or_else(|| workspace_root().join("benches/costs.json"));
    valgrind::version()?;
    if args.check {
        // Read the table before minutes are spent.
        let table = files::json::<Table>(&file).context("`cargo xtask perf --write` makes the table")?;
        let program = Program::build()?;
        let kept = check(&program, &table, out)? & memory::measure(&program, out)?;
        return Ok(if kept { Outcome::Fine } else { Outcome::Findings });
    }
    let program = Program::build()?;
    let table = measure(&program, out)?;
    let kept = memory::measure(&program, out)?;
    if args.write {
        std::fs::write(&file, table.to_json()?).with_context(|| file.display().to_string())?;
    }
    Ok(if kept { Outcome::Fine } else { Outcome::Findings })
}

impl Measured {
    /// Counts what one call of a client costs by one of valgrind's tools.
    fn count(&self, program: &Program, client: &str, tool: valgrind::Tool) -> anyhow::Result<u64> {
        let Self { work, in_flight, pages, times } = *self;
        let server = Server::start(program, pages, 1)?;
        tool.per_call(times, |times| program.workload(client, &server.url, work, times, in_flight, pages))
    }
}

/// All cores count. What one does changes the count of another by less than the tolerance.
fn measure(program: &Program, out: &mut dyn Write) -> anyhow::Result<Table> {
    let row = |measured: &Measured| -> anyhow::Result<Row> {
        let cost = |client| -> anyhow::Result<Cost> {
            let instructions = measured.count(program, client, valgrind::INSTRUCTIONS)?;
            Ok(Cost { instructions, allocations: measured.count(program, client, valgrind::ALLOCATIONS)? })
        };
        let (work, in_flight) = (measured.work.to_owned(), measured.in_flight);
        Ok(Row { work, in_flight, hand_written: cost("hand-written")?, generated: cost("generated")? })
    };
    let rows = MEASURED.par_iter().with_max_len(1).map(row).collect::<Result<Vec<_>, _>>()?;
    writeln!(out, "{}", table::HEAD)?;
    rows.iter().try_for_each(|row| writeln!(out, "{row}"))?;
    Ok(Table { rows })
}

/// Whether no work costs notably more instructions than the table says.
fn check(program: &Program, table: &Table, out: &mut dyn Write) -> anyhow::Result<bool> {
    let compared = |measured: &'static Measured| -> anyhow::Result<Comparison> {
        let instructions = measured.count(program, "generated", valgrind::INSTRUCTIONS)?;
        let comparison = table.compare(measured.work, measured.in_flight, instructions);
        if comparison.is_kept() {
            return Ok(comparison);
        }
        // Another compiler or libc than the table was written with costs both clients more.
        Ok(comparison.compared_with(measured.count(program, "hand-written", valgrind::INSTRUCTIONS)?))
    };
    let comparisons: Vec<_> = MEASURED.par_iter().with_max_len(1).map(compared).collect::<Result<_, _>>()?;
    writeln!(out, "{}", table::HEAD_OF_CHECK)?;
    let mut kept = true;
    for comparison in comparisons {
        kept &= comparison.is_kept();
        writeln!(out, "{comparison}")?;
    }
    Ok(kept)
}
