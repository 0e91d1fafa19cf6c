//! Proxies in front of the offline service, for what its own faults do not do: they let something happen at a certain
//! request, or respond with any body.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What a proxy does with a request.
enum Fate {
    Forward,
    /// Responds with this status and body; the service gets no request.
    Respond(&'static str, String),
}

/// Starts a proxy that calls a function once, after the first response to a request whose first line has this text.
pub fn watching(upstream: &str, text: &'static str, then: impl Fn() + Send + Sync + 'static) -> String {
    let is_done = AtomicBool::new(false);
    listen(
        upstream,
        |_| Fate::Forward,
        move |line| {
            if line.contains(text) && !is_done.swap(true, Ordering::Relaxed) {
                then();
            }
        },
    )
}

/// Starts a proxy that rejects a request as a whole, with this body, if its path and its body have these texts.
pub fn rejecting(upstream: &str, path: &'static str, text: &'static str, body: &'static str) -> String {
    let is_rejected =
        move |request: &str| request.lines().next().is_some_and(|line| line.contains(path)) && request.contains(text);
    instead(upstream, move |request| is_rejected(request).then(|| ("403 Forbidden", body.to_owned())))
}

/// Starts a proxy that responds by itself to requests for which the function returns a status and a body.
pub fn instead(
    upstream: &str,
    response: impl Fn(&str) -> Option<(&'static str, String)> + Send + Sync + 'static,
) -> String {
    let fate = move |request: &str| match response(request) {
        Some((status, body)) => Fate::Respond(status, body),
        None => Fate::Forward,
    };
    listen(upstream, fate, |_| {})
}

fn listen(
    upstream: &str,
    fate: impl Fn(&str) -> Fate + Send + Sync + 'static,
    after: impl Fn(&str) + Send + Sync + 'static,
) -> String {
    let upstream = upstream.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let behaviour = Arc::new((fate, after));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (upstream, behaviour) = (upstream.clone(), Arc::clone(&behaviour));
            // A connection that breaks has ended; there is nobody to report it to.
            thread::spawn(move || drop(serve(client, &upstream, &behaviour.0, &behaviour.1)));
        }
    });
    url
}

fn serve(mut client: TcpStream, upstream: &str, fate: &dyn Fn(&str) -> Fate, after: &dyn Fn(&str)) -> Result<()> {
    let mut requests = BufReader::new(client.try_clone()?);
    loop {
        let request = message(&mut requests)?;
        if request.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let line = text.lines().next().unwrap_or_default();
        let fate = fate(&text);
        match fate {
            Fate::Respond(status, body) => {
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
                client.write_all((head + &body).as_bytes())?;
            }
            Fate::Forward => {
                let response = forward(&request, upstream)?;
                after(line);
                client.write_all(&response)?;
            }
        }
    }
}

/// Sends a request to the service, and returns the response.
fn forward(request: &[u8], upstream: &str) -> Result<Vec<u8>> {
    let mut service = TcpStream::connect(upstream)?;
    service.write_all(request)?;
    message(&mut BufReader::new(service))
}

/// A whole HTTP message; empty at the end of the connection.
fn message(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let start = bytes.len();
        if from.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(Vec::new());
        }
        let line = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    from.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
