//! What `Condition` does.

mod common;

use std::thread;
use std::time::Duration;

use common::until_waiting;
use nogil::Condition;

const SOON: Duration = Duration::from_millis(5);

#[test]
fn notify_wakes_as_many_as_asked() {
    for count in 0..4 {
        // Each thread that is let through takes one ticket.
        let tickets = Condition::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| *tickets.acquire().wait_for(|tickets| *tickets > 0) -= 1);
            }
            until_waiting(3, &tickets);
            let mut guard = tickets.acquire();
            *guard = count;
            guard.notify(count);
            until_waiting(3 - count.min(3), &tickets);
            let mut guard = tickets.acquire();
            *guard += 3;
            guard.notify_all();
        });
        assert_eq!(*tickets.acquire(), count);
    }
}

#[test]
fn wait_returns_after_a_notification() {
    let ready = Condition::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = ready.acquire();
            while !*guard {
                guard = guard.wait();
            }
        });
        until_waiting(1, &ready);
        let mut guard = ready.acquire();
        *guard = true;
        guard.notify_all();
    });
}

#[test]
fn waiting_ends_with_the_timeout() {
    let never = Condition::new(());
    let (guard, in_time) = never.acquire().wait_for_timeout(|()| false, SOON);
    assert!(!in_time);
    let (mut guard, in_time) = guard.wait_for_timeout(|()| true, Duration::ZERO);
    assert!(in_time);
    // A wait without a predicate may wake early, but not for ever.
    loop {
        let (again, in_time) = guard.wait_timeout(SOON);
        if !in_time {
            break;
        }
        guard = again;
    }
}

#[test]
fn a_predicate_sees_the_state_locked() {
    let calls = Condition::new(0);
    let guard = calls.acquire().wait_for(|calls| {
        *calls += 1;
        *calls == 1
    });
    assert_eq!(*guard, 1);
}
