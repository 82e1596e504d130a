//! What a frame is about.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $value:literal,)*) => {
        /// What a frame is about. The first group flows from host to engine, the second from engine to host.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum Kind { $($(#[$doc])* $name = $value,)* }

        impl Kind {
            /// The kind with this number, if there is one.
            pub fn from_number(number: u32) -> Option<Self> {
                match number { $($value => Some(Self::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// One write to standard output.
    Stdout = 1,
    /// One write to standard error.
    Stderr = 2,
    /// One representation of the tail expression's value. Fields: MIME type, content.
    Result = 3,
    /// A panic, as its hook saw it. Fields: thread name, file, line, column, backtrace, message.
    Panic = 4,
    /// A question. The payload is the prompt, `detail` is 1 for a password, `token` names it.
    Input = 5,
    /// A command has ended; `token` is the number of threads that user code has running, `detail` is a [`Status`](crate::Status), the payload explains what could not be loaded.
    Done = 6,
    /// A rich value to show. Fields: the name under which it may be changed, or nothing; then the MIME type and the content
    /// of each representation. `detail` is 1 if it takes the place of what is shown under that name.
    Display = 7,
    /// Why the cell is about to end with another status than `Ok`; the payload is the message.
    Failure = 8,
    /// The tail expression's value is about to show itself: the rich values that the thread prints from now on are the
    /// cell's result, until [`Kind::Result`] gives the text that stands beside them.
    Showing = 9,
    /// The cell's output so far is to be removed; `detail` is 1 if that waits for more output.
    ClearOutput = 10,
    /// A variable is shared for good. Fields: its name, its size in bytes, and whether that is all: nothing or `at least`.
    Shared = 11,

    /// Load a shared object; the payload is its path. Answered with [`Kind::Done`].
    Load = 64,
    /// Load a cell and run it. Fields: path of the shared object, name of its entry point. Answered with [`Kind::Done`].
    /// If a control and an output socket come with it, a snapshot is taken before, which serves those.
    Run = 65,
    /// Set an environment variable. Fields: name, value. Answered with [`Kind::Done`].
    SetEnvironment = 66,
    /// Take over from a process that has ended; `token` is the number that the next question gets. Answered with
    /// [`Kind::Done`]. Fields of its payload: the connections that are gone and the names of the threads that are, one a line, and the name
    /// of the thread that was left out because it had ended the process while no cell ran.
    Promote = 67,
    /// Limit the memory that the process may use; the payload is a number of bytes, or empty for no limit. Answered with
    /// [`Kind::Done`].
    LimitMemory = 68,
    /// Take a snapshot, for which a control and an output socket come along. Answered with [`Kind::Done`].
    Snapshot = 69,
}
