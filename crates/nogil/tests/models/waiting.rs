//! Events, semaphores and barriers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use crate::interrupt::interrupted;
use crate::sync::barrier::Barrier;
use crate::sync::event::Event;
use crate::sync::semaphore::Semaphore;
use crate::{model, with};

#[test]
fn an_event_releases_all_who_wait() {
    model(|| {
        let event = Event::new();
        let waiters = [(); 2].map(|()| with(&event, |event| event.wait()));
        event.set();
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert!(event.is_set());
    });
}

#[test]
fn a_semaphore_lets_one_in_at_a_time() {
    model(|| {
        let semaphore = Semaphore::new(1);
        let inside = Arc::new(AtomicUsize::new(0));
        let threads = [(); 3].map(|()| {
            let inside = Arc::clone(&inside);
            with(&semaphore, move |semaphore| {
                let _guard = semaphore.acquire();
                assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
                thread::yield_now();
                inside.fetch_sub(1, Ordering::Relaxed);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn a_barrier_is_crossed_twice() {
    model(|| {
        let barrier = Barrier::new(2);
        let other = with(&barrier, |barrier| [barrier.wait(), barrier.wait()]);
        let mine = [barrier.wait(), barrier.wait()];
        let others = other.join().unwrap();
        for (mine, other) in mine.into_iter().zip(others) {
            assert_eq!(mine.unwrap() + other.unwrap(), 1);
        }
    });
}

#[test]
fn an_aborted_barrier_keeps_nobody() {
    model(|| {
        let barrier = Barrier::new(3);
        let threads = [(); 2].map(|()| with(&barrier, |barrier| barrier.wait()));
        barrier.abort();
        for thread in threads {
            assert!(thread.join().unwrap().is_err());
        }
    });
}

#[test]
fn a_barrier_outlives_the_interrupt_of_a_thread_that_waits_at_it() {
    model(|| {
        let barrier = Barrier::new(2);
        let stopped = with(&barrier, |barrier| interrupted(|| barrier.wait()));
        barrier.wait().unwrap();
        stopped.join().unwrap();
        let other = with(&barrier, |barrier| barrier.wait());
        barrier.wait().unwrap();
        other.join().unwrap().unwrap();
    });
}
