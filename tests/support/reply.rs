//! What the scripted server does about a request: an answer, half of one, or none.

use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// What the server does about a request.
#[derive(Clone)]
pub struct Reply {
    head: String,
    body: Vec<u8>,
    then: Then,
    gate: Option<Gate>,
}

#[derive(Clone)]
enum Then {
    KeepOpen,
    Close,
    /// As a server that dies with the request unread: the other side is reset.
    Reset,
    /// Nothing more is sent, and the connection stays open.
    Stall,
    /// Nothing more is sent, and the gate opens when the other side hangs up.
    OpenWhenHungUpOn(Gate),
    /// The body again and again.
    Repeat,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let head = format!("HTTP/1.1 {status} As Scripted\r\ncontent-length: {}\r\n", body.len());
        Self { head, body, then: Then::KeepOpen, gate: None }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        Self::new(status, value.to_string()).header("content-type", "application/json; charset=utf-8")
    }

    /// A success of code 0.
    pub fn ok(data: Value) -> Self {
        Self::json(200, &json!({ "code": 0, "msg": "success", "data": data }))
    }

    /// A failure with this code.
    pub fn error(status: u16, code: i64) -> Self {
        Self::json(status, &json!({ "code": code, "msg": "as scripted" }))
    }

    /// A tenant_access_token.
    pub fn token(token: &str, expire: u64) -> Self {
        Self::json(200, &json!({ "code": 0, "msg": "ok", "tenant_access_token": token, "expire": expire }))
    }

    /// Hangs up without a word.
    pub fn hang_up() -> Self {
        Self { head: String::new(), body: Vec::new(), then: Then::Close, gate: None }
    }

    /// Dies before it has read the request, as far as the other side can tell.
    pub fn reset() -> Self {
        Self { then: Then::Reset, ..Self::hang_up() }
    }

    /// Never says a word.
    pub fn stall() -> Self {
        Self { then: Then::Stall, ..Self::hang_up() }
    }

    /// Never says a word, and opens the gate when the other side hangs up.
    pub fn stall_until_hang_up(gate: &Gate) -> Self {
        Self::stall().then(Then::OpenWhenHungUpOn(gate.clone()))
    }

    /// A body that never ends.
    pub fn endless_body() -> Self {
        let head = "HTTP/1.1 200 As Scripted\r\ntransfer-encoding: chunked\r\n".to_owned();
        Self { head, body: b"400\r\n".iter().chain(&[b' '; 1024]).chain(b"\r\n").copied().collect(), ..Self::hang_up() }
            .then(Then::Repeat)
    }

    /// Hangs up after so many bytes of the body that the head announces.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self.then(Then::Close)
    }

    /// Goes silent after so many bytes of the body that the head announces.
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self.then(Then::Stall)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Is not sent before the gate is open.
    pub fn after_gate(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// Whether the connection serves another request.
    pub async fn write(self, stream: &mut TcpStream) -> io::Result<bool> {
        if let Some(gate) = &self.gate {
            gate.wait().await;
        }
        if !self.head.is_empty() {
            stream.write_all(format!("{}\r\n", self.head).as_bytes()).await?;
        }
        stream.write_all(&self.body).await?;
        match self.then {
            Then::KeepOpen => Ok(true),
            Then::Close => Ok(false),
            Then::Reset => {
                stream.set_zero_linger()?;
                Ok(false)
            }
            Then::Stall => std::future::pending().await,
            Then::OpenWhenHungUpOn(gate) => {
                // Closed or reset: gone is gone.
                while stream.read(&mut [0; 64]).await.is_ok_and(|bytes| bytes > 0) {}
                gate.open();
                Ok(false)
            }
            // Until whoever reads has enough.
            Then::Repeat => loop {
                stream.write_all(&self.body).await?;
            },
        }
    }
}

/// Closed until it is opened.
#[derive(Clone)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    pub fn closed() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub fn is_open(&self) -> bool {
        *self.0.borrow()
    }

    pub async fn wait(&self) {
        self.0.subscribe().wait_for(|open| *open).await.unwrap();
    }
}
