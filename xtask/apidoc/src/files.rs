//! Reading files so that every error names the file, and the line where there is one.

use anyhow::{Context, anyhow};
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};

/// The root folder of the workspace: the nearest folder around the package that has a `Cargo.lock`.
///
/// cargo names the package's folder at run time, so no path of the build machine is
/// compiled in. Without cargo it is the current folder.
pub fn workspace_root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = package.as_deref().and_then(|package| package.ancestors().find(|dir| dir.join("Cargo.lock").is_file()));
    root.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// A path as messages show it: relative to the workspace where it lies inside.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string()
}

/// The text of a UTF-8 file.
///
/// # Errors
///
/// Fails where the file cannot be read, or with the line and column of the first byte that is not UTF-8.
pub fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot read this file", shown(path)))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        anyhow!("{}:{line}:{column}: this byte is not UTF-8; save the file as UTF-8", shown(path))
    })
}

/// The value in a JSON file.
///
/// # Errors
///
/// Fails where the file cannot be read, or with the line and column at which it is not a `T`.
pub fn json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    serde_json::from_str(&text(path)?).map_err(|error| {
        let place = format!("{}:{}:{}", shown(path), error.line(), error.column());
        // serde_json ends its message with the place, which stands before it already.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        anyhow!("{place}: {message}; write the file like the others in its folder")
    })
}

/// The files in a folder that have an extension, sorted by name.
///
/// # Errors
///
/// Fails where the folder cannot be read.
pub fn with_extension(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let cannot_read = || format!("{}: cannot read this folder", shown(folder));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot_read)? {
        let path = entry.with_context(cannot_read)?.path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
