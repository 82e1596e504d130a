//! Why a question was not answered.

/// Why a program that asks for input gets none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The frontend that ran the cell said that it cannot be asked (`allow_stdin` is false).
    #[error(
        "this frontend cannot be asked for input; run the cell where someone can answer, as in JupyterLab"
    )]
    NotAllowed,
    /// The cell was interrupted.
    #[error("the question was withdrawn because the cell was interrupted")]
    Interrupted,
    /// The frontend that ran the cell has gone, or the kernel is shutting down.
    #[error("the frontend that ran the cell has gone, so nobody can answer")]
    Closed,
}
