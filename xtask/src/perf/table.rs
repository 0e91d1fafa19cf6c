//! The table of costs: as people read it, as it is checked in, and compared with what it was.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Of the lines that a row shows.
pub const HEAD: &str = "                         instructions per call            allocations per call
work    in flight  hand-written  this crate  ratio  hand-written  this crate";

/// Of the lines that a comparison shows.
pub const HEAD_OF_CHECK: &str = "work    in flight          now        table  change";

/// What each work costs.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Table {
    /// One for each work and number of calls in flight.
    pub rows: Vec<Row>,
}

/// What a work costs both clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name in `benches/support/work.rs`.
    pub work: String,
    /// Concurrent calls.
    pub in_flight: usize,
    /// By `benches/support/hand_written.rs`.
    pub hand_written: Cost,
    /// By this crate.
    pub generated: Cost,
}

/// Of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Executed.
    pub instructions: u64,
    /// Blocks of memory asked for.
    pub allocations: u64,
}

/// In percent. Counts of the same code differ by a tenth of that.
const TOLERANCE: f64 = 3.0;

impl Table {
    /// As it is checked in.
    pub fn to_json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What a work of this crate's costs now, compared with what it cost.
    pub fn compare<'a>(&'a self, work: &'a str, in_flight: usize, now: u64) -> Comparison<'a> {
        let then = self.rows.iter().find(|row| row.work == work && row.in_flight == in_flight);
        Comparison { work, in_flight, now, then, hand_written: None }
    }
}

/// Instructions of one call, now and when the table was written.
#[derive(Debug)]
pub struct Comparison<'a> {
    work: &'a str,
    in_flight: usize,
    now: u64,
    then: Option<&'a Row>,
    /// What the hand-written client costs now, if that has been looked at.
    hand_written: Option<u64>,
}

impl Comparison<'_> {
    /// With what the hand-written client costs now: where it has grown as well, compiler or libc are others.
    pub fn compared_with(self, hand_written: u64) -> Self {
        Self { hand_written: Some(hand_written), ..self }
    }

    fn percent(&self) -> Option<f64> {
        self.then.map(|then| growth(self.now as f64, then.generated.instructions as f64))
    }

    /// By how much it costs more of what the hand-written client costs.
    fn percent_against(&self) -> Option<f64> {
        let (then, hand_written) = (self.then?, self.hand_written?);
        let others_growth = hand_written as f64 / then.hand_written.instructions as f64;
        Some(growth(self.now as f64, then.generated.instructions as f64 * others_growth))
    }

    /// Whether it is in the table, and costs no more than that allows.
    pub fn is_kept(&self) -> bool {
        [self.percent(), self.percent_against()].into_iter().flatten().any(|percent| percent <= TOLERANCE)
    }
}

/// In percent.
fn growth(now: f64, then: f64) -> f64 {
    (now - then) * 100.0 / then
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { work, in_flight, now, then, .. } = self;
        write!(f, "{work:<7} {in_flight:>9} {now:>12}")?;
        match (then, self.percent()) {
            (Some(then), Some(percent)) => write!(f, " {:>12} {percent:>+7.1} %", then.generated.instructions)?,
            _ => write!(f, "  not in the table: write it anew with --write")?,
        }
        if let Some(percent) = self.percent_against() {
            write!(f, "  {percent:+.1} % against hand-written")?;
        }
        if self.then.is_some() && !self.is_kept() { write!(f, "  OVER {TOLERANCE} %") } else { Ok(()) }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { work, in_flight, hand_written, generated } = self;
        let ratio = generated.instructions as f64 / hand_written.instructions as f64;
        write!(f, "{work:<7} {in_flight:>9} {:>13} {:>11}", hand_written.instructions, generated.instructions)?;
        write!(f, "  {ratio:.3} {:>13} {:>11}", hand_written.allocations, generated.allocations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(instructions: u64) -> Table {
        let cost = Cost { instructions, allocations: 1 };
        Table { rows: vec![Row { work: "get".to_owned(), in_flight: 1, hand_written: cost, generated: cost }] }
    }

    #[test]
    fn tolerance_is_three_percent() {
        let table = table(100_000);
        assert!(table.compare("get", 1, 103_000).is_kept());
        assert!(table.compare("get", 1, 50_000).is_kept());
        let grown = table.compare("get", 1, 103_100);
        assert!(!grown.is_kept());
        assert_eq!(grown.to_string(), "get             1       103100       100000    +3.1 %  OVER 3 %");
        let new = table.compare("get", 32, 1);
        assert!(!new.is_kept() && new.to_string().ends_with("write it anew with --write"), "{new}");
    }

    #[test]
    fn compiler_change_is_not_a_regression() {
        let table = table(100_000);
        let both = table.compare("get", 1, 110_000).compared_with(109_000);
        assert!(both.is_kept());
        assert!(both.to_string().ends_with("+10.0 %  +0.9 % against hand-written"), "{both}");
        let one = table.compare("get", 1, 110_000).compared_with(103_000);
        assert!(!one.is_kept());
        assert!(one.to_string().ends_with("+6.8 % against hand-written  OVER 3 %"), "{one}");
    }
}
