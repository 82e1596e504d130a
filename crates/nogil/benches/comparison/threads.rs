//! Threads, timers and the executor.

use std::hint::black_box;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use nogil::{Thread, ThreadPoolExecutor, Timer};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::cpython::CPython;
use crate::operation;

const WORKERS: usize = 2;

pub(crate) fn bench(criterion: &mut Criterion, python: &CPython) {
    let pool = ThreadPoolExecutor::with_max_workers(WORKERS).unwrap();
    let rayon = rayon::ThreadPoolBuilder::new()
        .num_threads(WORKERS)
        .build()
        .unwrap();

    let mut group = operation(criterion, "executor submit + result");
    group.bench_function("nogil", |b| {
        b.iter(|| pool.submit(|| ()).unwrap().result().unwrap())
    });
    python.bench(&mut group, "executor submit + result");
    group.bench_function("rayon", |b| {
        b.iter(|| {
            let (done, result) = mpsc::channel();
            rayon.spawn(move || done.send(()).unwrap());
            result.recv().unwrap();
        });
    });
    group.finish();

    let mut group = operation(criterion, "executor map, per task");
    group.bench_function("nogil", |b| {
        b.iter_custom(|n| {
            let start = Instant::now();
            for result in pool.map(0..n, |n| n + 1) {
                black_box(result.unwrap());
            }
            start.elapsed()
        });
    });
    python.bench(&mut group, "executor map, per task");
    group.bench_function("rayon", |b| {
        b.iter_custom(|n| {
            let start = Instant::now();
            // One task for each number, as in the others.
            let tasks = (0..n as usize).into_par_iter().with_max_len(1);
            let results: Vec<usize> = rayon.install(|| tasks.map(|n| n + 1).collect());
            black_box(results);
            start.elapsed()
        });
    });
    group.finish();

    let mut group = operation(criterion, "thread start + join");
    group.bench_function("nogil", |b| {
        b.iter(|| {
            let thread = Thread::new(|| ());
            thread.start().unwrap();
            thread.join().unwrap();
        });
    });
    python.bench(&mut group, "thread start + join");
    group.bench_function("std", |b| b.iter(|| thread::spawn(|| ()).join().unwrap()));
    group.finish();

    let mut group = operation(criterion, "Timer start + cancel + join");
    group.bench_function("nogil", |b| {
        b.iter(|| {
            let timer = Timer::new(Duration::from_secs(3600), || ());
            timer.start().unwrap();
            timer.cancel();
            timer.join().unwrap();
        });
    });
    python.bench(&mut group, "Timer start + cancel + join");
    group.finish();
}
