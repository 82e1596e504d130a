//! Futures: whoever waits for one hears of its end, whichever way it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::completions::Watch;
use super::error::FutureError;
use super::future::Future;
use super::task::{Task, Work};
use crate::input::Desk;
use crate::thread::{Context, Target};
use crate::{model, with};

fn task(function: impl FnOnce() -> i32 + Send + 'static) -> Arc<Task<i32>> {
    let desk = Desk::of_the_crate();
    let target = Target::new(Context::at_desk(&desk), function);
    Arc::new(Task::new(target, desk))
}

/// What a pool's worker does with a task.
fn work_on(task: Arc<Task<i32>>) {
    let hold = task.perform();
    task.announce();
    if hold.is_some() {
        task.call_back();
    }
}

#[test]
fn a_result_reaches_who_waits() {
    model(|| {
        let task = task(|| 7);
        let worker = with(&task, work_on);
        let other = with(&Future::new(Arc::clone(&task)), |future| future.exception());
        assert!(other.join().unwrap().unwrap().is_none());
        assert_eq!(Future::new(task).result().unwrap(), 7);
        worker.join().unwrap();
    });
}

#[test]
fn a_task_is_either_run_or_cancelled() {
    model(|| {
        let task = task(|| 7);
        let worker = with(&task, work_on);
        let future = Future::new(task);
        let canceller = with(&future, |future| future.cancel());
        match future.result() {
            Ok(value) => assert_eq!((value, canceller.join().unwrap()), (7, false)),
            Err(FutureError::Cancelled) => assert!(canceller.join().unwrap()),
            Err(error) => panic!("{error}"),
        }
        worker.join().unwrap();
    });
}

#[test]
fn a_callback_runs_once_however_late_it_is_added() {
    model(|| {
        let task = task(|| 7);
        let worker = with(&task, work_on);
        let calls = Arc::new(AtomicUsize::new(0));
        let future = Future::new(task);
        future.add_done_callback({
            let calls = Arc::clone(&calls);
            move |_| {
                calls.fetch_add(1, Ordering::Relaxed);
            }
        });
        worker.join().unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn waiting_for_several_hears_of_each() {
    model(|| {
        let tasks = [task(|| 1), task(|| 2)];
        let workers = tasks.clone().map(|task| with(&task, work_on));
        let mut watch = Watch::new(tasks.map(Future::new));
        let mut results = [(); 2].map(|()| watch.next(None).unwrap().clone().result().unwrap());
        assert!(watch.next(None).is_none());
        results.sort_unstable();
        assert_eq!(results, [1, 2]);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
