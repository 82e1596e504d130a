//! Python's concurrency toolkit, without the GIL.
//!
//! The names, the behaviour and the error messages of Python's `threading`, `queue`,
//! `concurrent.futures` and `multiprocessing`, and its generators and coroutines, in safe Rust.
//! What Python finds out at run time about threads that meet in the same object, the compiler finds
//! out here; what it cannot, comes back as an error that says what Python's exception says.
//!
//! ```
//! use nogil::{Queue, Thread};
//!
//! let jobs: Queue<i32> = Queue::new();
//! let results: Queue<i32> = Queue::new();
//!
//! for _ in 0..2 {
//!     let (jobs, results) = (jobs.clone(), results.clone());
//!     let worker = Thread::builder().daemon(true).target(move || {
//!         for n in &jobs {
//!             results.put(n * n).expect("nobody shuts the results down");
//!             jobs.task_done().expect("one for each item");
//!         }
//!     });
//!     worker.start()?;
//! }
//! for n in 1..=3 {
//!     jobs.put(n)?;
//! }
//! jobs.join();
//!
//! let mut squares = [results.get()?, results.get()?, results.get()?];
//! squares.sort();
//! println!("{squares:?}");
//! # assert_eq!(squares, [1, 4, 9]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//! [1, 4, 9]
//! ```
//!
//! # From Python to nogil
//!
//! | Python | nogil | what differs |
//! |---|---|---|
//! | `Thread(target=f)` | [`Thread::new(f)`](Thread::new) | `f` owns what it uses; its result can be had |
//! | `Thread(…, name=n, daemon=True)` | [`Thread::builder()`](Thread::builder) | |
//! | `threading.excepthook = f` | [`set_excepthook(f)`](set_excepthook) | a panic takes an exception's place |
//! | `Timer(5, f)` | [`Timer::new(Duration::from_secs(5), f)`](Timer::new) | all timers share one waiting thread |
//! | `Event()`, `Barrier(n)` | [`Event`], [`Barrier`] | |
//! | `Semaphore(n)`, `BoundedSemaphore(n)` | [`Semaphore`], [`BoundedSemaphore`] | `with` is a guard's scope |
//! | `Condition()` | [`Condition`] | holds the state it guards; misuse does not compile |
//! | `Lock()`, `global counter` | [`std::sync::Mutex`], [`std::sync::atomic`] | the standard library has them |
//! | `queue.Queue(n)` | [`Queue::with_maxsize(n)`](Queue::with_maxsize) | also iterates until shut down |
//! | `LifoQueue`, `PriorityQueue`, `SimpleQueue` | [`LifoQueue`], [`PriorityQueue`], [`SimpleQueue`] | |
//! | `Full`, `Empty`, `ShutDown` | [`PutError`], [`GetError`] | a refused item comes back |
//! | `ThreadPoolExecutor(max_workers=2)` | [`ThreadPoolExecutor::with_max_workers(2)`](ThreadPoolExecutor::with_max_workers) | `with` is the pool's scope |
//! | `pool.submit(f, x)`, `pool.map(f, xs)` | [`submit`](ThreadPoolExecutor::submit), [`map`](ThreadPoolExecutor::map) | |
//! | `future.result()` | [`Future::result`] | moves the value out |
//! | `as_completed(fs)`, `wait(fs)` | [`as_completed`], [`wait`] | |
//! | `Process(target=f, args=(x,))` | [`Process::new(f, x)`](Process::new) | no `__main__` guard; gives `f`'s result |
//! | `def g(): … yield v` | [`generator`](generator()) | a body that yields through `y` |
//! | `s = yield v`, `yield from g` | [`y.yield_(v).await`](Yielder::yield_), [`y.yield_from(g).await`](Yielder::yield_from) | |
//! | `next(g)`, `g.send(v)`, `g.throw(e)`, `g.close()` | [`Iterator::next`], [`send`](Generator::send), [`throw`](Generator::throw), [`close`](Generator::close) | |
//! | `async def` and `send` | [`coroutine`](coroutine()) and [`send`](Coroutine::send) | |
//! | `yield` in a `@types.coroutine` | [`suspend(v).await`](suspend) | |
//! | `input(prompt)` | [`input(prompt)`](input()) | from any thread, in a notebook too |
//! | `time.sleep(0.5)` | [`sleep(Duration::from_millis(500))`](sleep) | |
//! | `time.time() - start` | [`Stopwatch`] | never runs backwards |
//! | `random.random()`, `random.randint(a, b)` | [`random()`], [`randint(a, b)`](randint) | `NOGIL_SEED` repeats a run |
//! | — | [`timeline`](timeline()) | draws what threads do and what they wait for |
//! | — | [`explore`], [`replay`] | races and deadlocks that come each time |
//! | `time.sleep(random.random())` | [`fuzz()`](fuzz), [`Fuzz`] | |
//!
//! # Threads run at the same time
//!
//! There is no lock around the program, so two threads that compute take half the time on two
//! cores. The other side of it: nothing is atomic unless it is made so. `counter += 1` in two
//! threads is a data race, and does not compile.
//!
//! ```compile_fail,E0373
//! let mut counter = 0;
//! let thread = nogil::Thread::new(|| counter += 1);
//! ```
//!
//! # What threads share is made for sharing
//!
//! A Python variable is a reference, and any thread may use it. Here every handle of this crate is
//! a reference in that sense: a clone of a [`Queue`], an [`Event`] or a [`Future`] is the same queue,
//! event or future. What goes into a thread, a queue or a pool must be [`Send`], and own what it
//! refers to.
//!
//! A handle carries all that belongs to it, and no static is needed to find it. So handles also work
//! between the cells of a notebook whose kernel links this crate into every cell anew, and their
//! types can all be written down.
//!
//! # Errors say what Python's say
//!
//! A misuse that types cannot rule out is an `Err`, and its message begins with Python's:
//!
//! ```
//! let thread = nogil::Thread::new(|| ());
//! thread.start()?;
//! assert_eq!(thread.start().unwrap_err().to_string(), "threads can only be started once");
//! # Ok::<(), nogil::ThreadError>(())
//! ```
//!
//! A panic is what an exception that nobody catches is in Python: it ends the thread, task or generator
//! it happens in, and nothing else. No lock is poisoned by it, a pool goes on, a future gives the
//! message.
//!
//! ```
//! let pool = nogil::ThreadPoolExecutor::new();
//! let failed = pool.submit(|| panic!("out of tea"))?;
//! let error = failed.result().unwrap_err();
//! assert!(error.to_string().contains("out of tea"));
//! assert_eq!(pool.submit(|| 1 + 1)?.result()?, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A program waits for its threads
//!
//! As in Python, the end of `main` waits for threads and timers that are not daemons, and does not
//! wait for daemons. Leaving the scope of a [`ThreadPoolExecutor`] waits for its tasks.
//!
//! # Generators and coroutines are futures
//!
//! There is no second stack and no executor: a suspended body is a value on the heap, as large as
//! its locals. It can go to another thread, there may be millions, and its locals are dropped where
//! it stands when it is closed, which is what `finally` is for in Python. A body awaits its yielder
//! or [`suspend`] and nothing else.
//!
//! # Names that the prelude has too
//!
//! `use nogil::*` brings Python's [`Future`], a struct, in place of the prelude's [trait](std::future::Future). Import
//! what you use by name, or name the one that `Future` is to mean; an explicit import goes before both:
//!
//! ```
//! use nogil::*;
//! use std::future::Future;
//!
//! async fn greet(name: impl Future<Output = String>) -> String {
//!     format!("Hello {}", name.await)
//! }
//! let pool = ThreadPoolExecutor::new();
//! let answer: nogil::Future<i32> = pool.submit(|| 42)?;
//! # let mut greeting: Coroutine<(), (), String> = coroutine(greet(async { "Nicole".to_owned() }));
//! # assert!(matches!(greeting.start(), Err(CoroutineError::StopIteration(_))));
//! # assert_eq!(answer.result()?, 42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In a notebook that is interrupted
//!
//! When the user interrupts a cell on ferrocell, every blocking call of this crate in it unwinds, as Python's raise
//! `KeyboardInterrupt`. A queue has lost no item by it and a lock no wake-up; threads, pools and timers go on. Only if the
//! cell waits on in something else, as in [`std::thread::JoinHandle::join`], its threads are asked to stop, too. They end
//! quietly, and a future says that its task was interrupted. A [`ThreadPoolExecutor`] that is dropped by the unwinding
//! does not wait for its tasks.
//!
//! # Where it runs
//!
//! Wherever the standard library has threads; tested on Linux. Elsewhere:
//!
//! - [`Process`], which finds a function by what the dynamic linker has loaded and waits through a descriptor of the process,
//!   exists on Linux alone. A program that makes one elsewhere is refused when it is compiled, with a sentence that says so.
//! - [`explore`] and [`replay`] do not see that a thread waits for a lock of the standard library, and would wait with it;
//!   this crate's own locks and queues they know everywhere.
//! - Pictures of [`timeline`] on Windows do not tell a thread that waits for a core from one that has it.
//!
//! # What it costs
//!
//! `cargo bench -p nogil` measures every operation beside CPython's and the crates that one would
//! use instead, and writes the table in `BENCHMARKS.md`.

mod coroutine;
mod executor;
mod generator;
mod hooks;
mod input;
mod interrupt;
mod process;
mod queue;
mod random;
mod schedule;
mod sync;
mod system;
mod thread;
mod time;
mod timeline;

pub use coroutine::{Coroutine, CoroutineError, coroutine, suspend, try_suspend};
pub use executor::{
    AsCompleted, AsCompletedTimeout, ExecutorError, Future, FutureError, Map, ReturnWhen,
    SubmitError, ThreadPoolExecutor, ThreadPoolExecutorBuilder, UnfinishedError, Wait,
    as_completed, as_completed_timeout, wait, wait_timeout,
};
pub use generator::{Exception, Generator, GeneratorError, SharedGenerator, Yielder, generator};
pub use input::input;
pub use process::{CloseError, Process, ProcessError};
pub use queue::{
    Empty, GetError, LifoQueue, PriorityQueue, PutError, Queue, QueueCore, QueueIter, SimpleQueue,
    TaskDoneError,
};
pub use random::{Fuzz, RandInt, fuzz, randint, random};
pub use schedule::{Blocked, Ending, Exploration, Replay, explore, replay};
pub use sync::{
    Barrier, BoundedSemaphore, BrokenBarrierError, Condition, ConditionGuard, Event, ReleaseError,
    Semaphore, SemaphoreGuard,
};
pub use thread::{
    ExceptHookArgs, Panicked, Thread, ThreadBuilder, ThreadError, Timer, reset_excepthook,
    set_excepthook,
};
pub use time::{Stopwatch, sleep};
pub use timeline::{Timeline, timeline};

/// Has the README's program compiled and run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
