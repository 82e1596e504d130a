//! A copy of a process of its own, without an engine.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::raw;

use super::{Stopped, count, listen};

#[test]
fn threads_go_on_in_both_processes() {
    listen();
    let stop = Arc::new(AtomicBool::new(false));
    let turns = Arc::new(AtomicU64::new(0));
    let lock = Arc::new(Mutex::new(0_u64));
    let (sender, receiver) = mpsc::channel::<u64>();
    let sums = thread::spawn(move || receiver.iter().sum::<u64>());
    let busy: Vec<_> = (0..3)
        .map(|_| {
            let (stop, turns, lock) = (stop.clone(), turns.clone(), lock.clone());
            // A register that is lost shows among the numbers, all of which stay the same.
            thread::spawn(move || {
                let mut numbers = [1.0_f64; 16];
                while !stop.load(SeqCst) {
                    *lock.lock().unwrap() += 1;
                    for number in &mut numbers {
                        *number = (*number * 1.000_000_1).sin() + vec![1.0; 10].iter().sum::<f64>();
                    }
                    turns.fetch_add(1, SeqCst);
                }
                count() > 0 && numbers.iter().all(|number| *number == numbers[0])
            })
        })
        .collect();
    while turns.load(SeqCst) < 1000 {
        thread::yield_now();
    }
    for round in 0..20 {
        let signals = raw::block_signals();
        let stopped = Stopped::all().unwrap();
        let child = stopped.fork();
        if child == 0 {
            let lost = stopped.make_again();
            raw::set_signal_mask(signals);
            // SAFETY: alarm has no preconditions. It ends a copy that waits for a thread which it has not.
            unsafe { libc::alarm(60) };
            let had = turns.load(SeqCst);
            while turns.load(SeqCst) < had + 1000 {
                thread::yield_now();
            }
            if round < 19 {
                raw::exit_now(i32::from(!lost.is_empty()));
            }
            sender.send(40).unwrap();
            sender.send(2).unwrap();
            drop(sender);
            stop.store(true, SeqCst);
            let is_right = sums.join().unwrap() == 42
                && busy.into_iter().all(|thread| thread.join().unwrap())
                && *lock.lock().unwrap() == turns.load(SeqCst);
            raw::exit_now(i32::from(!is_right));
        }
        stopped.let_go();
        raw::set_signal_mask(signals);
        assert!(child > 0);
        let mut status = -1;
        // SAFETY: the status is a live variable.
        let ended = unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) };
        let error = std::io::Error::last_os_error();
        assert_eq!((ended, status), (child, 0), "the copy in round {round}: {error}");
    }
    stop.store(true, SeqCst);
    assert!(busy.into_iter().all(|thread| thread.join().unwrap()));
    drop(sender);
    assert_eq!(sums.join().unwrap(), 0);
}
