//! Every interleaving of a few threads, tried by loom: no wake-up may get lost, no item, no permit.
//!
//! The modules `sync` and `queue` are compiled here a second time, from the crate's own files, with
//! loom's lock and condition variable in place of the operating system's. A thread that nobody
//! wakes is a deadlock, and loom reports it. loom does not model time, so a timeout never passes.

#[path = "../src/queue/mod.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "a part of the crate, seen alone"
)]
mod queue;

#[path = "../src/sync"]
#[expect(dead_code, unreachable_pub, reason = "a part of the crate, seen alone")]
mod sync {
    pub(crate) mod barrier;
    pub(crate) mod bounded_semaphore;
    pub(crate) mod condition;
    pub(crate) mod condition_guard;
    pub(crate) mod error;
    pub(crate) mod event;
    pub(crate) mod monitor;
    pub(crate) mod semaphore;
    pub(crate) mod semaphore_guard;

    /// Nobody asks anything in a model.
    pub(crate) mod questions {
        use std::time::Instant;

        pub(crate) struct Questions;

        impl Questions {
            pub(crate) fn new() -> Self {
                Self
            }

            pub(crate) fn are_mine() -> bool {
                false
            }

            pub(crate) fn serve_while<R>(
                &self,
                deadline: Option<Instant>,
                mut wait: impl FnMut(Option<Instant>) -> Option<R>,
            ) -> Option<R> {
                wait(deadline)
            }
        }
    }

    pub(crate) mod primitives {
        pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
    }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::model::Builder;
use loom::thread::{self, JoinHandle};

use queue::{GetError, PutError, Queue, SimpleQueue};
use sync::barrier::Barrier;
use sync::event::Event;
use sync::semaphore::Semaphore;

/// Tries all interleavings in which threads are preempted up to three times.
fn model(program: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(program);
}

/// Runs `work` on its own thread with a handle of its own.
fn with<H, T>(handle: &H, work: impl FnOnce(H) -> T + 'static) -> JoinHandle<T>
where
    H: Clone + 'static,
    T: 'static,
{
    let handle = handle.clone();
    thread::spawn(move || work(handle))
}

#[test]
fn two_gets_take_what_two_puts_bring() {
    model(|| {
        let queue = Queue::new();
        let getters = [(); 2].map(|()| with(&queue, |queue| queue.get().unwrap()));
        queue.put(1).unwrap();
        queue.put(2).unwrap();
        let mut got = getters.map(|getter| getter.join().unwrap());
        got.sort_unstable();
        assert_eq!(got, [1, 2]);
    });
}

#[test]
fn a_full_queue_passes_items_on_one_by_one() {
    model(|| {
        let queue = Queue::with_maxsize(1);
        let putters = [1, 2].map(|item| with(&queue, move |queue| queue.put(item)));
        let mut got = [queue.get().unwrap(), queue.get().unwrap()];
        got.sort_unstable();
        assert_eq!(got, [1, 2]);
        for putter in putters {
            assert_eq!(putter.join().unwrap(), Ok(()));
        }
    });
}

#[test]
fn join_waits_until_the_work_is_done() {
    model(|| {
        let queue = Queue::new();
        let finished = Arc::new(AtomicUsize::new(0));
        queue.put(()).unwrap();
        queue.put(()).unwrap();
        let workers = [(); 2].map(|()| {
            let finished = Arc::clone(&finished);
            with(&queue, move |queue| {
                queue.get().unwrap();
                finished.fetch_add(1, Ordering::Relaxed);
                queue.task_done().unwrap();
            })
        });
        queue.join();
        assert_eq!(finished.load(Ordering::Relaxed), 2);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

#[test]
fn shutdown_wakes_a_put_and_a_get() {
    model(|| {
        let (full, empty) = (Queue::with_maxsize(1), Queue::<i32>::new());
        full.put(1).unwrap();
        let putter = with(&full, |full| full.put(2));
        let getter = with(&empty, |empty| empty.get());
        full.shutdown();
        empty.shutdown();
        assert_eq!(putter.join().unwrap(), Err(PutError::ShutDown(2)));
        assert_eq!(getter.join().unwrap(), Err(GetError::ShutDown));
    });
}

#[test]
fn immediate_shutdown_releases_join_unless_an_item_is_being_worked_on() {
    model(|| {
        let queue = Queue::new();
        queue.put(()).unwrap();
        let worker = with(&queue, |queue| {
            if queue.get().is_ok() {
                queue.task_done().unwrap();
            }
        });
        let joiner = with(&queue, |queue| queue.join());
        queue.shutdown_immediate();
        joiner.join().unwrap();
        worker.join().unwrap();
        assert_eq!(queue.unfinished_tasks(), 0);
    });
}

#[test]
fn a_simple_queue_passes_on_every_item() {
    model(|| {
        let queue = SimpleQueue::new();
        let getters = [(); 2].map(|()| with(&queue, |queue| queue.get()));
        let putter = with(&queue, |queue| queue.put(1));
        queue.put(2);
        let mut got = getters.map(|getter| getter.join().unwrap());
        got.sort_unstable();
        assert_eq!(got, [1, 2]);
        putter.join().unwrap();
    });
}

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
