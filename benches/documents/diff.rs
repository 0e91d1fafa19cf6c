//! Comparing as documents become more: time must grow with their number and no faster.

#![allow(missing_docs, reason = "what the macros write")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to tell")]

#[allow(dead_code, reason = "the test alone asks what changed")]
#[path = "../../xtask/apidoc/tests/corpus/mod.rs"]
mod generated;

use apidoc::facts::Document;
use apidoc::read;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use specproof::diff::differences;
use specproof::source::Source;

const COUNTS: [usize; 3] = [10, 100, 1000];

fn facts(name: &str, text: &str) -> Document {
    read(name, text).unwrap().document
}

fn comparing(criterion: &mut Criterion) {
    let spec = Source::parse("openapi.yaml", include_str!("../../spec/openapi.yaml")).unwrap();
    let mut group = criterion.benchmark_group("compare");
    for count in COUNTS {
        let corpus = generated::documents(count);
        let old: Vec<Document> = corpus.iter().map(|document| facts(&document.name, &document.old)).collect();
        let new: Vec<Document> = corpus.iter().map(|document| facts(&document.name, &document.new)).collect();
        // The worst that can happen: everything is somewhere else, and is known by what it says.
        let mut moved = new.clone();
        for (at, operation) in moved.iter_mut().flat_map(|document| &mut document.operations).enumerate() {
            operation.name = format!("moved_{at}");
            operation.path = Some(format!("/moved/{at}"));
        }
        group.throughput(Throughput::Elements(count as u64)).sample_size(10);
        for (state, other) in [("changed", &new), ("moved", &moved)] {
            group.bench_function(BenchmarkId::new(state, count), |bencher| {
                bencher.iter_batched(
                    || (old.clone(), other.clone()),
                    |(old, new)| differences(old, new, &spec),
                    criterion::BatchSize::PerIteration,
                );
            });
        }
    }
}

criterion_group!(benches, comparing);
criterion_main!(benches);
