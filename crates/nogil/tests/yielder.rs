//! A yielder whose futures are polled on other threads, or abandoned half way.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

use nogil::{Generator, GeneratorError, Yielder, generator};

#[test]
fn the_yielder_may_be_used_on_another_thread_while_the_body_waits() {
    let mut g: Generator<i32, i32, i32> = generator(|mut y| async move {
        let mut total = 0;
        for _ in 0..200 {
            // Polls the yield on a thread of its own each time, first to leave the value, then to
            // take the reply.
            let mut exchange = pin!(y.yield_(total));
            total = poll_fn(|_| {
                thread::scope(|scope| {
                    let poll = || {
                        exchange
                            .as_mut()
                            .poll(&mut Context::from_waker(Waker::noop()))
                    };
                    scope.spawn(poll).join().unwrap()
                })
            })
            .await;
        }
        total
    });
    let mut value = g.start().unwrap();
    let total = loop {
        match g.send(value + 1) {
            Ok(next) => value = next,
            Err(GeneratorError::StopIteration(total)) => break total,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(total, Some(200));
}

/// Polls `future` once, and drops it unfinished.
async fn abandon<F: Future>(future: F) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[test]
fn a_yield_that_the_body_abandons_has_happened_nevertheless() {
    let careless = || {
        generator(|mut y: Yielder<i32, Arc<i32>>| async move {
            abandon(y.try_yield(1)).await;
            *y.yield_(2).await
        })
    };
    let reply = Arc::new(0);
    let mut g = careless();
    assert_eq!(g.start().unwrap(), 1);
    assert_eq!(g.send(reply.clone()).unwrap(), 2);
    assert_eq!(
        Arc::strong_count(&reply),
        1,
        "the reply to the abandoned yield is dropped"
    );
    assert!(matches!(
        g.send(Arc::new(3)),
        Err(GeneratorError::StopIteration(Some(3)))
    ));

    let mut g = careless();
    assert_eq!(g.start().unwrap(), 1);
    assert_eq!(g.throw("ball").unwrap_err().to_string(), "ball");
}

#[test]
fn a_value_that_nobody_collects_is_dropped_with_the_generator() {
    let value = Arc::new(());
    let body_value = value.clone();
    let mut g: Generator<Arc<()>> = generator(|mut y| async move {
        abandon(y.yield_(body_value)).await;
    });
    assert!(g.next().is_none());
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_yielder_that_outlives_its_generator_keeps_what_nobody_collected() {
    let value = Arc::new(());
    let body_value = value.clone();
    let (keep, kept) = mpsc::channel();
    let mut g: Generator<Arc<()>> = generator(move |mut y| async move {
        abandon(y.yield_(body_value)).await;
        keep.send(y).unwrap();
    });
    assert!(g.next().is_none());
    drop(g);
    assert_eq!(Arc::strong_count(&value), 2);
    drop(kept.recv().unwrap());
    assert_eq!(Arc::strong_count(&value), 1);
}
