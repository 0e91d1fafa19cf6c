//! The scripted server's reaction to a request: a response, a part of one, or none.

use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// The server's reaction to one request: the bytes that it sends, and what it does then.
#[derive(Clone)]
pub struct Reply {
    head: String,
    body: Vec<u8>,
    ending: Ending,
    gate: Option<Gate>,
}

#[derive(Clone)]
enum Ending {
    KeepOpen,
    Close,
    /// Resets the connection, like a server that dies before it has read the request.
    Reset,
    /// Sends nothing more and keeps the connection open.
    Stall,
    /// Sends nothing more, and opens the gate when the client closes the connection.
    OpenGateOnHangUp(Gate),
    /// Sends the body again and again.
    RepeatBody,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let head = format!("HTTP/1.1 {status} As Scripted\r\ncontent-length: {}\r\n", body.len());
        Self { head, body, ending: Ending::KeepOpen, gate: None }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        Self::new(status, value.to_string()).header("content-type", "application/json; charset=utf-8")
    }

    /// A success: code 0 with this data.
    pub fn ok(data: Value) -> Self {
        Self::json(200, &json!({ "code": 0, "msg": "success", "data": data }))
    }

    /// A failure with this HTTP status and code.
    pub fn error(status: u16, code: i64) -> Self {
        Self::json(status, &json!({ "code": code, "msg": "as scripted" }))
    }

    /// A response of the token endpoint; `expire` is in seconds.
    pub fn token(token: &str, expire: u64) -> Self {
        Self::json(200, &json!({ "code": 0, "msg": "ok", "tenant_access_token": token, "expire": expire }))
    }

    /// Closes the connection without a response.
    pub fn hang_up() -> Self {
        Self { head: String::new(), body: Vec::new(), ending: Ending::Close, gate: None }
    }

    /// Resets the connection: the client sees a server that has not read the request.
    pub fn reset() -> Self {
        Self { ending: Ending::Reset, ..Self::hang_up() }
    }

    /// Sends nothing and keeps the connection open.
    pub fn stall() -> Self {
        Self { ending: Ending::Stall, ..Self::hang_up() }
    }

    /// Sends nothing, and opens the gate when the client closes the connection.
    pub fn stall_until_hang_up(gate: &Gate) -> Self {
        Self::stall().open_gate_on_hang_up(gate)
    }

    /// A body that never ends.
    pub fn endless_body() -> Self {
        let head = "HTTP/1.1 200 As Scripted\r\ntransfer-encoding: chunked\r\n".to_owned();
        Self { head, body: b"400\r\n".iter().chain(&[b' '; 1024]).chain(b"\r\n").copied().collect(), ..Self::hang_up() }
            .with_ending(Ending::RepeatBody)
    }

    /// Closes the connection after this many bytes of the announced body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self.with_ending(Ending::Close)
    }

    /// Stalls after this many bytes of the announced body.
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self.with_ending(Ending::Stall)
    }

    /// Sends nothing more, and opens the gate when the client closes the connection.
    pub fn open_gate_on_hang_up(self, gate: &Gate) -> Self {
        self.with_ending(Ending::OpenGateOnHangUp(gate.clone()))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Sends the response only after the gate is open.
    pub fn after_gate(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    fn with_ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Sends the response; returns whether the connection serves another request.
    pub async fn write(self, stream: &mut TcpStream) -> io::Result<bool> {
        if let Some(gate) = &self.gate {
            gate.wait().await;
        }
        if !self.head.is_empty() {
            stream.write_all(format!("{}\r\n", self.head).as_bytes()).await?;
        }
        stream.write_all(&self.body).await?;
        match self.ending {
            Ending::KeepOpen => Ok(true),
            Ending::Close => Ok(false),
            Ending::Reset => {
                stream.set_zero_linger()?;
                Ok(false)
            }
            Ending::Stall => std::future::pending().await,
            Ending::OpenGateOnHangUp(gate) => {
                // A reset ends the connection as well as a close.
                while stream.read(&mut [0; 64]).await.is_ok_and(|bytes| bytes > 0) {}
                gate.open();
                Ok(false)
            }
            // Until the client stops reading.
            Ending::RepeatBody => loop {
                stream.write_all(&self.body).await?;
            },
        }
    }
}

/// A gate that is closed until a test opens it.
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
