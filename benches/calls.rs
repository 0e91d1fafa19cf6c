//! What a call costs over hand-written reqwest, in CPU time of the client's thread.
//!
//! Both clients do the same work against the same server in the same run, and the
//! figure to read is their ratio, printed at the end: times alone say more about the
//! machine than about the client. A small call alone sleeps until its answer comes, and what
//! waking up costs is the kernel's mood, by a factor of two: for those, `cargo xtask perf`
//! counts instructions instead.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and should say where it failed")]

mod support;

use cpu_time::ThreadTime;
use criterion::{BenchmarkId, Criterion, Throughput};
use std::collections::HashMap;
use std::time::Duration;
use support::canned::Canned;
use support::generated::Generated;
use support::hand_written::HandWritten;
use support::work::{Work, Worker, repeat};
use tokio::runtime::Runtime;

const PAGES: usize = 100;
const CLIENTS: [&str; 2] = ["hand-written", "generated"];

/// The cheapest sample of each client, by work and calls in flight: noise only ever adds.
type Best = HashMap<(Work, usize, &'static str), Duration>;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = Canned::new(PAGES, 1).serve();
    let clients = (runtime.block_on(HandWritten::new(&url)), Generated::new(&url));
    let mut best = Best::new();
    for in_flight in [1, 32] {
        for work in Work::ALL {
            let mut group = criterion.benchmark_group(format!("{}, {in_flight} in flight", work.name()));
            group.throughput(Throughput::Elements(work.yields(PAGES) as u64));
            group.sample_size(20).measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_secs(1));
            for client in CLIENTS {
                group.bench_function(BenchmarkId::from_parameter(client), |bencher| {
                    bencher.iter_custom(|times| {
                        let times = usize::try_from(times).unwrap();
                        let spent = match client {
                            "generated" => spent(&runtime, &clients.1, work, times, in_flight),
                            _ => spent(&runtime, &clients.0, work, times, in_flight),
                        };
                        let each = spent / u32::try_from(times).unwrap();
                        best.entry((work, in_flight, client))
                            .and_modify(|best| *best = each.min(*best))
                            .or_insert(each);
                        spent
                    });
                });
            }
            group.finish();
        }
    }
    tell(&best);
    criterion.final_summary();
}

/// The CPU time of this thread, in which the client runs; the server has threads of its own.
fn spent(runtime: &Runtime, client: &impl Worker, work: Work, times: usize, in_flight: usize) -> Duration {
    let begun = ThreadTime::now();
    runtime.block_on(repeat(client, work, times, in_flight, PAGES));
    begun.elapsed()
}

fn tell(best: &Best) {
    println!("{:<22} {:>14} {:>14} {:>6}", "CPU time per call", CLIENTS[0], CLIENTS[1], "ratio");
    for in_flight in [1, 32] {
        for work in Work::ALL {
            // One that was filtered out on the command line has no figure.
            let [Some(hand), Some(ours)] = CLIENTS.map(|client| best.get(&(work, in_flight, client))) else { continue };
            let (name, ratio) =
                (format!("{}, {in_flight} in flight", work.name()), ours.as_secs_f64() / hand.as_secs_f64());
            println!("{name:<22} {hand:>14.1?} {ours:>14.1?} {ratio:>6.3}");
        }
    }
}
