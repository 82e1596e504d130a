//! What `Queue` does, and with it everything that the three queues share.

mod common;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use common::until_waiting;
use nogil::{GetError, PutError, Queue, TaskDoneError};

const SOON: Duration = Duration::from_millis(5);

fn filled(maxsize: usize, items: impl IntoIterator<Item = i32>) -> Queue<i32> {
    let queue = Queue::with_maxsize(maxsize);
    for item in items {
        queue.put(item).unwrap();
    }
    queue
}

#[test]
fn items_come_out_in_the_order_in_which_they_went_in() {
    let queue = filled(0, 1..=3);
    assert_eq!(
        [queue.get(), queue.get(), queue.get()],
        [Ok(1), Ok(2), Ok(3)]
    );
}

#[test]
fn a_queue_without_room_gives_the_item_back() {
    let queue = filled(1, [1]);
    assert_eq!(queue.put_nowait(2), Err(PutError::Full(2)));
    assert_eq!(queue.put_timeout(3, SOON), Err(PutError::Full(3)));
    assert_eq!(queue.get(), Ok(1));
    assert_eq!(queue.put_nowait(4), Ok(()));
}

#[test]
fn an_empty_queue_says_so() {
    let queue = filled(0, []);
    assert_eq!(queue.get_nowait(), Err(GetError::Empty));
    assert_eq!(queue.get_timeout(SOON), Err(GetError::Empty));
    assert_eq!(queue.get_timeout(Duration::ZERO), Err(GetError::Empty));
}

#[test]
fn sizes_are_told() {
    let cases = [
        (0, 0, true, false),
        (0, 9, false, false),
        (3, 2, false, false),
        (3, 3, false, true),
    ];
    for (maxsize, items, empty, full) in cases {
        let queue = filled(maxsize, 0..items);
        assert_eq!(queue.maxsize(), maxsize);
        assert_eq!(queue.qsize(), items as usize);
        assert_eq!(queue.unfinished_tasks(), items as usize);
        assert_eq!((queue.empty(), queue.full()), (empty, full), "{queue:?}");
    }
}

#[test]
fn a_blocked_get_takes_what_another_thread_puts() {
    let timeouts = [None, Some(Duration::from_secs(600)), Some(Duration::MAX)];
    for timeout in timeouts {
        let queue: Queue<i32> = Queue::new();
        thread::scope(|scope| {
            let got = scope.spawn(|| match timeout {
                None => queue.get(),
                Some(timeout) => queue.get_timeout(timeout),
            });
            until_waiting(1, &queue);
            queue.put(7).unwrap();
            assert_eq!(got.join().unwrap(), Ok(7));
        });
    }
}

#[test]
fn a_blocked_put_goes_on_when_another_thread_gets() {
    let queue = filled(1, [1]);
    thread::scope(|scope| {
        let put = scope.spawn(|| queue.put(2));
        until_waiting(1, &queue);
        assert_eq!(queue.get(), Ok(1));
        assert_eq!(put.join().unwrap(), Ok(()));
    });
    assert_eq!(queue.get(), Ok(2));
}

#[test]
fn task_done_may_be_called_once_for_each_item() {
    let queue = filled(0, [1]);
    assert_eq!(queue.task_done(), Ok(()));
    assert_eq!(queue.task_done(), Err(TaskDoneError));
    assert_eq!(queue.unfinished_tasks(), 0);
}

#[test]
fn join_waits_for_the_work_and_not_for_the_queue_to_be_empty() {
    let queue = filled(0, [1, 2]);
    assert!(!queue.join_timeout(SOON));
    thread::scope(|scope| {
        let joined = scope.spawn(|| queue.join());
        until_waiting(1, &queue);
        for _ in 0..2 {
            queue.get().unwrap();
            assert!(!queue.join_timeout(Duration::ZERO));
            queue.task_done().unwrap();
        }
        joined.join().unwrap();
    });
    queue.join();
}

#[test]
fn shutdown_refuses_puts_and_drains_gets() {
    let queue = filled(1, [1]);
    queue.shutdown();
    assert!(queue.is_shutdown());
    assert_eq!(queue.put(2), Err(PutError::ShutDown(2)));
    assert_eq!(queue.put_nowait(3), Err(PutError::ShutDown(3)));
    assert_eq!(queue.put_timeout(4, SOON), Err(PutError::ShutDown(4)));
    assert_eq!(queue.get(), Ok(1));
    assert_eq!(queue.get(), Err(GetError::ShutDown));
    assert_eq!(queue.get_nowait(), Err(GetError::ShutDown));
    assert_eq!(queue.get_timeout(SOON), Err(GetError::ShutDown));
    assert_eq!(queue.task_done(), Ok(()));
}

#[test]
fn shutdown_leaves_join_waiting_for_the_work() {
    let queue = filled(0, [1]);
    queue.shutdown();
    assert!(!queue.join_timeout(SOON));
    queue.get().unwrap();
    queue.task_done().unwrap();
    queue.join();
}

#[test]
fn immediate_shutdown_counts_what_it_drains_as_done() {
    let queue = filled(0, 1..=3);
    queue.get().unwrap();
    queue.shutdown_immediate();
    assert_eq!(queue.get(), Err(GetError::ShutDown));
    assert_eq!(queue.unfinished_tasks(), 1, "one item was taken before");
    thread::scope(|scope| {
        let joined = scope.spawn(|| queue.join());
        until_waiting(1, &queue);
        queue.task_done().unwrap();
        joined.join().unwrap();
    });
    assert_eq!(queue.task_done(), Err(TaskDoneError));
}

#[test]
fn immediate_shutdown_releases_join() {
    let queue = filled(0, 1..=3);
    thread::scope(|scope| {
        let joined = scope.spawn(|| queue.join());
        until_waiting(1, &queue);
        queue.shutdown_immediate();
        joined.join().unwrap();
    });
}

#[test]
fn shutdown_wakes_everybody() {
    let ways: [fn(&Queue<i32>); 2] = [|queue| queue.shutdown(), |queue| queue.shutdown_immediate()];
    for shut_down in ways {
        let (full, empty) = (filled(1, [1]), filled(0, []));
        thread::scope(|scope| {
            let puts: Vec<_> = (0..3).map(|_| scope.spawn(|| full.put(2))).collect();
            let gets: Vec<_> = (0..3).map(|_| scope.spawn(|| empty.get())).collect();
            until_waiting(3, &full);
            until_waiting(3, &empty);
            shut_down(&full);
            shut_down(&empty);
            for put in puts {
                assert!(matches!(put.join().unwrap(), Err(PutError::ShutDown(_))));
            }
            for get in gets {
                assert_eq!(get.join().unwrap(), Err(GetError::ShutDown));
            }
        });
    }
}

#[test]
fn iterating_ends_with_the_shutdown() {
    let queue = filled(0, 1..=3);
    queue.shutdown();
    let mut items = Vec::new();
    for item in &queue {
        items.push(item);
    }
    assert_eq!(items, [1, 2, 3]);
}

#[test]
fn every_item_reaches_exactly_one_consumer() {
    const PRODUCERS: i32 = 4;
    const ITEMS: i32 = 500;
    for maxsize in [0, 1, 7] {
        let queue = Queue::with_maxsize(maxsize);
        let consumers: Vec<_> = (0..3)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || {
                    queue
                        .iter()
                        .inspect(|_| queue.task_done().unwrap())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        thread::scope(|scope| {
            for producer in 0..PRODUCERS {
                let queue = &queue;
                scope.spawn(move || {
                    for item in 0..ITEMS {
                        queue.put(producer * ITEMS + item).unwrap();
                    }
                });
            }
        });
        queue.join();
        queue.shutdown();
        let got: Vec<i32> = consumers
            .into_iter()
            .flat_map(|consumer| consumer.join().unwrap())
            .collect();
        assert_eq!(got.len(), (PRODUCERS * ITEMS) as usize);
        assert_eq!(
            BTreeSet::from_iter(got),
            BTreeSet::from_iter(0..PRODUCERS * ITEMS)
        );
    }
}

#[test]
fn a_drained_items_destructor_may_use_the_queue() {
    struct Asks(Queue<Asks>);
    impl Drop for Asks {
        fn drop(&mut self) {
            assert!(self.0.is_shutdown());
        }
    }
    let queue = Queue::new();
    queue.put(Asks(queue.clone())).unwrap();
    queue.shutdown_immediate();
    assert!(queue.empty());
}

#[test]
fn errors_say_pythons_words_first() {
    let cases = [
        (PutError::Full(()).to_string(), "Full"),
        (PutError::ShutDown(()).to_string(), "ShutDown"),
        (GetError::Empty.to_string(), "Empty"),
        (GetError::ShutDown.to_string(), "ShutDown"),
        (
            TaskDoneError.to_string(),
            "task_done() called too many times",
        ),
    ];
    for (message, word) in cases {
        assert!(message.starts_with(word), "{message}");
    }
    assert_eq!(PutError::Full(3).into_inner(), 3);
    assert_eq!(PutError::ShutDown(4).into_inner(), 4);
}
