//! Applying a plan takes hardly longer than the documented rates allow.
//!
//! Time is simulated: the offline service's windows and the client's use one clock, which jumps to the next timer.

use crate::support::ids;
use feishu_groups::input::IdType;
use feishu_groups::members::{self, RetryingClient};
use feishu_groups::plan::{Ceiling, Options, Plan};
use feishu_groups::report::Outcome;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Person, Simulator};
use feishu_user_groups::{Client, RetryPolicy};
use std::time::Duration;
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

/// People who are added, and as many who are removed: three minutes of batches each.
const PEOPLE: u32 = 25_000;

/// The time from the first of this many calls to the last.
fn minimum(calls: u32, limit: u32, window: Duration) -> Duration {
    window * ((calls - 1) / limit)
}

#[tokio::test(start_paused = true)]
#[allow(clippy::print_stdout, reason = "`cargo xtask sync-figures` shows the figure")]
async fn apply_uses_the_documented_rate() {
    let everybody = (0..2 * PEOPLE).map(|number| Person::new(format!("p{number}")));
    let builder = everybody.fold(Simulator::builder(), |builder, person| builder.with_person(person));
    let group = Group::new("g1", "R&D").members(ids(0..PEOPLE));
    let builder = builder.with_group(group).enforce_rate_limits(true).token_lifetime(DAY);
    let simulator = builder.start().await.unwrap();
    let client = Client::builder().base_url(simulator.url()).app(APP_ID, APP_SECRET);
    // Nothing but rate limits delays a call, and a call that breaks one is an error.
    let client = client.timeout(DAY).attempt_timeout(DAY).connect_timeout(DAY).retry_policy(RetryPolicy::none());
    let client = RetryingClient::new(client.build().unwrap(), 1);
    let present = members::read(&client, "g1", IdType::OpenId, &mut |_| {}).await.unwrap().present;
    let options = Options { max_removals: Ceiling::Percent(100.0), ..Options::default() };
    let plan = Plan::new(present, ids(PEOPLE..2 * PEOPLE), options).unwrap();
    assert_eq!((plan.add.len(), plan.remove.len()), (25_000, 25_000));
    // The windows of the first reading end.
    tokio::time::sleep(Duration::from_secs(120)).await;

    let begun = Instant::now();
    let applied = members::apply(&client, "g1", IdType::OpenId, &plan, &mut |_| {}).await;
    let elapsed = begun.elapsed();
    assert!(applied.stopped.is_none(), "{:?}", applied.stopped);
    assert!(applied.entries.iter().all(|entry| matches!(entry.outcome, Outcome::Added | Outcome::Removed)));
    assert_eq!(simulator.groups()[0].member_user_ids, ids(PEOPLE..2 * PEOPLE));

    // 100 batches of 100 people a minute, and before the removals all members once more, 50 pages of 100 a second.
    let (minute, second) = (Duration::from_secs(60), Duration::from_secs(1));
    let batches = minimum(PEOPLE / 100, 100, minute);
    let allowed = batches + minimum(2 * PEOPLE / 100, 50, second) + batches;
    let share = elapsed.as_secs_f64() / allowed.as_secs_f64();
    println!(
        "rate: 25,000 people added and 25,000 removed in {elapsed:.0?} of simulated time: {share:.2} of what is allowed"
    );
    assert!(elapsed >= batches * 2, "{elapsed:?} is faster than the documented rate");
    assert!(elapsed <= allowed.mul_f64(1.05), "{elapsed:?} of {allowed:?}");
}
