//! What `validate` tells besides its findings' substance: lines, colours, reasons, and the
//! forms that other services read; through the real command line.

use specproof::validate::Rule;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specproof/tests")
}

/// A folder of a test's own, with the small world's spec and one mistake in it.
struct Broken(PathBuf);

impl Broken {
    fn new(name: &str) -> Self {
        let folder = crate::scratch(&format!("reports {name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let text = fs::read_to_string(tests().join("golden/world/openapi.yaml")).unwrap();
        fs::write(folder.join("open,api.yaml"), text.replacen("maxItems: 10", "maxItems: 11", 1)).unwrap();
        Self(folder)
    }

    fn command(&self, documents: &Path) -> Command {
        let world = tests().join("golden/world");
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["validate", "--spec"]).arg(self.0.join("open,api.yaml")).arg("--documents").arg(documents);
        command.arg("--service").arg(world.join("service")).arg("--errata").arg(world.join("errata.yaml"));
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
            command.env_remove(variable);
        }
        command
    }

    fn run(&self, options: &[&str]) -> String {
        text(&self.command(&tests().join("golden/world/documents")).args(options).output().unwrap())
    }
}

fn text(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn markdown_line_is_quoted() {
    let broken = Broken::new("lines");
    let page = tests().join("../../apidoc/tests/documents/page.md");
    let found = text(&broken.command(&page).output().unwrap());
    let heading = "documents/page.md:1:";
    assert!(found.contains(&format!("tests/{heading}")), "{found}");
    let first = fs::read_to_string(&page).unwrap().lines().next().unwrap().to_owned();
    let (shown, _) = found.split_once("the document").unwrap();
    assert!(shown.lines().any(|line| line.ends_with(&format!("| {first}"))), "{shown}");
}

#[test]
fn colours_need_terminal_or_request() {
    let broken = Broken::new("colours");
    let escapes = |variables: &[(&str, &str)]| {
        let mut command = broken.command(&tests().join("golden/world/documents"));
        text(&command.envs(variables.iter().copied()).output().unwrap()).contains('\u{1b}')
    };
    assert!(!escapes(&[]), "a pipe is no terminal");
    assert!(escapes(&[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(&[("NO_COLOR", "1")]));
    assert!(!escapes(&[("TERM", "dumb")]));
}

#[test]
fn github_format_is_one_escaped_line() {
    let found = Broken::new("github").run(&["--format", "github"]);
    let (place, message) = found.strip_prefix("::error file=").unwrap().split_once("::").unwrap();
    assert!(place.ends_with("open%2Capi.yaml,line=186,endLine=186,col=11,title=parameter-limit"), "{found}");
    assert!(message.starts_with("write_thing: `body owners max_items` is 11 in the spec;"), "{found}");
    assert!(message.contains("%0Adocument: things.md:51%0Aservice: "), "{found}");
    assert!(message.contains("%0Ahelp: write `maxItems: 10`, or add this entry to errata.yaml%0A  - id: "), "{found}");
    assert_eq!(found.lines().count(), 1);
}

fn explain(rule: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["validate", "--explain", rule]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_rule_is_explained() {
    for rule in Rule::ALL {
        let (code, told, _) = explain(rule.name());
        assert_eq!(code, Some(0));
        assert!(told.starts_with(&format!("{}: {}\n\n## Why\n", rule.name(), rule.explanation())), "{told}");
    }
}

#[test]
fn unknown_rule_lists_similar_names() {
    let (code, told, error) = explain("paramter-limits");
    assert_eq!((code, told.as_str()), (Some(2), ""));
    assert!(error.contains("'paramter-limits'") && error.contains("similar value"), "{error}");
    assert!(error.contains("'parameter-limit'"), "{error}");
    for rule in Rule::ALL {
        assert!(error.contains(rule.name()), "{} is not listed:\n{error}", rule.name());
    }
}
