//! What `Event` does.

mod common;

use std::thread;
use std::time::Duration;

use common::until_waiting;
use nogil::Event;

#[test]
fn the_flag_is_set_and_cleared() {
    let event = Event::new();
    assert!(!event.is_set());
    event.set();
    event.set();
    assert!(event.is_set());
    event.wait();
    assert!(event.wait_timeout(Duration::ZERO));
    event.clear();
    assert!(!event.is_set());
}

#[test]
fn waiting_for_a_flag_that_nobody_sets_ends_with_the_timeout() {
    let event = Event::new();
    assert!(!event.wait_timeout(Duration::ZERO));
    assert!(!event.wait_timeout(Duration::from_millis(5)));
}

#[test]
fn setting_releases_all_who_wait_even_if_cleared_at_once() {
    let event = Event::new();
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let event = event.clone();
            thread::spawn(move || event.wait_timeout(Duration::from_secs(60)))
        })
        .collect();
    until_waiting(3, &event);
    event.set();
    event.clear();
    for waiter in waiters {
        assert!(waiter.join().unwrap());
    }
    assert!(!event.wait_timeout(Duration::ZERO), "who comes late waits");
}
