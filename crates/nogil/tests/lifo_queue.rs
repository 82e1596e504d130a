//! What sets `LifoQueue` apart; the rest is tested with `Queue`.

mod common;

use std::thread;

use common::until_waiting;
use nogil::{LifoQueue, PutError};

#[test]
fn the_newest_item_comes_out_first() {
    let queue = LifoQueue::new();
    queue.put(1).unwrap();
    queue.put(2).unwrap();
    assert_eq!(queue.get(), Ok(2));
    queue.put(3).unwrap();
    queue.shutdown();
    assert_eq!(queue.iter().collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn it_blocks_and_counts_like_a_queue() {
    let queue = LifoQueue::with_maxsize(1);
    queue.put(1).unwrap();
    assert_eq!(queue.put_nowait(2), Err(PutError::Full(2)));
    thread::scope(|scope| {
        let put = scope.spawn(|| queue.put(2));
        until_waiting(1, &queue);
        assert_eq!(queue.get(), Ok(1));
        assert_eq!(put.join().unwrap(), Ok(()));
    });
    queue.task_done().unwrap();
    queue.task_done().unwrap();
    queue.join();
}

#[test]
fn a_clone_is_the_same_queue() {
    let queue = LifoQueue::new();
    queue.clone().put("spam").unwrap();
    assert_eq!(queue.get(), Ok("spam"));
}
