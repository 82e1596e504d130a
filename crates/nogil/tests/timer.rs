//! `Timer` behaves as `threading.Timer` does in CPython's `test_threading`, at a thread for all of them.

use nogil::{Barrier, Event, Queue, ThreadError, Timer};
use std::sync::Arc;
use std::time::Duration;

const SOON: Duration = Duration::from_millis(2);
const LATE: Duration = Duration::from_secs(3600);

#[test]
fn runs_its_function_once_after_the_interval() {
    let ran = Queue::new();
    let told = ran.clone();
    let timer = Timer::new(SOON, move || told.put(std::thread::current().id()).unwrap());
    let started = std::time::Instant::now();
    timer.start().unwrap();
    timer.join().unwrap();
    assert!(started.elapsed() >= SOON);
    assert_ne!(ran.get_nowait().unwrap(), std::thread::current().id());
    assert!(ran.empty());
    assert!(timer.finished().is_set());
    assert!(!timer.is_alive());
}

#[test]
fn refuses_in_pythons_words() {
    let timer = Timer::new(LATE, || ());
    let refusal = |result: Result<(), ThreadError>| result.unwrap_err().to_string();
    assert_eq!(
        refusal(timer.join()),
        "cannot join thread before it is started"
    );
    timer.start().unwrap();
    assert_eq!(refusal(timer.start()), "threads can only be started once");
    assert_eq!(
        refusal(timer.set_daemon(true)),
        "cannot set daemon status of active thread"
    );
    timer.cancel();
}

#[test]
fn cancelling_a_pending_one_drops_the_function() {
    let held = Arc::new(());
    let in_function = Arc::clone(&held);
    let timer = Timer::new(LATE, move || drop(in_function));
    timer.start().unwrap();
    assert!(timer.is_alive());
    assert!(!timer.finished().is_set());
    timer.cancel();
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(timer.finished().is_set());
    assert!(!timer.is_alive());
    timer.join().unwrap();
    timer.cancel();
}

#[test]
fn cancelled_before_the_start_it_runs_nothing() {
    let timer = Timer::new(Duration::ZERO, || unreachable!("it was cancelled"));
    timer.cancel();
    assert!(timer.finished().is_set());
    timer.start().unwrap();
    timer.join().unwrap();
    assert!(!timer.is_alive());
    assert!(matches!(timer.start(), Err(ThreadError::AlreadyStarted)));
}

#[test]
fn cancelling_a_running_one_is_late_and_harmless() {
    let (entered, leave) = (Event::new(), Event::new());
    let function = {
        let (entered, leave) = (entered.clone(), leave.clone());
        move || {
            entered.set();
            leave.wait();
        }
    };
    let timer = Timer::new(Duration::ZERO, function);
    timer.start().unwrap();
    entered.wait();
    timer.cancel();
    assert!(timer.finished().is_set());
    assert!(timer.is_alive(), "its function still runs");
    leave.set();
    timer.join().unwrap();
    timer.cancel();
}

#[test]
fn two_that_are_due_run_together() {
    // Each waits for the other inside its function, so one after the other would never end.
    let meeting = Barrier::new(2);
    let timers = [(); 2].map(|()| {
        let meeting = meeting.clone();
        Timer::new(SOON, move || {
            meeting.wait().unwrap();
        })
    });
    timers.iter().for_each(|timer| timer.start().unwrap());
    timers.iter().for_each(|timer| timer.join().unwrap());
}

#[test]
fn one_that_is_due_earlier_than_all_others_is_not_kept_waiting() {
    let late = Timer::new(LATE, || ());
    late.start().unwrap();
    let early = Timer::new(SOON, || ());
    early.start().unwrap();
    early.join().unwrap();
    late.cancel();
}

#[test]
fn goes_on_without_its_handle() {
    let rang = Event::new();
    let bell = rang.clone();
    Timer::new(SOON, move || bell.set()).start().unwrap();
    rang.wait();
}

#[test]
fn can_be_restarted_by_its_own_function() {
    fn tick(left: u32, done: Event) {
        match left {
            0 => done.set(),
            _ => Timer::new(Duration::ZERO, move || tick(left - 1, done))
                .start()
                .unwrap(),
        }
    }
    let done = Event::new();
    tick(5, done.clone());
    done.wait();
}

#[test]
fn cannot_join_itself_in_its_function() {
    let timer = Arc::new(std::sync::OnceLock::<Timer>::new());
    let refusals = Queue::new();
    let inside = Arc::clone(&timer);
    let told = refusals.clone();
    let function = move || {
        let refusal = inside.wait().join().unwrap_err();
        told.put(refusal.to_string()).unwrap();
    };
    timer.set(Timer::new(Duration::ZERO, function)).unwrap();
    timer.wait().start().unwrap();
    assert_eq!(refusals.get().unwrap(), "cannot join current thread");
}

#[test]
fn the_longest_interval_does_not_overflow_the_clock() {
    let timer = Timer::new(Duration::MAX, || ());
    timer.start().unwrap();
    assert!(timer.is_alive());
    timer.cancel();
}

#[test]
fn a_join_with_a_timeout_leaves_it_pending() {
    let timer = Timer::new(LATE, || ());
    timer.start().unwrap();
    timer.join_timeout(Duration::from_millis(1)).unwrap();
    assert!(timer.is_alive());
    assert!(format!("{timer:?}").starts_with("<Timer(Thread-"));
    timer.cancel();
}
