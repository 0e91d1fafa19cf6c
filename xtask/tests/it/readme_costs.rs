//! What the READMEs say that a call costs is what was measured last.
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Thousands in threes: 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let starts_group = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits
        .char_indices()
        .flat_map(|(place, digit)| [starts_group(place).then_some(','), Some(digit)])
        .flatten()
        .collect()
}

#[test]
fn readmes_show_latest_costs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let costs: Value = serde_json::from_str(&fs::read_to_string(root.join("benches/costs.json")).unwrap()).unwrap();
    let instructions = |work: &str, in_flight: u64| {
        let row = costs.as_array().unwrap().iter().find(|row| row["work"] == work && row["in_flight"] == in_flight);
        ["hand_written", "generated"].map(|client| row.unwrap()[client]["instructions"].as_u64().unwrap())
    };
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root.join(readme)).unwrap();
        for work in ["create", "get", "page", "stream", "write"] {
            let [hand_written, generated] = instructions(work, 1);
            let ratio = |[hand_written, generated]: [u64; 2]| generated as f64 / hand_written as f64;
            let [alone, together] = [1, 32].map(|in_flight| ratio(instructions(work, in_flight)));
            let cells = format!("| {} | {} | {alone:.2} | {together:.2}", grouped(hand_written), grouped(generated));
            assert!(text.contains(&cells), "{readme} does not hold the row of {work}: {cells}");
        }
    }
}
