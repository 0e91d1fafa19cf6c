//! What the proxy saw and did, kept apart from what the client says about it.
//!
//! A task makes one call at a time, so the requests between a call's begin and its end
//! are that call's, whatever they look like.

use crate::fault::Fault;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Codes by which the operations say that they failed.
pub const INTERNAL: [i64; 2] = [40003, 1580101];
pub const LIMITED: i64 = 99991400;
pub const TOKEN_REFUSED: i64 = 99991663;

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method and target.
    pub line: String,
    pub body: Vec<u8>,
    pub token: String,
    pub fault: Option<Fault>,
    /// What the service responded, if it saw the request, whether or not that was passed on.
    pub acted: Option<i64>,
    pub came: Came,
}

/// What the client got.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// All of a response; without a code where it is not the service's.
    Reply { status: u16, code: Option<i64>, log_id: String },
    /// The beginning of one.
    Half { status: u16, log_id: String },
    /// A closed connection.
    Nothing,
    /// No word for longer than the client waits.
    Silence,
}

impl Came {
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Reply { status, .. } | Self::Half { status, .. } => Some(*status),
            Self::Nothing | Self::Silence => None,
        }
    }

    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Reply { code, .. } => *code,
            _ => None,
        }
    }

    pub fn log_id(&self) -> Option<&str> {
        match self {
            Self::Reply { log_id, .. } | Self::Half { log_id, .. } => Some(log_id),
            Self::Nothing | Self::Silence => None,
        }
    }

    /// Whether the caller cannot tell if the request was processed.
    pub fn leaves_open(&self) -> bool {
        match self {
            Self::Reply { code: Some(code), .. } => INTERNAL.contains(code),
            _ => true,
        }
    }
}

/// Everything that the proxy saw.
#[derive(Debug, Default)]
pub struct Journal {
    tasks: Vec<Mutex<Vec<Seen>>>,
    fetches: Mutex<Vec<Seen>>,
    fetching: AtomicUsize,
    /// Fetches that end when the client gives up waiting, not by a response.
    silent: AtomicUsize,
    most_fetching: AtomicUsize,
    calls: AtomicUsize,
}

impl Journal {
    pub fn of(tasks: usize) -> Self {
        Self { tasks: (0..tasks).map(|_| Mutex::default()).collect(), ..Self::default() }
    }

    /// How many requests of this task there were.
    pub fn len(&self, task: usize) -> usize {
        self.tasks[task].lock().unwrap().len()
    }

    /// The requests of this task from that one on.
    pub fn since(&self, task: usize, begin: usize) -> Vec<Seen> {
        self.tasks[task].lock().unwrap()[begin..].to_vec()
    }

    pub fn add(&self, task: usize, seen: Seen) {
        self.tasks[task].lock().unwrap().push(seen);
    }

    /// The number of this request among all, from 0.
    pub fn number(&self) -> usize {
        self.calls.fetch_add(1, SeqCst)
    }

    /// The number of this token fetch among all, from 0. The client has given up so many before it sent this one.
    pub fn fetch_begins(&self, given_up: usize) -> usize {
        let waiting = self.silent.load(SeqCst).saturating_sub(given_up);
        self.most_fetching.fetch_max(self.fetching.fetch_add(1, SeqCst) + 1 + waiting, SeqCst);
        self.fetches.lock().unwrap().len()
    }

    pub fn add_fetch(&self, seen: Seen) {
        self.fetches.lock().unwrap().push(seen);
    }

    /// What it came to is about to be sent; a silent one ends when the client gives up.
    pub fn fetch_ends(&self, is_silent: bool) {
        self.silent.fetch_add(usize::from(is_silent), SeqCst);
        self.fetching.fetch_sub(1, SeqCst);
    }

    pub fn fetches(&self) -> Vec<Seen> {
        self.fetches.lock().unwrap().clone()
    }

    /// The most token fetches that were in progress together.
    pub fn most_fetching(&self) -> usize {
        self.most_fetching.load(SeqCst)
    }

    /// All requests of all tasks.
    pub fn all(&self) -> Vec<Seen> {
        (0..self.tasks.len()).flat_map(|task| self.since(task, 0)).collect()
    }
}
