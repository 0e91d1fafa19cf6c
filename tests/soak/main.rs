//! A soak: 64 tasks make 10,000 calls through one client while a fifth of all tries meets a fault.
//!
//! Whatever goes wrong on the way, a call ends in a right answer or in an error that says what
//! happened; the service's state is what the answers said; nothing that may have been done is
//! asked for again where that does harm; and neither the token endpoint nor the service is asked
//! more often than it must be. The proxy between client and service knows what really happened,
//! and neither the client's words nor the tasks' are taken for it.
//!
//! The faults come from a seed, which is printed: `SOAK_SEED=.. cargo test --test soak` draws them again.
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
use proxy::Proxy;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use watch::{Counts, Watch};
use worker::{Findings, HOMES, Worker, home};

const TASKS: usize = 64;
const CALLS: usize = 10_000;
/// Tries that the policy allows a call.
const TRIES: u32 = 4;
/// How long the client waits for one answer: on a busy machine many times what the proxy takes.
const TRY_TIMEOUT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_calls_end_right_or_honestly_while_a_fifth_of_all_tries_meets_a_fault() {
    let seed = std::env::var("SOAK_SEED").ok().map_or_else(|| RandomState::new().hash_one(()), |s| s.parse().unwrap());
    println!("SOAK_SEED={seed}");
    let begun = Instant::now();
    let (simulator, journal, watch) = (service().await, Arc::new(Journal::of(TASKS)), Arc::new(Watch::default()));
    let proxy = Proxy::start(Arc::clone(&simulator), Arc::clone(&journal), seed).await;
    let client = client(&proxy, &watch);
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let mut worker = Worker::new(task, client.clone(), Arc::clone(&journal), seed);
        tasks.spawn(async move {
            for _ in (task..CALLS).step_by(TASKS) {
                worker.call().await;
            }
            worker
        });
    }
    let workers = tasks.join_all().await;
    let soak = Soak { workers, simulator, journal, watch: watch.counts(), outages: proxy.outages() };
    soak.report(begun.elapsed());
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

/// Fewer places than tasks, so that some wait for theirs.
fn client(proxy: &Proxy, watch: &Arc<Watch>) -> Client {
    let policy = RetryPolicy::new().tries(TRIES).first_wait(Duration::from_millis(5));
    Client::builder()
        .base_url(&proxy.url)
        .app(APP_ID, APP_SECRET)
        .throttle(Throttle::off())
        .retry_policy(policy)
        .try_timeout(TRY_TIMEOUT)
        .timeout(Duration::from_secs(60))
        .max_in_flight(TASKS * 3 / 4)
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
    fn report(mut self, elapsed: Duration) {
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
             refused rightly {}, failed honestly {}, dishonest {}, lost {}, doubled {}, seconds {:.1}",
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
            elapsed.as_secs_f64(),
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
        let share = tries.iter().filter(|seen| seen.fault.is_some()).count() as f64 / tries.len() as f64;
        assert!((0.18..0.22).contains(&share), "{share}");
        assert!(self.outages > 0 && self.watch.refused > 0, "no connection was refused in {} outages", self.outages);
        for name in Fault::NAMES {
            assert!(tries.iter().any(|seen| seen.fault.is_some_and(|fault| fault.name() == name)), "{name} never came");
        }
    }

    /// Connections that were cut off since the proxy went down before it could accept them.
    fn unread(&self, tries: &[Seen]) -> usize {
        self.watch.tries_of_calls.checked_sub(tries.len() + self.watch.refused).unwrap()
    }

    /// Every try that met a fault was followed by another, or ended its call; no call ended for any other reason but
    /// a failed token fetch, and none before the budget for repeats was all but spent.
    fn assert_that_no_call_failed_without_need(&self, tries: &[Seen]) {
        let sum =
            |count: fn(&Findings) -> usize| self.workers.iter().map(|worker| count(&worker.findings)).sum::<usize>();
        let is_disturbed =
            |came: &Came| came.leaves_open() || [Some(LIMITED), Some(TOKEN_REFUSED)].contains(&came.code());
        let disturbed = tries.iter().filter(|seen| is_disturbed(&seen.came)).count();
        let Counts { calls, repeated_for_a_token, repeated_after_a_pause, repeated_after_a_fault, refused, .. } =
            self.watch;
        let repeated = repeated_for_a_token + repeated_after_a_pause + repeated_after_a_fault;
        let failed = sum(|findings| findings.failed);
        assert_eq!(failed + repeated, disturbed + refused + self.unread(tries) + sum(|findings| findings.tokenless));
        assert!(repeated_after_a_fault >= calls / 10 * 8 / 10, "{repeated_after_a_fault} repeats for {calls} calls");
    }

    fn assert_that_the_client_told_what_the_proxy_saw(&self, tries: &[Seen]) {
        let mut seen = BTreeMap::new();
        for Seen { came, .. } in tries {
            *seen.entry((came.status(), came.code())).or_default() += 1;
        }
        let unread = self.unread(tries);
        assert!(unread <= self.outages, "{unread} tries were not seen, for {} outages", self.outages);
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

    /// Ten retries from the start, and a tenth of one for each call.
    fn assert_that_retries_stayed_within_the_budget(&self) {
        let Counts { calls, repeated_for_a_token, repeated_after_a_pause, repeated_after_a_fault, .. } = self.watch;
        assert!(repeated_after_a_fault <= calls / 10 + 10, "{repeated_after_a_fault} for {calls} calls");
        let most = calls + calls / 10 + 10 + repeated_for_a_token + repeated_after_a_pause;
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
