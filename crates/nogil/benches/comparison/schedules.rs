//! Recording what threads do, and running them under schedules.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use nogil::{Ending, Queue, Thread, explore, replay, sleep, timeline};

use crate::operation;

/// Two threads that each add one, not at once.
fn lose_an_update() -> u32 {
    let counter = Arc::new(AtomicU32::new(0));
    let threads = [counter.clone(), counter.clone()].map(|counter| {
        Thread::new(move || {
            let read = counter.load(Relaxed);
            sleep(Duration::ZERO);
            counter.store(read + 1, Relaxed);
        })
    });
    threads.iter().for_each(|thread| thread.start().unwrap());
    threads.iter().for_each(|thread| thread.join().unwrap());
    counter.load(Relaxed)
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = operation(criterion, "Queue put + get, recorded");
    group.bench_function("nogil", |b| {
        b.iter_custom(|n| {
            let elapsed = Cell::new(Duration::ZERO);
            timeline(|| {
                let (queue, start) = (Queue::new(), Instant::now());
                for _ in 0..n {
                    queue.put(black_box(1)).unwrap();
                    black_box(queue.get().unwrap());
                }
                elapsed.set(start.elapsed());
            });
            elapsed.get()
        });
    });
    group.finish();

    let mut group = operation(criterion, "replay of two threads");
    group.bench_function("nogil", |b| b.iter(|| replay(1, lose_an_update)));
    group.bench_function("std", |b| {
        b.iter(|| {
            let threads = [(); 3].map(|()| thread::spawn(|| ()));
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
        });
    });
    group.finish();

    let mut group = operation(criterion, "explore to a lost update");
    group.bench_function("nogil", |b| {
        b.iter(|| {
            let found = explore(lose_an_update);
            let found = found.replay().expect("it is there").ending();
            assert!(matches!(found, Ending::Returned(_)));
        });
    });
    group.finish();
}
