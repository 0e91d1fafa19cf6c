//! A Redis server of a test's own, where this machine has one to start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
        let process = command.stdout(Stdio::null()).spawn().ok()?;
        let this = Self { process, port };
        let patience = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < patience, "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(this)
    }

    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// What the server itself answers to a command: a number, or text.
    pub fn ask(&self, command: &[&str]) -> String {
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
    pub fn millis_left(&self, key: &str) -> i64 {
        self.ask(&["PTTL", key]).parse().unwrap()
    }

    /// How often it was asked to do this, by whomever.
    pub fn times(&self, command: &str) -> usize {
        let stats = self.ask(&["INFO", "commandstats"]);
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
