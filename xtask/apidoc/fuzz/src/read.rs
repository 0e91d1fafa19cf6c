//! Any text is read or refused: no panic, and places that the text has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use apidoc::read;
use apidoc::facts::Document;

fuzz_target!(|text: &str| {
    let Ok(reading) = read("doc.md", text) else { return };
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
    for warning in &reading.warnings {
        assert!((1..=lines).contains(&warning.line) && warning.column >= 1, "{warning}");
    }
    for operation in &reading.document.operations {
        let parameters = operation.parameters.iter().map(|parameter| parameter.line);
        let fields = operation.response_fields.iter().map(|field| field.line);
        let errors = operation.errors.iter().map(|error| error.line);
        for line in parameters.chain(fields).chain(errors).chain([operation.line]) {
            assert!((1..=lines).contains(&line), "line {line} of {lines}");
        }
    }
    let json = serde_json::to_string(&reading.document).expect("facts are JSON");
    let again: Document = serde_json::from_str(&json).expect("what was written is read");
    assert_eq!(again, reading.document);
});
