//! The stdin channel: the program's questions go out, and each answer comes back to the thread that asked.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use jupyter_protocol::{InputReply, InputRequest, ReplyStatus};
use tokio::sync::mpsc;

use crate::cells::Cells;
use crate::handles::Handles;
use crate::language::{CellId, NoAnswer, RequestId};
use crate::wire::{Codec, Message};
use zmtp_server::{Router, Routes};

/// The near end of the channel. Clones share it.
#[derive(Clone)]
pub(crate) struct Stdin {
    mail: mpsc::UnboundedSender<StdinMessage>,
}

/// What a program asks.
pub(crate) struct Question {
    pub(crate) cell: CellId,
    pub(crate) request: RequestId,
    pub(crate) prompt: String,
    pub(crate) password: bool,
}

enum StdinMessage {
    Ask(Question),
    Withdraw(Which, NoAnswer),
    Forget(RequestId),
    Reply(Box<Message>),
}

/// Which questions.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    All,
    Of(CellId),
}

/// The far end: the questions that wait, and whom they were sent to.
struct PendingQuestions {
    codec: Arc<Codec>,
    cells: Arc<Cells>,
    handles: Handles,
    routes: Routes,
    /// Per frontend, in the order they were asked. Only the first was sent: a frontend shows one question at a time.
    waiting: HashMap<Vec<Bytes>, VecDeque<Question>>,
    /// Per frontend, the id of the message that carries the first question.
    outstanding: HashMap<Vec<Bytes>, String>,
}

impl Stdin {
    /// Opens the channel on `router`.
    ///
    /// Specification: "Messages on the stdin (ROUTER/DEALER) channel".
    pub(crate) fn new(
        router: Router,
        codec: Arc<Codec>,
        cells: Arc<Cells>,
        handles: Handles,
    ) -> Stdin {
        let (mail, messages) = mpsc::unbounded_channel();
        let desk = PendingQuestions {
            codec: codec.clone(),
            cells,
            handles,
            routes: router.routes(),
            waiting: HashMap::new(),
            outstanding: HashMap::new(),
        };
        tokio::spawn(receive(router, codec, mail.clone()));
        tokio::spawn(desk.serve(messages));
        Stdin { mail }
    }

    /// Asks, as soon as the frontend has answered what it was asked before.
    pub(crate) fn ask(&self, question: Question) {
        self.put(StdinMessage::Ask(question));
    }

    /// Takes questions back, and tells those who asked why.
    pub(crate) fn withdraw(&self, which: Which, why: NoAnswer) {
        self.put(StdinMessage::Withdraw(which, why));
    }

    /// Takes a question back that nobody waits for any more.
    pub(crate) fn forget(&self, request: RequestId) {
        self.put(StdinMessage::Forget(request));
    }

    fn put(&self, mail: StdinMessage) {
        // The queue is closed only when the kernel has ended.
        let _ = self.mail.send(mail);
    }
}

async fn receive(mut router: Router, codec: Arc<Codec>, mail: mpsc::UnboundedSender<StdinMessage>) {
    while let Some(frames) = router.receive().await {
        match codec.read(frames) {
            Ok(message) if message.header.msg_type == "input_reply" => {
                drop(mail.send(StdinMessage::Reply(Box::new(message))))
            }
            Ok(message) => log::warn!(
                "{} does not belong on the stdin channel",
                message.header.msg_type
            ),
            Err(error) => log::warn!("a message on the stdin channel was ignored: {error}"),
        }
    }
}

impl PendingQuestions {
    async fn serve(mut self, mut messages: mpsc::UnboundedReceiver<StdinMessage>) {
        while let Some(mail) = messages.recv().await {
            match mail {
                StdinMessage::Ask(question) => self.ask(question).await,
                StdinMessage::Withdraw(which, why) => {
                    let gone = match which {
                        Which::All => self.take(|_| true).await,
                        Which::Of(cell) => self.take(|question| question.cell == cell).await,
                    };
                    gone.into_iter()
                        .for_each(|request| self.answer(request, Err(why)));
                }
                StdinMessage::Forget(request) => {
                    self.take(|question| question.request == request).await;
                }
                StdinMessage::Reply(message) => self.reply(&message).await,
            }
        }
    }

    async fn ask(&mut self, question: Question) {
        let asked = self.cells.asked(question.cell);
        if !asked.allow_stdin {
            return self.answer(question.request, Err(NoAnswer::NotAllowed));
        }
        let frontend = asked.origin.identities.clone();
        let questions = self.waiting.entry(frontend.clone()).or_default();
        questions.push_back(question);
        if questions.len() == 1 {
            self.send_first(&frontend).await;
        }
    }

    async fn reply(&mut self, message: &Message) {
        let frontend = message.origin.identities.clone();
        let outstanding = self.outstanding.get(&frontend);
        // A reply that names another question answers one that was withdrawn. Some frontends name none.
        let fits =
            outstanding.is_some_and(|id| message.parent_id().is_none_or(|parent| parent == *id));
        if !fits {
            return log::info!("an answer came to a question that is no longer open");
        }
        let answer = match message.content() {
            Ok(InputReply {
                status: ReplyStatus::Ok,
                value,
                ..
            }) => Ok(value),
            Ok(_) => Err(NoAnswer::Closed),
            Err(error) => return log::warn!("an input_reply was ignored: {error}"),
        };
        if let Some(question) = self
            .waiting
            .get_mut(&frontend)
            .and_then(VecDeque::pop_front)
        {
            self.answer(question.request, answer);
        }
        self.send_first(&frontend).await;
    }

    /// Takes questions out, and sends the next ones where the first was among them.
    async fn take(&mut self, gone: impl Fn(&Question) -> bool) -> Vec<RequestId> {
        let mut taken = Vec::new();
        let frontends: Vec<_> = self.waiting.keys().cloned().collect();
        for frontend in frontends {
            let Some(questions) = self.waiting.get_mut(&frontend) else {
                continue;
            };
            let first_gone = questions.front().is_some_and(&gone);
            taken.extend(
                questions
                    .iter()
                    .filter(|question| gone(question))
                    .map(|question| question.request),
            );
            questions.retain(|question| !gone(question));
            if first_gone {
                self.send_first(&frontend).await;
            }
        }
        taken
    }

    /// Sends the first question that waits for `frontend`; if the frontend has gone, all its questions are answered so.
    async fn send_first(&mut self, frontend: &Vec<Bytes>) {
        self.outstanding.remove(frontend);
        while let Some(question) = self.waiting.get(frontend).and_then(VecDeque::front) {
            let asked = self.cells.asked(question.cell);
            let content = InputRequest {
                prompt: question.prompt.clone(),
                password: question.password,
            };
            let (id, message) = self.codec.write(Some(&asked.origin), &content);
            if self
                .routes
                .send(&[frontend.as_slice(), &message].concat())
                .await
            {
                self.outstanding.insert(frontend.clone(), id);
                return;
            }
            let request = question.request;
            self.waiting.get_mut(frontend).and_then(VecDeque::pop_front);
            self.answer(request, Err(NoAnswer::Closed));
        }
        self.waiting.remove(frontend);
    }

    fn answer(&self, request: RequestId, answer: Result<String, NoAnswer>) {
        if let Some(Some(handles)) = self.handles.get() {
            handles.controls.reply_input(request, answer);
        }
    }
}
