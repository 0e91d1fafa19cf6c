//! A Redis server of a test's own, where this machine has one to start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server that keeps nothing; dropping it kills it.
pub struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// Starts one, or says that the test is skipped because there is none to start.
    pub fn start() -> Option<Self> {
        // The port is free now, and nobody else on this machine asks for that one.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let started = Self::at(port);
        if started.is_none() {
            // Written past the test runner, which would show it for failed tests alone.
            let _ = writeln!(std::io::stderr(), "skipped: there is no redis-server on this machine");
            assert!(std::env::var_os("REQUIRE_REDIS").is_none(), "REQUIRE_REDIS is set, and there is no redis-server");
        }
        started
    }

    fn at(port: u16) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let this = Self { process, port };
        // It says when it listens, and ends where it cannot.
        let mut told = String::new();
        while !told.contains("Ready to accept connections") {
            assert!(log.read_line(&mut told).unwrap() > 0, "redis-server does not listen: {told}");
        }
        // Whatever else it says is read, so that it never waits for a reader; this ends with the server.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(this)
    }

    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// What the server itself answers to a command: a number, or text.
    pub fn command(&self, command: &[&str]) -> String {
        let words = command.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())).collect::<String>();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "*{}\r\n{words}", command.len()).unwrap();
        let (mut stream, mut line) = (BufReader::new(stream), String::new());
        stream.read_line(&mut line).unwrap();
        match line.split_at(1) {
            ("$", length) => {
                let mut text = vec![0; length.trim_end().parse().unwrap()];
                stream.read_exact(&mut text).unwrap();
                String::from_utf8(text).unwrap()
            }
            (_, rest) => rest.trim_end().to_owned(),
        }
    }

    /// How many milliseconds a key has to live.
    pub fn ttl_millis(&self, key: &str) -> i64 {
        self.command(&["PTTL", key]).parse().unwrap()
    }

    /// What its clock says, in microseconds.
    pub fn now(&self) -> Duration {
        let answer = self.command(&["EVAL", "local t = redis.call('TIME') return t[1] * 1000000 + t[2]", "0"]);
        Duration::from_micros(answer.parse().unwrap())
    }

    /// How often it was asked to do this, by whomever.
    pub fn command_count(&self, command: &str) -> usize {
        let stats = self.command(&["INFO", "commandstats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }

    /// Kills it, and starts another in its place when the answer is called.
    pub fn stop(mut self) -> impl FnOnce() -> Self {
        self.kill();
        let port = self.port;
        move || Self::at(port).expect("it could be started before")
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
