//! `wait` behaves as `concurrent.futures.wait` does in CPython's `test_concurrent_futures.test_wait`.

use nogil::{Event, Future, ReturnWhen, ThreadPoolExecutor, Wait, wait, wait_timeout};
use std::time::Duration;

/// A pool and futures that end as the letters say: `v`alue, `p`anic, `c`ancelled, and `-` for one that does not end
/// before the event is set.
fn futures(kinds: &str) -> (ThreadPoolExecutor, Vec<Future<usize>>, Event) {
    let pool = ThreadPoolExecutor::with_max_workers(kinds.len() + 1).unwrap();
    let gate = Event::new();
    let blocked = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let closed = gate.clone();
    blocked.submit(move || closed.wait()).unwrap();
    let futures = kinds
        .chars()
        .enumerate()
        .map(|(index, kind)| {
            let closed = gate.clone();
            let pool = if kind == 'c' { &blocked } else { &pool };
            let future = pool
                .submit(move || match kind {
                    'v' => index,
                    '-' => {
                        closed.wait();
                        index
                    }
                    _ => panic!("{kind}"),
                })
                .unwrap();
            match kind {
                'c' => assert!(future.cancel()),
                '-' => {}
                _ => drop(future.exception()),
            }
            future
        })
        .collect();
    blocked.shutdown_nowait();
    // What is cancelled needs no worker, so this pool may wait for its one task on a thread of its own.
    std::thread::spawn(move || drop(blocked));
    (pool, futures, gate)
}

fn counts<T>(found: &Wait<T>) -> (usize, usize) {
    (found.done.len(), found.not_done.len())
}

#[test]
fn returns_when_it_is_told_to() {
    use ReturnWhen::{AllCompleted, FirstCompleted, FirstException};
    // The futures, when to return, how many are done then and how many are not.
    let cases = [
        ("", FirstCompleted, (0, 0)),
        ("", AllCompleted, (0, 0)),
        ("v-", FirstCompleted, (1, 1)),
        ("p-", FirstCompleted, (1, 1)),
        ("c-", FirstCompleted, (1, 1)),
        ("vp-", FirstException, (2, 1)),
        ("vvv", FirstException, (3, 0)),
        ("cv", FirstException, (2, 0)),
        ("vpc", AllCompleted, (3, 0)),
    ];
    for (kinds, return_when, expected) in cases {
        let (_pool, futures, gate) = futures(kinds);
        let found = wait(futures, return_when);
        gate.set();
        assert_eq!(counts(&found), expected, "{kinds:?} {return_when:?}");
    }
}

#[test]
fn gives_up_when_its_time_is_up() {
    // The last one is what does not end a wait for the first exception: values and cancellations.
    for (kinds, return_when, expected) in [
        ("v-", ReturnWhen::AllCompleted, (1, 1)),
        ("--", ReturnWhen::FirstCompleted, (0, 2)),
        ("vc-", ReturnWhen::FirstException, (2, 1)),
    ] {
        let (_pool, futures, gate) = futures(kinds);
        let found = wait_timeout(futures, Duration::from_millis(2), return_when);
        gate.set();
        assert_eq!(counts(&found), expected, "{kinds:?} {return_when:?}");
    }
}

#[test]
fn wakes_when_a_future_ends_while_it_waits() {
    let (_pool, futures, gate) = futures("--");
    let waiter = std::thread::spawn(move || counts(&wait(futures, ReturnWhen::AllCompleted)));
    gate.set();
    assert_eq!(waiter.join().unwrap(), (2, 0));
}

#[test]
fn counts_a_future_once_and_keeps_the_order() {
    let (_pool, futures, gate) = futures("vv");
    gate.set();
    let twice = [&futures[1], &futures[0], &futures[1]].map(Clone::clone);
    let found = wait(twice, ReturnWhen::AllCompleted);
    let values: Vec<_> = found
        .done
        .into_iter()
        .map(|future| future.result().unwrap())
        .collect();
    assert_eq!(values, [1, 0]);
}
