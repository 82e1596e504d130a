//! Generators and coroutines.

use std::hint::black_box;

use criterion::Criterion;
use nogil::{Coroutine, Generator, coroutine, generator, suspend};

use crate::cpython::CPython;
use crate::operation;

pub(crate) fn bench(criterion: &mut Criterion, python: &CPython) {
    let mut group = operation(criterion, "generator next");
    group.bench_function("nogil", |b| {
        let mut g = count();
        b.iter(|| g.next());
    });
    python.bench(&mut group, "generator next");
    group.finish();

    let mut group = operation(criterion, "generator send");
    group.bench_function("nogil", |b| {
        let mut g: Generator<u64, u64> = generator(|mut y| async move {
            let mut total = 0;
            loop {
                total += y.yield_(total).await;
            }
        });
        g.start().unwrap();
        b.iter(|| g.send(black_box(1)).unwrap());
    });
    python.bench(&mut group, "generator send");
    group.finish();

    let mut group = operation(criterion, "generator create + close");
    group.bench_function("nogil", |b| b.iter(|| black_box(count()).close().unwrap()));
    python.bench(&mut group, "generator create + close");
    group.finish();

    let mut group = operation(criterion, "coroutine send");
    group.bench_function("nogil", |b| {
        let mut c: Coroutine<u64, u64> = coroutine(async {
            let mut total = 0;
            loop {
                total += leaf(total).await;
            }
        });
        c.start().unwrap();
        b.iter(|| c.send(black_box(1)).unwrap());
    });
    python.bench(&mut group, "coroutine send");
    group.finish();
}

fn count() -> Generator<u64> {
    generator(|mut y| async move {
        let mut n = 0;
        loop {
            y.yield_(n).await;
            n += 1;
        }
    })
}

async fn leaf(value: u64) -> u64 {
    suspend(value).await
}
