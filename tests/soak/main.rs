//! A soak: 64 tasks make 4,000 calls through one client while a fifth of all attempts meets a fault.
//!
//! Whatever goes wrong on the way, a call ends in a right response or in an error that says what
//! happened; the service's state is what the responses said; nothing that may have been done is
//! asked for again where that does harm; and neither the token endpoint nor the service is asked
//! more often than it must be. The proxy between client and service knows what really happened,
//! and neither the client's words nor the tasks' are taken for it.
//!
//! The faults come from a fixed seed, and nothing is asserted that depends on which task runs when: a red run stays red.
//! `cargo xtask soak` explores: with a random seed, which it prints, and more calls.
#![allow(clippy::unwrap_used, reason = "a failed test should say where")]
#![allow(clippy::print_stdout, reason = "the figures are what a soak is for")]

#[path = "../support/mod.rs"]
mod support;

mod chance;
mod fault;
mod honest;
mod journal;
mod model;
mod names;
mod proxy;
mod watch;
mod worker;

use fault::Fault;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Simulator};
use feishu_user_groups::{Client, RetryPolicy, Throttle};
use journal::{Came, Journal, LIMITED, Seen, TOKEN_REFUSED};
use proxy::{Proxy, REFUSALS};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use watch::{Counts, Watch};
use worker::{Findings, HOMES, Worker, home};

const TASKS: usize = 64;
/// What `cargo xtask soak` sets to explore, and what holds where it does not.
const SEED: (&str, u64) = ("SOAK_SEED", 20_261_125);
const CALLS: (&str, u64) = ("SOAK_CALLS", 4_000);
/// Attempts that the policy allows a call.
const TRIES: u32 = 4;
/// Calls that may be in flight at once: fewer than tasks, so that some wait for a permit.
const IN_FLIGHT: usize = TASKS * 3 / 4;
/// How long the client waits for one response: a thousand times what the proxy takes, so that only a silent one times
/// out on the busiest machine.
const TRY_TIMEOUT: Duration = Duration::from_secs(5);
/// Fewer attempts than these need not meet every kind of fault.
const ENOUGH_FOR_EVERY_FAULT: usize = 4_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_end_right_or_honestly_under_faults() {
    let [seed, calls] =
        [SEED, CALLS].map(|(name, fixed)| std::env::var(name).map_or(fixed, |set| set.parse().unwrap()));
    println!("seed {seed}, calls {calls}");
    let (simulator, journal, watch) = (service().await, Arc::new(Journal::of(TASKS)), Arc::new(Watch::default()));
    let proxy = Proxy::start(Arc::clone(&simulator), Arc::clone(&journal), Arc::clone(&watch), seed).await;
    let client = client(&proxy, &watch);
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let mut worker = Worker::new(task, client.clone(), Arc::clone(&journal), seed);
        tasks.spawn(async move {
            for _ in (task..calls as usize).step_by(TASKS) {
                worker.call().await;
            }
            worker
        });
    }
    let workers = tasks.join_all().await;
    let soak = Soak { workers, simulator, journal, watch: watch.counts(), outages: proxy.outages() };
    soak.report();
}

/// With homes for every task, and a performance group each.
async fn service() -> Arc<Simulator> {
    let homes = (0..TASKS).flat_map(|task| HOMES.map(|word| (task, word)));
    let mut builder = Simulator::builder();
    for (task, word) in homes {
        let group = Group::new(names::group(task, word), home(task, word).name);
        builder = builder.with_group(group.member(names::member(task)));
    }
    for task in 0..TASKS {
        builder = builder.with_performance_group(names::group(task, "performance"));
    }
    Arc::new(builder.start().await.unwrap())
}

/// No call ends because its own time is over: how many attempts it has is the policy's and the budget's to say.
fn client(proxy: &Proxy, watch: &Arc<Watch>) -> Client {
    let policy = RetryPolicy::new().max_attempts(TRIES).initial_backoff(Duration::from_millis(5));
    Client::builder()
        .base_url(&proxy.url)
        .app(APP_ID, APP_SECRET)
        .throttle(Throttle::off())
        .retry_policy(policy)
        .attempt_timeout(TRY_TIMEOUT)
        .timeout(Duration::from_secs(24 * 3600))
        .max_in_flight(IN_FLIGHT)
        .observer(Arc::clone(watch))
        .build()
        .unwrap()
}

/// What is left when all calls have ended.
struct Soak {
    workers: Vec<Worker>,
    simulator: Arc<Simulator>,
    journal: Arc<Journal>,
    watch: Counts,
    outages: usize,
}

impl Soak {
    /// Prints the figures, and then insists on them.
    fn report(mut self) {
        let mut known = HashSet::new();
        for worker in &mut self.workers {
            known.extend(worker.settle(&self.simulator));
        }
        let findings = || self.workers.iter().map(|worker| &worker.findings);
        let mut lost: Vec<_> = findings().flat_map(|findings| &findings.lost).cloned().collect();
        let from_nowhere = self.simulator.groups().into_iter().filter(|group| !known.contains(&group.id));
        lost.extend(from_nowhere.map(|group| format!("{} came from nowhere", group.id)));
        let dishonest: Vec<_> = findings().flat_map(|findings| &findings.dishonest).collect();
        let (doubled, tries) = (self.doubled(), self.journal.all());
        let Counts { repeated_for_a_token, repeated_after_a_pause, repeated_after_a_fault, .. } = self.watch;

        println!(
            "calls {} (with pages {}), tries {}, refused {} in {} outages, faults {} ({:.1} %): {}; retries {} (token {repeated_for_a_token}, \
             pause {repeated_after_a_pause}, fault {repeated_after_a_fault}), refreshes {}, fetches failed {}, \
             refused rightly {}, failed honestly {}, dishonest {}, lost {}, doubled {}",
            findings().map(|findings| findings.calls).sum::<usize>(),
            self.watch.calls,
            tries.len() + self.watch.refused,
            self.watch.refused,
            self.outages,
            tries.iter().filter(|seen| seen.fault.is_some()).count(),
            100.0 * tries.iter().filter(|seen| seen.fault.is_some()).count() as f64 / tries.len() as f64,
            by_kind(&tries),
            repeated_for_a_token + repeated_after_a_pause + repeated_after_a_fault,
            self.watch.fetched - 1,
            self.watch.fetches_failed,
            findings().map(|findings| findings.refused).sum::<usize>(),
            findings().map(|findings| findings.failed).sum::<usize>(),
            dishonest.len(),
            lost.len(),
            doubled.len(),
        );
        assert!(dishonest.is_empty(), "{dishonest:#?}");
        assert!(lost.is_empty(), "{lost:#?}");
        assert!(doubled.is_empty(), "{doubled:#?}");
        self.assert_that_faults_came(&tries);
        self.assert_that_no_call_failed_without_need(&tries);
        self.assert_that_the_client_told_what_the_proxy_saw(&tries);
        self.assert_that_retries_stayed_within_the_budget();
        self.assert_that_tokens_were_fetched_once(&tries);
    }

    /// Requests that were sent again although they may have been acted upon and have no key, and whatever was
    /// done twice under one name.
    fn doubled(&self) -> Vec<String> {
        let mut by_request: BTreeMap<(String, Vec<u8>), Vec<Seen>> = BTreeMap::new();
        for seen in self.journal.all() {
            // A create by its body, a write by the key in its query.
            if seen.line.starts_with("POST ") {
                by_request.entry((seen.line.clone(), seen.body.clone())).or_default().push(seen);
            }
        }
        let is_doubled = |tries: &[Seen]| {
            let keyed = tries[0].line.contains("client_token=");
            let sent_again = tries[..tries.len() - 1].iter().any(|seen| seen.came.leaves_open());
            let done = tries.iter().filter(|seen| seen.acted == Some(0)).count();
            done > 1 || sent_again && !keyed
        };
        let doubled = by_request.values().filter(|tries| is_doubled(tries));
        doubled
            .map(|tries| format!("{:?}", tries.iter().map(|t| (&t.line, t.fault, t.acted)).collect::<Vec<_>>()))
            .collect()
    }

    /// A soak in which nothing happens proves nothing.
    fn assert_that_faults_came(&self, tries: &[Seen]) {
        let (faults, all) = (tries.iter().filter(|seen| seen.fault.is_some()).count() as f64, tries.len() as f64);
        // Six standard deviations of what is drawn for each attempt by itself.
        assert!((faults - all * 0.2).abs() <= 6.0 * (all * 0.16).sqrt(), "{faults} faults in {all} attempts");
        let refused = self.watch.refused + self.watch.fetches_refused;
        assert!(refused >= self.outages.saturating_sub(1) * REFUSALS, "{refused} refused in {} outages", self.outages);
        for name in Fault::NAMES.into_iter().filter(|_| tries.len() >= ENOUGH_FOR_EVERY_FAULT) {
            assert!(tries.iter().any(|seen| seen.fault.is_some_and(|fault| fault.name() == name)), "{name} never came");
        }
    }

    /// Connections that were cut off since the proxy went down before it could accept them.
    fn unread(&self, tries: &[Seen]) -> usize {
        self.watch.tries_of_calls.checked_sub(tries.len() + self.watch.refused).unwrap()
    }

    /// Every attempt that met a fault was followed by another, or ended its call; no call ended for any other reason but
    /// a failed token fetch, and none with attempts left before the ten retries were spent that every client begins with.
    /// What calls earn beyond them is counted one call at a time in `tests/it/retry.rs`.
    fn assert_that_no_call_failed_without_need(&self, tries: &[Seen]) {
        let sum =
            |count: fn(&Findings) -> usize| self.workers.iter().map(|worker| count(&worker.findings)).sum::<usize>();
        let is_disturbed =
            |came: &Came| came.leaves_open() || [Some(LIMITED), Some(TOKEN_REFUSED)].contains(&came.code());
        let disturbed = tries.iter().filter(|seen| is_disturbed(&seen.came)).count();
        let Counts { repeated_for_a_token, repeated_after_a_pause, repeated_after_a_fault, refused, .. } = self.watch;
        let repeated = repeated_for_a_token + repeated_after_a_pause + repeated_after_a_fault;
        let failed = sum(|findings| findings.failed);
        assert_eq!(failed + repeated, disturbed + refused + self.unread(tries) + sum(|findings| findings.tokenless));
        let spent = repeated_after_a_pause + repeated_after_a_fault;
        let Counts { failed_with_attempts_left, .. } = self.watch;
        assert!(
            failed_with_attempts_left == 0 || spent >= 10,
            "{failed_with_attempts_left} calls failed early, {spent}"
        );
    }

    fn assert_that_the_client_told_what_the_proxy_saw(&self, tries: &[Seen]) {
        let mut seen = BTreeMap::new();
        for Seen { came, .. } in tries {
            *seen.entry((came.status(), came.code())).or_default() += 1;
        }
        let unread = self.unread(tries);
        assert!(unread <= self.outages * IN_FLIGHT, "{unread} attempts were not seen, for {} outages", self.outages);
        if unread > 0 {
            *seen.entry((None, None)).or_default() += unread;
        }
        let fetches = self.journal.fetches();
        let fetched = fetches.iter().filter(|fetch| fetch.came.code() == Some(0)).count();
        assert_eq!(self.watch.tried, seen);
        assert_eq!(self.watch.calls_dropped, 0);
        let Counts { fetches_failed, fetches_refused, .. } = self.watch;
        assert_eq!((self.watch.fetched, fetches_failed - fetches_refused), (fetched, fetches.len() - fetched));
    }

    /// Ten retries from the start, and a tenth of one for each call. The pauses count: no fault asks for a wait longer
    /// than none.
    fn assert_that_retries_stayed_within_the_budget(&self) {
        let Counts { calls, repeated_for_a_token, repeated_after_a_pause, repeated_after_a_fault, .. } = self.watch;
        let (spent, earned) = (repeated_after_a_pause + repeated_after_a_fault, calls / 10 + 10);
        assert!(spent <= earned, "{spent} retries for {calls} calls");
        let most = calls + earned + repeated_for_a_token;
        assert!(self.watch.tries_of_calls <= most, "{} tries", self.watch.tries_of_calls);
    }

    /// One fetch at first, one for each token that was refused, one more for each that failed; never two together.
    fn assert_that_tokens_were_fetched_once(&self, tries: &[Seen]) {
        let refused = tries.iter().filter(|seen| seen.came.code() == Some(TOKEN_REFUSED)).map(|seen| &seen.token);
        let refused = refused.collect::<HashSet<_>>().len();
        let expiries = tries.iter().filter(|seen| seen.fault == Some(Fault::Expired)).count();
        assert!(refused <= expiries, "{refused} tokens were refused, and {expiries} ended");
        assert!(self.watch.fetched <= 1 + refused, "{} tokens for {refused} that were refused", self.watch.fetched);
        assert_eq!(self.journal.most_fetching(), 1, "two fetches at once");
    }
}

fn by_kind(tries: &[Seen]) -> String {
    let count = |name: &&str| tries.iter().filter(|seen| seen.fault.is_some_and(|fault| fault.name() == *name)).count();
    Fault::NAMES.iter().map(|name| format!("{name} {}", count(name))).collect::<Vec<_>>().join(", ")
}
