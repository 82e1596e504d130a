//! When a program ends, it waits for what is not a daemon, and for nothing else.
//!
//! Without the test harness, because this is about the end of `main`. The program starts itself once more for each
//! case and looks at what it printed and how it ended.

use nogil::{Event, Process, Queue, Thread, ThreadPoolExecutor, Timer};
use std::env;
use std::mem;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

const CASE: &str = "NOGIL_TEST_CASE";
const SOON: Duration = Duration::from_millis(20);
const LATE: Duration = Duration::from_secs(3600);

/// Set when `main` has nothing left to do but to end.
static MAIN_ENDS: LazyLock<Event> = LazyLock::new(Event::new);

/// A case's name, what it leaves behind at the end of `main`, what it must have printed, and its exit code.
type Case = (&'static str, fn(), &'static str, i32);

const CASES: [Case; 13] = [
    ("thread", leave_a_thread, "main\nthread\n", 0),
    ("daemon", leave_a_daemon, "main\n", 0),
    ("family", leave_a_family, "main\nparent\nchild\n", 0),
    ("timer", leave_a_timer, "main\ntimer\n", 0),
    ("daemon timer", leave_a_daemon_timer, "main\n", 0),
    ("cancelled", leave_a_cancelled_timer, "main\n", 0),
    ("pool", leave_a_pool, "main\ntask\ntask\n", 0),
    ("callback", leave_a_callback, "main\ncallback\n", 0),
    ("exit", exit_early, "thread\n", 3),
    ("exit in a thread", exit_in_a_thread, "", 4),
    ("processes", leave_processes, "main\nprocess\n", 0),
    ("late process", leave_a_late_process, "main\n", 0),
    ("mute", panic_without_stderr, "main\n", 0),
];

fn main() {
    match env::var(CASE) {
        Ok(case) => {
            // SAFETY: the alarm only ends this process, should it wait for ever.
            unsafe { libc::alarm(300) };
            let (_, leave, ..) = CASES.iter().find(|(name, ..)| *name == case).unwrap();
            leave();
            println!("main");
            MAIN_ENDS.set();
        }
        Err(_) => {
            CASES
                .iter()
                .for_each(|(name, _, printed, code)| check(name, printed, *code));
            println!("exit: {} programs ended as they should", CASES.len());
        }
    }
}

fn check(name: &str, printed: &str, code: i32) {
    let output = Command::new(env::current_exe().unwrap())
        .env(CASE, name)
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stdout, printed, "{name}: {stderr}");
    assert_eq!(output.status.code(), Some(code), "{name}: {stderr}");
}

/// Prints a little later than `main` ends.
fn print_late(word: &str) {
    MAIN_ENDS.wait();
    nogil::sleep(SOON);
    println!("{word}");
}

fn late(word: &'static str) -> Thread {
    Thread::new(move || print_late(word))
}

fn leave_a_thread() {
    late("thread").start().unwrap();
}

fn leave_a_daemon() {
    let daemon = Thread::builder()
        .daemon(true)
        .target(|| Queue::<()>::new().get());
    daemon.start().unwrap();
}

fn leave_a_family() {
    let parent = Thread::new(|| {
        print_late("parent");
        late("child").start().unwrap();
    });
    parent.start().unwrap();
}

fn leave_a_timer() {
    Timer::new(SOON, || print_late("timer")).start().unwrap();
}

fn leave_a_daemon_timer() {
    let timer = Timer::new(LATE, || unreachable!("the program has ended"));
    timer.set_daemon(true).unwrap();
    timer.start().unwrap();
}

fn leave_a_cancelled_timer() {
    let timer = Timer::new(LATE, || unreachable!("it was cancelled"));
    timer.start().unwrap();
    timer.cancel();
}

/// A pool that is never dropped: its tasks are waited for, its idle workers are not.
fn leave_a_pool() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    for _ in 0..2 {
        pool.submit(|| print_late("task")).unwrap();
    }
    mem::forget(pool);
}

/// It is part of its task, though the task's result is there already.
fn leave_a_callback() {
    let pool = ThreadPoolExecutor::with_max_workers(1).unwrap();
    let gate = Event::new();
    let closed = gate.clone();
    let future = pool.submit(move || closed.wait()).unwrap();
    future.add_done_callback(|_| print_late("callback"));
    gate.set();
    future.result().unwrap();
    mem::forget(pool);
}

fn exit_early() {
    late("thread").start().unwrap();
    MAIN_ENDS.set();
    std::process::exit(3);
}

/// The thread does not wait for itself.
fn exit_in_a_thread() {
    let thread = Thread::new(|| std::process::exit(4));
    thread.start().unwrap();
    Event::new().wait();
}

/// One that is waited for, and a daemonic one that is terminated.
fn leave_processes() {
    let process = Process::new(
        |milliseconds: u64| {
            nogil::sleep(Duration::from_millis(milliseconds));
            println!("process");
        },
        // Long enough for this program to reach its end first: the child cannot see that.
        2000,
    );
    process.start().unwrap();
    let daemonic = Process::new(
        |seconds: u64| nogil::sleep(Duration::from_secs(seconds)),
        3600,
    );
    daemonic.set_daemon(true).unwrap();
    daemonic.start().unwrap();
}

/// Started by a thread after the end of `main`, it is terminated nevertheless.
fn leave_a_late_process() {
    let thread = Thread::new(|| {
        MAIN_ENDS.wait();
        nogil::sleep(SOON);
        let daemonic = Process::new(
            |seconds: u64| {
                nogil::sleep(Duration::from_secs(seconds));
                println!("left behind");
            },
            2,
        );
        daemonic.set_daemon(true).unwrap();
        daemonic.start().unwrap();
    });
    thread.start().unwrap();
    // Its exit function is registered after the threads' and therefore called before.
    let process = Process::new(|(): ()| (), ());
    process.start().unwrap();
    process.join().unwrap();
}

/// A panic that nobody can print ends its thread like any other.
fn panic_without_stderr() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    // SAFETY: the call takes two open descriptors, and nothing here owns the second one.
    assert_eq!(unsafe { libc::dup2(writer.as_raw_fd(), 2) }, 2);
    let thread: Thread = Thread::new(|| panic!("unheard"));
    thread.start().unwrap();
    assert!(thread.into_result().is_err());
}
