//! Decodes and encodes the values in a file, each by the type of its schema: `[schema, value]` in each line. Prints those
//! that come back as another value.

use feishu_user_groups::types;
use serde_json::Value;

fn again<T: serde::de::DeserializeOwned + serde::Serialize>(value: &str) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_str::<T>(value)?)
}

/// The test writes a file with the names of all schemas that are types.
macro_rules! types {
    ($($name:ident)*) => {
        fn round_trip(schema: &str, value: &str) -> serde_json::Result<Value> {
            match schema {
                $(stringify!($name) => again::<types::$name>(value),)*
                other => panic!("no type {other}"),
            }
        }
    };
}
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/types.rs"));

fn main() {
    let file = std::env::args().nth(1).expect("a file");
    let mut count = 0;
    for line in std::fs::read_to_string(file).expect("the file").lines() {
        let (schema, value): (String, Value) = serde_json::from_str(line).expect("a schema and a value");
        match round_trip(&schema, &value.to_string()) {
            Ok(again) if again == value => {}
            other => println!("{schema}: {value} becomes {other:?}"),
        }
        count += 1;
    }
    println!("{count} values");
}
