//! Random numbers for idempotency keys and for jitter.
//!
//! They come from the operating system. Nothing here is a secret, so if the system's generator fails, the clock's
//! nanoseconds replace it: that is no reason for a call to fail.

use std::time::{SystemTime, UNIX_EPOCH};

/// A unique key: 128 random bits as hexadecimal digits.
pub(crate) fn key() -> String {
    format!("{:016x}{:016x}", number(), number())
}

/// A random number in `0.0..1.0`.
pub(crate) fn fraction() -> f64 {
    // An f64 has 53 bits of precision.
    (number() >> 11) as f64 / (1_u64 << 53) as f64
}

fn number() -> u64 {
    let time = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    getrandom::u64().unwrap_or_else(|_| time().as_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jitter that is not uniform lets clients return together.
    #[test]
    fn fractions_are_uniformly_spread() {
        let mut tenths = [0; 10];
        for _ in 0..10_000 {
            tenths[(fraction() * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
    }
}
