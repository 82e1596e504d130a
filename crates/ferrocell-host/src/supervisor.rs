//! The process above the one that runs cells: it learns how that one ended, and leaves nothing behind.
//!
//! Processes whose parent has ended become its children: so it can wait for a snapshot that was promoted as it does for
//! the first process. It forwards signals, because only the parent knows for sure that a process's id is still its own.
//! When the engine is gone, killed perhaps, it ends everything, the engine's own tools too, and removes the session's files. It never runs user code.

use std::fs::File;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::Ordering;

use ferrocell_wire::Signal;

use crate::{raw, shared};

/// Splits the process in two: this one stays as the supervisor, and only the child returns.
pub(crate) fn start(engine: OwnedFd, session_dir: &Path) -> std::io::Result<()> {
    shared::create();
    // SAFETY: the process has one thread; each call has valid arguments.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
        let children = watch_children()?;
        let supervisor = raw::process_id();
        shared::get()
            .supervisor
            .store(supervisor, Ordering::Relaxed);
        match libc::fork() {
            -1 => Err(std::io::Error::last_os_error()),
            0 => {
                drop((engine, children));
                allow_child_signals();
                raw::end_with_parent(supervisor);
                shared::get().become_worker(raw::process_id());
                Ok(())
            }
            worker => {
                shared::get().worker.store(worker, Ordering::Release);
                raw::close_all_but(&[engine.as_raw_fd(), children.as_raw_fd()]);
                supervise(engine.into(), children, session_dir)
            }
        }
    }
}

fn supervise(mut engine: File, mut children: File, session_dir: &Path) -> ! {
    let mut tool = 0;
    loop {
        let poll = |file: &File| libc::pollfd {
            fd: file.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let mut polled = [poll(&engine), poll(&children)];
        // SAFETY: the array is live and its length is passed along.
        unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, -1) };
        if polled[1].revents != 0 {
            let mut note = [0; size_of::<libc::signalfd_siginfo>()];
            // One note may stand for several children, so what it says does not matter.
            let _ = children.read(&mut note);
            reap(&mut engine);
        }
        if polled[0].revents != 0 {
            let mut command = [0; Signal::SIZE];
            match engine
                .read_exact(&mut command)
                .map(|()| Signal::decode(command))
            {
                Ok(Signal { number, target }) => match number {
                    Signal::END => end(),
                    Signal::TOOL => tool = target as i32,
                    _ => signal(number, target),
                },
                Err(_) => {
                    signal(libc::SIGKILL, 0);
                    if tool != 0 {
                        raw::kill(-tool, libc::SIGKILL);
                    }
                    // What cannot be removed is left to the system's own cleaning of temporary files.
                    let _ = std::fs::remove_dir_all(session_dir);
                    end()
                }
            }
        }
    }
}

/// Waits for the children that have ended, and reports the one that ran cells.
fn reap(engine: &mut File) {
    let shared = shared::get();
    while let Some((process, status)) = raw::ended_child(-1) {
        let worker = &shared.worker;
        if worker
            .compare_exchange(process, 0, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
        {
            // If the engine is gone, its socket says so next.
            let _ = engine.write_all(&shared.ended(status).encode());
        }
    }
}

fn signal(number: i32, target: u64) {
    let worker = shared::get().worker.load(Ordering::Acquire);
    if worker != 0 {
        // To its main thread, because a signal to a process may interrupt any of its threads.
        raw::queue(worker, worker, number, target);
    }
}

/// Ends all processes of the session: they are in this process's group.
fn end() -> ! {
    raw::kill(0, libc::SIGKILL);
    raw::exit_now(0)
}

fn child_signals() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
        set.assume_init()
    }
}

/// A descriptor that becomes readable when a child has ended.
fn watch_children() -> std::io::Result<File> {
    let set = child_signals();
    // SAFETY: the set is initialised; the descriptor is new and ours.
    unsafe {
        libc::sigprocmask(libc::SIG_BLOCK, &set, std::ptr::null_mut());
        match libc::signalfd(-1, &set, libc::SFD_CLOEXEC) {
            -1 => Err(std::io::Error::last_os_error()),
            fd => Ok(File::from_raw_fd(fd)),
        }
    }
}

fn allow_child_signals() {
    // SAFETY: the set is initialised.
    unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &child_signals(), std::ptr::null_mut()) };
}
