//! Starts a Redis server for a test, if this machine has `redis-server`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server without persistence. Dropping it kills it.
pub struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// Starts a server. Prints that the test is skipped if there is no `redis-server`.
    pub fn start() -> Option<Self> {
        // The port is free, and no other process asks for this number.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let started = Self::at(port);
        if started.is_none() {
            // Written directly: the test runner shows captured output for failed tests only.
            let _ = writeln!(std::io::stderr(), "skipped: there is no redis-server on this machine");
            assert!(
                std::env::var_os("REQUIRE_REDIS").is_none(),
                "REQUIRE_REDIS is set, but redis-server does not start"
            );
        }
        started
    }

    fn at(port: u16) -> Option<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let this = Self { process, port };
        // It logs that it listens, or exits.
        let mut output = String::new();
        while !output.contains("Ready to accept connections") {
            assert!(log.read_line(&mut output).unwrap() > 0, "redis-server does not listen: {output}");
        }
        // Reads the rest of the log, so that the server never blocks on a full pipe.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(this)
    }

    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Sends a command; returns the response, a number or a string.
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

    /// The remaining lifetime of a key in milliseconds.
    pub fn ttl_millis(&self, key: &str) -> i64 {
        self.command(&["PTTL", key]).parse().unwrap()
    }

    /// The time of the server's clock.
    pub fn now(&self) -> Duration {
        let micros = self.command(&["EVAL", "local t = redis.call('TIME') return t[1] * 1000000 + t[2]", "0"]);
        Duration::from_micros(micros.parse().unwrap())
    }

    /// How many times the server ran this command.
    pub fn command_count(&self, command: &str) -> usize {
        let stats = self.command(&["INFO", "commandstats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse().unwrap())
    }

    /// Kills the server; the returned function starts another on the same port.
    pub fn stop(mut self) -> impl FnOnce() -> Self {
        self.kill();
        let port = self.port;
        move || Self::at(port).expect("redis-server started before")
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
