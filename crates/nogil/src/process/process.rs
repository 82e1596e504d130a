use super::address::{self, Object};
use super::child::Child;
use super::close_error::CloseError;
use super::entry;
use super::error::ProcessError;
use super::request::{self, Answer, DAEMONIC, PRELOAD, Place, REQUEST, Request};
use crate::input::{Desk, Host};
use crate::thread::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
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

struct Started {
    child: Arc<Child>,
    answer: File,
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
        let mut preloaded = Vec::new();
        if Host::links_cells_together() {
            for library in address::libraries() {
                preload(library, &mut preloaded)?;
            }
        }
        let trampoline = place(self.trampoline, &mut preloaded)?;
        let function = place(self.function, &mut preloaded)?;
        *started = Some(
            self.spawn(argument, trampoline, function, &preloaded)
                .map_err(ProcessError::Spawn)?,
        );
        Ok(())
    }

    fn spawn(
        &self,
        argument: String,
        trampoline: Place,
        function: Place,
        preloaded: &[Preloaded],
    ) -> io::Result<Started> {
        let (file, answer) = (request::anonymous_file()?, request::anonymous_file()?);
        let request = Request {
            name: self.name.clone(),
            daemon: self.daemon(),
            trampoline,
            function,
            argument,
            answer: answer.as_raw_fd(),
            preloaded: preloaded
                .iter()
                .filter_map(|object| Some(object.file.as_ref()?.as_raw_fd()))
                .collect(),
            preload: env::var_os(PRELOAD),
        };
        request::write(&file, &request)?;
        let inherited: Vec<_> = [file.as_raw_fd(), request.answer]
            .into_iter()
            .chain(request.preloaded)
            .collect();
        let mut command = Command::new("/proc/self/exe");
        command
            .stdin(Stdio::null())
            .env(REQUEST, file.as_raw_fd().to_string());
        if let Some(program) = env::args_os().next() {
            command.arg0(program);
        }
        if !preloaded.is_empty() {
            let ours = preloaded
                .iter()
                .map(|object| object.path.clone().into_os_string());
            let objects: Vec<_> = ours.chain(request.preload).collect();
            command.env(PRELOAD, objects.join(&OsString::from(":")));
        }
        // SAFETY: the closure runs between fork and execution, where only async-signal-safe calls are allowed: it
        // reads a vector that exists already and calls fcntl.
        unsafe {
            command.pre_exec(move || {
                inherited
                    .iter()
                    .try_for_each(|file| request::inherit(*file))
            });
        }
        let child = Child::adopt(command.spawn()?, self.daemon())?;
        Ok(Started { child, answer })
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

/// A shared library that the child must load before it can find the function.
struct Preloaded {
    object: Object,
    /// The path under which the child loads it.
    path: PathBuf,
    /// What the path leads to, if the child inherits it.
    file: Option<File>,
}

/// Where `address` lies, seen from the child. Its object joins those that are preloaded unless it is the program.
fn place(address: usize, preloaded: &mut Vec<Preloaded>) -> Result<Place, ProcessError> {
    let object = Object::containing(address).ok_or(ProcessError::NotInFile)?;
    let offset = object.offset_of(address);
    let object = if object.path.as_os_str().is_empty() {
        object.path
    } else {
        preload(object, preloaded)?
    };
    Ok(Place { object, offset })
}

/// Adds a library to those that are preloaded, unless it is among them, and gives the path that it has in the child.
fn preload(object: Object, preloaded: &mut Vec<Preloaded>) -> Result<PathBuf, ProcessError> {
    if let Some(known) = preloaded.iter().find(|known| known.object == object) {
        return Ok(known.path.clone());
    }
    // LD_PRELOAD ends a name at a colon or a space, so a path with one is replaced by that of the open file.
    let separator = |byte: &u8| b": ".contains(byte);
    let file = if object.path.as_os_str().as_bytes().iter().any(separator) {
        Some(File::open(&object.path).map_err(ProcessError::Spawn)?)
    } else {
        None
    };
    let path = match &file {
        Some(file) => request::inherited_path(file),
        None => object.path.clone(),
    };
    preloaded.push(Preloaded {
        object,
        path: path.clone(),
        file,
    });
    Ok(path)
}
