//! Takes Swagger UI out of its archive, for the page under `/docs` of the offline service.
//!
//! The archive has 1.8 MB, of which the page needs two files. Both are deflated in it, and gzip is the same data between
//! another head and another tail: so nothing is inflated here, and browsers get the files as they are stored, 440 kB.

use std::fs;
use std::ops::Range;
use std::path::Path;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

/// The files under `dist/` that the page loads.
const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

/// Writes each file with `.gz` after its name.
pub fn write(folder: &Path) -> Result<(), String> {
    for name in FILES {
        let gzip = Archive(SWAGGER_UI_VENDORED).gzip(&format!("dist/{name}"));
        let gzip = gzip.ok_or_else(|| format!("the archive of Swagger UI has no deflated file `dist/{name}`"))?;
        let file = folder.join(format!("{name}.gz"));
        fs::write(&file, gzip).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// A zip archive whose files are in one folder.
struct Archive<'a>(&'a [u8]);

impl Archive<'_> {
    /// A deflated file in the form of gzip; `None` if there is none with this name.
    fn gzip(&self, name: &str) -> Option<Vec<u8>> {
        // The list of files begins where the record at the end of the archive says.
        let end = self.0.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
        let mut entry = self.number(end + 16..end + 20)?;
        while self.0.get(entry..entry + 4)? == b"PK\x01\x02" {
            let [name_length, extra_length, comment_length] = self.numbers(entry + 28)?;
            let name_start = entry + 46;
            let path = self.0.get(name_start..name_start + name_length)?;
            let inside = path.iter().position(|byte| *byte == b'/').and_then(|slash| path.get(slash + 1..))?;
            if inside == name.as_bytes() && self.number(entry + 10..entry + 12)? == 8 {
                return self.gzip_entry(entry);
            }
            entry = name_start + name_length + extra_length + comment_length;
        }
        None
    }

    fn gzip_entry(&self, entry: usize) -> Option<Vec<u8>> {
        let (checksum, compressed_size) = (self.0.get(entry + 16..entry + 20)?, self.number(entry + 20..entry + 24)?);
        let size = self.0.get(entry + 24..entry + 28)?;
        let local = self.number(entry + 42..entry + 46)?;
        let [name_length, extra_length, _] = self.numbers(local + 26)?;
        let start = local + 30 + name_length + extra_length;
        // Deflate, no flags, no time, an unknown system.
        let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
        Some([&head, self.0.get(start..start + compressed_size)?, checksum, size].concat())
    }

    /// Three numbers of two bytes each.
    fn numbers(&self, start: usize) -> Option<[usize; 3]> {
        let number = |index: usize| self.number(start + 2 * index..start + 2 * index + 2);
        Some([number(0)?, number(1)?, number(2)?])
    }

    /// A number, whose lowest byte comes first.
    fn number(&self, range: Range<usize>) -> Option<usize> {
        let bytes = self.0.get(range)?.iter().rev();
        Some(bytes.fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }
}
