//! What `SimpleQueue` does.

mod common;

use std::thread;
use std::time::Duration;

use common::until_waiting;
use nogil::{Empty, SimpleQueue};

#[test]
fn items_come_out_in_the_order_in_which_they_went_in() {
    let queue = SimpleQueue::new();
    queue.put(1);
    queue.put(2);
    assert_eq!(queue.qsize(), 2);
    assert_eq!([queue.get(), queue.get()], [1, 2]);
    assert!(queue.empty());
}

#[test]
fn an_empty_queue_says_so() {
    let queue: SimpleQueue<i32> = SimpleQueue::new();
    assert_eq!(queue.get_nowait(), Err(Empty));
    assert_eq!(queue.get_timeout(Duration::from_millis(5)), Err(Empty));
    assert!(Empty.to_string().starts_with("Empty"));
}

#[test]
fn blocked_gets_take_what_another_thread_puts() {
    let queue = SimpleQueue::new();
    let getters: Vec<_> = (0..3)
        .map(|_| {
            let queue = queue.clone();
            thread::spawn(move || queue.get())
        })
        .collect();
    until_waiting(3, &queue);
    (0..3).for_each(|item| queue.put(item));
    let mut got: Vec<_> = getters
        .into_iter()
        .map(|getter| getter.join().unwrap())
        .collect();
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2]);
}

#[test]
fn a_get_with_a_timeout_takes_what_comes_in_time() {
    let queue = SimpleQueue::new();
    thread::scope(|scope| {
        let got = scope.spawn(|| queue.get_timeout(Duration::MAX));
        until_waiting(1, &queue);
        queue.put("spam");
        assert_eq!(got.join().unwrap(), Ok("spam"));
    });
}
