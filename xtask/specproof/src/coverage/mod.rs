//! Which facts of the spec are backed by what evidence.
//!
//! `validate` is silent where the spec is proven; here is why. The evidence table has every
//! fact that is compared, with what each source says and the evidence for it. This folder
//! counts them (`tally`), words them (`words`) and shows them: in short on the terminal,
//! in full as a self-contained page.
//!
//! It ends with findings exactly where comparing the facts has some: an open difference, a
//! fact without evidence, an unmatched operation, an erratum that does not hold. Facts that
//! `validate` accepts without evidence (`implied`, `shared`) are shown and counted.

mod page;
mod tally;
mod terminal;
mod words;

use crate::source::Mistake;
use crate::validate::Inputs;
use crate::validate::evidence_table::{EvidenceKind, EvidenceTable, Row};
use std::io::{self, Write};

/// Every fact of a spec with its evidence.
pub struct Coverage(EvidenceTable);

impl Coverage {
    /// Collects the evidence.
    ///
    /// # Errors
    ///
    /// Fails if the spec is no OpenAPI 3.0 document.
    pub fn new(inputs: &Inputs) -> Result<Self, Mistake> {
        EvidenceTable::new(inputs).map(Self)
    }

    /// Prints the table for a terminal.
    ///
    /// # Errors
    ///
    /// Fails where `out` cannot be written.
    pub fn print(&self, filter: Filter, out: &mut dyn Write) -> io::Result<()> {
        terminal::print(&self.0, filter, out)
    }

    /// The HTML page with all facts.
    ///
    /// # Errors
    ///
    /// Fails where the template cannot be rendered.
    pub fn page(&self) -> askama::Result<String> {
        page::render(&self.0)
    }

    /// Whether `validate` would have findings about these facts.
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }
}

/// Which facts to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All facts.
    All,
    /// Facts that a document states.
    Document,
    /// Facts that an example shows.
    Example,
    /// Facts that the service's reference states.
    Service,
    /// Facts that an erratum is about.
    Errata,
    /// Facts without evidence.
    Nothing,
    /// Facts on which document, service and spec differ.
    Differences,
    /// Facts that `validate` reports.
    Open,
}

impl Filter {
    /// Every filter, with its name on the command line and what it selects.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::All, "all", "All facts"),
        (Self::Document, "document", "Facts that a document states"),
        (Self::Example, "example", "Facts that an example shows"),
        (Self::Service, "service", "Facts that the service's reference states"),
        (Self::Errata, "errata", "Facts that an erratum is about"),
        (Self::Nothing, "nothing", "Facts without evidence"),
        (Self::Differences, "differences", "Facts on which document, service and spec differ"),
        (Self::Open, "open", "Facts that `validate` reports"),
    ];

    fn takes(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Document => row.has(EvidenceKind::Document),
            Self::Example => row.has(EvidenceKind::Example),
            Self::Service => row.has(EvidenceKind::Service),
            Self::Errata => row.has(EvidenceKind::Errata),
            Self::Nothing => row.evidence.is_empty(),
            Self::Differences => row.differs(),
            Self::Open => row.is_open(),
        }
    }
}
