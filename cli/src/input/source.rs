//! From a path to text.
//!
//! A wrong path often leads to something that is no list at all. Each such thing gets a message of its own, and none of
//! them is read into memory without a bound. Text in the wrong encoding must not pass either: a replaced character in an
//! email is another email.

use super::Problem;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read: 64 MiB, ten times what the largest group needs.
pub const MAX_BYTES: u64 = 64 << 20;

/// The encoding of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    #[default]
    Utf8,
    /// GBK, and GB 18030, which contains it.
    Gbk,
}

/// The text of a file.
pub(super) fn text(path: &Path, encoding: Encoding) -> Result<String, Problem> {
    let bytes = bytes(path)?;
    decode(bytes, encoding)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let cannot = |error: io::Error| Problem::of_file(format!("cannot be read: {error}"));
    if path.as_os_str() == "-" {
        return bounded(io::stdin().lock());
    }
    // A directory can be opened, and fails with an obscure message when it is read.
    let metadata = path.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err(Problem::of_file("is a directory; name the file in it"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(too_large());
    }
    bounded(File::open(path).map_err(cannot)?)
}

fn bounded(reader: impl Read) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(Problem::of_file(format!("cannot be read: {error}"))),
        Ok(length) if length as u64 > MAX_BYTES => Err(too_large()),
        Ok(_) => Ok(bytes),
    }
}

fn too_large() -> Problem {
    let limit = MAX_BYTES >> 20;
    Problem::of_file(format!("is larger than {limit} MiB, more than any group needs; is it the right file?"))
}

fn decode(bytes: Vec<u8>, encoding: Encoding) -> Result<String, Problem> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::of_file("is UTF-16; save it as \"CSV UTF-8\""));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Problem::of_file("is a spreadsheet or an archive; export it as \"CSV UTF-8\""));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Problem::at(line_of(&bytes, at), "contains a zero byte: this is a binary file, not CSV or a list"));
    }
    match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| {
            let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
            Problem::at(line, "is not UTF-8; if a spreadsheet saved it in Chinese encoding, add `--encoding gbk`")
        }),
        Encoding::Gbk => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .map(Cow::into_owned)
            .ok_or_else(|| Problem::of_file("is not GBK; leave out `--encoding gbk` for UTF-8")),
    }
}

/// The line of a position in the file, from 1.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    bytes.iter().take(at).filter(|byte| **byte == b'\n').count() as u64 + 1
}
