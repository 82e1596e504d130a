//! `as_completed` behaves as `concurrent.futures.as_completed` does in CPython's
//! `test_concurrent_futures.test_as_completed`.

use nogil::{Event, Future, ThreadPoolExecutor, as_completed, as_completed_timeout};
use std::time::Duration;

/// Futures of 0, 1, 2 …, each with the event that lets it end.
fn gated(pool: &ThreadPoolExecutor, count: usize) -> (Vec<Future<usize>>, Vec<Event>) {
    (0..count)
        .map(|index| {
            let gate = Event::new();
            let closed = gate.clone();
            let future = pool.submit(move || {
                closed.wait();
                index
            });
            (future.unwrap(), gate)
        })
        .unzip()
}

#[test]
fn yields_in_the_order_of_completion() {
    let pool = ThreadPoolExecutor::with_max_workers(4).unwrap();
    let (futures, gates) = gated(&pool, 4);
    let mut completed = as_completed(futures);
    let order = [2, 0, 3, 1];
    for index in order {
        gates[index].set();
        assert_eq!(completed.next().unwrap().result(), Ok(index));
    }
    assert!(completed.next().is_none());
}

#[test]
fn yields_finished_ones_first() {
    let pool = ThreadPoolExecutor::with_max_workers(3).unwrap();
    let (futures, gates) = gated(&pool, 3);
    gates[2].set();
    futures[2].exception().unwrap();
    let mut completed = as_completed(futures);
    assert_eq!(completed.len(), 3);
    assert_eq!(completed.next().unwrap().result(), Ok(2));
    assert_eq!(completed.len(), 2);
    gates[1].set();
    assert_eq!(completed.next().unwrap().result(), Ok(1));
    gates[0].set();
}

#[test]
fn yields_each_future_once_and_cancelled_ones_too() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let (futures, gates) = gated(&pool, 2);
    assert!(futures[1].cancel());
    gates[0].set();
    let twice = futures.iter().chain(&futures).cloned();
    let mut cancelled: Vec<_> = as_completed(twice)
        .map(|future| future.cancelled())
        .collect();
    cancelled.sort_unstable();
    assert_eq!(cancelled, [false, true]);
}

#[test]
fn of_nothing_is_empty() {
    assert!(as_completed(Vec::<Future<()>>::new()).next().is_none());
    let nothing = Vec::<Future<()>>::new();
    assert!(
        as_completed_timeout(nothing, Duration::ZERO)
            .next()
            .is_none()
    );
}

#[test]
fn says_how_many_are_unfinished_when_its_time_is_up() {
    let pool = ThreadPoolExecutor::with_max_workers(3).unwrap();
    let (futures, gates) = gated(&pool, 3);
    gates[0].set();
    futures[0].exception().unwrap();
    let mut completed = as_completed_timeout(futures, Duration::from_millis(2));
    assert_eq!(completed.next().unwrap().unwrap().result(), Ok(0));
    let error = completed.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "2 (of 3) futures unfinished");
    assert_eq!((error.unfinished, error.total), (2, 3));
    assert!(completed.next().is_none());
    gates.iter().for_each(Event::set);
}

#[test]
fn dropped_early_it_leaves_the_futures_as_they_are() {
    let pool = ThreadPoolExecutor::with_max_workers(2).unwrap();
    let (futures, gates) = gated(&pool, 2);
    drop(as_completed(futures.iter().cloned()));
    gates.iter().for_each(Event::set);
    let results: Vec<_> = futures.into_iter().map(Future::result).collect();
    assert_eq!(results, [Ok(0), Ok(1)]);
}
