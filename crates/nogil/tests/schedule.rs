//! Schedules: the same seed brings the same interleaving, and faults that need one are found.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use nogil::{
    Barrier, Blocked, Condition, Ending, Event, Queue, Replay, Semaphore, Stopwatch, Thread,
    ThreadPoolExecutor, Timer, as_completed, explore, fuzz, random, replay, sleep,
};

/// Starts threads and waits for them.
fn run_all(threads: &[Thread]) {
    threads.iter().for_each(|thread| thread.start().unwrap());
    threads.iter().for_each(|thread| thread.join().unwrap());
}

/// What a body returns under a schedule.
fn returned<R: Debug>(seed: u64, body: impl FnOnce() -> R + Send + 'static) -> String {
    match replay(seed, body).ending() {
        Ending::Returned(value) => value.clone(),
        other => panic!("{other}"),
    }
}

/// Two threads that add one each, with a pause between reading and writing.
fn counter_with(pause: fn()) -> u32 {
    let counter = Arc::new(AtomicU32::new(0));
    let thread = || {
        let counter = counter.clone();
        Thread::new(move || {
            let read = counter.load(Relaxed);
            pause();
            counter.store(read + 1, Relaxed);
        })
    };
    run_all(&[thread(), thread()]);
    counter.load(Relaxed)
}

#[test]
fn a_lost_update_is_found_each_time_and_comes_again() {
    for pause in [fuzz, || sleep(Duration::ZERO)] {
        let found = explore(move || assert_eq!(counter_with(pause), 2, "lost"));
        let fault = found.replay().expect("there is one");
        assert!(
            matches!(fault.ending(), Ending::Panicked { thread, message } if thread == "main" && message.contains("lost"))
        );
        for _ in 0..5 {
            let again = replay(fault.seed(), move || {
                assert_eq!(counter_with(pause), 2, "lost")
            });
            assert_eq!(
                (again.ending(), again.switches()),
                (fault.ending(), fault.switches())
            );
        }
    }
    // Without an assertion, the results differ.
    let found = explore(|| counter_with(fuzz));
    assert!(found.replay().is_some());
    assert!(found.to_string().contains("; with others, "), "{found}");
}

#[test]
fn a_queue_loses_nothing() {
    let found = explore(|| {
        let queue = Queue::new();
        let total = Arc::new(AtomicU32::new(0));
        let worker = Thread::builder().daemon(true).target({
            let (queue, total) = (queue.clone(), total.clone());
            move || {
                for n in &queue {
                    total.store(total.load(Relaxed) + n, Relaxed);
                    queue.task_done().unwrap();
                }
            }
        });
        worker.start().unwrap();
        let put = |n| {
            let queue = queue.clone();
            Thread::new(move || queue.put(n).unwrap())
        };
        run_all(&[put(1), put(2), put(3)]);
        queue.join();
        total.load(Relaxed)
    });
    assert_eq!(
        found.to_string(),
        "With every seed, the result is 6 (256 schedules tried)"
    );
    assert!(found.replay().is_none());
}

#[test]
fn a_deadlock_is_found_whatever_the_locks_are() {
    // This crate's.
    let found = explore(|| {
        let (one, other) = (Condition::new(()), Condition::new(()));
        let thread = |first: &Condition<()>, second: &Condition<()>| {
            let (first, second) = (first.clone(), second.clone());
            Thread::new(move || {
                let _first = first.acquire();
                let _second = second.acquire();
            })
        };
        run_all(&[thread(&one, &other), thread(&other, &one)]);
    });
    assert_eq!(
        reasons(found.replay().unwrap()),
        [
            "main waits for Thread-1",
            "Thread-1 waits for a lock that Thread-2 holds",
            "Thread-2 waits for a lock that Thread-1 holds",
        ]
    );
    // The standard library's.
    let fault = replay(1, || {
        let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
        let barrier = Barrier::new(2);
        let thread = |first: usize| {
            let (locks, barrier) = (locks.clone(), barrier.clone());
            Thread::new(move || {
                let _first = locks[first].lock().unwrap();
                barrier.wait().unwrap();
                let _second = locks[1 - first].lock().unwrap();
            })
        };
        run_all(&[thread(0), thread(1)]);
    });
    assert_eq!(
        reasons(&fault),
        [
            "main waits for Thread-1",
            "Thread-1 waits for something else",
            "Thread-2 waits for something else",
        ]
    );
    // A signal that nobody gives.
    let fault = replay(1, || Event::new().wait());
    assert_eq!(reasons(&fault), ["main waits for an event"]);
}

#[test]
fn a_permit_is_held_until_it_is_given_back() {
    let fault = replay(1, || {
        let permits = Semaphore::new(2);
        let (first, second) = (permits.acquire(), permits.acquire());
        let other = permits.clone();
        let thread = Thread::new(move || std::mem::forget(other.acquire()));
        thread.start().unwrap();
        drop(first);
        thread.join().unwrap();
        drop(second);
        let _third = permits.acquire();
        let _fourth = permits.acquire();
    });
    // The thread has ended with the other one.
    assert_eq!(reasons(&fault), ["main waits for a permit that main holds"]);
}

/// Why nobody could go on.
fn reasons(run: &Replay) -> Vec<String> {
    let Ending::Deadlock(waits) = run.ending() else {
        panic!("{run}");
    };
    waits.iter().map(Blocked::to_string).collect()
}

#[test]
fn locks_and_channels_of_the_standard_library_work() {
    let order = returned(3, || {
        let lock = Arc::new(Mutex::new(Vec::new()));
        let (sender, receiver) = mpsc::channel();
        let thread = |name: &'static str| {
            let (lock, sender) = (lock.clone(), sender.clone());
            Thread::new(move || {
                let mut names = lock.lock().unwrap();
                // Another one may go on here, and finds the lock taken.
                sleep(Duration::from_secs(1));
                names.push(name);
                sender.send(()).unwrap();
            })
        };
        let threads = [thread("a"), thread("b"), thread("c")];
        threads.iter().for_each(|thread| thread.start().unwrap());
        (0..3).for_each(|_| receiver.recv().unwrap());
        let mut names = lock.lock().unwrap().clone();
        names.sort_unstable();
        names.concat()
    });
    assert_eq!(order, "\"abc\"");
}

#[test]
fn time_is_simulated() {
    let watch = Instant::now();
    let order = returned(5, || {
        let (watch, order) = (Stopwatch::start(), Arc::new(Mutex::new(Vec::new())));
        let timers = [3, 1, 2].map(|hours| {
            let order = order.clone();
            Timer::new(Duration::from_secs(3600 * hours), move || {
                order.lock().unwrap().push(hours);
            })
        });
        timers.iter().for_each(|timer| timer.start().unwrap());
        let cancelled = Timer::new(Duration::from_secs(9 * 3600), || unreachable!());
        cancelled.start().unwrap();
        timers.iter().for_each(|timer| timer.join().unwrap());
        cancelled.cancel();
        assert_eq!(watch.elapsed().as_secs(), 3 * 3600);
        assert!(!Event::new().wait_timeout(Duration::from_secs(3600)));
        assert!(
            Queue::<()>::new()
                .get_timeout(Duration::from_secs(3600))
                .is_err()
        );
        assert_eq!(watch.elapsed().as_secs(), 5 * 3600);
        Arc::try_unwrap(order).unwrap().into_inner().unwrap()
    });
    assert_eq!(order, "[1, 2, 3]");
    assert!(watch.elapsed() < Duration::from_secs(3600));
}

#[test]
fn pools_and_semaphores_take_part() {
    let body = || {
        let pool = ThreadPoolExecutor::with_max_workers(2).unwrap();
        let gate = Semaphore::new(1);
        let inside = Arc::new(AtomicU32::new(0));
        let futures = (0..4).map(|n| {
            let (gate, inside) = (gate.clone(), inside.clone());
            pool.submit(move || {
                let _permit = gate.acquire();
                assert_eq!(inside.fetch_add(1, Relaxed), 0, "one at a time");
                sleep(Duration::ZERO);
                inside.fetch_sub(1, Relaxed);
                n
            })
            .unwrap()
        });
        let futures: Vec<_> = futures.collect();
        let results = as_completed(futures).map(|future| future.result().unwrap());
        results.sum::<i32>()
    };
    assert_eq!(
        explore(body).to_string(),
        "With every seed, the result is 6 (256 schedules tried)"
    );
}

#[test]
fn a_worker_is_free_before_its_result_is_there() {
    let body = || {
        let pool = ThreadPoolExecutor::with_max_workers(2).unwrap();
        let names = [(); 3].map(|()| {
            let name = pool.submit(|| std::thread::current().name().map(str::to_owned));
            name.unwrap().result().unwrap()
        });
        names.iter().collect::<HashSet<_>>().len()
    };
    assert_eq!(
        explore(body).to_string(),
        "With every seed, the result is 1 (256 schedules tried)"
    );
}

#[test]
fn the_same_seed_brings_the_same_run() {
    let body = || {
        let order = Arc::new(Mutex::new(String::new()));
        let thread = |name: char| {
            let order = order.clone();
            Thread::new(move || {
                for _ in 0..3 {
                    sleep(Duration::ZERO);
                    order.lock().unwrap().push(name);
                }
            })
        };
        run_all(&[thread('a'), thread('b'), thread('c')]);
        let order = order.lock().unwrap().clone();
        (order, random())
    };
    let runs: Vec<_> = (0..20).map(|seed| returned(seed, body)).collect();
    for (seed, run) in (0..).zip(&runs) {
        assert_eq!(&returned(seed, body), run, "seed {seed}");
    }
    let mut orders = runs.clone();
    orders.sort_unstable();
    orders.dedup();
    assert!(
        orders.len() > 15,
        "different seeds bring different runs: {orders:?}"
    );
}

#[test]
fn a_panic_in_a_thread_is_told_with_its_name() {
    let thread = || Thread::builder().name("baker").target(|| panic!("burnt"));
    let found = explore(move || run_all(&[thread()]));
    assert_eq!(
        found.to_string(),
        "With seed 0, baker panics: burnt (32 schedules tried)"
    );
}

#[test]
fn daemons_are_not_waited_for() {
    let ended = returned(1, || {
        let forever = Thread::builder().daemon(true).target(|| {
            loop {
                sleep(Duration::from_secs(1));
            }
        });
        forever.start().unwrap();
        let waits = Thread::builder()
            .daemon(true)
            .target(|| Event::new().wait());
        waits.start().unwrap();
    });
    assert_eq!(ended, "()");
}
