//! The facts that `spec/documents` holds are written as `cargo xtask documents sync` writes them.

use apidoc::facts::Document;
use std::path::Path;

#[test]
fn lock_is_written_as_sync_does() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/documents");
    let mut files = 0;
    for entry in std::fs::read_dir(lock).expect("spec/documents is there") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).expect("readable");
            let document: Document = serde_json::from_str(&text).expect("facts");
            assert_eq!(serde_json::to_string_pretty(&document).expect("JSON") + "\n", text, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 2);
}
