//! The requests received, bounded in bytes: the oldest are dropped first.
//!
//! A simulator may run for days, and a page of members has kilobytes. A bound on the number of requests would bound
//! nothing. Readers get shared requests and read them when the state is no longer locked: a full journal takes seconds
//! to show.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::Arc;

use super::request::RecordedRequest;

/// The latest requests with their responses.
pub(super) struct Journal {
    requests: VecDeque<Arc<RecordedRequest>>,
    bytes: usize,
    max_bytes: usize,
}

impl Journal {
    pub fn new(max_bytes: usize) -> Self {
        Self { requests: VecDeque::new(), bytes: 0, max_bytes }
    }

    /// Adds a request, and drops the oldest ones until all fit. One that alone is too large is not kept.
    pub fn add(&mut self, request: Arc<RecordedRequest>) {
        self.bytes += size(&request);
        self.requests.push_back(request);
        while self.bytes > self.max_bytes
            && let Some(oldest) = self.requests.pop_front()
        {
            self.bytes -= size(&oldest);
        }
    }

    /// The requests, oldest first.
    pub fn requests(&self) -> Vec<Arc<RecordedRequest>> {
        self.requests.iter().cloned().collect()
    }

    pub fn clear(&mut self) {
        self.requests.clear();
        self.bytes = 0;
    }
}

/// What an allocation takes besides its content.
const ALLOCATION: usize = 24;

/// What a request takes in memory, about.
fn size(request: &RecordedRequest) -> usize {
    let text = |length: usize| length + ALLOCATION;
    let pairs = |pairs: &[(String, String)]| {
        let pair = |(name, value): &(String, String)| text(name.len()) + text(value.len());
        text(size_of_val(pairs)) + pairs.iter().map(pair).sum::<usize>()
    };
    let response = request.response.as_ref().map_or(0, |response| text(response.body.len()));
    text(size_of::<RecordedRequest>())
        + text(request.method.len())
        + text(request.path.len())
        + pairs(&request.query)
        + pairs(&request.headers)
        + text(request.body.len())
        + response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: usize) -> Arc<RecordedRequest> {
        let body = vec![0; 1000].into();
        Arc::new(RecordedRequest { path: format!("/{number:03}"), body, ..RecordedRequest::default() })
    }

    #[test]
    fn full_journal_drops_the_oldest() {
        let mut journal = Journal::new(10 * size(&request(0)));
        for number in 0..100 {
            journal.add(request(number));
        }
        let paths: Vec<_> = journal.requests().iter().map(|request| request.path.clone()).collect();
        let expected: Vec<_> = (90..100).map(|number| format!("/{number:03}")).collect();
        assert_eq!(paths, expected);
        journal.clear();
        journal.add(request(0));
        assert_eq!((journal.requests().len(), journal.bytes), (1, size(&request(0))));
    }

    #[test]
    fn request_larger_than_the_journal_is_not_kept() {
        let mut journal = Journal::new(100);
        journal.add(request(0));
        assert_eq!((journal.requests().len(), journal.bytes), (0, 0));
    }
}
