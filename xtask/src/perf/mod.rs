//! Subcommand `cargo xtask perf`: what a call costs, in figures that no busy machine changes.
//!
//! Times say as much about the machine as about the client; instructions and allocations
//! do not. So the benchmark program (`benches/workload`) does each work n and 6n times
//! under valgrind, and the difference divided by 5n is the cost of one call, connection
//! and token left out (`valgrind`). A hand-written client does the same work beside it, for
//! a ratio. What was measured last is checked in (`table`), so that a regression is a diff.

mod memory;
mod program;
mod table;
mod valgrind;

use crate::{Outcome, files, workspace_root};
use anyhow::Context;
use program::{Program, Server};
use std::io::Write;
use std::path::PathBuf;
use table::{Cost, Row, Table};

/// Count what a call costs, beside hand-written reqwest; needs valgrind
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Exit 1 if a call costs over 3 % more instructions than the checked-in table says
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
    /// Calls under way together.
    in_flight: usize,
    /// Of a listing: fewer where many are followed at once, which takes as long.
    pages: usize,
    /// How often the work is done the first time: often enough to tell one call, seldom enough to wait for.
    times: usize,
}

const MEASURED: [Measured; 10] = [
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
];

/// Runs the subcommand; the figures go to `out`.
///
/// # Errors
///
/// Fails where valgrind or the benchmark program cannot be run, and where the table is missing or malformed.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let file = args.table.unwrap_or_else(|| workspace_root().join("benches/costs.json"));
    // A table that cannot be read is told before minutes are spent.
    let before = if args.check { Some(files::json::<Table>(&file)?) } else { None };
    valgrind::version()?;
    let program = Program::build()?;
    let table = measure(&program, out)?;
    let kept = memory::measure(&program, out)?;
    if args.write {
        std::fs::write(&file, table.to_json()?).with_context(|| file.display().to_string())?;
    }
    let grown = before.map(|before| table.grown_since(&before)).unwrap_or_default();
    for line in &grown {
        writeln!(out, "{line}")?;
    }
    Ok(if grown.is_empty() && kept { Outcome::Fine } else { Outcome::Findings })
}

fn measure(program: &Program, out: &mut dyn Write) -> anyhow::Result<Table> {
    let mut table = Table::default();
    writeln!(out, "{}", table::HEAD)?;
    for Measured { work, in_flight, pages, times } in MEASURED {
        let server = Server::start(program, pages, 1)?;
        let cost = |client| -> anyhow::Result<Cost> {
            let run = |times| program.workload(client, &server.url, work, times, in_flight, pages);
            Ok(Cost {
                instructions: valgrind::per_call(times, |times| valgrind::instructions(run(times)))?,
                allocations: valgrind::per_call(times, |times| valgrind::allocations(run(times)))?,
            })
        };
        let (hand_written, generated) = (cost("hand-written")?, cost("generated")?);
        let row = Row { work: work.to_owned(), in_flight, hand_written, generated };
        writeln!(out, "{row}")?;
        out.flush()?;
        table.rows.push(row);
    }
    Ok(table)
}
