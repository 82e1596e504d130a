//! What sets `PriorityQueue` apart; the rest is tested with `Queue`.

mod common;

use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use common::until_waiting;
use nogil::{Event, GetError, PriorityQueue, PutError, SimpleQueue};

#[test]
fn the_smallest_item_comes_out_first() {
    let queue = PriorityQueue::new();
    for item in [5, 1, 4, 1, 3] {
        queue.put(item).unwrap();
    }
    queue.shutdown();
    assert_eq!(queue.iter().collect::<Vec<_>>(), [1, 1, 3, 4, 5]);
}

#[test]
fn it_blocks_and_counts_like_a_queue() {
    let queue = PriorityQueue::with_maxsize(1);
    queue.put(2).unwrap();
    assert_eq!(queue.put_nowait(1), Err(PutError::Full(1)));
    thread::scope(|scope| {
        let put = scope.spawn(|| queue.put(1));
        until_waiting(1, &queue);
        assert_eq!(queue.get(), Ok(2));
        assert_eq!(put.join().unwrap(), Ok(()));
    });
    queue.shutdown_immediate();
    assert_eq!(queue.get(), Err(GetError::ShutDown));
    queue.task_done().unwrap();
    queue.join();
}

thread_local! {
    /// Whether comparisons panic on this thread.
    static FUSE_BURNS: Cell<bool> = const { Cell::new(false) };
}

/// An item that panics when it is compared, without a number or while the fuse burns.
struct Item {
    number: Option<i32>,
    on_drop: Option<Box<dyn Fn() + Send>>,
}

fn item(number: impl Into<Option<i32>>) -> Item {
    Item {
        number: number.into(),
        on_drop: None,
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        if let Some(on_drop) = &self.on_drop {
            on_drop();
        }
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.number, other.number) {
            (Some(one), Some(other)) if !FUSE_BURNS.get() => one.cmp(&other),
            _ => panic!("these cannot be compared"),
        }
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item {}

/// Takes an item out; its number.
fn get(queue: &PriorityQueue<Item>) -> Option<i32> {
    queue.get().unwrap().number
}

fn fails<R>(call: impl FnOnce() -> R) -> bool {
    panic::catch_unwind(AssertUnwindSafe(call)).is_err()
}

#[test]
fn a_comparison_that_panics_leaves_a_put_undone() {
    let queue = PriorityQueue::with_maxsize(2);
    queue.put(item(2)).ok().unwrap();
    assert!(fails(|| queue.put(item(None))));
    assert_eq!((queue.qsize(), queue.unfinished_tasks()), (1, 1));

    queue.put(item(1)).ok().unwrap();
    thread::scope(|scope| {
        let bad = scope.spawn(|| queue.put(item(None)).is_ok());
        until_waiting(1, &queue);
        let good = scope.spawn(|| queue.put(item(3)).is_ok());
        until_waiting(2, &queue);
        // The one that waits longer is woken for the free slot, cannot use it, and passes it on.
        assert_eq!(get(&queue), Some(1));
        assert!(good.join().unwrap());
        assert_eq!(get(&queue), Some(2));
        bad.join().unwrap_err();
    });
    assert_eq!(get(&queue), Some(3));
    (0..3).for_each(|_| queue.task_done().unwrap());
    queue.join();
}

#[test]
fn a_comparison_that_panics_takes_no_item_out() {
    let queue = PriorityQueue::new();
    for number in [4, 3, 2, 1] {
        queue.put(item(number)).ok().unwrap();
    }
    FUSE_BURNS.set(true);
    assert!(fails(|| queue.get()));
    FUSE_BURNS.set(false);
    assert_eq!([(); 4].map(|()| get(&queue)), [1, 2, 3, 4].map(Some));
    (0..4).for_each(|_| queue.task_done().unwrap());
    queue.join();
}

#[test]
fn an_item_that_cannot_be_put_is_dropped_without_the_lock() {
    let (queue, sizes) = (PriorityQueue::new(), SimpleQueue::new());
    queue.put(item(1)).ok().unwrap();
    let (same, told) = (queue.clone(), sizes.clone());
    let bad = Item {
        number: None,
        on_drop: Some(Box::new(move || told.put(same.qsize()))),
    };
    assert!(fails(|| queue.put(bad)));
    assert_eq!(sizes.get(), 1);
}

/// Its comparison waits until it is let go on.
struct Slow(u8, Event, Event);

impl Ord for Slow {
    fn cmp(&self, other: &Self) -> Ordering {
        self.1.set();
        self.2.wait();
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Slow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Slow {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Slow {}

#[test]
fn is_shown_without_waiting_for_a_comparison() {
    let queue = PriorityQueue::new();
    let (compares, go_on) = (Event::new(), Event::new());
    queue.put(Slow(1, compares.clone(), go_on.clone())).unwrap();
    let (other, item) = (queue.clone(), Slow(2, compares.clone(), go_on.clone()));
    let putting = thread::spawn(move || other.put(item).is_ok());
    compares.wait();
    assert_eq!(format!("{queue:?}"), "PriorityQueue { state: <locked> }");
    go_on.set();
    assert!(putting.join().unwrap());
    assert!(format!("{queue:?}").starts_with("PriorityQueue { qsize: 2,"));
}
