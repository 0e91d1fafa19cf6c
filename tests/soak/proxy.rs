//! The way to the service: it passes on what it is asked, except where a fault is drawn.
//!
//! A request is read whole before anything happens to it, so that it is known whose it is, and
//! what happens is written into the journal before the client can learn of it. Now and then the
//! proxy is down: who then connects is refused, which nobody but the client can count.

use crate::chance::Chance;
use crate::fault::{Fault, Wait};
use crate::journal::{Came, Journal, LIMITED, Seen};
use crate::names;
use crate::support::{Received, Reply};
use crate::watch::Watch;
use feishu_user_groups::simulator::Simulator;
use serde_json::{Value, json};
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// Long for a response, and shorter than the attempt timeout.
const SLOW: Duration = Duration::from_millis(50);
/// One request of so many is refused without a word on how long to wait. That costs all tasks
/// a second, so it is not left to chance.
const BETWEEN_UNSAID: usize = 3000;
/// One connection of so many is the last one before an outage, which lasts until so many others were refused.
const BETWEEN_OUTAGES: usize = 150;
pub const REFUSALS: usize = 16;
/// Places in the rows of chances: the token fetches come after all tasks.
const TOKEN_FETCHES: u64 = u64::MAX >> 1;

/// The running proxy; dropping it stops it.
pub struct Proxy {
    pub url: String,
    outages: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(simulator: Arc<Simulator>, journal: Arc<Journal>, watch: Arc<Watch>, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let way = Arc::new(Way { simulator, journal, watch, seed });
        let outages = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(accept(listener, way, Arc::clone(&outages)));
        Self { url, outages, task }
    }

    /// How often it was down.
    pub fn outages(&self) -> usize {
        self.outages.load(SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(mut listener: TcpListener, way: Arc<Way>, outages: Arc<AtomicUsize>) {
    let address = listener.local_addr().unwrap();
    let mut connections = JoinSet::new();
    for number in 1.. {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(serve(stream, Arc::clone(&way)));
        if number % BETWEEN_OUTAGES == 0 {
            // Who is connected already, and not accepted, would be cut off instead of refused.
            while let Some(Ok((stream, _))) = poll_now(listener.accept()).await {
                connections.spawn(serve(stream, Arc::clone(&way)));
            }
            outages.fetch_add(1, SeqCst);
            drop(listener);
            // Bound, so that the port stays this proxy's, and not listening yet.
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            socket.bind(address).unwrap();
            way.watch.refusals(REFUSALS).await;
            listener = socket.listen(1024).unwrap();
        }
    }
}

/// What the future comes to, if that is known now.
async fn poll_now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

async fn serve(stream: TcpStream, way: Arc<Way>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.get_ref().set_nodelay(true)?;
    let upstream = TcpStream::connect(way.simulator.address()).await?;
    upstream.set_nodelay(true)?;
    let mut upstream = BufReader::new(upstream);
    loop {
        let request = Received::read(&mut stream).await?;
        let response = match request.is_token_fetch() {
            true => way.token_fetch(&request, &mut upstream).await?,
            false => way.call(&request, &mut upstream).await?,
        };
        if !response.write(stream.get_mut()).await? {
            return Ok(());
        }
    }
}

/// Between client and service.
struct Way {
    simulator: Arc<Simulator>,
    journal: Arc<Journal>,
    watch: Arc<Watch>,
    seed: u64,
}

impl Way {
    async fn call(&self, request: &Received, upstream: &mut BufReader<TcpStream>) -> io::Result<Reply> {
        let task = names::task_of(request);
        let (number, turn) = (self.journal.number(), self.journal.len(task));
        let mut chance = Chance::of(self.seed, ((task as u64) << 32) | turn as u64);
        let fault = match number % BETWEEN_UNSAID == BETWEEN_UNSAID / 2 {
            true => Some(Fault::Limited { status: [400, 429][number / BETWEEN_UNSAID % 2], wait: Wait::Unsaid }),
            false => Fault::of_a_call(&mut chance),
        };
        let (seen, response) = self.meet(fault, request, upstream, format!("fault-{task}-{turn}")).await?;
        self.journal.add(task, seen);
        Ok(response)
    }

    async fn token_fetch(&self, request: &Received, upstream: &mut BufReader<TcpStream>) -> io::Result<Reply> {
        let number = self.journal.fetch_begins(self.watch.counts().fetches_timed_out);
        let mut chance = Chance::of(self.seed, TOKEN_FETCHES + number as u64);
        let fault = Fault::of_a_token_fetch(&mut chance);
        let (seen, response) = self.meet(fault, request, upstream, format!("fault-fetch-{number}")).await?;
        let is_silent = seen.came == Came::Silence;
        self.journal.add_fetch(seen);
        self.journal.fetch_ends(is_silent);
        Ok(response)
    }

    /// Does what the fault says; `log_id` is for responses that are not the service's.
    async fn meet(
        &self,
        fault: Option<Fault>,
        request: &Received,
        upstream: &mut BufReader<TcpStream>,
        log_id: String,
    ) -> io::Result<(Seen, Reply)> {
        if fault == Some(Fault::Expired) {
            self.simulator.expire_tokens();
        }
        let reply = match fault.is_none_or(Fault::lets_through) {
            true => Some(UpstreamResponse::to(request, upstream).await?),
            false => None,
        };
        if fault == Some(Fault::Slow) {
            sleep(SLOW).await;
        }
        let acted = reply.as_ref().and_then(UpstreamResponse::code);
        let reply = reply.unwrap_or_default();
        let (came, response) = match fault {
            None | Some(Fault::Expired | Fault::Slow) => reply.whole(),
            Some(Fault::Truncated) => reply.half(),
            Some(Fault::Reset) => (Came::Nothing, Reply::reset()),
            Some(Fault::Dropped { .. }) => (Came::Nothing, Reply::hang_up()),
            Some(Fault::Silent { .. }) => (Came::Silence, Reply::stall()),
            Some(Fault::Internal { .. }) => {
                let code = if request.path().contains("/performance/") { 1580101 } else { 40003 };
                UpstreamResponse::failure(500, code, log_id).whole()
            }
            Some(Fault::Gateway { .. }) => UpstreamResponse {
                status: 502,
                log_id,
                content_type: "text/html".to_owned(),
                body: b"<html>bad gateway</html>".to_vec(),
            }
            .whole(),
            Some(Fault::Limited { status, wait }) => {
                let (came, response) = UpstreamResponse::failure(status, LIMITED, log_id).whole();
                let response = match wait {
                    Wait::Reset => response.header("x-ogw-ratelimit-reset", "0"),
                    Wait::RetryAfter => response.header("retry-after", "0"),
                    Wait::Unsaid => response,
                };
                (came, response)
            }
        };
        let line = format!("{} {}", request.method, request.target);
        let seen = Seen { line, body: request.body.clone(), token: request.token().to_owned(), fault, acted, came };
        Ok((seen, response))
    }
}

/// An response of the service's, or one that looks like it.
#[derive(Default)]
struct UpstreamResponse {
    status: u16,
    log_id: String,
    content_type: String,
    body: Vec<u8>,
}

impl UpstreamResponse {
    fn failure(status: u16, code: i64, log_id: String) -> Self {
        let body = json!({ "code": code, "msg": "a fault of the soak" }).to_string().into_bytes();
        Self { status, log_id, content_type: "application/json".to_owned(), body }
    }

    /// Passes the request on.
    async fn to(request: &Received, upstream: &mut BufReader<TcpStream>) -> io::Result<Self> {
        let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!("{} {} HTTP/1.1\r\n{headers}\r\n", request.method, request.target);
        upstream.write_all(&[head.as_bytes(), &request.body].concat()).await?;
        let mut reply = Self::default();
        let mut length = 0;
        loop {
            let mut line = String::new();
            if upstream.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("content-type", value)) => reply.content_type = value.to_owned(),
                Some(("x-tt-logid", value)) => reply.log_id = value.to_owned(),
                Some(_) => {}
                None if line.starts_with("HTTP/1.1 ") => reply.status = line[9..12].parse().unwrap(),
                None => break,
            }
        }
        reply.body.resize(length, 0);
        upstream.read_exact(&mut reply.body).await?;
        Ok(reply)
    }

    fn code(&self) -> Option<i64> {
        serde_json::from_slice::<Value>(&self.body).ok()?["code"].as_i64()
    }

    fn whole(self) -> (Came, Reply) {
        let came = Came::Reply { status: self.status, code: self.code(), log_id: self.log_id.clone() };
        (came, self.response())
    }

    /// Half of the body that the head announces.
    fn half(self) -> (Came, Reply) {
        let (came, half) = (Came::Half { status: self.status, log_id: self.log_id.clone() }, self.body.len() / 2);
        (came, self.response().cut_after(half))
    }

    fn response(self) -> Reply {
        Reply::new(self.status, self.body).header("content-type", &self.content_type).header("x-tt-logid", &self.log_id)
    }
}
