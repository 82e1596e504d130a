//! The desk at which threads leave their questions for a main thread that is the only one allowed to ask.
//!
//! A notebook kernel may link the crate once per cell, so a static of the crate is not the process's own. A desk
//! therefore travels: a thread inherits its creator's, every handle to its work carries it, and the main thread serves
//! it while it waits through such a handle, whichever cell that happens in.

use super::{Host, evcxr};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How often a waiting main thread looks at the desk. A question waits for a person, who does not notice this.
const ROUND: Duration = Duration::from_millis(10);

#[derive(Debug, Default)]
pub(crate) struct Desk {
    questions: Mutex<VecDeque<Question>>,
}

#[derive(Debug)]
struct Question {
    prompt: String,
    answer: mpsc::SyncSender<io::Result<String>>,
}

impl Desk {
    /// The desk of threads whose creator has none to hand down.
    pub(crate) fn of_the_crate() -> Arc<Self> {
        static DESK: LazyLock<Arc<Desk>> = LazyLock::new(Arc::default);
        Arc::clone(&DESK)
    }

    /// Leaves a question and waits for the main thread's answer.
    pub(super) fn ask(&self, prompt: &str) -> io::Result<String> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.questions().push_back(Question {
            prompt: prompt.to_owned(),
            answer,
        });
        answered
            .recv()
            .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }

    /// Asks what lies on the desk; the caller is the thread that may.
    fn serve(&self) {
        while let Some(question) = self.next() {
            // The thread that asked waits without a time limit, so the answer finds it.
            let _ = question.answer.send(evcxr::ask(&question.prompt));
        }
    }

    fn next(&self) -> Option<Question> {
        self.questions().pop_front()
    }

    fn questions(&self) -> std::sync::MutexGuard<'_, VecDeque<Question>> {
        self.questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits by `wait` until it finds something or `deadline` passes, and meanwhile, if the calling thread is the one
    /// that may ask, asks what threads leave on any of `desks`.
    ///
    /// `wait` blocks until the time it is given at the latest and tells what it found.
    pub(crate) fn serve_while<'a, R>(
        desks: impl Iterator<Item = &'a Self> + Clone,
        deadline: Option<Instant>,
        mut wait: impl FnMut(Option<Instant>) -> Option<R>,
    ) -> Option<R> {
        if !Host::asks_for_others() {
            return wait(deadline);
        }
        loop {
            desks.clone().for_each(Self::serve);
            let round = Instant::now() + ROUND;
            if let Some(deadline) = deadline.filter(|deadline| *deadline <= round) {
                return wait(Some(deadline));
            }
            if let Some(found) = wait(Some(round)) {
                return Some(found);
            }
        }
    }
}
