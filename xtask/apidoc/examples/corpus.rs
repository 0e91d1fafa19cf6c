//! Writes the generated documents, to measure the real program with them:
//! `cargo run -p xtask --example corpus -- DIR 1000` fills `DIR/old` and `DIR/new`.

#[allow(dead_code, reason = "the test alone asks what changed")]
#[path = "../tests/corpus/mod.rs"]
mod generated;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(folder), Some(Ok(count))) = (arguments.next(), arguments.next().map(|count| count.parse())) else {
        return Err(io::Error::other("the arguments are a folder and how many documents to write"));
    };
    let (old, new) = (Path::new(&folder).join("old"), Path::new(&folder).join("new"));
    fs::create_dir_all(&old)?;
    fs::create_dir_all(&new)?;
    for document in generated::documents(count) {
        fs::write(old.join(&document.name), &document.old)?;
        fs::write(new.join(&document.name), &document.new)?;
    }
    Ok(())
}
