//! The results of a run, as people read them.

use super::accepted::Accepted;
use super::mutant::Mutant;
use super::runner::Run;
use crate::source::Source;
use std::io::{self, Write};

/// The results of a run against the list of accepted survivors.
pub struct Report<'a> {
    run: &'a Run,
    accepted: &'a [Accepted],
    unexplained: Vec<&'a Mutant>,
    stale: Vec<&'a Accepted>,
}

impl<'a> Report<'a> {
    /// An entry without a survivor is stale only if `all` mutants were tried.
    pub fn new(run: &'a Run, accepted: &'a [Accepted], all: bool) -> Self {
        let stale = accepted.iter().filter(|entry| all && run.covered(entry) == 0).collect();
        Self { run, accepted, unexplained: run.unexplained(accepted).collect(), stale }
    }

    /// Whether every survivor is explained, and every entry needed.
    pub fn is_fine(&self) -> bool {
        self.unexplained.is_empty() && self.stale.is_empty()
    }

    /// Prints it; `list` is the file of the accepted ones.
    ///
    /// # Errors
    ///
    /// Fails where `out` cannot be written.
    pub fn tell(&self, spec: &Source, list: &str, out: &mut dyn Write) -> io::Result<()> {
        for entry in self.accepted {
            match self.run.covered(entry) {
                0 => {}
                count => writeln!(out, "accepted {count:4}  {}: {}", entry.mutants, entry.reason)?,
            }
        }
        for mutant in &self.unexplained {
            let line = spec.place(&mutant.pointer).map_or(1, |place| place.line);
            writeln!(out, "{}:{line}: mutant survived: `{}`", spec.file, mutant.name())?;
            writeln!(out, "  help: add a check to validate, or justify it in {list}")?;
        }
        for entry in &self.stale {
            writeln!(out, "{list}:{}: no surviving mutant matches `{}`", entry.line, entry.mutants)?;
            writeln!(out, "  help: remove the entry: validate catches such changes now")?;
        }
        let (tried, survivors) = (self.run.tried, self.run.survivors.len());
        let (unexplained, stale) = (self.unexplained.len(), self.stale.len());
        let (killed, accepted) = (tried - survivors, survivors - unexplained);
        writeln!(
            out,
            "{tried} mutants: {killed} killed, {survivors} survived ({accepted} accepted, {unexplained} unexplained); \
             stale entries: {stale}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::mutant::Change;

    fn told(accepted: &[&str], all: bool) -> (bool, String) {
        let entry = |(index, mutants): (usize, &&str)| Accepted {
            mutants: (*mutants).to_owned(),
            reason: "a test".to_owned(),
            line: index + 2,
        };
        let accepted: Vec<Accepted> = accepted.iter().enumerate().map(entry).collect();
        let survivor = Mutant { kind: "removed", pointer: "/a/b".to_owned(), change: Change::Remove };
        let run = Run { tried: 10, survivors: vec![survivor] };
        let spec = Source::parse("spec.yaml", "a:\n  b: c\n").unwrap();
        let (report, mut out) = (Report::new(&run, &accepted, all), Vec::new());
        report.tell(&spec, "accepted.yaml", &mut out).unwrap();
        (report.is_fine(), String::from_utf8(out).unwrap())
    }

    #[test]
    fn report_lists_unexplained_survivors() {
        let (fine, out) = told(&[], true);
        assert!(!fine && out.starts_with("spec.yaml:2: mutant survived: `removed /a/b `\n"), "{out}");
        let (fine, out) = told(&["removed *"], true);
        assert!(fine, "{out}");
        let counts = "10 mutants: 9 killed, 1 survived (1 accepted, 0 unexplained); stale entries: 0\n";
        assert_eq!(out, format!("accepted    1  removed *: a test\n{counts}"));
    }

    #[test]
    fn stale_entry_is_reported_after_full_run() {
        let (fine, out) = told(&["removed *", "changed *"], true);
        assert!(!fine && out.contains("accepted.yaml:3: no surviving mutant matches `changed *`\n"), "{out}");
        assert!(told(&["removed *", "changed *"], false).0);
    }
}
