//! What is to be compiled ahead, and in which order: plain bookkeeping, without a thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::CellId;
use crate::interrupts::Interrupts;

use super::text::Compiled;
use super::{Answers, Basis};

/// How many cells may wait to be compiled ahead; more are compiled when they are executed.
const EXPECTED: usize = 64;

/// All that is to do.
pub(super) struct Work {
    is_on: bool,
    is_over: bool,
    /// Whether the session compiles.
    is_busy: bool,
    /// The texts that will be executed, in order.
    queue: VecDeque<Expected>,
    /// What the first of them that waits is compiled on; `None` before that is known.
    next: Option<Basis>,
    /// What drafts are compiled on, if the first cell has been executed.
    present: Option<Basis>,
    /// Whether there can be drafts before that.
    has_beginning: bool,
    draft: Option<Draft>,
    /// What somebody waits for while nothing else goes on.
    question: Option<Draft>,
    doing: Option<Doing>,
    /// How many tasks there were.
    tasks: u64,
}

struct Expected {
    text: Arc<str>,
    progress: Progress,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    /// The task that compiles it.
    Compiling(u64),
    Done,
}

struct Draft {
    text: Arc<str>,
    /// When it may be compiled.
    due: Instant,
    /// Who waits for it.
    answer: Option<Answers>,
}

/// What is being compiled.
struct Doing {
    text: Arc<str>,
    interrupts: Interrupts,
    /// If it is a draft or a question.
    draft: Option<Draft>,
    is_question: bool,
}

/// Something to compile.
pub(super) struct Task {
    number: u64,
    pub(super) text: Arc<str>,
    /// `None` for the beginning.
    pub(super) basis: Option<Basis>,
    pub(super) interrupts: Interrupts,
}

impl Work {
    pub(super) fn new(has_beginning: bool) -> Self {
        Self {
            is_on: true,
            is_over: false,
            is_busy: false,
            queue: VecDeque::new(),
            next: None,
            present: None,
            has_beginning,
            draft: None,
            question: None,
            doing: None,
            tasks: 0,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(super) fn present(&self) -> Option<&Basis> {
        self.present.as_ref()
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(super) fn switch(&mut self, is_on: bool) {
        self.is_on = is_on;
        if !is_on {
            self.forget();
            self.draft = None;
            self.question = None;
            self.cancel();
        }
    }

    pub(super) fn stop(&mut self) {
        self.is_over = true;
        self.switch(false);
    }

    pub(super) fn expect(&mut self, text: &str) {
        if self.is_on && self.queue.len() < EXPECTED {
            self.queue.push_back(Expected {
                text: text.into(),
                progress: Progress::Waiting,
            });
        }
    }

    /// A newer draft takes an older one's place; one that nobody waits for takes no place of another's.
    pub(super) fn draft(&mut self, text: &str, due: Instant, answer: Option<Answers>) {
        let current = self.doing.as_ref().and_then(|doing| doing.draft.as_ref());
        let is_awaited = |draft: &Draft| draft.answer.is_some();
        let others = self.draft.iter().chain(current);
        if !self.is_on || (answer.is_none() && others.into_iter().any(is_awaited)) {
            return;
        }
        if current.is_some() {
            self.cancel();
        }
        self.draft = Some(Draft {
            text: text.into(),
            due,
            answer,
        });
    }

    /// A question goes first; a newer one takes an older one's place.
    pub(super) fn ask(&mut self, text: &str, answer: Answers) {
        if !self.is_on {
            return;
        }
        self.postpone_draft();
        if self.doing.as_ref().is_some_and(|doing| doing.is_question) {
            self.cancel();
        }
        self.question = Some(Draft {
            text: text.into(),
            due: Instant::now(),
            answer: Some(answer),
        });
    }

    /// Stops a draft that is being compiled, to begin with it again later.
    fn postpone_draft(&mut self) {
        let doing = self.doing.as_mut().filter(|doing| !doing.is_question);
        if let Some(draft) = doing.and_then(|doing| doing.draft.take()) {
            self.draft = self.draft.take().or(Some(draft));
            self.cancel();
        }
    }

    pub(super) fn begin(&mut self, text: &str) {
        self.is_busy = true;
        match self
            .queue
            .iter()
            .position(|expected| &*expected.text == text)
        {
            // Those before it were withdrawn.
            Some(place) => drop(self.queue.drain(..place)),
            None => {
                // What it leaves is not what was expected.
                self.next = None;
                let waiting = |expected: &mut Expected| expected.progress = Progress::Waiting;
                self.queue.iter_mut().for_each(waiting);
            }
        }
        let is_other = |doing: &Doing| &*doing.text != text && !doing.is_question;
        if self.doing.as_ref().is_some_and(is_other) && !self.is_wanted() {
            self.postpone_draft();
            self.cancel();
        }
    }

    /// Whether what is being compiled is still in the queue.
    fn is_wanted(&self) -> bool {
        let is_compiling =
            |expected: &Expected| expected.progress == Progress::Compiling(self.tasks);
        self.queue.iter().any(is_compiling)
    }

    pub(super) fn is_compiling(&self, text: &str) -> bool {
        self.doing
            .as_ref()
            .is_some_and(|doing| &*doing.text == text)
    }

    /// The session compiles this text now, or finds it compiled.
    pub(super) fn found(&mut self, text: &str) {
        let is_first = |expected: &&mut Expected| &*expected.text == text;
        if let Some(first) = self.queue.front_mut().filter(is_first) {
            if first.progress != Progress::Done {
                self.next = None;
                if first.progress != Progress::Waiting {
                    self.cancel();
                }
            }
            self.queue.pop_front();
        }
    }

    pub(super) fn follow(&mut self, basis: Basis) {
        self.is_busy = false;
        if self.next.is_none() && !self.is_wanted() {
            self.next = Some(basis.clone());
        }
        self.present = Some(basis);
    }

    pub(super) fn end(&mut self, basis: Option<Basis>, is_ok: bool) {
        self.is_busy = false;
        self.present = basis.or(self.present.take());
        if !is_ok {
            if self.is_wanted() {
                self.cancel();
            }
            self.forget();
        } else if self.queue.is_empty() {
            self.next = None;
        }
    }

    fn forget(&mut self) {
        self.queue.clear();
        self.next = None;
    }

    /// Stops what is being compiled.
    fn cancel(&mut self) {
        if let Some(doing) = &self.doing {
            doing.interrupts.request_any();
        }
    }

    /// Something to do now, if there is.
    pub(super) fn take(&mut self, now: Instant) -> Option<Task> {
        if !self.is_on || self.doing.is_some() {
            return None;
        }
        let number = self.tasks + 1;
        let can_draft = self.can_draft();
        let question = self.question.take_if(|_| can_draft);
        let is_question = question.is_some();
        let waits = |expected: &&mut Expected| expected.progress == Progress::Waiting;
        let expected = self.queue.iter_mut().find(waits);
        let expected = expected.filter(|_| !is_question && self.next.is_some());
        let (text, basis, draft) = if let Some(expected) = expected {
            expected.progress = Progress::Compiling(number);
            (expected.text.clone(), self.next.take(), None)
        } else {
            let is_free = can_draft && !self.is_busy;
            let draft = || self.draft.take_if(|draft| is_free && draft.due <= now);
            let draft = question.or_else(draft)?;
            (draft.text.clone(), self.present.clone(), Some(draft))
        };
        self.tasks = number;
        let interrupts = if draft.is_some() && !is_question {
            Interrupts::background()
        } else {
            Interrupts::default()
        };
        // There is nothing else that it could stop.
        interrupts.execute(CellId(1));
        self.doing = Some(Doing {
            text: text.clone(),
            interrupts: interrupts.clone(),
            draft,
            is_question,
        });
        Some(Task {
            number,
            text,
            basis,
            interrupts,
        })
    }

    /// Whether it is known what a draft is compiled on.
    fn can_draft(&self) -> bool {
        self.present.is_some() || self.has_beginning
    }

    /// When there will be something to do by itself.
    pub(super) fn due(&self) -> Option<Instant> {
        let is_free = self.is_on && !self.is_busy && self.doing.is_none();
        self.draft
            .as_ref()
            .filter(|_| is_free && self.can_draft())
            .map(|draft| draft.due)
    }

    /// Notes what became of a task.
    pub(super) fn finish(&mut self, task: &Task, compiled: Option<Compiled>) {
        let doing = self.doing.take();
        let answer = doing
            .and_then(|doing| doing.draft)
            .and_then(|draft| draft.answer);
        if let (Some(answer), Some(compiled)) = (&answer, &compiled) {
            // Whoever waited may be gone.
            let _ = answer.send(compiled.remarks.clone());
        }
        let is_it =
            |expected: &&mut Expected| expected.progress == Progress::Compiling(task.number);
        if let Some(expected) = self.queue.iter_mut().find(is_it) {
            expected.progress = Progress::Done;
            self.next = compiled.and_then(|compiled| compiled.next);
        }
    }
}
