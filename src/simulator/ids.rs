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

/// A log id as the service writes them: UTC time to the second, then twenty
/// upper case hexadecimal digits.
pub(super) fn log_id() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let random = format!("{}{}", hex(), &hex()[..4]).to_uppercase();
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{random}")
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    // Years begin in March here, so that the leap day is the last of its year
    // and no month needs a table; 719,468 days lie between 0000-03-01 and 1970-01-01.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(59), (1970, 3, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_412), (2025, 11, 20));
    }

    #[test]
    fn names_do_not_repeat() {
        let names: std::collections::HashSet<_> = (0..1000).map(|_| hex()).collect();
        assert_eq!(names.len(), 1000);
        assert_eq!(log_id().len(), 34);
    }
}
