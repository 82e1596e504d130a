//! `Process` behaves as `multiprocessing.Process` does in CPython's `test_multiprocessing_spawn.test_processes`.

use nogil::{Process, ProcessError, Thread, input, sleep};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn idle((): ()) {}

fn nap(milliseconds: u64) {
    sleep(Duration::from_millis(milliseconds));
}

fn sleeper() -> Process<()> {
    Process::new(nap, 3_600_000)
}

fn panic_with(message: String) {
    panic!("{message}");
}

fn exit_with(code: i32) {
    std::process::exit(code);
}

#[test]
fn gives_the_result_of_its_function() {
    fn count(words: Vec<String>) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
        counts
    }
    let words = ["a", "b", "a"].map(str::to_owned);
    let process = Process::new(count, words.to_vec());
    process.start().unwrap();
    let expected = BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 1)]);
    assert_eq!(process.result().unwrap(), expected);
    assert_eq!(process.result().unwrap(), expected, "as often as you like");
}

#[test]
fn carries_more_than_a_pipe_holds() {
    fn reverse(mut numbers: Vec<u32>) -> Vec<u32> {
        numbers.reverse();
        numbers
    }
    let process = Process::new(reverse, (0..100_000).collect());
    process.start().unwrap();
    assert!(process.result().unwrap().into_iter().rev().eq(0..100_000));
}

#[test]
fn is_a_process_of_its_own_with_statics_of_its_own() {
    static COUNTER: AtomicUsize = AtomicUsize::new(0);
    fn count((): ()) -> (usize, u32, u32) {
        let counted = COUNTER.fetch_add(1, Ordering::Relaxed);
        (
            counted,
            std::process::id(),
            std::os::unix::process::parent_id(),
        )
    }
    COUNTER.store(7, Ordering::Relaxed);
    let process = Process::new(count, ());
    assert_eq!(process.pid(), None);
    process.start().unwrap();
    let (counted, pid, parent) = process.result().unwrap();
    assert_eq!(counted, 0);
    assert_eq!(Some(pid), process.pid());
    assert_eq!(parent, std::process::id());
    assert_eq!(COUNTER.load(Ordering::Relaxed), 7);
}

#[test]
fn a_closure_that_captures_nothing_is_a_function() {
    let process = Process::new(|n: i32| n + 1, 41);
    process.start().unwrap();
    assert_eq!(process.result().unwrap(), 42);
}

#[test]
fn several_run_at_a_time() {
    let processes: Vec<_> = (0..4).map(|n| Process::new(|n: u64| n * n, n)).collect();
    for process in &processes {
        process.start().unwrap();
    }
    let results: Vec<_> = processes
        .iter()
        .map(|process| process.result().unwrap())
        .collect();
    assert_eq!(results, [0, 1, 4, 9]);
}

#[test]
fn the_exit_code_tells_how_it_ended() {
    type End = fn(&Process<()>) -> Result<(), ProcessError>;
    let cases: [(Process<()>, End, i32); 6] = [
        (Process::new(idle, ()), |_| Ok(()), 0),
        (Process::new(panic_with, "boom".to_owned()), |_| Ok(()), 1),
        (Process::new(exit_with, 0), |_| Ok(()), 0),
        (Process::new(exit_with, 3), |_| Ok(()), 3),
        (sleeper(), Process::terminate, -15),
        (sleeper(), Process::kill, -9),
    ];
    for (process, end, expected) in cases {
        assert_eq!(process.exitcode(), None);
        assert!(!process.is_alive());
        process.start().unwrap();
        end(&process).unwrap();
        process.join().unwrap();
        assert_eq!(process.exitcode(), Some(expected), "{process:?}");
        assert!(!process.is_alive());
        // Late signals are harmless.
        process.terminate().unwrap();
        process.kill().unwrap();
        assert_eq!(process.exitcode(), Some(expected));
    }
}

#[test]
fn without_a_result_it_says_why() {
    let process = Process::new(panic_with, "boom".to_owned());
    process.start().unwrap();
    let error = process.result().unwrap_err();
    assert_eq!(error.to_string(), "boom");
    let ProcessError::Panicked(panicked) = error else {
        panic!("{error:?}");
    };
    assert!(panicked.location().unwrap().contains("process.rs:"));

    let process = Process::new(exit_with, 3);
    process.start().unwrap();
    assert_eq!(
        process.result().unwrap_err().to_string(),
        "the process ended with exit code 3 before its function returned"
    );
}

#[test]
fn refuses_in_pythons_words() {
    let process = sleeper();
    let refusal = |result: Result<(), ProcessError>| result.unwrap_err().to_string();
    for result in [
        process.join(),
        process.join_timeout(Duration::ZERO),
        process.terminate(),
        process.result(),
    ] {
        assert_eq!(refusal(result), "can only join a started process");
    }
    process.start().unwrap();
    assert_eq!(refusal(process.start()), "cannot start a process twice");
    assert_eq!(
        refusal(process.set_daemon(true)),
        "process has already started"
    );
    process.kill().unwrap();
    process.join().unwrap();
    assert_eq!(refusal(process.start()), "cannot start a process twice");
}

#[test]
fn a_join_with_a_timeout_leaves_it_running() {
    let process = sleeper();
    process.start().unwrap();
    process.join_timeout(Duration::from_millis(1)).unwrap();
    assert!(process.is_alive());
    assert_eq!(process.exitcode(), None);
    process.kill().unwrap();
    process.join_timeout(Duration::MAX).unwrap();
    assert!(!process.is_alive());
}

#[test]
fn a_daemonic_one_may_not_have_children_and_others_may() {
    fn start_another((): ()) -> Result<i32, String> {
        let child = Process::new(|n: i32| n * 2, 4);
        child.start().map_err(|error| error.to_string())?;
        child.result().map_err(|error| error.to_string())
    }
    let cases = [
        (false, Ok(8)),
        (
            true,
            Err("daemonic processes are not allowed to have children".to_owned()),
        ),
    ];
    for (daemon, expected) in cases {
        let process = Process::new(start_another, ());
        process.set_daemon(daemon).unwrap();
        assert_eq!(process.daemon(), daemon);
        process.start().unwrap();
        assert_eq!(process.result().unwrap(), expected);
    }
}

#[test]
fn its_threads_are_joined_and_their_panics_are_theirs() {
    fn leave_a_thread((): ()) {
        let failing: Thread = Thread::new(|| panic!("in a thread of a process"));
        failing.start().unwrap();
        failing.join().unwrap();
        let late = Thread::new(|| {
            sleep(Duration::from_millis(20));
            // SAFETY: the call ends the process at once and touches no memory.
            unsafe { libc::_exit(5) };
        });
        late.start().unwrap();
    }
    let process = Process::new(leave_a_thread, ());
    process.start().unwrap();
    process.join().unwrap();
    assert_eq!(process.exitcode(), Some(5), "the thread was waited for");
}

#[test]
fn has_nobody_to_ask() {
    fn ask((): ()) -> String {
        input("Enter your name: ").unwrap_err().to_string()
    }
    let process = Process::new(ask, ());
    process.start().unwrap();
    assert_eq!(process.result().unwrap(), "EOF when reading a line");
}

#[test]
fn is_closed_when_it_does_not_run() {
    assert!(sleeper().close().is_ok(), "never started");
    let process = sleeper();
    process.start().unwrap();
    let refusal = process.close().unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Cannot close a process while it is still running. You should first call join() or terminate()."
    );
    let process = refusal.into_inner();
    process.kill().unwrap();
    process.join().unwrap();
    assert!(process.close().is_ok());
}

#[test]
fn an_argument_that_json_cannot_hold_is_refused() {
    fn read(_: BTreeMap<(i32, i32), i32>) {}
    let process = Process::new(read, BTreeMap::from([((1, 2), 3)]));
    assert!(matches!(process.start(), Err(ProcessError::Argument(_))));
}

#[test]
fn shows_itself_as_python_does() {
    let process = sleeper();
    let name = process.name().to_owned();
    assert_eq!(
        format!("{process:?}"),
        format!("<Process name='{name}' initial>")
    );
    process.set_daemon(true).unwrap();
    process.start().unwrap();
    let pid = process.pid().unwrap();
    assert_eq!(
        format!("{process:?}"),
        format!("<Process name='{name}' pid={pid} started daemon>")
    );
    process.kill().unwrap();
    process.join().unwrap();
    assert_eq!(
        format!("{process:?}"),
        format!("<Process name='{name}' pid={pid} stopped exitcode=-9 daemon>")
    );
}
