//! `ThreadPoolExecutor` behaves as `concurrent.futures.ThreadPoolExecutor` does in CPython's `test_concurrent_futures`
//! (`test_thread_pool`, `test_shutdown`, `test_init`).

use nogil::{Barrier, Event, FutureError, Queue, SubmitError, ThreadPoolExecutor, as_completed};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A pool of one worker that is kept busy until the event is set.
fn busy_pool() -> (ThreadPoolExecutor, Event) {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let (begun, gate) = (Event::new(), Event::new());
    let (told, closed) = (begun.clone(), gate.clone());
    pool.submit(move || {
        told.set();
        closed.wait();
    })
    .unwrap();
    begun.wait();
    (pool, gate)
}

fn name_of_worker() -> String {
    std::thread::current().name().unwrap().to_owned()
}

#[test]
fn shows_what_its_workers_do() {
    let (pool, gate) = busy_pool();
    pool.submit(|| ()).unwrap();
    let shown = format!("{pool:?}");
    assert!(
        shown.starts_with("<ThreadPoolExecutor ThreadPoolExecutor-"),
        "{shown}"
    );
    let doing = ", 1 of 1 workers busy, at most 1, 1 tasks waiting";
    assert!(shown.ends_with(&format!("{doing}>")), "{shown}");
    gate.set();
    pool.shutdown();
    let shown = format!("{pool:?}");
    assert!(
        shown.ends_with(" of 0 workers busy, at most 1, 0 tasks waiting, shut down>"),
        "{shown}"
    );
}

#[test]
fn needs_a_worker() {
    assert_eq!(
        ThreadPoolExecutor::with_max_workers(0)
            .unwrap_err()
            .to_string(),
        "max_workers must be greater than 0"
    );
}

#[test]
fn runs_what_is_submitted() {
    let pool = ThreadPoolExecutor::new();
    let futures: Vec<_> = (0..100)
        .map(|n| pool.submit(move || n * n).unwrap())
        .collect();
    for (n, future) in futures.into_iter().enumerate() {
        assert_eq!(future.result().unwrap(), n * n);
    }
}

#[test]
fn an_idle_worker_is_used_again() {
    let pool = ThreadPoolExecutor::with_max_workers(8).unwrap();
    let names: HashSet<_> = (0..1000)
        .map(|_| pool.submit(name_of_worker).unwrap().result().unwrap())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn as_many_tasks_run_at_a_time_as_there_are_workers() {
    let pool = ThreadPoolExecutor::with_max_workers(3).unwrap();
    let meeting = Barrier::new(3);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let futures: Vec<_> = (0..9)
        .map(|_| {
            let (meeting, running, most) = (meeting.clone(), running.clone(), most.clone());
            pool.submit(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                meeting.wait().unwrap();
                running.fetch_sub(1, Ordering::SeqCst);
            })
            .unwrap()
        })
        .collect();
    futures
        .into_iter()
        .for_each(|future| future.result().unwrap());
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[test]
fn names_its_workers() {
    let pool = ThreadPoolExecutor::builder()
        .max_workers(1)
        .thread_name_prefix("oven")
        .build()
        .unwrap();
    let name = pool.submit(name_of_worker).unwrap();
    assert_eq!(name.result().unwrap(), "oven_0");

    let pool = ThreadPoolExecutor::new();
    let name = pool.submit(name_of_worker).unwrap().result().unwrap();
    assert!(name.starts_with("ThreadPoolExecutor-"), "{name}");
}

#[test]
fn a_task_may_submit_to_its_own_pool() {
    let pool = Arc::new(ThreadPoolExecutor::with_max_workers(2).unwrap());
    let same = Arc::clone(&pool);
    let outer = pool
        .submit(move || same.submit(|| 5).unwrap().result().unwrap())
        .unwrap();
    assert_eq!(outer.result().unwrap(), 5);
}

#[test]
fn leaving_the_scope_waits() {
    let log = Queue::new();
    {
        let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
        for n in 0..10 {
            let log = log.clone();
            pool.submit(move || log.put(n).unwrap()).unwrap();
        }
    }
    assert_eq!(log.qsize(), 10);
}

#[test]
fn shut_down_it_takes_no_tasks_but_runs_those_it_has() {
    let (pool, gate) = busy_pool();
    let pending = pool.submit(|| 1).unwrap();
    pool.shutdown_nowait();
    assert_eq!(pool.submit(|| ()).unwrap_err(), SubmitError::ShutDown);
    let refused: Vec<_> = pool.map([1, 2], |n| n).collect();
    assert_eq!(refused, [Err(SubmitError::ShutDown.into())]);
    gate.set();
    assert_eq!(pending.result().unwrap(), 1);
    pool.shutdown();
    pool.shutdown();
}

#[test]
fn shut_down_now_it_cancels_what_is_queued_and_finishes_what_runs() {
    let (pool, gate) = busy_pool();
    let pending: Vec<_> = (0..5).map(|n| pool.submit(move || n).unwrap()).collect();
    pending[0].add_done_callback(move |future| {
        assert!(future.cancelled());
        gate.set();
    });
    pool.shutdown_now();
    for future in pending {
        assert!(future.cancelled());
        assert_eq!(future.result(), Err(FutureError::Cancelled));
    }
}

#[test]
fn a_task_that_shuts_its_own_pool_down_does_not_wait_for_itself() {
    let pool = Arc::new(ThreadPoolExecutor::with_max_workers(2).unwrap());
    let same = Arc::clone(&pool);
    let future = pool.submit(move || same.shutdown()).unwrap();
    future.result().unwrap();
    assert_eq!(pool.submit(|| ()).unwrap_err(), SubmitError::ShutDown);
}

#[test]
fn a_failing_initializer_breaks_the_pool() {
    let gate = Event::new();
    let closed = gate.clone();
    let pool = ThreadPoolExecutor::builder()
        .max_workers(2)
        .initializer(move || {
            closed.wait();
            panic!("no gas");
        })
        .build()
        .unwrap();
    let futures: Vec<_> = (0..5).map(|_| pool.submit(|| ()).unwrap()).collect();
    gate.set();
    for future in futures {
        let error = future.result().unwrap_err();
        assert_eq!(error, FutureError::Rejected(SubmitError::Broken));
        assert_eq!(
            error.to_string(),
            "A thread initializer failed, the thread pool is not usable anymore"
        );
    }
    assert_eq!(pool.submit(|| ()).unwrap_err(), SubmitError::Broken);
    pool.shutdown();
    assert_eq!(pool.submit(|| ()).unwrap_err(), SubmitError::Broken);
}

#[test]
fn each_worker_is_initialized_once() {
    let initialized = Queue::new();
    let told = initialized.clone();
    let pool = ThreadPoolExecutor::builder()
        .max_workers(2)
        .initializer(move || told.put(name_of_worker()).unwrap())
        .build()
        .unwrap();
    let meeting = Barrier::new(2);
    let futures = [(); 2].map(|()| {
        let meeting = meeting.clone();
        pool.submit(move || meeting.wait().map(drop)).unwrap()
    });
    for future in as_completed(futures) {
        future.result().unwrap().unwrap();
    }
    let names: HashSet<_> = [initialized.get().unwrap(), initialized.get().unwrap()].into();
    assert_eq!(names.len(), 2);
    assert!(initialized.empty());
}

#[test]
fn map_submits_at_once_and_yields_in_order() {
    let (pool, gate) = busy_pool();
    let begun = Queue::new();
    let told = begun.clone();
    let map = pool.map(0..4, move |n| {
        told.put(n).unwrap();
        n * 10
    });
    gate.set();
    assert_eq!([(); 4].map(|()| begun.get().unwrap()), [0, 1, 2, 3]);
    assert_eq!(map.collect::<Result<Vec<_>, _>>().unwrap(), [0, 10, 20, 30]);
}

#[test]
fn map_fails_at_the_position_of_the_first_failure_and_ends() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let mut map = pool.map([2, 1, 0, 3], |n| 6 / n);
    assert_eq!(map.next(), Some(Ok(3)));
    assert_eq!(map.next(), Some(Ok(6)));
    let error = map.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "attempt to divide by zero");
    assert_eq!(map.next(), None);
}

#[test]
fn map_dropped_half_used_cancels_the_rest() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let gate = Event::new();
    let (closed, begun) = (gate.clone(), Queue::new());
    let told = begun.clone();
    let mut map = pool.map(0..4, move |n| {
        told.put(n).unwrap();
        if n == 1 {
            closed.wait();
        }
        n
    });
    assert_eq!(map.next(), Some(Ok(0)));
    assert_eq!([begun.get(), begun.get()], [Ok(0), Ok(1)]);
    drop(map);
    gate.set();
    pool.shutdown();
    assert!(begun.empty(), "2 and 3 were cancelled");
}

#[test]
fn map_dropped_unused_runs_everything() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let begun = Queue::new();
    let told = begun.clone();
    drop(pool.map(0..4, move |n| told.put(n).unwrap()));
    pool.shutdown();
    assert_eq!(begun.qsize(), 4);
}

#[test]
fn what_a_task_owns_is_dropped_when_it_has_run() {
    let owned = Arc::new(());
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let in_task = Arc::clone(&owned);
    let future = pool.submit(move || drop(in_task)).unwrap();
    future.exception().unwrap();
    assert_eq!(Arc::strong_count(&owned), 1);

    let (busy, gate) = busy_pool();
    let in_task = Arc::clone(&owned);
    let future = busy.submit(move || drop(in_task)).unwrap();
    future.cancel();
    assert_eq!(Arc::strong_count(&owned), 1);
    gate.set();
}

/// A value whose destructor panics, once.
struct Bomb(i32);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("bomb {}", self.0);
    }
}

#[test]
fn a_result_that_panics_when_it_is_dropped_ends_no_worker() {
    let (pool, gate) = busy_pool();
    // Dropped before the task begins, so that the worker has the only result.
    drop(pool.submit(|| Bomb(1)).unwrap());
    gate.set();
    assert_eq!(pool.submit(|| 2).unwrap().result(), Ok(2));
}

#[test]
fn a_task_that_panics_when_it_is_cancelled_leaves_the_others_to_be_cancelled() {
    let (pool, gate) = busy_pool();
    let futures = [1, 2].map(|number| {
        let bomb = Bomb(number);
        pool.submit(move || std::mem::forget(bomb)).unwrap()
    });
    futures[1].add_done_callback(move |_| gate.set());
    pool.shutdown_now();
    assert!(futures.iter().all(|future| future.cancelled()));
}

#[test]
fn by_default_it_has_pythons_number_of_workers() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let workers = (cores + 4).min(32);
    let pool = ThreadPoolExecutor::new();
    let (begun, gate) = (Queue::new(), Event::new());
    let futures: Vec<_> = (0..=workers)
        .map(|number| {
            let (begun, gate) = (begun.clone(), gate.clone());
            let task = move || {
                begun.put(number).unwrap();
                gate.wait();
            };
            pool.submit(task).unwrap()
        })
        .collect();
    for _ in 0..workers {
        begun.get().unwrap();
    }
    assert!(futures[workers].cancel(), "all workers are busy");
    gate.set();
}

#[test]
fn many_threads_may_submit_at_a_time() {
    let pool = Arc::new(ThreadPoolExecutor::with_max_workers(4).unwrap());
    let sum = std::thread::scope(|scope| {
        let submitters: Vec<_> = (0..4u64)
            .map(|submitter| {
                let pool = &pool;
                scope.spawn(move || {
                    (0..1000)
                        .map(|n| {
                            pool.submit(move || submitter * n)
                                .unwrap()
                                .result()
                                .unwrap()
                        })
                        .sum::<u64>()
                })
            })
            .collect();
        submitters
            .into_iter()
            .map(|submitter| submitter.join().unwrap())
            .sum::<u64>()
    });
    assert_eq!(sum, (1 + 2 + 3) * (0..1000).sum::<u64>());
}

#[cfg(unix)]
#[test]
fn a_copy_of_the_process_gets_workers_of_its_own() {
    let (pool, gate) = busy_pool();
    // SAFETY: the child does not return from here. The only thread that shares a lock with it waits for the gate.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: alarm has no preconditions. It ends a child that waits for a worker which it has not.
            unsafe { libc::alarm(60) };
            let is_done = pool
                .submit(|| 6 * 7)
                .is_ok_and(|job| job.result() == Ok(42));
            drop(pool);
            // SAFETY: _exit has no preconditions.
            unsafe { libc::_exit(i32::from(!is_done)) }
        }
        child => {
            let mut status = -1;
            // SAFETY: the status is a live variable.
            unsafe { libc::waitpid(child, &raw mut status, 0) };
            gate.set();
            assert_eq!(status, 0);
        }
    }
}
