//! All other threads, stopped.

use std::ffi::c_long;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::numbers::Numbers;
use crate::{raw, threads};

use super::record::Record;
use super::task::{self, Task};
use super::{dismissal, gate, glibc, resume};

/// How long a thread may block the signal before the others are let go once more. The C library blocks all signals where a
/// thread begins, ends or starts a program, and may wait there for a lock that a stopped thread holds.
const PATIENCE: Duration = Duration::from_millis(16);
/// How often all threads are stopped before one that blocks the signal is left out.
const ATTEMPTS: u32 = 3;
/// How long to wait for a thread that takes the signal as soon as it comes to run.
const LIMIT: Duration = Duration::from_secs(2);
/// How often to look whether a thread has ended instead of stopping: at first, and at least.
const LOOK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(8));
/// How many threads may begin while the others are stopped, at least.
const SPARE: usize = 1024;

/// Threads that were left out because they block the signal. As long as they do, they are not waited for.
static DEAF: Mutex<Vec<i32>> = Mutex::new(Vec::new());

/// All other threads of the process, stopped until they are let go. Until then, no lock may be taken and nothing allocated.
pub(crate) struct Stopped {
    tasks: Vec<Task>,
}

impl Stopped {
    /// Stops all threads but the calling one, which has all signals blocked. Those that cannot be stopped are left out.
    pub(crate) fn all() -> io::Result<Self> {
        let mut attempts = 1;
        loop {
            let deaf = deaf();
            let stopped = Self::once(&deaf)?;
            let is_surprised = stopped.tasks.iter().any(|task| {
                task.left_out.is_some() && task.record().is_none() && !deaf.contains(&task.id)
            });
            if !is_surprised || attempts == ATTEMPTS {
                return Ok(stopped);
            }
            stopped.let_go();
            attempts += 1;
        }
    }

    fn once(deaf: &[i32]) -> io::Result<Self> {
        let folder = Numbers::of(c"/proc/self/task")?;
        let own = raw::thread_id();
        let mut tasks = Vec::with_capacity(2 * folder.folders() + SPARE);
        task::announce(tasks.as_ptr());
        let begun = Instant::now();
        let round = gate::open();
        loop {
            let known = tasks.len();
            // The list has an order, in which new threads are last; the first time, all are.
            let mut next = 0;
            folder.each(|id| {
                let is_next = |task: &Task| task.id == id;
                if tasks.get(next).is_some_and(is_next) {
                    next += 1;
                } else if known > 0
                    && let Some(found) = tasks.iter().position(is_next)
                {
                    next = found + 1;
                } else if id != own && tasks.len() < tasks.capacity() {
                    // It must be there before the thread looks for it.
                    tasks.push(Task::new(id));
                    let index = tasks.len() - 1;
                    let task = &tasks[index];
                    if deaf.contains(&id) || !task.ask(round, index) {
                        task.is_given_up.set(true);
                    }
                }
            });
            wait(&tasks, begun);
            let stopped = tasks.iter().filter(|task| task.record().is_some()).count();
            // Those that have stopped and the calling one are all that there are, or the list has brought nothing new.
            if folder.folders() == stopped + 1 || tasks.len() == known {
                break;
            }
        }
        gate::close();
        for task in &mut tasks {
            let is_kept = task.record().is_some_and(|record| record.known.is_some());
            task.left_out = (!is_kept && task.exists()).then(|| task.name());
        }
        Ok(Self { tasks })
    }

    /// Lets the threads go on.
    pub(crate) fn let_go(self) {
        gate::let_go();
        let mut deaf = DEAF.lock().unwrap_or_else(PoisonError::into_inner);
        let left_out = self.tasks.iter().filter(|task| task.left_out.is_some());
        let is_new = |task: &&Task| !deaf.contains(&task.id) && task.blocks();
        let new: Vec<i32> = left_out.filter(is_new).map(|task| task.id).collect();
        deaf.extend(new);
    }

    /// Makes a copy of the process with this thread alone; zero in the copy, -1 if there is none. Nothing of the C library's
    /// has a part in it, whose handlers would take locks that a stopped thread may hold, or give up what is its.
    pub(crate) fn fork(&self) -> i32 {
        let (mut flags, mut id_field) = (0, 0);
        if let Some(layout) = glibc::layout() {
            flags = libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID;
            id_field = layout.id_field(glibc::handle()) as c_long;
        }
        let robust_list = raw::robust_list();
        let clone = |signal| {
            let flags = c_long::from(flags | signal);
            let arguments = if cfg!(target_arch = "x86_64") {
                [flags, 0, 0, id_field, 0, 0]
            } else {
                [flags, 0, 0, 0, id_field, 0]
            };
            // SAFETY: the copy has memory of its own, so each of the two goes on with its own stack; the system stores the
            // thread's new id where the C library keeps it.
            unsafe { raw::system_call(libc::SYS_clone, arguments) }
        };
        // No signal tells of its end, which would wake threads that wait for others, or be taken for the end of a child of
        // the user's. Its next parent, the supervisor, gets one. QEMU makes no processes but with a signal.
        let process = match clone(0) {
            error if error == -c_long::from(libc::EINVAL) => clone(libc::SIGCHLD),
            process => process,
        };
        if process == 0 {
            raw::set_robust_list(robust_list);
        }
        process.max(-1) as i32
    }

    /// Makes the threads again, in a copy, in which locks may be taken then; all but the one with the id `culprit`. Returns
    /// the names of those that are lost, and that one's.
    pub(crate) fn make_again(mut self, culprit: i32) -> (Vec<String>, Option<String>) {
        // What the one that is left out waits for, others may have to do. Nothing is allocated for this.
        self.tasks.sort_unstable_by_key(|task| task.id == culprit);
        for task in &mut self.tasks {
            let mut id = task.id;
            if task.left_out.is_none()
                && let Some(record) = task.record()
                && let Some(known) = &record.known
            {
                // The record is gone as soon as the thread goes on.
                let name = known.name;
                let is_lost = if task.id == culprit {
                    // SAFETY: as below.
                    id = unsafe { dismissal::dismiss(record, id) };
                    true
                } else {
                    !is_made_again(record)
                };
                task.left_out = is_lost.then_some(name);
            }
            if task.left_out.is_some() {
                lose(id);
            }
        }
        DEAF.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let (culprit, lost): (Vec<_>, Vec<_>) =
            self.tasks.iter().partition(|task| task.id == culprit);
        let names = |tasks: Vec<&Task>| -> Vec<String> {
            let names = tasks.into_iter().filter_map(|task| task.left_out);
            // A thread without a name of its own has that of the thread that made it, and at last this one's.
            let text = |name: [u8; raw::NAME]| match name == raw::thread_name() {
                true => "<unnamed>".to_owned(),
                false => raw::text(&name),
            };
            names.map(text).collect()
        };
        (names(lost), names(culprit).pop())
    }
}

/// Waits until the threads have stopped, and gives up those that have ended or cannot be stopped.
fn wait(tasks: &[Task], begun: Instant) {
    let (mut look, longest) = LOOK;
    let mut stopped = 0;
    while tasks.iter().any(Task::is_awaited) {
        let stops = |task: &&Task| !task.is_given_up.get() || task.record().is_some();
        let stopping = tasks.iter().filter(stops).count();
        if gate::wait(stopping as u32, look) {
            continue;
        }
        let before = stopped;
        stopped = tasks.iter().filter(|task| task.record().is_some()).count();
        if stopped > before {
            // As long as threads stop, none is asked what keeps it: that takes longer than to stop it.
            continue;
        }
        let (is_late, is_over) = (begun.elapsed() > PATIENCE, begun.elapsed() > LIMIT);
        for task in tasks.iter().filter(|task| task.is_awaited()) {
            let is_given_up = !task.exists() || is_over || is_late && task.blocks();
            task.is_given_up.set(is_given_up);
        }
        look = longest.min(look * 2);
    }
}

/// Makes a thread again that has stopped. The process of which this is a copy has just ended, and the system may still
/// count its threads.
fn is_made_again(record: &Record) -> bool {
    const TRIES: u32 = 1000;
    (0..TRIES).any(|_| {
        // SAFETY: this process is a copy with one thread, in which all signals are blocked, and a thread that could not be
        // made leaves the record as it is.
        let is_made = unsafe { resume::thread(record) }.is_some();
        if !is_made {
            thread::sleep(Duration::from_millis(1));
        }
        is_made
    })
}

/// Lets whoever waits for the end of a thread that is not in this copy see that it has come.
fn lose(id: i32) {
    if let (Some(handle), Some(layout)) = (threads::lose(id), glibc::layout()) {
        // SAFETY: the thread was neither joined nor has it ended, so its fields are there; nobody else changes this one.
        unsafe { *layout.id_field(handle) = 0 };
    }
}

/// The threads that are known to block the signal, and still do.
fn deaf() -> Vec<i32> {
    let mut deaf = DEAF.lock().unwrap_or_else(PoisonError::into_inner);
    deaf.retain(|id| Task::new(*id).blocks());
    deaf.clone()
}
