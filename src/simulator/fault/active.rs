//! The faults of a running simulator, and which of them a request meets.

use super::super::random::Numbers;
use super::super::request::RecordedRequest;
use super::{Fault, FaultKind};

/// Faults in the order of being added: a request meets the first that applies.
#[derive(Debug)]
pub(in super::super) struct ActiveFaults {
    faults: Vec<Fault>,
    numbers: Numbers,
}

impl ActiveFaults {
    pub fn new(seed: u64) -> Self {
        Self { faults: Vec::new(), numbers: Numbers::new(seed) }
    }

    pub fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub fn clear(&mut self) {
        self.faults.clear();
    }

    /// The faults, with the number of requests that each has left.
    pub fn list(&self) -> &[Fault] {
        &self.faults
    }

    /// The fault that a request meets, with its place for [`count`](Self::count).
    pub fn draw(
        &mut self,
        operation: &str,
        is_token_endpoint: bool,
        request: &RecordedRequest,
    ) -> Option<(usize, FaultKind)> {
        let numbers = &mut self.numbers;
        let met = self.faults.iter().position(|fault| {
            fault.times != Some(0)
                && fault.applies_to(operation, is_token_endpoint, request)
                && (fault.share >= 1.0 || fraction(numbers) < fault.share)
        })?;
        self.faults.get(met).map(|fault| (met, fault.kind))
    }

    /// Counts a fault that a request met; one that has no more requests left is removed.
    pub fn count(&mut self, place: usize) {
        let Some(left) = self.faults.get_mut(place).and_then(|fault| fault.times.as_mut()) else { return };
        *left = left.saturating_sub(1);
        if *left == 0 {
            drop(self.faults.remove(place));
        }
    }
}

/// A number from 0 up to 1.
#[allow(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
fn fraction(numbers: &mut Numbers) -> f64 {
    (numbers.next() >> 11) as f64 / (1_u64 << 53) as f64
}
