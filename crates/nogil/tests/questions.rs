//! On evcxr the main thread, waiting in a queue or for an event, asks what its threads want to know.
//!
//! Without the test harness, because its tests do not run on the main thread. The program starts
//! itself once more as evcxr starts a session's code, and answers as evcxr's kernel does.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use nogil::{Event, Queue, input};

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
}

fn answer() {
    let mut session = Command::new(env::current_exe().unwrap())
        .env(EVCXR, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = session.stdin.take().unwrap();
    let mut answers = ["Ada", "Why"].into_iter();
    let mut printed = Vec::new();
    for line in BufReader::new(session.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.starts_with("EVCXR_INPUT_REQUEST:") {
            writeln!(stdin, "{}", answers.next().expect("two questions")).unwrap();
        } else {
            printed.push(line);
        }
    }
    assert!(session.wait().unwrap().success());
    assert_eq!(printed, ["Hello, Ada", "Why?"]);
    println!("both threads were answered");
}
