//! A scripted HTTP server, and clients that call it.
//!
//! What it responds is written down beforehand; what it receives is kept as it came.
//! Tests put events in order by waiting for what was received and by gates, never by
//! sleeping, so that a slow machine changes nothing.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

pub mod provider;
mod received;
mod reply;
pub mod token_server;

pub use received::Received;
#[allow(unused_imports, reason = "each test file uses a part of this")]
pub use reply::{Gate, Reply};

use feishu_user_groups::{Client, ClientBuilder, RetryPolicy, Throttle};
use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub const TOKEN: &str = "t-of-the-tests";
pub const APP_ID: &str = "cli_tests";
pub const APP_SECRET: &str = "secret-of-the-tests";
pub const TOKEN_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

/// A client with a fixed token: every request is an operation's own.
pub fn client(server: &Server) -> Client {
    builder(server).tenant_token(TOKEN).build().unwrap()
}

/// A client that fetches its tokens.
pub fn app_client(server: &Server) -> Client {
    builder(server).app(APP_ID, APP_SECRET).build().unwrap()
}

/// One try and no pace of the client's own, so that a script says all that is sent.
pub fn builder(server: &Server) -> ClientBuilder {
    Client::builder().base_url(&server.url).retry_policy(RetryPolicy::none()).throttle(Throttle::off())
}

/// What becomes of a call whose time runs out while the server is silent. Nobody waits for the clock: it is stopped when
/// so many requests have arrived, and then moves on by itself, until the client has hung up.
pub async fn run_into_timeout<T>(server: &Server, requests: usize, hung_up: &Gate, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    tokio::select! {
        // On a busy machine its time may be over before the last request arrives.
        result = &mut call => return result,
        () = server.wait_until(|received| received.len() >= requests) => tokio::time::pause(),
    }
    let early = tokio::select! {
        biased;
        () = hung_up.wait() => None,
        result = &mut call => Some(result),
    };
    tokio::time::resume();
    match early {
        Some(result) => result,
        None => call.await,
    }
}

/// Waits until the condition holds. A test whose event never comes fails after two minutes instead of hanging; the real
/// clock decides nothing else.
pub async fn eventually(event: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = std::time::Instant::now();
    while !holds().await {
        assert!(started.elapsed() < std::time::Duration::from_secs(120), "this never happened: {event}");
        tokio::task::yield_now().await;
    }
}

/// Stops the runtime's clock until this is dropped: no timeout ends and no sleep, however slow the machine, while the
/// network goes on. It takes a current-thread runtime.
pub struct StoppedClock {
    _ends_blocking_task: std::sync::mpsc::Sender<()>,
}

impl StoppedClock {
    pub fn new() -> Self {
        tokio::time::pause();
        // A paused clock advances by itself when the runtime only waits, for the network too; but not while a blocking
        // task runs.
        let (sender, receiver) = std::sync::mpsc::channel();
        tokio::task::spawn_blocking(move || receiver.recv());
        Self { _ends_blocking_task: sender }
    }
}

impl Drop for StoppedClock {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

/// The server, on a port of 127.0.0.1; dropping it stops it.
pub struct Server {
    pub url: String,
    received: Arc<watch::Sender<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Responds with by the script, in the order in which requests arrive; past its end with a failure.
    pub async fn with_script(responses: impl IntoIterator<Item = Reply>) -> Self {
        let responses = Mutex::new(responses.into_iter().collect::<VecDeque<_>>());
        let over = || Reply::new(599, "the script is over");
        Self::with_handler(move |_| responses.lock().unwrap().pop_front().unwrap_or_else(over)).await
    }

    /// Responds as it is asked.
    pub async fn with_handler(response: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(watch::Sender::new(Vec::new()));
        let (response, seen) = (Arc::new(response), Arc::clone(&received));
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&response), Arc::clone(&seen)));
            }
        });
        Self { url, received, task }
    }

    /// Every request so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// How many of them asked for a token.
    pub fn token_fetches(&self) -> usize {
        self.received.borrow().iter().filter(|request| request.is_token_fetch()).count()
    }

    /// The requests so far and those to come.
    pub fn subscribe(&self) -> watch::Receiver<Vec<Received>> {
        self.received.subscribe()
    }

    /// Waits until the requests so far are what the test waits for.
    pub async fn wait_until(&self, enough: impl Fn(&[Received]) -> bool) {
        self.received.subscribe().wait_for(|received| enough(received)).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: TcpStream,
    response: Arc<impl Fn(&Received) -> Reply>,
    seen: Arc<watch::Sender<Vec<Received>>>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.get_ref().set_nodelay(true)?;
    loop {
        let request = Received::read(&mut stream).await?;
        let response = response(&request);
        seen.send_modify(|seen| seen.push(request));
        if !response.write(stream.get_mut()).await? {
            return Ok(());
        }
    }
}
