//! Threads that live on when a copy of their process takes over.

mod conversation;

use conversation::Conversation;

#[test]
fn threads_that_wait_go_on_after_a_crash() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use std::sync::{mpsc, Arc, Mutex, Condvar, atomic::{AtomicU64, Ordering::SeqCst}};\n\
         use std::thread::{self, JoinHandle};\n\
         let (sender, receiver) = mpsc::channel::<i32>();\n\
         let sums: JoinHandle<i32> = thread::spawn(move || receiver.iter().sum());\n\
         let parked: JoinHandle<i32> = thread::spawn(|| { thread::park(); 5 });",
    );
    let error = notebook.err("sender.send(1000).unwrap();\nstd::process::abort();");
    assert!(
        error.contains("(variables parked, sender, sums), and 2 threads go on"),
        "{error}"
    );
    notebook.ok("sender.send(40)?; sender.send(2)?; drop(sender);");
    assert_eq!(notebook.ok("sums.join().unwrap()"), "42");
    notebook.err("std::process::abort()");
    notebook.ok("parked.thread().unpark();");
    assert_eq!(notebook.ok("parked.join().unwrap()"), "5");
}
