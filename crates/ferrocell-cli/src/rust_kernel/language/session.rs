//! The session and its controls.

use std::time::Duration;

use ferrocell_engine as engine;
use serde_json::Value;

use ferrocell_kernel::language::{
    CellId, Controls, Event, Events, Failure, NoAnswer, Outcome, RequestId, Session, Stream,
};

use super::EngineQueries;

/// A session of the engine.
pub(crate) struct EngineSession {
    session: engine::Session,
    events: Events,
}

impl EngineSession {
    pub(super) fn new(session: engine::Session, events: Events) -> EngineSession {
        EngineSession { session, events }
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
            } => Outcome::Error(Failure {
                name,
                value,
                traceback,
            }),
        }
    }

    fn look(&mut self) -> Option<Value> {
        self.session.look()
    }

    fn preparation(&self) -> Duration {
        self.session.compiled_in().unwrap_or_default()
    }

    fn controls(&self) -> EngineControls {
        EngineControls(self.session.controls())
    }

    fn queries(&self) -> EngineQueries {
        EngineQueries::new(self.session.queries())
    }
}

/// The engine's controls.
pub(crate) struct EngineControls(engine::Controls);

impl Controls for EngineControls {
    fn interrupt(&self, cell: CellId) {
        self.0.interrupt(engine::CellId(cell.0));
    }

    fn reply_input(&self, request: RequestId, answer: Result<String, NoAnswer>) {
        let request = engine::RequestId(request.0);
        match answer {
            Ok(line) => self.0.reply_input(request, Some(line)),
            Err(NoAnswer::Interrupted) => self.0.withdraw_input(request),
            Err(NoAnswer::NotAllowed | NoAnswer::Closed) => self.0.reply_input(request, None),
        }
    }

    fn shutdown(&self) {
        self.0.shutdown();
    }
}
