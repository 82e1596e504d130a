//! The ways in which a cell can fail.

use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

/// Why a cell failed.
#[derive(Clone, Debug, Error)]
pub(crate) enum Failure {
    #[error("{}", headline(ename, evalue))]
    Raised {
        ename: String,
        evalue: String,
        traceback: Vec<String>,
        line: Option<SourceLine>,
    },
    #[error("it should have raised an error that contains {expected:?}, but raised {raised}")]
    WrongError { expected: String, raised: String },
    #[error("it should have raised an error that contains {0:?}, but raised none")]
    NoError(String),
    #[error(
        "it asked {prompt:?} and there is no answer left; add one to metadata.ferrocell.answers"
    )]
    UnansweredPrompt { prompt: String },
    #[error("it took longer than the {} s that --timeout allows", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("the kernel died ({status}){last_words}")]
    KernelDied {
        status: ExitStatus,
        last_words: String,
    },
    #[error("the conversation with the kernel failed: {0}")]
    Connection(String),
    #[error("the run was interrupted")]
    Interrupted,
}

impl Failure {
    /// Whether the kernel is still fit to run the cells that follow.
    pub(crate) fn leaves_kernel_usable(&self) -> bool {
        matches!(
            self,
            Self::Raised { .. } | Self::WrongError { .. } | Self::NoError(_)
        )
    }
}

/// A line of a cell's source, counted from 1.
#[derive(Clone, Debug)]
pub(crate) struct SourceLine {
    pub(crate) number: usize,
    pub(crate) text: String,
}

impl SourceLine {
    pub(crate) fn of(source: &str, number: usize) -> Self {
        let text = source.lines().nth(number.saturating_sub(1));
        Self {
            number,
            text: text.unwrap_or_default().into(),
        }
    }
}

fn headline(ename: &str, evalue: &str) -> String {
    match (ename, evalue) {
        ("", evalue) => evalue.into(),
        (ename, "") => ename.into(),
        (ename, evalue) => format!("{ename}: {evalue}"),
    }
}
