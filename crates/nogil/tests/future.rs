//! `Future` behaves as `concurrent.futures.Future` does in CPython's `test_concurrent_futures.test_future`.

use nogil::{Event, Future, FutureError, Queue, ThreadPoolExecutor};
use std::sync::Arc;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(1);

/// One worker, the future that it runs until the event is set, and one that waits behind it.
struct Pair {
    pool: ThreadPoolExecutor,
    gate: Event,
    running: Future<i32>,
    pending: Future<i32>,
}

fn pair() -> Pair {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let (begun, gate) = (Event::new(), Event::new());
    let (told, closed) = (begun.clone(), gate.clone());
    let running = pool
        .submit(move || {
            told.set();
            closed.wait();
            1
        })
        .unwrap();
    let pending = pool.submit(|| 2).unwrap();
    begun.wait();
    Pair {
        pool,
        gate,
        running,
        pending,
    }
}

/// What `running()`, `done()` and `cancelled()` say.
fn says(future: &Future<i32>) -> [bool; 3] {
    [future.running(), future.done(), future.cancelled()]
}

#[test]
fn tells_its_state() {
    let pair = pair();
    assert_eq!(says(&pair.running), [true, false, false]);
    assert_eq!(says(&pair.pending), [false, false, false]);
    assert_eq!(format!("{:?}", pair.running), "<Future state=running>");
    assert_eq!(format!("{:?}", pair.pending), "<Future state=pending>");
    assert!(pair.pending.cancel());
    assert_eq!(says(&pair.pending), [false, true, true]);
    assert_eq!(format!("{:?}", pair.pending), "<Future state=cancelled>");
    pair.gate.set();
    pair.pool.shutdown();
    assert_eq!(says(&pair.running), [false, true, false]);
    assert_eq!(format!("{:?}", pair.running), "<Future state=finished>");
}

#[test]
fn is_cancelled_only_while_it_is_pending() {
    let pair = pair();
    assert!(!pair.running.cancel(), "it runs");
    assert!(pair.pending.cancel(), "it is pending");
    assert!(pair.pending.cancel(), "it is cancelled already");
    pair.gate.set();
    pair.pool.shutdown();
    assert!(!pair.running.cancel(), "it is done");
    assert_eq!(pair.running.result(), Ok(1));
}

#[test]
fn waits_for_a_time() {
    let pair = pair();
    for future in [&pair.running, &pair.pending] {
        assert_eq!(future.result_timeout(MOMENT), Err(FutureError::Timeout));
        assert_eq!(future.exception_timeout(MOMENT), Err(FutureError::Timeout));
        assert_eq!(
            future.result_timeout(Duration::ZERO),
            Err(FutureError::Timeout)
        );
    }
    pair.gate.set();
    assert_eq!(pair.running.result_timeout(Duration::MAX), Ok(1));
    assert_eq!(pair.pending.exception_timeout(Duration::MAX), Ok(None));
}

#[test]
fn cancelled_it_has_neither_result_nor_exception() {
    let pair = pair();
    pair.pending.cancel();
    assert_eq!(pair.pending.exception(), Err(FutureError::Cancelled));
    assert_eq!(
        pair.pending.result_timeout(Duration::ZERO),
        Err(FutureError::Cancelled)
    );
    assert_eq!(pair.pending.result(), Err(FutureError::Cancelled));
    pair.gate.set();
}

#[test]
fn a_panic_is_its_failure_for_every_handle() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let future = pool.submit(|| -> i32 { panic!("no {}", "luck") }).unwrap();
    let panicked = future.exception().unwrap().unwrap();
    assert_eq!(panicked.message(), "no luck");
    assert!(panicked.location().unwrap().contains("future.rs:"));
    for _ in 0..2 {
        let error = future.clone().result().unwrap_err();
        assert_eq!(error, FutureError::Panicked(panicked.clone()));
        assert_eq!(error.to_string(), "no luck");
    }
    assert_eq!(
        pool.submit(|| 3).unwrap().result(),
        Ok(3),
        "the worker lives"
    );
}

#[test]
fn the_value_goes_to_the_first_handle_that_asks() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let future = pool.submit(|| "value").unwrap();
    let other = future.clone();
    assert_eq!(future.result(), Ok("value"));
    assert_eq!(other.exception(), Ok(None));
    assert_eq!(other.result(), Err(FutureError::Taken));
}

#[test]
fn callbacks_run_in_order_and_a_panic_in_one_does_not_stop_the_next() {
    let pair = pair();
    let heard = Queue::new();
    for n in 0..3 {
        let heard = heard.clone();
        pair.running.add_done_callback(move |future| {
            assert!(future.done());
            heard.put((n, std::thread::current().id())).unwrap();
            assert_ne!(n, 1, "this one fails");
        });
    }
    pair.gate.set();
    let told = [(); 3].map(|()| heard.get().unwrap());
    assert_eq!(told.map(|(n, _)| n), [0, 1, 2]);
    assert_ne!(told[0].1, std::thread::current().id());

    let here = heard.clone();
    pair.running.add_done_callback(move |_| {
        here.put((3, std::thread::current().id())).unwrap();
        panic!("printed, not raised");
    });
    assert_eq!(heard.get_nowait(), Ok((3, std::thread::current().id())));
}

#[test]
fn callbacks_hear_of_a_cancellation_from_the_thread_that_cancels() {
    let pair = pair();
    let heard = Queue::new();
    let told = heard.clone();
    pair.pending.add_done_callback(move |future| {
        told.put((future.cancelled(), std::thread::current().id()))
            .unwrap();
    });
    pair.pending.cancel();
    pair.pending.cancel();
    assert_eq!(heard.get_nowait(), Ok((true, std::thread::current().id())));
    assert!(heard.empty(), "once");
    pair.gate.set();
}

#[test]
fn a_callback_may_use_the_pool_and_the_future() {
    let pool = Arc::new(ThreadPoolExecutor::with_max_workers(1).unwrap());
    let chained = Queue::new();
    let (told, same) = (chained.clone(), Arc::downgrade(&pool));
    pool.submit(|| 20)
        .unwrap()
        .add_done_callback(move |future| {
            let value = future.clone().result().unwrap();
            let next = same.upgrade().unwrap().submit(move || value + 1).unwrap();
            told.put(next).unwrap();
        });
    assert_eq!(chained.get().unwrap().result(), Ok(21));
}

#[test]
fn many_threads_wait_for_one() {
    let pair = pair();
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let future = pair.running.clone();
            std::thread::spawn(move || future.exception())
        })
        .collect();
    pair.gate.set();
    for waiter in waiting {
        assert_eq!(waiter.join().unwrap(), Ok(None));
    }
}
