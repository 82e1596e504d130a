//! The session and its controls.

use ferrocell_engine as engine;

use crate::language::{
    CellId, Controls, Event, Events, Failure, NoAnswer, Outcome, RequestId, Session, Stream,
};

use super::{EngineQueries, Questions};

/// A session of the engine.
pub struct EngineSession {
    session: engine::Session,
    events: Events,
    questions: Questions,
}

impl EngineSession {
    pub(super) fn new(
        session: engine::Session,
        events: Events,
        questions: Questions,
    ) -> EngineSession {
        EngineSession {
            session,
            events,
            questions,
        }
    }
}

impl Session for EngineSession {
    type Controls = EngineControls;
    type Queries = EngineQueries;

    fn execute(&mut self, cell: CellId, code: &str) -> Outcome {
        match self.session.execute(engine::CellId(cell.0), code) {
            engine::Outcome::Ok { result, notes } => {
                for note in notes {
                    let text = format!("{}\n", note.trim_end());
                    self.events.send(Event::Text {
                        cell,
                        stream: Stream::Stderr,
                        text,
                    });
                }
                Outcome::Ok {
                    result: result.map(|bundle| bundle.0),
                }
            }
            engine::Outcome::Error {
                name,
                value,
                traceback,
            } => {
                if name == "Crash" {
                    // With the program went all that waited for an answer.
                    for request in self.questions.take() {
                        self.events.send(Event::Withdrawn { request });
                    }
                }
                Outcome::Error(Failure {
                    name,
                    value,
                    traceback,
                })
            }
        }
    }

    fn controls(&self) -> EngineControls {
        EngineControls {
            controls: self.session.controls(),
            questions: self.questions.clone(),
        }
    }

    fn queries(&self) -> EngineQueries {
        EngineQueries::new(self.session.queries())
    }
}

/// The engine's controls.
pub struct EngineControls {
    controls: engine::Controls,
    questions: Questions,
}

impl Controls for EngineControls {
    fn interrupt(&self) {
        self.controls.interrupt();
    }

    fn reply_input(&self, request: RequestId, answer: Result<String, NoAnswer>) {
        self.questions.answered(request);
        // To the program every reason is the same: the input has ended.
        self.controls
            .reply_input(engine::RequestId(request.0), answer.ok());
    }

    fn shutdown(&self) {
        self.controls.shutdown();
    }
}
