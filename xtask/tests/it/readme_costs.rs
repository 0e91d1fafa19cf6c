//! The costs in the docs are those of the last measurement.
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
fn docs_show_latest_costs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let costs: Value = serde_json::from_str(&fs::read_to_string(root.join("benches/costs.json")).unwrap()).unwrap();
    let instructions = |work: &str, in_flight: u64| {
        let row = costs.as_array().unwrap().iter().find(|row| row["work"] == work && row["in_flight"] == in_flight);
        ["hand_written", "generated"].map(|client| row.unwrap()[client]["instructions"].as_u64().unwrap())
    };
    let table = fs::read_to_string(root.join("docs/costs.md")).unwrap();
    let ratio = |[hand_written, generated]: [u64; 2]| generated as f64 / hand_written as f64;
    let works = ["create", "get", "page", "stream", "write", "members", "batch"];
    for work in works {
        let [hand_written, generated] = instructions(work, 1);
        let [alone, together] = [1, 32].map(|in_flight| ratio(instructions(work, in_flight)));
        let cells = format!("| {} | {} | {alone:.2} | {together:.2}", grouped(hand_written), grouped(generated));
        assert!(table.contains(&cells), "docs/costs.md lacks the row of {work}: {cells}");
    }
    let ratios = works.map(|work| ratio(instructions(work, 1)));
    let (least, most) = (ratios.iter().copied().fold(f64::MAX, f64::min), ratios.iter().copied().fold(0.0, f64::max));
    for (readme, range) in [
        ("README.md", format!("[{least:.2} to {most:.2} of the instructions](docs/costs.md)")),
        ("README.zh-CN.md", format!("[{least:.2} 到 {most:.2}](docs/costs.md)")),
    ] {
        let text = fs::read_to_string(root.join(readme)).unwrap();
        assert!(text.contains(&range), "{readme} lacks: {range}");
    }
}
