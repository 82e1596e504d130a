//! How the process that ran cells came to its end.

/// What the supervisor reports when the process that ran cells has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The status, as `waitpid(2)` gives it.
    pub status: i32,
    /// How many threads the user's code had running beside the one that runs cells.
    pub threads: u32,
    /// What the status alone does not tell.
    pub cause: Cause,
}

/// What a process leaves behind about its own end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Cause {
    /// Nothing: the status tells all that is known.
    #[default]
    Unknown = 0,
    /// A thread used more stack than it has.
    StackOverflow = 1,
    /// An allocation failed.
    OutOfMemory = 2,
}

impl Cause {
    /// The cause with this number.
    pub fn from_number(number: u32) -> Self {
        match number {
            1 => Self::StackOverflow,
            2 => Self::OutOfMemory,
            _ => Self::Unknown,
        }
    }
}

impl Ended {
    /// The size of an encoded report in bytes.
    pub const SIZE: usize = 12;

    /// The report as it travels.
    ///
    /// ```
    /// use ferrocell_wire::{Cause, Ended};
    ///
    /// let ended = Ended { status: 11, threads: 3, cause: Cause::StackOverflow };
    /// assert_eq!(Ended::decode(ended.encode()), ended);
    /// ```
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0..4].copy_from_slice(&self.status.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.threads.to_le_bytes());
        bytes[8..12].copy_from_slice(&(self.cause as u32).to_le_bytes());
        bytes
    }

    /// Reads a report back.
    pub fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Self {
            status: word(0).cast_signed(),
            threads: word(4),
            cause: Cause::from_number(word(8)),
        }
    }
}
