//! Which question.

/// A question that the user's program asks, named by the language so that the answer finds the thread that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);
