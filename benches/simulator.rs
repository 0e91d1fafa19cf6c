//! What the offline service takes: requests a second over loopback, time to start, memory.
//!
//! Two threads ask it over 16 connections each and do as little as they can for it, since they share the cores with the
//! service. Every request is one of a group with 100,000 members, or of one of its pages.
//!
//! Elapsed time is the machine's mood as much as the service's speed, so CPU time is printed as well: of the service, and of
//! what asks it. Two cores that do nothing else take half as long for a request.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and should say where it failed")]

use cpu_time::ProcessTime;
use criterion::{BatchSize, Criterion, Throughput};
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Group, Simulator};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const MEMBERS: usize = 100_000;
const THREADS: usize = 2;
const CONNECTIONS: usize = 16;
const GROUP: &str = "/open-apis/contact/v3/group/g1";
const TOKEN: &str = "/open-apis/auth/v3/tenant_access_token/internal";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    // Two cores: the service's and the threads' that ask it.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    starts(&mut criterion, &runtime);
    requests(&mut criterion, &runtime);
    criterion.final_summary();
    if let Some(peak) = peak_memory() {
        println!("most memory held, by the service and by what asks it: {peak}");
    }
}

fn starts(criterion: &mut Criterion, runtime: &Runtime) {
    let mut group = criterion.benchmark_group("start");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group.bench_function("empty", |bencher| {
        bencher.iter_with_large_drop(|| runtime.block_on(Simulator::start()).unwrap())
    });
    group.bench_function("100,000 members", |bencher| {
        bencher.iter_batched(
            large_group,
            |group| runtime.block_on(Simulator::builder().with_group(group).start()).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("100 simulators, one call each", |bencher| {
        bencher.iter_with_large_drop(|| {
            let simulators: Vec<_> = (0..100).map(|_| runtime.block_on(Simulator::start()).unwrap()).collect();
            for simulator in &simulators {
                token(simulator.address());
            }
            simulators
        });
    });
    group.finish();
}

fn requests(criterion: &mut Criterion, runtime: &Runtime) {
    let mut group = criterion.benchmark_group("requests");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(1));
    let simulator = runtime.block_on(Simulator::builder().with_group(large_group()).start()).unwrap();
    let (address, token) = (simulator.address(), token(simulator.address()));
    let get = |path: &str| vec![request("GET", path, &token, "")];
    // Batches, since one member cannot be added by every connection.
    let change = |operation: &str| {
        let member =
            |number| format!(r#"{{"member_type":"user","member_id_type":"open_id","member_id":"ou_{number}"}}"#);
        let body = format!(r#"{{"members":[{}]}}"#, (0..10).map(member).collect::<Vec<_>>().join(","));
        request("POST", &format!("{GROUP}/member/{operation}"), &token, &body)
    };
    for (name, requests) in [
        ("get a group", get(GROUP)),
        ("page of 100 members", get(&format!("{GROUP}/member/simplelist?page_size=100"))),
        ("remove and add 10 members", vec![change("batch_remove"), change("batch_add")]),
    ] {
        let mut load = Load::new(address, &requests);
        group.bench_function(name, |bencher| bencher.iter_custom(|times| load.run(times)));
        if let Some(cpu) = load.cpu_time_per_request() {
            println!("{name}: {:.1} µs of CPU time, {:.0} a second on two cores", cpu * 1e6, 2.0 / cpu);
        }
    }
    // The journal of most of these requests is gone: it is full, and the oldest are dropped.
    let journal = simulator.requests();
    println!("the journal has the last {} requests", journal.len());
    group.finish();
}

fn large_group() -> Group {
    Group::new("g1", "Everybody").members((0..MEMBERS).map(|number| format!("ou_{number}")))
}

fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: benchmark\r\naccept: */*\r\n");
    if !token.is_empty() {
        let _ = write!(text, "authorization: Bearer {token}\r\n");
    }
    if !body.is_empty() {
        let _ = write!(text, "content-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n", body.len());
    }
    format!("{text}\r\n{body}").into_bytes()
}

fn token(address: SocketAddr) -> String {
    let body = format!(r#"{{"app_id":"{APP_ID}","app_secret":"{APP_SECRET}"}}"#);
    let mut connection = Connection::new(address);
    connection.send(&request("POST", TOKEN, "", &body));
    let response: Value = serde_json::from_slice(connection.receive()).unwrap();
    response["tenant_access_token"].as_str().unwrap().to_owned()
}

/// Requests that threads send over connections of their own.
struct Load<'a> {
    connections: Vec<Vec<Connection>>,
    requests: &'a [Vec<u8>],
    /// How many were sent, and the CPU time of the whole process meanwhile.
    sent: (u64, Duration),
}

impl<'a> Load<'a> {
    fn new(address: SocketAddr, requests: &'a [Vec<u8>]) -> Self {
        let connections = |_| (0..CONNECTIONS).map(|_| Connection::new(address)).collect();
        Self { connections: (0..THREADS).map(connections).collect(), requests, sent: (0, Duration::ZERO) }
    }

    /// How long so many requests take, and up to a round of them more in proportion.
    fn run(&mut self, times: u64) -> Duration {
        let per_round = (THREADS * CONNECTIONS) as u64;
        let rounds = times.div_ceil(per_round);
        let (requests, started, cpu) = (self.requests, Instant::now(), ProcessTime::now());
        std::thread::scope(|scope| {
            for connections in &mut self.connections {
                scope.spawn(move || {
                    for request in requests.iter().cycle().take(usize::try_from(rounds).unwrap()) {
                        connections.iter_mut().for_each(|connection| connection.send(request));
                        for connection in connections.iter_mut() {
                            let body = connection.receive();
                            assert!(body.starts_with(br#"{"code":0,"#), "{}", String::from_utf8_lossy(body));
                        }
                    }
                });
            }
        });
        let elapsed = started.elapsed();
        self.sent = (self.sent.0 + rounds * per_round, self.sent.1 + cpu.elapsed());
        elapsed.mul_f64(times as f64 / (rounds * per_round) as f64)
    }

    /// In seconds; `None` if this was filtered out on the command line.
    fn cpu_time_per_request(&self) -> Option<f64> {
        (self.sent.0 > 0).then(|| self.sent.1.as_secs_f64() / self.sent.0 as f64)
    }
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, received: Vec::new() }
    }

    fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).unwrap();
    }

    /// The body of the next response.
    fn receive(&mut self) -> &[u8] {
        self.received.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            let bytes = self.stream.read(&mut chunk).unwrap();
            assert!(bytes > 0, "the connection was closed");
            self.received.extend_from_slice(&chunk[..bytes]);
            if let Some(start) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.received[..start]).unwrap();
                let length = head.split("content-length: ").nth(1).unwrap();
                let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
                if self.received.len() >= start + 4 + length {
                    return &self.received[start + 4..];
                }
            }
        }
    }
}

fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().to_owned())
}
