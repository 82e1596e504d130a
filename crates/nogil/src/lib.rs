//! Python's concurrency toolkit, without the GIL.

mod coroutine;
mod executor;
mod generator;
mod input;
mod process;
mod queue;
mod random;
mod sync;
mod thread;
mod time;

pub use coroutine::{Coroutine, CoroutineError, coroutine, suspend, try_suspend};
pub use executor::{
    AsCompleted, AsCompletedTimeout, ExecutorError, Future, FutureError, Map, ReturnWhen,
    SubmitError, ThreadPoolExecutor, ThreadPoolExecutorBuilder, UnfinishedError, Wait,
    as_completed, as_completed_timeout, wait, wait_timeout,
};
pub use generator::{Exception, Generator, GeneratorError, SharedGenerator, Yielder, generator};
pub use input::input;
pub use queue::{
    Empty, GetError, LifoQueue, PriorityQueue, PutError, Queue, QueueCore, QueueIter, SimpleQueue,
    TaskDoneError,
};
pub use random::{Fuzz, RandInt, fuzz, randint, random};
pub use sync::{
    Barrier, BoundedSemaphore, BrokenBarrierError, Condition, ConditionGuard, Event, ReleaseError,
    Semaphore, SemaphoreGuard,
};
pub use thread::{
    ExceptHookArgs, Panicked, Thread, ThreadBuilder, ThreadError, Timer, reset_excepthook,
    set_excepthook,
};
pub use time::{Stopwatch, sleep};
