//! What the command does and costs at full size, printed as figures. `cargo xtask sync-figures` runs it with the command
//! that `cargo install` builds. It takes minutes, since the command keeps to the documented rates, so `cargo test` leaves it
//! out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints figures"
)]
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../it/support/mod.rs"]
mod support;

mod faults;
mod kills;
mod plan;

use feishu_user_groups::simulator::{Builder, Group, Person, Simulator};
use serde_json::Value;
use std::collections::BTreeSet;
use support::{Service, ids};

/// A group of the first `members` people; as many people exist as `people` says.
fn tenant(people: u32, members: u32) -> Builder {
    let everybody = (0..people)
        .fold(Simulator::builder(), |builder, number| builder.with_person(Person::new(format!("p{number}"))));
    everybody.with_group(Group::new("g1", "R&D").members(ids(0..members)))
}

/// What `cargo xtask sync-figures` draws, or a fixed number.
fn seed() -> u64 {
    std::env::var("FIGURES_SEED").map_or(14, |seed| seed.parse().unwrap())
}

/// People whom requests for removal named.
fn removed(service: &Service) -> BTreeSet<String> {
    let requests = service.simulator.requests().into_iter().filter(|request| request.path.ends_with("/batch_remove"));
    let bodies = requests.map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
    let members = bodies.flat_map(|body| body["members"].as_array().unwrap().clone());
    members.map(|member| member["member_id"].as_str().unwrap().to_owned()).collect()
}
