//! Files as every command reads them: by the name people see, failing with the place.

use crate::source::{Mistake, Place};
use crate::workspace_root;
use anyhow::Context;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};

/// A path as people see it: without the workspace's folder.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root()).unwrap_or(path).display().to_string()
}

pub(crate) fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}: cannot read this file", shown(path)))
}

pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let read = serde_json::from_str(&text(path)?);
    Ok(read.map_err(|error| Mistake {
        file: shown(path),
        place: Some(Place { line: error.line(), column: error.column() }),
        // Its own words end with the place, which stands before them already.
        message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
        help: "give the file the form of its neighbours".to_owned(),
    })?)
}

/// The files of a folder with an extension, by name.
pub(crate) fn with_extension(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
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
