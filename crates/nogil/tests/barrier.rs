//! What `Barrier` does.

mod common;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::until_waiting;
use nogil::{Barrier, BrokenBarrierError};

type Crossing = JoinHandle<Result<usize, BrokenBarrierError>>;

/// Starts `count` threads and returns when all of them wait at the barrier.
fn arrive(count: usize, barrier: &Barrier) -> Vec<Crossing> {
    let threads = (0..count)
        .map(|_| {
            let barrier = barrier.clone();
            thread::spawn(move || barrier.wait())
        })
        .collect();
    until_waiting(count, barrier);
    assert_eq!(barrier.n_waiting(), count);
    threads
}

fn outcomes(threads: Vec<Crossing>) -> Vec<Result<usize, BrokenBarrierError>> {
    let mut outcomes: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    outcomes.sort_by_key(|outcome| outcome.ok());
    outcomes
}

#[test]
fn all_cross_together_again_and_again() {
    let barrier = Barrier::new(3);
    for _ in 0..3 {
        let mut threads = arrive(2, &barrier);
        let last = barrier.clone();
        threads.push(thread::spawn(move || last.wait()));
        assert_eq!(outcomes(threads), [Ok(0), Ok(1), Ok(2)]);
        assert_eq!(barrier.n_waiting(), 0);
    }
}

#[test]
fn nobody_overtakes_a_crossing() {
    const ROUNDS: usize = 200;
    let barrier = Barrier::new(4);
    let arrived = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    arrived.fetch_add(1, Ordering::SeqCst);
                    barrier.wait().unwrap();
                    assert_eq!(arrived.load(Ordering::SeqCst), 4 * round);
                    barrier.wait().unwrap();
                }
            });
        }
    });
}

#[test]
fn a_timeout_breaks_the_barrier_for_all_until_reset() {
    let barrier = Barrier::new(3);
    let others = arrive(1, &barrier);
    assert_eq!(
        barrier.wait_timeout(Duration::from_millis(5)),
        Err(BrokenBarrierError)
    );
    assert_eq!(outcomes(others), [Err(BrokenBarrierError)]);
    assert!(barrier.broken());
    assert_eq!(barrier.wait(), Err(BrokenBarrierError));
    barrier.reset();
    assert!(!barrier.broken());
    let others = arrive(2, &barrier);
    assert_eq!(barrier.wait(), Ok(2));
    assert_eq!(outcomes(others), [Ok(0), Ok(1)]);
}

#[test]
fn a_barriers_own_timeout_counts_unless_the_wait_has_one() {
    let barrier = Barrier::with_timeout(2, Duration::ZERO);
    assert_eq!(barrier.wait(), Err(BrokenBarrierError));
    barrier.reset();
    thread::scope(|scope| {
        let first = scope.spawn(|| barrier.wait_timeout(Duration::MAX));
        until_waiting(1, &barrier);
        assert_eq!(barrier.wait(), Ok(1));
        assert_eq!(first.join().unwrap(), Ok(0));
    });
}

#[test]
fn abort_and_reset_send_away_who_waits() {
    for abort in [true, false] {
        let barrier = Barrier::new(3);
        let waiting = arrive(2, &barrier);
        if abort {
            barrier.abort();
        } else {
            barrier.reset();
        }
        assert_eq!(outcomes(waiting), [Err(BrokenBarrierError); 2]);
        assert_eq!(barrier.broken(), abort);
    }
}

#[test]
fn the_last_to_arrive_runs_the_action() {
    let runs = Arc::new(AtomicUsize::new(0));
    let barrier = Barrier::with_action(2, {
        let runs = Arc::clone(&runs);
        move || {
            runs.fetch_add(1, Ordering::SeqCst);
        }
    });
    let other = arrive(1, &barrier);
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(barrier.wait(), Ok(1));
    assert_eq!(outcomes(other), [Ok(0)]);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_panic_in_the_action_breaks_the_barrier() {
    let barrier = Barrier::with_action(2, || panic!("no crossing today"));
    let other = arrive(1, &barrier);
    assert!(panic::catch_unwind(AssertUnwindSafe(|| barrier.wait())).is_err());
    assert_eq!(outcomes(other), [Err(BrokenBarrierError)]);
    assert!(barrier.broken());
}

#[test]
#[should_panic(expected = "parties must be >= 1")]
fn a_barrier_for_nobody_is_refused() {
    Barrier::new(0);
}
