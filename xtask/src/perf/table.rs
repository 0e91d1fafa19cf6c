//! The table of costs: as people read it, as it is checked in, and compared with what it was.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Of the lines that a row shows.
pub const HEAD: &str = "                         instructions per call            allocations per call
work    in flight  hand-written  this crate  ratio  hand-written  this crate";

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
    /// Calls under way together.
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

/// What a count may grow by: valgrind's counts of the same code differ by a tenth of that.
const TOLERANCE: f64 = 1.03;

impl Table {
    /// As it is checked in.
    pub fn to_json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// A line for every work that costs more than it did, and for one that is new.
    pub fn grown_since(&self, before: &Self) -> Vec<String> {
        let grown = |row: &Row| {
            let name = format!("{}, {} in flight", row.work, row.in_flight);
            let known = before.rows.iter().find(|known| known.work == row.work && known.in_flight == row.in_flight);
            let Some(known) = known else { return Some(format!("{name}: not in the table; write it with --write")) };
            let (now, then) = (row.generated.instructions, known.generated.instructions);
            let factor = now as f64 / then as f64;
            let percent = (factor - 1.0) * 100.0;
            (factor > TOLERANCE).then(|| format!("{name}: {now} instructions, {percent:.1} % more than {then}"))
        };
        self.rows.iter().filter_map(grown).collect()
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
    fn three_percent_more_is_let_pass_and_more_is_told() {
        assert!(table(103_000).grown_since(&table(100_000)).is_empty());
        assert!(table(50_000).grown_since(&table(100_000)).is_empty());
        let told = table(103_100).grown_since(&table(100_000));
        assert_eq!(told, ["get, 1 in flight: 103100 instructions, 3.1 % more than 100000"]);
        assert_eq!(
            table(1).grown_since(&Table::default()),
            ["get, 1 in flight: not in the table; write it with --write"]
        );
    }
}
