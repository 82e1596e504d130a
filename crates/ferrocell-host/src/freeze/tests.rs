//! A copy of a process of its own, without an engine.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::raw;

use super::{Stopped, count, listen};

/// Held by a test that stops the threads of the others.
static ALONE: Mutex<()> = Mutex::new(());

/// For QEMU's user mode, which cannot start threads after a fork: threads are made again in the same process, and what has
/// stopped sleeps for ever. So it must be the only test of its process.
#[test]
#[ignore = "alone: `cargo test -p ferrocell-host --target aarch64-unknown-linux-gnu --lib -- --ignored in_place`"]
fn threads_go_on_in_place() {
    listen();
    let turns = Arc::new(AtomicU64::new(0));
    let (sender, receiver) = mpsc::channel::<u64>();
    let sums = thread::spawn(move || receiver.iter().sum::<u64>());
    let counts = turns.clone();
    let id = Arc::new(AtomicU64::new(0));
    let runs_as = id.clone();
    let busy = thread::Builder::new()
        .name("busy".to_owned())
        .spawn(move || {
            let (was, mut numbers) = (thread::current().id(), [1.0_f64; 16]);
            while counts.fetch_add(1, SeqCst) < 1_000_000 {
                runs_as.store(raw::thread_id() as u64, SeqCst);
                numbers = numbers.map(|number| (number * 1.000_000_1).sin() + 1.0);
            }
            was == thread::current().id()
                && raw::text(&raw::thread_name()) == "busy"
                && numbers.iter().all(|number| *number == numbers[0])
        });
    while turns.load(SeqCst) < 1000 {
        thread::yield_now();
    }
    let signals = raw::block_signals();
    let before = id.load(SeqCst);
    Stopped::all().unwrap().make_again(0);
    raw::set_signal_mask(signals);
    sender.send(42).unwrap();
    drop(sender);
    assert_eq!(sums.join().unwrap(), 42);
    assert!(busy.unwrap().join().unwrap());
    assert_ne!(id.load(SeqCst), before, "another thread goes on");
}

#[test]
#[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU's user mode")]
fn threads_go_on_in_both_processes() {
    let _alone = ALONE.lock().unwrap();
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
                        let ones = std::hint::black_box(vec![1.0; 10]);
                        *number = (*number * 1.000_000_1).sin() + ones.iter().sum::<f64>();
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
            // QEMU has a thread of its own, which it does not let us stop.
            let (mut lost, _) = stopped.make_again(0);
            lost.retain(|name| !name.starts_with("qemu"));
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
        assert_eq!(
            (ended, status),
            (child, 0),
            "the copy in round {round}: {error}"
        );
    }
    stop.store(true, SeqCst);
    assert!(busy.into_iter().all(|thread| thread.join().unwrap()));
    drop(sender);
    assert_eq!(sums.join().unwrap(), 0);
}

/// Whoever holds a lock of the loader's in a copy must be able to unlock it there.
#[test]
#[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU's user mode")]
fn the_loaders_locks_are_unlocked_in_a_copy() {
    unsafe extern "C" fn hold(
        _: *mut libc::dl_phdr_info,
        _: usize,
        hold: *mut std::ffi::c_void,
    ) -> i32 {
        // SAFETY: the thread below passes these.
        let (held, go_on) = unsafe { &*hold.cast::<(AtomicBool, AtomicBool)>() };
        held.store(true, SeqCst);
        while !go_on.load(SeqCst) {
            thread::yield_now();
        }
        1
    }
    let _alone = ALONE.lock().unwrap();
    listen();
    let flags = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
    let theirs = Arc::clone(&flags);
    let holder = thread::spawn(move || {
        // SAFETY: the flags live during the call.
        unsafe { libc::dl_iterate_phdr(Some(hold), Arc::as_ptr(&theirs).cast_mut().cast()) };
    });
    while !flags.0.load(SeqCst) {
        thread::yield_now();
    }
    let signals = raw::block_signals();
    let stopped = Stopped::all().unwrap();
    let child = stopped.fork();
    if child == 0 {
        stopped.make_again(0);
        raw::set_signal_mask(signals);
        // SAFETY: alarm has no preconditions. It ends a copy that waits for ever.
        unsafe { libc::alarm(20) };
        flags.1.store(true, SeqCst);
        holder.join().unwrap();
        // Takes the lock that was held.
        let symbols = std::backtrace::Backtrace::force_capture().to_string();
        raw::exit_now(i32::from(symbols.is_empty()));
    }
    stopped.let_go();
    raw::set_signal_mask(signals);
    flags.1.store(true, SeqCst);
    holder.join().unwrap();
    let mut status = -1;
    // SAFETY: the status is a live variable.
    unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) };
    assert_eq!(status, 0);
}
