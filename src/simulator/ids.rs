//! Names that must not repeat: log ids, tokens, generated group ids.
//!
//! They need to be unique and unguessable only as far as a test on loopback
//! can tell, so the standard library's randomly keyed hasher is enough and no
//! random number crate is taken in.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// Sixteen random hexadecimal digits.
pub(super) fn hex() -> String {
    // Each `RandomState` has keys of its own, so hashing nothing is a fresh random number.
    format!("{:016x}", RandomState::new().hash_one(()))
}

/// A log id of the service's length: fourteen digits, then twenty upper case hexadecimal digits.
///
/// The service's own begins with the date; nothing reads it, so here it begins with the seconds of the clock.
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
