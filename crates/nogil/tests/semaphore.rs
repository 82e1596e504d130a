//! What `Semaphore` and `BoundedSemaphore` do.

mod common;

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::until_waiting;
use nogil::{BoundedSemaphore, ReleaseError, Semaphore};

#[test]
fn there_are_as_many_permits_as_were_asked_for() {
    for value in 0..3 {
        let semaphore = Semaphore::new(value);
        let guards: Vec<_> = (0..value).map(|_| semaphore.acquire()).collect();
        assert!(semaphore.try_acquire().is_none());
        assert!(
            semaphore
                .acquire_timeout(Duration::from_millis(5))
                .is_none()
        );
        drop(guards);
        assert_eq!(semaphore.try_acquire().is_some(), value > 0);
    }
}

#[test]
fn a_release_lets_one_waiting_thread_in() {
    let semaphore = Semaphore::new(0);
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    semaphore.acquire().forget();
                    inside.fetch_add(1, Ordering::SeqCst)
                })
            })
            .collect();
        until_waiting(2, &semaphore);
        semaphore.release();
        until_waiting(1, &semaphore);
        semaphore.release();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(inside.into_inner(), 2);
    assert!(semaphore.try_acquire().is_none());
}

#[test]
fn no_more_threads_are_inside_than_there_are_permits() {
    let semaphore = Semaphore::new(2);
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let _guard = semaphore.acquire();
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
}

#[test]
fn a_guard_may_be_dropped_by_another_thread() {
    let semaphore = Semaphore::new(1);
    let guard = semaphore.acquire();
    thread::spawn(move || drop(guard)).join().unwrap();
    assert!(semaphore.try_acquire().is_some());
}

#[test]
fn an_unbounded_semaphore_takes_permits_that_nobody_acquired() {
    let semaphore = Semaphore::new(0);
    semaphore.release();
    semaphore.release();
    let guards = [
        semaphore.try_acquire(),
        semaphore.try_acquire(),
        semaphore.try_acquire(),
    ];
    assert_eq!(guards.map(|guard| guard.is_some()), [true, true, false]);
}

#[test]
fn a_bounded_semaphore_refuses_one_release_too_many() {
    let semaphore = BoundedSemaphore::new(2);
    assert_eq!(semaphore.release(), Err(ReleaseError));
    semaphore.acquire().forget();
    assert_eq!(semaphore.release(), Ok(()));
    assert_eq!(semaphore.release(), Err(ReleaseError));
    assert!(
        ReleaseError
            .to_string()
            .starts_with("Semaphore released too many times")
    );
}

#[test]
fn a_guard_that_gives_back_too_much_panics() {
    let semaphore = BoundedSemaphore::new(1);
    let guard = semaphore.acquire();
    semaphore.release().unwrap();
    let message = panic::catch_unwind(AssertUnwindSafe(|| drop(guard))).unwrap_err();
    let message = message.downcast::<String>().unwrap();
    assert!(message.starts_with("Semaphore released too many times"));
    assert!(semaphore.try_acquire().is_some(), "it stays usable");
}
