//! Programs that must succeed, and servers that end when they are dropped.

use anyhow::{Context, bail};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Prism reads the spec for some seconds before it listens.
const START: Duration = Duration::from_secs(60);

/// Runs a program, and shows what it printed if it fails.
pub(super) fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("`{program}` did not start"))?;
    if !output.status.success() {
        let printed = [output.stdout, output.stderr].concat();
        bail!("`{program}` failed: {}\n{}", output.status, String::from_utf8_lossy(&printed));
    }
    Ok(())
}

/// A server, which ends when this is dropped.
pub(super) struct Server {
    process: Child,
    pub url: String,
}

impl Server {
    /// Starts a server that takes its port as `--port`, and waits until it listens.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let port = free_port()?;
        let command = command.args(["--port", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().with_context(|| format!("{} did not start", command.get_program().display()))?;
        let mut server = Self { process, url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = server.process.try_wait()? {
                bail!("{} ended before it listened: {status}", command.get_program().display());
            }
            if begun.elapsed() > START {
                bail!("{} did not listen within {} s", command.get_program().display(), START.as_secs());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}
