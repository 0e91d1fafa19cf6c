//! The works that are measured, each of which both clients can do.
//!
//! They are what programs do with user groups: one small call there and back, one large
//! response, a listing to its end, and one large request with a large response. A worker counts
//! what it got, so that a client that did less is noticed.

use super::canned::{BATCH, GROUPS_ON_A_PAGE, MEMBERS};
use std::str::FromStr;

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// A group created.
    Create,
    /// A group read.
    Get,
    /// One page of 100 groups.
    Page,
    /// All items of a listing of as many pages as the server has.
    Stream,
    /// 10,000 ids written, and the response for each.
    Write,
    /// One page of 100 members.
    Members,
    /// 100 members added to a group, and the result of each.
    Batch,
}

impl Work {
    pub const ALL: [Self; 7] =
        [Self::Create, Self::Get, Self::Page, Self::Stream, Self::Write, Self::Members, Self::Batch];

    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
            Self::Page => "page",
            Self::Stream => "stream",
            Self::Write => "write",
            Self::Members => "members",
            Self::Batch => "batch",
        }
    }

    /// How many things come back when it is done once, where a listing has so many pages.
    pub fn yields(self, pages: usize) -> usize {
        match self {
            Self::Create | Self::Get => 1,
            Self::Page => GROUPS_ON_A_PAGE,
            Self::Stream => GROUPS_ON_A_PAGE * pages,
            Self::Write => MEMBERS,
            Self::Members | Self::Batch => BATCH,
        }
    }
}

impl FromStr for Work {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|work| work.name() == name);
        found.ok_or_else(|| format!("{name:?} is no work; there are {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// A client under measurement.
pub trait Worker: Clone + Send + 'static {
    /// Does the work once; returns how many things came back.
    fn work(&self, work: Work) -> impl Future<Output = usize> + Send;
}

/// The ids of a write, as a program would have them: its own strings, made for this call.
pub fn member_ids(count: usize) -> Vec<String> {
    (0..count).map(member_id).collect()
}

/// An open id.
pub fn member_id(number: usize) -> String {
    // Without the formatting machinery, whose cost would hide what is measured.
    let mut id = *b"ou_00000000000000000000000000000000";
    let mut rest = number;
    for digit in id.iter_mut().rev().take(8) {
        *digit = b"0123456789abcdef"[rest % 16];
        rest /= 16;
    }
    str::from_utf8(&id).unwrap().to_owned()
}

/// Does a work so many times, this many at a time; what came back was all there.
pub async fn repeat(worker: &impl Worker, work: Work, times: usize, in_flight: usize, pages: usize) {
    if in_flight == 1 {
        for _ in 0..times {
            assert_eq!(worker.work(work).await, work.yields(pages));
        }
        return;
    }
    let tasks = (0..in_flight).map(|task| {
        let share = times / in_flight + usize::from(task < times % in_flight);
        let worker = worker.clone();
        tokio::spawn(async move {
            for _ in 0..share {
                assert_eq!(worker.work(work).await, work.yields(pages));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}
