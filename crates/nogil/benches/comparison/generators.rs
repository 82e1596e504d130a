//! Generators and coroutines.

use std::future::poll_fn;
use std::hint::black_box;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

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
    group.bench_function("by hand", |b| {
        let (value, mut body) = count_by_hand();
        b.iter(|| {
            let poll = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending());
            value.load(Ordering::Acquire)
        });
    });
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
    group.bench_function("by hand", |b| b.iter(count_by_hand));
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

/// The least that suspends and hands values out: a boxed future and a place that it shares with
/// whoever polls it.
fn count_by_hand() -> (Arc<AtomicU64>, Pin<Box<dyn Future<Output = ()> + Send>>) {
    let value = Arc::new(AtomicU64::new(0));
    let shared = Arc::clone(&value);
    let body = async move {
        for n in 0.. {
            let mut left = false;
            poll_fn(|_| {
                if mem::replace(&mut left, true) {
                    return Poll::Ready(());
                }
                shared.store(n, Ordering::Release);
                Poll::Pending
            })
            .await;
        }
    };
    (value, Box::pin(body))
}

async fn leaf(value: u64) -> u64 {
    suspend(value).await
}
