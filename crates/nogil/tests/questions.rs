//! On evcxr the main thread, waiting in a queue, for an event or under a condition, asks what its threads want to know.
//!
//! Without the test harness, because its tests do not run on the main thread. The program starts
//! itself once more as evcxr starts a session's code, and answers as evcxr's kernel does.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use nogil::{Condition, Event, Queue, input};

const EVCXR: &str = "EVCXR_IS_RUNTIME";

fn main() {
    if env::var_os(EVCXR).is_some() {
        // SAFETY: the alarm only ends this process, should it wait for ever.
        unsafe { libc::alarm(60) };
        ask_from_threads();
    } else {
        answer();
    }
}

fn ask_from_threads() {
    let queue = Queue::new();
    let worker = queue.clone();
    thread::spawn(move || {
        let greeting = worker.get().unwrap();
        println!("{greeting}, {}", input("Name: ").unwrap());
        worker.task_done().unwrap();
    });
    queue.put("Hello").unwrap();
    queue.join();

    let done = Event::new();
    let other = done.clone();
    thread::spawn(move || {
        println!("{}?", input("Question: ").unwrap());
        other.set();
    });
    done.wait();

    let served = Condition::new(false);
    let waiter = served.clone();
    thread::spawn(move || {
        println!("{}!", input("Order: ").unwrap());
        let mut served = waiter.acquire();
        *served = true;
        served.notify_all();
    });
    let mut served = served.acquire();
    while !*served {
        served = served.wait();
    }
}

fn answer() {
    let mut session = Command::new(env::current_exe().unwrap())
        .env(EVCXR, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = session.stdin.take().unwrap();
    let mut answers = ["Ada", "Why", "Tea"].into_iter();
    let mut printed = Vec::new();
    for line in BufReader::new(session.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("EVCXR_INPUT_REQUEST:") {
            writeln!(stdin, "{}", answers.next().expect("three questions")).unwrap();
        } else {
            printed.push(line);
        }
    }
    assert!(session.wait().unwrap().success());
    assert_eq!(printed, ["Hello, Ada", "Why?", "Tea!"]);
    println!("all threads were answered");
}
