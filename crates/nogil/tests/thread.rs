//! `Thread` behaves as `threading.Thread` does in CPython's `test_threading`.

use nogil::{Event, Queue, Thread, ThreadError};
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;

/// A thread that runs until the event is set.
fn waiting() -> (Thread, Event) {
    let gate = Event::new();
    let closed = gate.clone();
    (Thread::new(move || closed.wait()), gate)
}

#[test]
fn runs_when_started_and_not_before() {
    let log = Queue::new();
    let diary = log.clone();
    let thread = Thread::new(move || diary.put("ran").unwrap());
    log.put("created").unwrap();
    thread.start().unwrap();
    thread.join().unwrap();
    assert_eq!(log.get().unwrap(), "created");
    assert_eq!(log.get().unwrap(), "ran");
}

#[test]
fn refuses_in_pythons_words() {
    let (thread, gate) = waiting();
    let refusal = |result: Result<(), ThreadError>| result.unwrap_err().to_string();

    assert_eq!(
        refusal(thread.join()),
        "cannot join thread before it is started"
    );
    assert_eq!(
        refusal(thread.join_timeout(Duration::ZERO)),
        "cannot join thread before it is started"
    );
    thread.start().unwrap();
    assert_eq!(refusal(thread.start()), "threads can only be started once");
    assert_eq!(
        refusal(thread.set_daemon(true)),
        "cannot set daemon status of active thread"
    );
    gate.set();
    thread.join().unwrap();
    assert_eq!(refusal(thread.start()), "threads can only be started once");
    assert_eq!(
        refusal(thread.set_daemon(true)),
        "cannot set daemon status of active thread"
    );
}

#[test]
fn cannot_join_itself() {
    let own = Arc::new(OnceLock::<Thread>::new());
    let known = Event::new();
    let refusals = Queue::new();
    let thread = Thread::new({
        let (own, known, refusals) = (Arc::clone(&own), known.clone(), refusals.clone());
        move || {
            known.wait();
            let refusal = own.get().unwrap().join().unwrap_err();
            refusals.put(refusal.to_string()).unwrap();
        }
    });
    thread.start().unwrap();
    own.set(thread).unwrap();
    known.set();
    assert_eq!(refusals.get().unwrap(), "cannot join current thread");
    own.get().unwrap().join().unwrap();
}

#[test]
fn is_alive_from_start_to_end() {
    let (thread, gate) = waiting();
    assert!(!thread.is_alive());
    thread.start().unwrap();
    assert!(thread.is_alive());
    thread.join_timeout(Duration::from_millis(1)).unwrap();
    assert!(
        thread.is_alive(),
        "a timeout neither ends the thread nor tells"
    );
    gate.set();
    thread.join().unwrap();
    assert!(!thread.is_alive());
    thread.join().unwrap();
}

#[test]
fn a_timeout_beyond_the_clock_is_none() {
    let thread = Thread::new(|| ());
    thread.start().unwrap();
    thread.join_timeout(Duration::MAX).unwrap();
    assert!(!thread.is_alive());
}

#[test]
fn has_a_name_of_its_own_or_a_number() {
    let names = Queue::new();
    let told = names.clone();
    let thread = Thread::builder().name("printer").target(move || {
        let name = std::thread::current().name().map(str::to_owned);
        told.put(name).unwrap();
    });
    assert_eq!(thread.name(), "printer");
    thread.start().unwrap();
    assert_eq!(names.get().unwrap().as_deref(), Some("printer"));

    let numbers = [Thread::new(|| ()), Thread::new(|| ())].map(|thread| {
        let name = thread.name();
        name.strip_prefix("Thread-")
            .unwrap()
            .parse::<u32>()
            .unwrap()
    });
    assert!(numbers[0] < numbers[1]);
}

#[test]
fn a_name_may_hold_what_the_system_cannot_take() {
    let thread = Thread::builder().name("a\0b").target(|| ());
    thread.start().unwrap();
    thread.join().unwrap();
    assert_eq!(thread.name(), "a\0b");
}

/// The one that the system has for it.
#[cfg(unix)]
#[test]
fn has_an_ident_once_started() {
    let idents = Queue::new();
    let told = idents.clone();
    let thread = Thread::new(move || {
        // SAFETY: the call only returns the caller's own handle.
        told.put(unsafe { libc::pthread_self() } as u64).unwrap();
    });
    assert_eq!(thread.ident(), None);
    thread.start().unwrap();
    assert_eq!(thread.ident(), Some(idents.get().unwrap()));
}

#[test]
fn is_a_daemon_like_its_creator_unless_told_otherwise() {
    // The creator's flag, what the child is told, what the child is.
    let cases = [
        (false, None, false),
        (true, None, true),
        (true, Some(false), false),
        (false, Some(true), true),
    ];
    for (creator, told, expected) in cases {
        let thread = Thread::builder().daemon(creator).target(move || {
            let builder = Thread::builder();
            match told {
                None => builder.target(|| ()),
                Some(daemon) => builder.daemon(daemon).target(|| ()),
            }
            .daemon()
        });
        thread.start().unwrap();
        assert_eq!(
            thread.into_result().unwrap(),
            expected,
            "{creator} {told:?}"
        );
    }
}

#[test]
fn a_daemon_flag_set_before_the_start_is_inherited() {
    let thread = Thread::new(|| Thread::new(|| ()).daemon());
    thread.set_daemon(true).unwrap();
    thread.start().unwrap();
    assert!(thread.into_result().unwrap());
}

#[test]
fn gives_its_result_or_its_panic() {
    let seven = Thread::new(|| 3 + 4);
    seven.start().unwrap();
    assert_eq!(seven.into_result().unwrap(), 7);

    let failing: Thread<i32> = Thread::new(|| panic!("no {}", "coffee"));
    failing.start().unwrap();
    failing.join().unwrap();
    let error = failing.into_result().unwrap_err();
    assert!(matches!(&error, ThreadError::Panicked(panicked) if panicked.location().is_some()));
    assert_eq!(error.to_string(), "no coffee");

    let fresh = Thread::new(|| ());
    assert!(matches!(fresh.into_result(), Err(ThreadError::NotStarted)));
}

#[test]
fn a_payload_that_is_no_message_is_said_to_be_none() {
    let thread = Thread::new(|| std::panic::panic_any(5));
    thread.start().unwrap();
    assert_eq!(
        thread.into_result().unwrap_err().to_string(),
        "a panic whose payload is not a message"
    );
}

#[test]
fn ends_even_if_the_panic_leaves_another_panic_behind() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the payload, dropped");
        }
    }
    let thread: Thread = Thread::new(|| std::panic::panic_any(Bomb));
    thread.start().unwrap();
    thread.join().unwrap();
    assert!(matches!(
        thread.into_result(),
        Err(ThreadError::Panicked(_))
    ));
}

#[test]
fn a_panic_that_was_caught_leaves_no_trace_on_a_later_one() {
    let pool = nogil::ThreadPoolExecutor::with_max_workers(1).unwrap();
    let caught = pool.submit(|| std::panic::catch_unwind(|| panic!("caught")).is_err());
    assert!(caught.unwrap().result().unwrap());
    let raised = pool.submit(|| std::panic::resume_unwind(Box::new("raised without a place")));
    let panicked = raised.unwrap().exception().unwrap().unwrap();
    assert_eq!(panicked.message(), "raised without a place");
    assert_eq!(panicked.location(), None);
}

#[test]
fn shows_itself_as_python_does() {
    let (thread, gate) = waiting();
    let name = thread.name();
    assert_eq!(format!("{thread:?}"), format!("<Thread({name}, initial)>"));
    thread.set_daemon(true).unwrap();
    thread.start().unwrap();
    let ident = thread.ident().unwrap();
    assert_eq!(
        format!("{thread:?}"),
        format!("<Thread({name}, started daemon {ident})>")
    );
    gate.set();
    thread.join().unwrap();
    assert_eq!(
        format!("{thread:?}"),
        format!("<Thread({name}, stopped daemon {ident})>")
    );
}

#[test]
fn many_join_one() {
    let (thread, gate) = waiting();
    thread.start().unwrap();
    let thread = Arc::new(thread);
    let joiners: Vec<_> = (0..4)
        .map(|_| {
            let thread = Arc::clone(&thread);
            let joiner = Thread::new(move || thread.join().is_ok());
            joiner.start().unwrap();
            joiner
        })
        .collect();
    gate.set();
    assert!(
        joiners
            .into_iter()
            .all(|joiner| joiner.into_result().unwrap())
    );
}
