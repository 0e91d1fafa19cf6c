//! Random numbers: keys that no call had before, and waits that clients do not share.
//!
//! They come from the system's generator. Nothing here is a secret, so where the system has none
//! to give, the clock's nanoseconds have to do: that is no reason for a call to fail.

use std::time::{SystemTime, UNIX_EPOCH};

/// A key that nobody had before: 128 bits in hexadecimal digits.
pub(crate) fn key() -> String {
    format!("{:016x}{:016x}", number(), number())
}

/// Anything from 0 up to 1.
pub(crate) fn fraction() -> f64 {
    // 53 bits are all that an f64 can tell apart.
    (number() >> 11) as f64 / (1_u64 << 53) as f64
}

fn number() -> u64 {
    let time = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    getrandom::u64().unwrap_or_else(|_| time().as_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jitter that is the same for everybody is none.
    #[test]
    fn fractions_are_uniformly_spread() {
        let mut tenths = [0; 10];
        for _ in 0..10_000 {
            tenths[(fraction() * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
    }
}
