//! `Process`: one function in a process of its own.

use super::child::Child;
use super::close_error::CloseError;
use super::entry;
use super::error::ProcessError;
use super::launch::{Launch, Started};
use super::request::{self, Answer, DAEMONIC};
use crate::input::Desk;
use crate::thread::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::env;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A process that runs one function: created first, started when you say so.
///
/// Unlike a [`Thread`](crate::Thread), it shares nothing: the argument goes there and the result comes back as JSON,
/// and statics begin afresh. Rust's threads run side by side, so what is left for a process is protection: it can be
/// killed at any point, and its crash is an exit code.
///
/// The child is a new execution of the running program which, instead of `main`, runs the function: Python's start
/// method `spawn`, without the guard `if __name__ == "__main__"`. That works wherever the function's machine code is
/// in a file: in a program, a test, a shared library, a notebook cell. It asks for a function item, which closures
/// that capture something are not, and for Linux. The child's stdin is empty; its stdout and stderr are the parent's.
///
/// When the program ends, it waits for its processes, and terminates those that are daemonic.
///
/// Mirrors [`multiprocessing.Process`](https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process).
///
/// ```
/// use nogil::Process;
///
/// fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// let process = Process::new(square, 12);
/// process.start()?;
/// assert_eq!(process.result()?, 144);
/// assert_eq!(process.exitcode(), Some(0));
/// # Ok::<(), nogil::ProcessError>(())
/// ```
///
/// A closure with something of this process in it does not compile:
///
/// ```compile_fail,E0308
/// let models = vec!["Catherine"];
/// nogil::Process::new(|n: usize| models[n].len(), 0);
/// ```
///
/// Nor does an argument that cannot be sent:
///
/// ```compile_fail,E0277
/// fn read(_: std::fs::File) {}
/// nogil::Process::new(read, std::fs::File::open("notes.txt").unwrap());
/// ```
pub struct Process<R> {
    name: String,
    daemon: AtomicBool,
    argument: Result<String, Arc<serde_json::Error>>,
    trampoline: usize,
    function: usize,
    started: Mutex<Option<Started>>,
    desk: Arc<Desk>,
    result: PhantomData<fn() -> R>,
}

impl<R: Serialize + DeserializeOwned> Process<R> {
    /// A process that will run `function(argument)`. Several arguments go as a tuple, none as `()`.
    ///
    /// ```
    /// use nogil::Process;
    ///
    /// fn greet((greeting, model): (String, String)) -> String {
    ///     format!("{greeting} {model}")
    /// }
    ///
    /// let process = Process::new(greet, ("Hello".to_owned(), "Nicole".to_owned()));
    /// process.start()?;
    /// assert_eq!(process.result()?, "Hello Nicole");
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    #[must_use = "a process does nothing before it is started"]
    pub fn new<A: Serialize + DeserializeOwned>(function: fn(A) -> R, argument: A) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        entry::link();
        Self {
            name: format!("Process-{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
            daemon: AtomicBool::new(false),
            argument: serde_json::to_string(&argument).map_err(Arc::new),
            trampoline: entry::trampoline::<A, R> as *const () as usize,
            function: function as *const () as usize,
            started: Mutex::new(None),
            desk: Context::inherit().desk,
            result: PhantomData,
        }
    }

    /// Waits until the process has ended and gives what its function returned, which Python throws away.
    ///
    /// # Errors
    ///
    /// [`ProcessError::Panicked`] when the function panicked, [`ProcessError::NoResult`] when the process ended before
    /// the function did, [`ProcessError::Result`] when the result does not survive JSON, and what
    /// [`join`](Self::join) refuses.
    ///
    /// ```
    /// fn divide((a, b): (i32, i32)) -> i32 {
    ///     a / b
    /// }
    ///
    /// let process = nogil::Process::new(divide, (1, 0));
    /// process.start()?;
    /// assert_eq!(process.result().unwrap_err().to_string(), "attempt to divide by zero");
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn result(&self) -> Result<R, ProcessError> {
        self.join()?;
        let started = self.started();
        let started = started.as_ref().ok_or(ProcessError::NotStarted)?;
        let answer = request::read(&started.answer).map_err(ProcessError::Result)?;
        match started.child.exit_code() {
            Some(exitcode) if answer.is_empty() => Err(ProcessError::NoResult { exitcode }),
            _ => {
                let answer: Answer<R> = serde_json::from_slice(&answer)
                    .map_err(|error| ProcessError::Result(error.into()))?;
                Ok(answer?)
            }
        }
    }
}

impl<R> Process<R> {
    /// Starts the process.
    ///
    /// # Errors
    ///
    /// [`ProcessError::AlreadyStarted`], [`ProcessError::DaemonicParent`] in a daemonic process,
    /// [`ProcessError::Argument`] when the argument cannot be written as JSON, [`ProcessError::NotInFile`], and
    /// [`ProcessError::Spawn`] with what the system says.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// let process = nogil::Process::new(idle, ());
    /// process.start()?;
    /// assert_eq!(process.start().unwrap_err().to_string(), "cannot start a process twice");
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn start(&self) -> Result<(), ProcessError> {
        let mut started = self.started();
        if started.is_some() {
            return Err(ProcessError::AlreadyStarted);
        }
        if env::var(DAEMONIC).is_ok_and(|pid| pid == std::process::id().to_string()) {
            return Err(ProcessError::DaemonicParent);
        }
        let argument = self.argument.clone().map_err(ProcessError::Argument)?;
        let launch = Launch {
            name: &self.name,
            daemon: self.daemon(),
            trampoline: self.trampoline,
            function: self.function,
            argument,
        };
        *started = Some(launch.start()?);
        Ok(())
    }

    /// Waits until the process has ended, however it ended.
    ///
    /// # Errors
    ///
    /// [`ProcessError::NotStarted`].
    ///
    /// ```
    /// fn idle((): ()) {}
    /// let process = nogil::Process::new(idle, ());
    /// process.start()?;
    /// process.join()?;
    /// assert!(!process.is_alive());
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn join(&self) -> Result<(), ProcessError> {
        self.child()?.join(&self.desk, None);
        Ok(())
    }

    /// As [`join`](Self::join), but for at most `timeout`; [`exitcode`](Self::exitcode) tells how it ended.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join)'s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// fn nap(milliseconds: u64) {
    ///     nogil::sleep(Duration::from_millis(milliseconds));
    /// }
    /// let process = nogil::Process::new(nap, 60_000);
    /// process.start()?;
    /// process.join_timeout(Duration::from_millis(1))?;
    /// assert_eq!(process.exitcode(), None);
    /// process.kill()?;
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn join_timeout(&self, timeout: Duration) -> Result<(), ProcessError> {
        self.child()?.join(&self.desk, Some(timeout));
        Ok(())
    }

    /// How the process ended: 0 when its function returned, 1 when it panicked, what it gave to
    /// [`std::process::exit`], the negative number of the signal that ended it; `None` before its end.
    ///
    /// ```
    /// fn leave(code: i32) {
    ///     std::process::exit(code);
    /// }
    /// let process = nogil::Process::new(leave, 3);
    /// assert_eq!(process.exitcode(), None);
    /// process.start()?;
    /// process.join()?;
    /// assert_eq!(process.exitcode(), Some(3));
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    #[must_use]
    pub fn exitcode(&self) -> Option<i32> {
        self.child().ok()?.exit_code()
    }

    /// The system's number for the process; `None` before it is started.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// assert_eq!(nogil::Process::new(idle, ()).pid(), None);
    /// ```
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        Some(self.child().ok()?.pid())
    }

    /// Whether the process has been started and has not ended.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// assert!(!nogil::Process::new(idle, ()).is_alive());
    /// ```
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.child().is_ok_and(|child| child.exit_code().is_none())
    }

    /// Asks the process to end (`SIGTERM`): its exit code becomes −15 unless it handles that. One that has ended stays
    /// as it is.
    ///
    /// # Errors
    ///
    /// [`ProcessError::NotStarted`], and [`ProcessError::Signal`] with what the system says.
    ///
    /// ```
    /// fn nap(milliseconds: u64) {
    ///     nogil::sleep(std::time::Duration::from_millis(milliseconds));
    /// }
    /// let process = nogil::Process::new(nap, 60_000);
    /// process.start()?;
    /// process.terminate()?;
    /// process.join()?;
    /// assert_eq!(process.exitcode(), Some(-15));
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn terminate(&self) -> Result<(), ProcessError> {
        self.signal(libc::SIGTERM)
    }

    /// Ends the process (`SIGKILL`): its exit code becomes −9. One that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate)'s.
    ///
    /// ```
    /// fn nap(milliseconds: u64) {
    ///     nogil::sleep(std::time::Duration::from_millis(milliseconds));
    /// }
    /// let process = nogil::Process::new(nap, 60_000);
    /// process.start()?;
    /// process.kill()?;
    /// process.join()?;
    /// assert_eq!(process.exitcode(), Some(-9));
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn kill(&self) -> Result<(), ProcessError> {
        self.signal(libc::SIGKILL)
    }

    fn signal(&self, signal: libc::c_int) -> Result<(), ProcessError> {
        self.child()?.signal(signal).map_err(ProcessError::Signal)
    }

    /// Lets go of a process that has ended, or was never started, and of what the system keeps for it.
    ///
    /// Using it afterwards, for which Python raises "process object is closed", does not compile:
    ///
    /// ```compile_fail,E0382
    /// fn idle((): ()) {}
    /// let process = nogil::Process::new(idle, ());
    /// process.close().unwrap();
    /// process.start().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`CloseError`] with the process when it still runs.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// let process = nogil::Process::new(idle, ());
    /// process.start()?;
    /// process.join()?;
    /// assert!(process.close().is_ok());
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn close(self) -> Result<(), CloseError<R>> {
        if self.is_alive() {
            return Err(CloseError(self));
        }
        Ok(())
    }

    /// The process's name, under which its panic is reported.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// assert!(nogil::Process::new(idle, ()).name().starts_with("Process-"));
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the process is terminated when the program ends, and may not have children of its own.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// assert!(!nogil::Process::new(idle, ()).daemon());
    /// ```
    #[must_use]
    pub fn daemon(&self) -> bool {
        self.daemon.load(Ordering::Relaxed)
    }

    /// Says whether the process is terminated when the program ends. Only before [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// [`ProcessError::Active`] when the process has been started.
    ///
    /// ```
    /// fn idle((): ()) {}
    /// let process = nogil::Process::new(idle, ());
    /// process.set_daemon(true)?;
    /// assert!(process.daemon());
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    pub fn set_daemon(&self, daemon: bool) -> Result<(), ProcessError> {
        if self.started().is_some() {
            return Err(ProcessError::Active);
        }
        self.daemon.store(daemon, Ordering::Relaxed);
        Ok(())
    }

    fn child(&self) -> Result<Arc<Child>, ProcessError> {
        match &*self.started() {
            Some(started) => Ok(Arc::clone(&started.child)),
            None => Err(ProcessError::NotStarted),
        }
    }

    fn started(&self) -> MutexGuard<'_, Option<Started>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As Python shows a process: `<Process name='Process-1' pid=4711 started>`.
impl<R> fmt::Debug for Process<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<Process name='{}'", self.name)?;
        match self.child() {
            Err(_) => formatter.write_str(" initial")?,
            Ok(child) => {
                write!(formatter, " pid={}", child.pid())?;
                match child.exit_code() {
                    None => formatter.write_str(" started")?,
                    Some(code) => write!(formatter, " stopped exitcode={code}")?,
                }
            }
        }
        formatter.write_str(if self.daemon() { " daemon>" } else { ">" })
    }
}
