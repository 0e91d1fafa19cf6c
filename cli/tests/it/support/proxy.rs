//! Proxies in front of the offline service: one fails a fifth of all requests, by a seed (the request is lost, its
//! response is lost, or a gateway responds instead); others let something happen at a certain request.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// What a proxy does with a request.
enum Fate {
    Forward,
    LoseRequest,
    LoseResponse,
    BadGateway,
    /// Responds with this status and body; the service gets no request.
    Respond(&'static str, String),
    /// Calls the function and never responds. Before that, the service may get the request or not.
    Hold {
        is_served: bool,
        then: Arc<dyn Fn() + Send + Sync>,
    },
}

/// Starts a proxy that fails a fifth of all requests, and returns its URL.
pub fn start(upstream: &str, seed: u64) -> String {
    let numbers = AtomicU64::new(seed);
    listen(
        upstream,
        move |_| {
            let number = numbers.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            match ((number ^ (number >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) % 15 {
                0 => Fate::LoseRequest,
                1 => Fate::LoseResponse,
                2 => Fate::BadGateway,
                _ => Fate::Forward,
            }
        },
        |_| {},
    )
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

/// Starts a proxy that never responds to the request of this number, counted from 1, and calls a function when it has come
/// so far. Before that, the service may get the request or not.
pub fn holding(upstream: &str, number: u64, is_served: bool, then: impl Fn() + Send + Sync + 'static) -> String {
    let (requests, then) = (AtomicU64::new(0), Arc::new(then) as Arc<dyn Fn() + Send + Sync>);
    let fate = move |_: &str| match requests.fetch_add(1, Ordering::Relaxed) + 1 == number {
        true => Fate::Hold { is_served, then: Arc::clone(&then) },
        false => Fate::Forward,
    };
    listen(upstream, fate, |_| {})
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

/// Starts a proxy that loses the response to the first request whose first line has this text.
pub fn losing(upstream: &str, text: &'static str) -> String {
    let is_done = AtomicBool::new(false);
    let fate = move |request: &str| {
        let is_meant = request.lines().next().is_some_and(|line| line.contains(text));
        if is_meant && !is_done.swap(true, Ordering::Relaxed) { Fate::LoseResponse } else { Fate::Forward }
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
            Fate::LoseRequest => return Ok(()),
            Fate::BadGateway => client.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad")?,
            Fate::Respond(status, body) => {
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
                client.write_all((head + &body).as_bytes())?;
            }
            Fate::Hold { is_served, then } => {
                if is_served {
                    forward(&request, upstream)?;
                }
                then();
                // Until the caller ends.
                message(&mut requests)?;
                return Ok(());
            }
            Fate::Forward | Fate::LoseResponse => {
                let response = forward(&request, upstream)?;
                after(line);
                if matches!(fate, Fate::LoseResponse) {
                    return Ok(());
                }
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
