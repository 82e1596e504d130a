//! The excepthook hears of the panics that end threads. One test, because there is one hook.

use nogil::{Queue, Thread, Timer, reset_excepthook, set_excepthook};
use std::time::Duration;

#[test]
fn hears_of_threads_and_timers_on_their_own_threads() {
    let heard = Queue::new();
    let ear = heard.clone();
    set_excepthook(move |args| {
        let here = std::thread::current().id();
        let location = args.panicked.location().unwrap_or_default().to_owned();
        let told = (
            args.thread.to_owned(),
            args.panicked.to_string(),
            location,
            here,
        );
        ear.put(told).unwrap();
    });

    let thread = Thread::builder().name("baker").target(|| {
        panic!("burnt");
    });
    thread.start().unwrap();
    thread.join().unwrap();
    let (name, message, location, place) = heard.get().unwrap();
    assert_eq!((name.as_str(), message.as_str()), ("baker", "burnt"));
    assert!(location.contains("excepthook.rs:"), "{location}");
    assert_ne!(place, std::thread::current().id());

    let timer = Timer::new(Duration::ZERO, || panic!("too late"));
    timer.start().unwrap();
    timer.finished().wait();
    let (name, message, ..) = heard.get().unwrap();
    assert_eq!((name, message.as_str()), (timer.name(), "too late"));

    // A panic that the thread's function catches itself is its own affair.
    let thread = Thread::new(|| {
        std::panic::catch_unwind(|| panic!("caught")).unwrap_err();
    });
    thread.start().unwrap();
    thread.into_result().unwrap();
    assert!(heard.empty());

    // A hook that panics does not keep the thread from ending.
    set_excepthook(|_| panic!("the hook as well"));
    let thread: Thread = Thread::new(|| panic!("first"));
    thread.start().unwrap();
    assert_eq!(thread.into_result().unwrap_err().to_string(), "first");

    reset_excepthook();
    let thread: Thread = Thread::new(|| panic!("printed"));
    thread.start().unwrap();
    thread.join().unwrap();
    assert!(heard.empty());
}
