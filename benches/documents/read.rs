//! Reading as documents become more: time must grow with their number and no faster.

#![allow(missing_docs, reason = "what the macros write")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to report")]

#[allow(dead_code, reason = "only the test asks what changed")]
#[path = "../../xtask/apidoc/tests/corpus/mod.rs"]
mod generated;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const COUNTS: [usize; 3] = [10, 100, 1000];

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for count in COUNTS {
        let corpus = generated::documents(count);
        group.throughput(Throughput::Bytes(corpus.iter().map(|document| document.old.len() as u64).sum()));
        group.sample_size(10).bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                for document in &corpus {
                    black_box(apidoc::read(&document.name, &document.old).unwrap());
                }
            });
        });
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
