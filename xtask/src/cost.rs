//! Subcommand `cargo xtask cost`: what a program that uses this crate costs to build and to rebuild.
//!
//! Every downstream pays it, again and again. Programs that do the same by hand stand
//! next to ours, all built clean, in release, in one run: CPU seconds differ by two between
//! machines, their ratios do not. What is fetched beforehand is not measured.
//!
//! A rebuild follows an edit of the program's own `main.rs`. It is measured in release too:
//! there the compiler does all of that file's work again, which is what differs between the
//! programs. In the dev profile it reuses most of it, and linking takes most of the time.

use crate::Outcome;
use anyhow::{Context, bail};
use apidoc::files::workspace_root;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Build programs by hand and with this crate: CPU seconds, crates, size, CPU seconds of a rebuild
///
/// Takes twenty minutes on two cores, and wants the machine to itself.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Build only the programs whose description holds this; ratios are then to the first of these in each table
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// Programs that do the same.
struct Table {
    what: &'static str,
    programs: &'static [Program],
}

/// A program to build.
struct Program {
    what: &'static str,
    dependencies: &'static str,
    source: &'static str,
    /// How a TLS provider is chosen, where reqwest does not.
    tls: &'static str,
}

const HAND_WRITTEN: &str = include_str!("../../benches/programs/hand_written.rs");
const THIS_CRATE: &str = include_str!("../../benches/programs/this_crate.rs");
const FIVE_BY_HAND: &str = include_str!("../../benches/programs/five_by_hand.rs");
const FIVE_OPERATIONS: &str = include_str!("../../benches/programs/five_operations.rs");
const BY_ITSELF: &str = "fn choose_tls() {}\n";

const ONE_CALL: [Program; 6] = [
    Program {
        what: "by hand, reqwest as it comes",
        dependencies: r#"reqwest = { version = "0.13", features = ["json"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "by hand, without HTTP/2, charset, proxy",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json", "default-tls"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "by hand, ring for TLS besides",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }"#,
        source: HAND_WRITTEN,
        tls: "fn choose_tls() { let _ = rustls::crypto::ring::default_provider().install_default(); }\n",
    },
    Program {
        what: "by hand, no TLS",
        dependencies: r#"reqwest = { version = "0.13", default-features = false, features = ["json"] }"#,
        source: HAND_WRITTEN,
        tls: BY_ITSELF,
    },
    Program {
        what: "this crate",
        dependencies: r#"feishu-user-groups = { path = "ROOT" }"#,
        source: THIS_CRATE,
        tls: "",
    },
    Program {
        what: "this crate, no TLS",
        dependencies: r#"feishu-user-groups = { path = "ROOT", default-features = false }"#,
        source: THIS_CRATE,
        tls: "",
    },
];

const FIVE: [Program; 2] = [
    Program {
        what: "five operations by hand, reqwest as it comes",
        dependencies: r#"reqwest = { version = "0.13", features = ["json"] }"#,
        source: FIVE_BY_HAND,
        tls: BY_ITSELF,
    },
    Program {
        what: "five operations with this crate",
        dependencies: r#"feishu-user-groups = { path = "ROOT" }"#,
        source: FIVE_OPERATIONS,
        tls: "",
    },
];

const TABLES: [Table; 2] = [
    Table { what: "a program that makes one call", programs: &ONE_CALL },
    Table { what: "a program that uses five operations", programs: &FIVE },
];

/// A text in each program that an edit changes.
const EDITED: &str = "R&D";
/// Rebuilds of which the mean is taken.
const REBUILDS: u32 = 3;

/// What building it took.
#[derive(Clone, Copy)]
struct Built {
    cpu_seconds: f64,
    crates: usize,
    megabytes: f64,
    /// CPU seconds after an edit.
    rebuild: f64,
}

/// Runs the subcommand; the table goes to `out`.
///
/// # Errors
///
/// Fails where a program does not build; crates are fetched, which needs a registry.
pub fn run(args: Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let root = workspace_root().canonicalize()?;
    let scratch = root.join("target/cost");
    let is_chosen = |program: &&Program| program.what.contains(&args.only);
    let programs: Vec<&Program> = TABLES.iter().flat_map(|table| table.programs).collect();
    if !programs.iter().any(is_chosen) {
        let known = programs.iter().map(|program| program.what).collect::<Vec<_>>().join("; ");
        bail!("no program is described by {:?}; there are: {known}", args.only);
    }
    let mut between = "";
    for table in &TABLES {
        let mut first: Option<Built> = None;
        for program in table.programs.iter().filter(is_chosen) {
            if first.is_none() {
                writeln!(out, "{between}{}", head(table))?;
                between = "\n";
            }
            write_program(program, &root, &scratch)?;
            let built = build(program, &scratch)?;
            writeln!(out, "{}", row(program, built, *first.get_or_insert(built)))?;
            out.flush()?;
        }
    }
    fs::remove_dir_all(&scratch)?;
    Ok(Outcome::Fine)
}

fn head(table: &Table) -> String {
    let what = table.what;
    format!(
        "| {what} | CPU | CPU seconds | crates | size | rebuild | rebuild seconds |\n\
         | --- | --- | --- | --- | --- | --- | --- |"
    )
}

/// A program's row: its CPU seconds as they are, and as ratios to those of the table's first.
fn row(program: &Program, built: Built, first: Built) -> String {
    let Built { cpu_seconds, crates, megabytes, rebuild } = built;
    let (build_ratio, rebuild_ratio) = (cpu_seconds / first.cpu_seconds, rebuild / first.rebuild);
    format!(
        "| {} | {build_ratio:.2} | {cpu_seconds:.0} | {crates} | {megabytes:.1} MB | {rebuild_ratio:.2} | {rebuild:.1} |",
        program.what
    )
}

/// A package of its own, with nothing built.
fn write_program(program: &Program, root: &Path, scratch: &Path) -> anyhow::Result<()> {
    if scratch.exists() {
        fs::remove_dir_all(scratch).with_context(|| scratch.display().to_string())?;
    }
    fs::create_dir_all(scratch.join("src"))?;
    let dependencies = program.dependencies.replace("ROOT", &root.display().to_string());
    let manifest = format!(
        r#"[package]
name = "one-call"
edition = "2024"
[workspace]
[profile.release]
strip = true
[dependencies]
serde = {{ version = "1", features = ["derive"] }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}
{dependencies}
"#
    );
    fs::write(scratch.join("Cargo.toml"), manifest)?;
    write_source(program, scratch, EDITED)
}

/// The program with another text in place of [`EDITED`].
fn write_source(program: &Program, scratch: &Path, text: &str) -> anyhow::Result<()> {
    let source = format!("{}{}", program.source.replace(EDITED, text), program.tls);
    fs::write(scratch.join("src/main.rs"), source).context("src/main.rs")
}

fn build(program: &Program, scratch: &Path) -> anyhow::Result<Built> {
    let tree = shell("cargo fetch --quiet && cargo tree --edges normal,build --prefix none --no-dedupe", scratch)?;
    // A line is `name version (..)`; some crates stand there more than once.
    let crates = tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).collect::<BTreeSet<_>>().len();
    let cpu_seconds = timed_build(scratch)?;
    let size = fs::metadata(scratch.join("target/release/one-call"))?.len();
    let mut rebuilds = 0.0;
    for edit in 1..=REBUILDS {
        write_source(program, scratch, &format!("{EDITED} {edit}"))?;
        rebuilds += timed_build(scratch)?;
    }
    Ok(Built { cpu_seconds, crates, megabytes: size as f64 / 1e6, rebuild: rebuilds / f64::from(REBUILDS) })
}

/// CPU seconds of a build of all that changed.
fn timed_build(scratch: &Path) -> anyhow::Result<f64> {
    let times = shell("cargo build --release --quiet && times", scratch)?;
    times.lines().nth(1).and_then(children_seconds).context("the shell printed no times")
}

/// Runs a line of a POSIX shell, whose `times` tells what all its children took.
fn shell(line: &str, folder: &Path) -> anyhow::Result<String> {
    let mut command = crate::cargo::from_shell("sh");
    command.args(["-c", line]).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let output = command.output().with_context(|| format!("`{line}` did not start"))?;
    if !output.status.success() {
        bail!("`{line}` failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// User and system time of `1m2.34s 0m5.6s`.
fn children_seconds(line: &str) -> Option<f64> {
    let seconds = |time: &str| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    line.split_whitespace().map(seconds).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_contains_the_edited_text() {
        for program in TABLES.iter().flat_map(|table| table.programs) {
            assert!(program.source.contains(EDITED), "an edit would change nothing in {:?}", program.what);
        }
    }

    #[test]
    fn ratios_are_to_the_first_program() {
        let [first, built] = [(4.0, 5.0), (3.0, 1.5)].map(|(cpu_seconds, rebuild)| Built {
            cpu_seconds,
            crates: 7,
            megabytes: 1.25,
            rebuild,
        });
        let row = row(&FIVE[1], built, first);
        assert_eq!(row, "| five operations with this crate | 0.75 | 3 | 7 | 1.2 MB | 0.30 | 1.5 |");
    }

    #[test]
    fn shell_times_are_parsed() {
        assert_eq!(children_seconds("1m2.5s 0m0.25s"), Some(62.75));
        assert_eq!(children_seconds("0m0.000000s 0m0.010000s"), Some(0.01));
        assert_eq!(children_seconds("fast"), None);
    }
}
