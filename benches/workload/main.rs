//! One client doing one work so many times, in a process of its own.
//!
//! `cargo xtask perf` runs this under valgrind, which counts the instructions and the
//! allocations of a whole process: the server is another process, and the difference
//! between two runs is what the calls between them cost. Run by hand, it prints the most
//! memory that it held.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for measurements, run by a tool")]

#[path = "../support/mod.rs"]
mod support;

use std::io::Read;
use std::str::FromStr;
use support::canned::Canned;
use support::generated::{Generated, builder};
use support::hand_written::HandWritten;
use support::work::{Work, repeat};

const USAGE: &str = "usage: workload serve PAGES TOGETHER
       workload generated|hand-written URL WORK TIMES IN_FLIGHT PAGES";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", pages, together] => serve(number(pages), number(together)),
        [client, url, work, times, in_flight, pages] => {
            run(client, url, Work::from_str(work).unwrap(), number(times), number(in_flight), number(pages));
        }
        // `cargo bench` runs this as well; it is for `cargo xtask perf`.
        _ => println!("{USAGE}"),
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap()
}

/// Serves until nobody holds the other end of standard input.
fn serve(pages: usize, together: usize) {
    println!("{}", Canned::new(pages, together).serve());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn run(client: &str, url: &str, work: Work, times: usize, in_flight: usize, pages: usize) {
    // One thread: what two would do depends on the machine's mood.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        match client {
            "generated" => {
                let client = Generated(builder(url).max_in_flight(in_flight).build().unwrap());
                repeat(&client, work, times, in_flight, pages).await;
            }
            _ => repeat(&HandWritten::new(url).await, work, times, in_flight, pages).await,
        }
    });
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))
    {
        println!("peak {}", peak.trim());
    }
}
