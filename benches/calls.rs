//! What a call costs over hand-written reqwest, in CPU time of the client's thread.
//!
//! The figure to read is a ratio, printed at the end: times say more about the machine than
//! about the client. Even ratios do, unless the clients take turns of a few milliseconds, and
//! all that runs does so on one core: across two, what waking up costs is the kernel's mood, by
//! a factor of three. A second hand-written client takes its turns as well; its ratio to the
//! first tells how far the others' can be believed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and should say where it failed")]

mod support;

use core_affinity::CoreId;
use cpu_time::ThreadTime;
use criterion::{BenchmarkId, Criterion, Throughput};
use std::time::Duration;
use support::canned::Canned;
use support::generated::Generated;
use support::hand_written::HandWritten;
use support::work::{Work, Worker, repeat};
use tokio::runtime::Runtime;

const CLIENTS: [&str; 3] = ["hand-written", "hand-written, again", "generated"];

/// What a turn of each client took, in the order of `CLIENTS`.
type Round = [Duration; 3];

fn main() {
    // Threads begun later stay there too. Where it cannot be done, the control shows it.
    core_affinity::set_for_current(CoreId { id: 0 });
    let mut criterion = Criterion::default().configure_from_args();
    let mut told = Vec::new();
    for (in_flight, pages) in [(1, 100), (32, 3)] {
        let bench = Bench::new(in_flight, pages);
        for work in Work::ALL {
            let rounds = bench.measure(&mut criterion, work);
            // One that was filtered out on the command line has none, and one that was only tried tells nothing.
            if rounds.len() > 10 {
                told.push(bench.line(work, &rounds));
            }
        }
    }
    criterion.final_summary();
    if !told.is_empty() {
        println!("{:<22} {:>12} {:>12} {:>8} {:>8}", "CPU time per call", CLIENTS[0], CLIENTS[2], "ratio", "control");
    }
    told.iter().for_each(|line| println!("{line}"));
}

/// The clients and their server, which all run on one core.
struct Bench {
    runtime: Runtime,
    hand_written: [HandWritten; 2],
    generated: Generated,
    in_flight: usize,
    pages: usize,
}

impl Bench {
    fn new(in_flight: usize, pages: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = Canned::new(pages, 1).serve();
        let hand_written = [(); 2].map(|()| runtime.block_on(HandWritten::new(&url)));
        Self { runtime, hand_written, generated: Generated::new(&url), in_flight, pages }
    }

    /// Has criterion look at two of the clients, while all take their turns.
    fn measure(&self, criterion: &mut Criterion, work: Work) -> Vec<Round> {
        let mut rounds: Vec<Round> = Vec::new();
        let mut group = criterion.benchmark_group(format!("{}, {} in flight", work.name(), self.in_flight));
        group.throughput(Throughput::Elements((work.yields(self.pages) * self.calls(work)) as u64));
        group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        for client in [0, 2] {
            group.bench_function(BenchmarkId::from_parameter(CLIENTS[client]), |bencher| {
                bencher.iter_custom(|times| {
                    let new = (0..times).map(|number| self.round(work, rounds.len() + number as usize));
                    let new: Vec<Round> = new.collect();
                    rounds.extend(&new);
                    new.iter().map(|round| round[client]).sum()
                });
            });
        }
        group.finish();
        rounds
    }

    /// A turn of each client; who begins changes from round to round.
    fn round(&self, work: Work, number: usize) -> Round {
        let mut round = Round::default();
        for client in (0..CLIENTS.len()).map(|place| (place + number) % CLIENTS.len()) {
            round[client] = match client {
                0 | 1 => self.turn(&self.hand_written[client], work),
                _ => self.turn(&self.generated, work),
            };
        }
        round
    }

    /// The CPU time of this thread, in which the client runs; the server has threads of its own.
    fn turn(&self, client: &impl Worker, work: Work) -> Duration {
        let begun = ThreadTime::now();
        self.runtime.block_on(repeat(client, work, self.calls(work), self.in_flight, self.pages));
        begun.elapsed()
    }

    /// How many calls make a turn of a few milliseconds that keeps as many in progress as there should be.
    fn calls(&self, work: Work) -> usize {
        let calls = match work {
            Work::Create | Work::Get => 256,
            Work::Page | Work::Members | Work::Batch => 32,
            Work::Stream => 1,
            Work::Write => 2,
        };
        calls.max(self.in_flight)
    }

    /// The medians of all rounds.
    fn line(&self, work: Work, rounds: &[Round]) -> String {
        let name = format!("{}, {} in flight", work.name(), self.in_flight);
        let call = |client: usize| {
            let turn = median(rounds.iter().map(|round| round[client].as_secs_f64()));
            Duration::from_secs_f64(turn / self.calls(work) as f64)
        };
        let ratio = |client: usize| median(rounds.iter().map(|round| round[client].div_duration_f64(round[0])));
        format!("{name:<22} {:>12.1?} {:>12.1?} {:>8.3} {:>8.3}", call(0), call(2), ratio(2), ratio(1))
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
