//! The tools, in the versions of `xtask/interop`, and what they generate from the spec.
//!
//! npm runs no scripts of packages: one of them would compile a keychain that nobody here needs, and a package that runs
//! code when it is installed is a risk.

use super::process::succeed;
use anyhow::Context;
use apidoc::files::workspace_root;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the tools are.
pub(super) struct Folders {
    pub node: PathBuf,
    pub python: PathBuf,
    pub spec: PathBuf,
}

impl Folders {
    /// All paths are absolute: programs run in folders of their own.
    pub fn new() -> anyhow::Result<Self> {
        let root = std::path::absolute(workspace_root()).context("the current folder is gone")?;
        let target = root.join("target/interop");
        Ok(Self { node: target.join("node"), python: target.join("python"), spec: root.join("spec/openapi.yaml") })
    }

    /// A program that npm has installed.
    pub fn node_program(&self, name: &str) -> Command {
        let mut command = Command::new(self.node.join("node_modules/.bin").join(name));
        command.current_dir(&self.node);
        command
    }

    /// A program that pip has installed; it finds the others by their names.
    pub fn python_program(&self, name: &str) -> Command {
        let programs = self.python.join("bin");
        let mut command = Command::new(programs.join(name));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(programs).chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(paths) {
            command.env("PATH", path);
        }
        command.current_dir(&self.python);
        command
    }
}

/// Installs the tools, unless these versions are installed already.
pub(super) fn install(folders: &Folders) -> anyhow::Result<()> {
    let scripts = workspace_root().join("xtask/interop");
    once(&folders.node, &scripts.join("package.json"), |folder| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(folder);
        succeed(&mut npm)
    })?;
    once(&folders.python, &scripts.join("requirements.txt"), |folder| {
        succeed(Command::new("python3").args(["-m", "venv", "."]).current_dir(folder))?;
        let mut pip = folders.python_program("pip");
        succeed(pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"]))
    })?;
    copy_scripts(&scripts, folders)
}

/// Runs an installation whose file of versions has changed since the last one that succeeded.
fn once(folder: &Path, versions: &Path, install: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let wanted = fs::read_to_string(versions).with_context(|| versions.display().to_string())?;
    let done = folder.join("installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    if let Some(name) = versions.file_name() {
        fs::copy(versions, folder.join(name)).with_context(|| versions.display().to_string())?;
    }
    install(folder)?;
    fs::write(&done, wanted).with_context(|| done.display().to_string())
}

/// A script finds its packages next to it.
fn copy_scripts(scripts: &Path, folders: &Folders) -> anyhow::Result<()> {
    for script in fs::read_dir(scripts).with_context(|| scripts.display().to_string())? {
        let script = script?.path();
        let folder = match script.extension().and_then(|extension| extension.to_str()) {
            Some("mjs" | "mts") => &folders.node,
            Some("py") => &folders.python,
            _ => continue,
        };
        if let Some(name) = script.file_name() {
            fs::copy(&script, folder.join(name)).with_context(|| script.display().to_string())?;
        }
    }
    Ok(())
}

/// Clients from the spec: types for openapi-fetch, which the compiler of TypeScript checks, and a package for Python.
pub(super) fn generate(folders: &Folders) -> anyhow::Result<()> {
    succeed(folders.node_program("openapi-typescript").arg(&folders.spec).args(["--output", "schema.d.ts"]))?;
    let options = ["--strict", "--target", "es2022", "--module", "nodenext", "--allowJs", "--skipLibCheck"];
    succeed(folders.node_program("tsc").args(options).args(["--outDir", "compiled", "openapi_fetch.mts"]))?;
    let mut generator = folders.python_program("openapi-python-client");
    generator.args([
        "generate",
        "--fail-on-warning",
        "--overwrite",
        "--meta",
        "none",
        "--output-path",
        "feishu_client",
    ]);
    succeed(generator.arg("--path").arg(&folders.spec))
}
