//! How the process that ran cells came to its end.

/// What the supervisor reports when the process that ran cells has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The status, as `waitpid(2)` gives it.
    pub status: i32,
    /// What the status alone does not tell.
    pub cause: Cause,
    /// Whether a thread has ended it while no cell ran.
    pub is_between_cells: bool,
    /// Where the thread that crashed was in the code of cells, innermost first; at most [`Ended::CALL_SITES`].
    pub call_sites: Vec<CallSite>,
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

/// An instruction in the shared object of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallSite {
    /// The cell.
    pub cell: u64,
    /// The instruction's address, as the object's own tables give it.
    pub address: u64,
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
    /// The most call sites that a report has.
    pub const CALL_SITES: usize = 64;
    const HEAD: usize = 16;
    /// The size of an encoded report in bytes.
    pub const SIZE: usize = Self::HEAD + Self::CALL_SITES * CallSite::SIZE;

    /// The report as it travels.
    ///
    /// ```
    /// use ferrocell_wire::{CallSite, Cause, Ended};
    ///
    /// let call_sites = vec![CallSite { cell: 7, address: 4096 }];
    /// let ended = Ended { status: 11, cause: Cause::StackOverflow, is_between_cells: true, call_sites };
    /// assert_eq!(Ended::decode(ended.encode()), ended);
    /// ```
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let (head, places) = bytes.split_at_mut(Self::HEAD);
        let places = places.chunks_exact_mut(CallSite::SIZE);
        let count = self.call_sites.len().min(places.len()) as u32;
        head[0..4].copy_from_slice(&self.status.to_le_bytes());
        head[4..8].copy_from_slice(&(self.cause as u32).to_le_bytes());
        head[8..12].copy_from_slice(&count.to_le_bytes());
        head[12] = u8::from(self.is_between_cells);
        for (place, site) in places.zip(&self.call_sites) {
            place[0..8].copy_from_slice(&site.cell.to_le_bytes());
            place[8..16].copy_from_slice(&site.address.to_le_bytes());
        }
        bytes
    }

    /// Reads a report back.
    pub fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let long = |at: usize| u64::from(word(at)) | (u64::from(word(at + 4)) << 32);
        let places = (Self::HEAD..Self::SIZE).step_by(CallSite::SIZE);
        Self {
            status: word(0).cast_signed(),
            cause: Cause::from_number(word(4)),
            is_between_cells: bytes[12] != 0,
            call_sites: places
                .take(word(8) as usize)
                .map(|at| CallSite {
                    cell: long(at),
                    address: long(at + 8),
                })
                .collect(),
        }
    }
}

impl CallSite {
    const SIZE: usize = 16;
}
