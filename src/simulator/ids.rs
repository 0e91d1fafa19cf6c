//! Random identifiers: log ids, tokens, group ids.
//!
//! They must not repeat, but a test on loopback needs no cryptographic randomness. The
//! standard library's randomly keyed hasher is enough, and saves a dependency.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// Sixteen random hexadecimal digits.
pub(super) fn hex() -> String {
    // Each `RandomState` has different keys, so the hash of nothing is a new random number.
    format!("{:016x}", RandomState::new().hash_one(()))
}

/// A log id in the service's form: fourteen digits, then twenty uppercase hexadecimal digits.
///
/// The service's digits are a date. No client reads them, so here they are the Unix time in seconds.
pub(super) fn log_id() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let random = format!("{}{}", hex(), &hex()[..4]).to_uppercase();
    format!("{seconds:014}{random}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_are_unique() {
        let names: std::collections::HashSet<_> = (0..1000).map(|_| hex()).collect();
        assert_eq!(names.len(), 1000);
        assert_eq!(log_id().len(), 34);
    }
}
