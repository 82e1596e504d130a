//! Which program runs this code, and which of its threads may ask the user.

use super::ferrocell::Question;
use crate::system;
use std::sync::LazyLock;

/// What stands between the program and the user. A further notebook kernel is a further variant and a further file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Host {
    /// Stdin and stdout are the user's own, or a pipe that stands in for them.
    Terminal,
    /// evcxr's process for user code: stdin carries its commands, stdout its replies.
    Evcxr,
    /// ferrocell's process for user code, which takes every thread's questions.
    Ferrocell(Question),
}

impl Host {
    pub(crate) fn current() -> Self {
        static HOST: LazyLock<Host> = LazyLock::new(|| {
            if let Some(question) = Question::find() {
                Host::Ferrocell(question)
            } else if std::env::var_os("EVCXR_IS_RUNTIME").is_some() {
                Host::Evcxr
            } else {
                Host::Terminal
            }
        });
        *HOST
    }

    /// Whether this process is a notebook's, which its user ends without waiting for what cells left behind.
    pub(crate) fn is_notebook() -> bool {
        !matches!(Self::current(), Self::Terminal)
    }

    /// Whether a cell's code is linked to that of others, and so of use only together with it.
    #[cfg(target_os = "linux")]
    pub(crate) fn links_cells_together() -> bool {
        matches!(Self::current(), Self::Ferrocell(_))
    }

    /// Whether the calling thread is the only one that may ask and so must answer for the others while it waits.
    pub(crate) fn asks_for_others() -> bool {
        matches!(Self::current(), Self::Evcxr) && system::on_main_thread()
    }
}
