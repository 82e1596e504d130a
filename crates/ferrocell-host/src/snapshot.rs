//! A copy of the process that sleeps, and takes over when the process has ended.
//!
//! Before a cell runs, the process forks. The copy has sockets of its own, so nothing that the running process does to
//! its can hurt it, and waits on its control socket for the word to take over. If the engine closes that socket, because a
//! newer snapshot exists or because the engine is gone, the copy ends.
//!
//! All other threads are stopped meanwhile, and go on in both processes: in the copy when it takes over. Until then, any of
//! them may hold any lock there. The copy has [descriptors] of its own, too.

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use ferrocell_wire::join_fields;

use crate::freeze::Stopped;
use crate::futex::{self, Reach};
use crate::{descriptors, input, interrupt, output, raw, receive, shared};

/// Unreaped snapshot processes.
static UNREAPED: Mutex<Vec<i32>> = Mutex::new(Vec::new());

/// How long the end of the process may take that a thread has begun.
const LAST_MOMENTS: Duration = Duration::from_secs(1);

/// Which of the two processes this is.
pub(crate) enum Side {
    /// The one that runs the cell.
    Running,
    /// The copy, which has taken over: what the engine is to know of that.
    Promoted(String),
}

/// Makes a copy that is served by `control` and reports to `output`; it continues with these in place of the sockets
/// that this process has, when it is told to. If there can be no copy, the engine finds both sockets closed.
pub(crate) fn take(control: OwnedFd, output: OwnedFd, own_control: &impl AsRawFd) -> Side {
    let mut unreaped = UNREAPED.lock().unwrap_or_else(PoisonError::into_inner);
    unreaped.retain(|process| raw::ended_child(*process).is_none());
    let signals = raw::block_signals();
    let Ok(stopped) = Stopped::all() else {
        raw::set_signal_mask(signals);
        return Side::Running;
    };
    if shared::get().is_ending() {
        // A copy would be no better, and this process has no more to do than to wait for its end.
        stopped.let_go();
        raw::set_signal_mask(signals);
        drop((control, output));
        thread::sleep(LAST_MOMENTS);
        return Side::Running;
    }
    let separated = &shared::get().separated;
    separated.store(0, Ordering::Relaxed);
    let has_descriptors = descriptors::are_any([control.as_raw_fd(), output.as_raw_fd()]);
    let process = stopped.fork();
    if process != 0 {
        if process > 0 && has_descriptors {
            wait_until_separated(process, separated);
        }
        stopped.let_go();
        unreaped.extend((process > 0).then_some(process));
        raw::set_signal_mask(signals);
        return Side::Running;
    }
    raw::replace(own_control.as_raw_fd(), control);
    output::replace(output);
    interrupt::separate();
    if has_descriptors {
        descriptors::separate();
        separated.store(1, Ordering::Release);
        futex::wake(separated, 1, Reach::All);
    }
    let Some(first_question) = receive::promotion(own_control) else {
        // A newer snapshot exists, or the engine is gone.
        raw::exit_now(0)
    };
    raw::end_with_parent(shared::get().supervisor.load(Ordering::Relaxed));
    let culprit = shared::get().culprit();
    shared::get().become_worker(raw::process_id());
    input::take_over(first_question);
    descriptors::take_over();
    let (lost, culprit) = stopped.make_again(culprit);
    unreaped.clear();
    raw::set_signal_mask(signals);
    Side::Promoted(join_fields(&[
        &descriptors::lost(),
        &lost.join("\n"),
        &culprit.unwrap_or_default(),
    ]))
}

/// Waits until the copy has what this process must not change before, or has ended.
fn wait_until_separated(process: i32, separated: &AtomicU32) {
    const LOOK: Duration = Duration::from_millis(10);
    while separated.load(Ordering::Acquire) == 0 && raw::ended_child(process).is_none() {
        futex::wait(separated, 0, Some(LOOK), Reach::All);
    }
}
