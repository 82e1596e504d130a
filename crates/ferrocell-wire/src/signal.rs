//! What the engine asks the supervisor for.

/// A signal for the process that runs cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Its number, [`END`](Self::END) or [`TOOL`](Self::TOOL).
    pub number: i32,
    /// The cell that is meant: a SIGINT that arrives when another one runs is ignored. For a tool, its process group.
    pub target: u64,
}

impl Signal {
    /// In place of a signal's number: end all processes of the session.
    pub const END: i32 = 0;

    /// In place of a signal's number: the engine has started a tool (the compiler, a command), whose process group is to end
    /// with the engine; zero when it is done.
    pub const TOOL: i32 = -1;

    /// The size of an encoded signal in bytes.
    pub const SIZE: usize = 12;

    /// The signal as it travels.
    ///
    /// ```
    /// use ferrocell_wire::Signal;
    ///
    /// let signal = Signal { number: 2, target: 7 };
    /// assert_eq!(Signal::decode(signal.encode()), signal);
    /// ```
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0..4].copy_from_slice(&self.number.to_le_bytes());
        bytes[4..12].copy_from_slice(&self.target.to_le_bytes());
        bytes
    }

    /// Reads a signal back.
    pub fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let [a, b, c, d, target @ ..] = bytes;
        Self {
            number: i32::from_le_bytes([a, b, c, d]),
            target: u64::from_le_bytes(target),
        }
    }
}
