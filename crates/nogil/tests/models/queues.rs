//! The queues: items, joins and shutdowns.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::interrupt::interrupted;
use crate::queue::{GetError, PutError, Queue, SimpleQueue};
use crate::{model, with};

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
fn an_interrupted_get_leaves_its_wake_up_to_another() {
    model(|| {
        let queue = Queue::new();
        let stopped = with(&queue, |queue| {
            let got = interrupted(|| queue.get());
            if let Some(Ok(item)) = got {
                // It did not have to wait; the other shall.
                queue.put(item).unwrap();
            }
        });
        let other = with(&queue, |queue| queue.get().unwrap());
        queue.put("spam").unwrap();
        assert_eq!(other.join().unwrap(), "spam");
        queue.shutdown();
        stopped.join().unwrap();
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
