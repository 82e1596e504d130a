//! Queues: one thread, and a hand-over between two.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::{Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion};
use nogil::{Queue, SimpleQueue};

use crate::cpython::CPython;
use crate::operation;

pub(crate) fn bench(criterion: &mut Criterion, python: &CPython) {
    let mut group = operation(criterion, "Queue put + get");
    group.bench_function("nogil", |b| {
        let queue = Queue::new();
        b.iter(|| {
            queue.put(black_box(1)).unwrap();
            black_box(queue.get().unwrap())
        });
    });
    python.bench(&mut group, "Queue put + get");
    group.bench_function("std", std_put_get);
    group.bench_function("crossbeam", crossbeam_put_get);
    group.bench_function("flume", |b| {
        let (put, get) = flume::unbounded();
        b.iter(|| {
            put.send(black_box(1)).unwrap();
            black_box(get.recv().unwrap())
        });
    });
    group.bench_function("by hand", |b| {
        let items = Mutex::new(VecDeque::new());
        b.iter(|| {
            items.lock().unwrap().push_back(black_box(1));
            items.lock().unwrap().pop_front()
        });
    });
    group.finish();

    let mut group = operation(criterion, "Queue put + get + task_done");
    group.bench_function("nogil", |b| {
        let queue = Queue::new();
        b.iter(|| {
            queue.put(black_box(1)).unwrap();
            black_box(queue.get().unwrap());
            queue.task_done().unwrap();
        });
    });
    python.bench(&mut group, "Queue put + get + task_done");
    group.bench_function("by hand", |b| {
        let state = Mutex::new((VecDeque::new(), 0));
        b.iter(|| {
            {
                let (items, unfinished) = &mut *state.lock().unwrap();
                items.push_back(black_box(1));
                *unfinished += 1;
            }
            black_box(state.lock().unwrap().0.pop_front());
            state.lock().unwrap().1 -= 1;
        });
    });
    group.finish();

    let mut group = operation(criterion, "SimpleQueue put + get");
    group.bench_function("nogil", |b| {
        let queue = SimpleQueue::new();
        b.iter(|| {
            queue.put(black_box(1));
            black_box(queue.get())
        });
    });
    python.bench(&mut group, "SimpleQueue put + get");
    group.bench_function("std", std_put_get);
    group.bench_function("crossbeam", crossbeam_put_get);
    group.finish();

    let mut group = operation(criterion, "Queue hand-over, per item");
    group.bench_function("nogil", |b| {
        b.iter_custom(|n| {
            let queue = Queue::new();
            let producer = queue.clone();
            hand_over(
                n,
                move |item| producer.put(item).unwrap(),
                || queue.get().unwrap(),
            )
        });
    });
    python.bench(&mut group, "Queue hand-over, per item");
    group.bench_function("std", |b| {
        b.iter_custom(|n| {
            let (put, get) = mpsc::channel();
            hand_over(
                n,
                move |item| put.send(item).unwrap(),
                || get.recv().unwrap(),
            )
        });
    });
    group.bench_function("crossbeam", |b| {
        b.iter_custom(|n| {
            let (put, get) = crossbeam_channel::unbounded();
            hand_over(
                n,
                move |item| put.send(item).unwrap(),
                || get.recv().unwrap(),
            )
        });
    });
    group.bench_function("flume", |b| {
        b.iter_custom(|n| {
            let (put, get) = flume::unbounded();
            hand_over(
                n,
                move |item| put.send(item).unwrap(),
                || get.recv().unwrap(),
            )
        });
    });
    group.finish();
}

fn std_put_get(b: &mut Bencher<'_>) {
    let (put, get) = mpsc::channel();
    b.iter(|| {
        put.send(black_box(1)).unwrap();
        black_box(get.recv().unwrap())
    });
}

fn crossbeam_put_get(b: &mut Bencher<'_>) {
    let (put, get) = crossbeam_channel::unbounded();
    b.iter(|| {
        put.send(black_box(1)).unwrap();
        black_box(get.recv().unwrap())
    });
}

/// The time in which `items` go from a thread that puts them to this one.
fn hand_over(items: u64, put: impl Fn(u64) + Send, get: impl Fn() -> u64) -> Duration {
    let ready = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            ready.wait();
            (0..items).for_each(put);
        });
        ready.wait();
        let start = Instant::now();
        for _ in 0..items {
            black_box(get());
        }
        start.elapsed()
    })
}
