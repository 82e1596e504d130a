//! What sets `PriorityQueue` apart; the rest is tested with `Queue`.

mod common;

use std::cmp::Ordering;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use common::until_waiting;
use nogil::{GetError, PriorityQueue, PutError};

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

/// An item that compares with its like but panics when compared with any other.
#[derive(Debug, PartialEq, Eq)]
enum Item {
    Good(i32),
    Bad,
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Good(one), Self::Good(other)) => one.cmp(other),
            _ => panic!("these cannot be compared"),
        }
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[test]
fn a_panic_in_a_comparison_leaves_the_queue_usable() {
    let queue = PriorityQueue::new();
    queue.put(Item::Good(1)).unwrap();
    let put = panic::catch_unwind(AssertUnwindSafe(|| queue.put(Item::Bad)));
    assert!(put.is_err());

    // As in Python the heap has the item already when it is first compared.
    assert_eq!(queue.qsize(), 2);
    assert_eq!(queue.unfinished_tasks(), 2);
    let mut got = [queue.get(), queue.get()];
    got.sort_by_key(|item| *item == Ok(Item::Bad));
    assert_eq!(got, [Ok(Item::Good(1)), Ok(Item::Bad)]);
    queue.task_done().unwrap();
    queue.task_done().unwrap();
    queue.join();

    queue.put(Item::Good(3)).unwrap();
    queue.put(Item::Good(2)).unwrap();
    assert_eq!(queue.get(), Ok(Item::Good(2)));
}
