//! The engine's events in the words of the seam.

use std::sync::{Mutex, PoisonError};

use ferrocell_engine as engine;

use ferrocell_kernel::language::{CellId, Display, Event, Events, RequestId, Stream};

use super::progress::Progress;

/// Translates events and hands them on.
pub(super) struct Translator {
    events: Events,
    progress: Mutex<Progress>,
}

impl Translator {
    pub(super) fn new(events: Events) -> Translator {
        Translator {
            events,
            progress: Mutex::default(),
        }
    }

    /// Hands an event on; blocks while the frontends are behind.
    pub(super) fn send(&self, event: engine::Event) {
        let cell = CellId(event.cell().0);
        let event = match event {
            engine::Event::Stdout { text, .. } => Event::Text {
                cell,
                stream: Stream::Stdout,
                text,
            },
            engine::Event::Stderr { text, .. } => Event::Text {
                cell,
                stream: Stream::Stderr,
                text,
            },
            engine::Event::Display {
                data,
                metadata,
                display_id,
                update,
                ..
            } => Event::Display {
                cell,
                display: Display {
                    data: data.0,
                    metadata: metadata.0,
                    display_id,
                    update,
                },
            },
            engine::Event::ClearOutput { wait, .. } => Event::ClearOutput { cell, wait },
            engine::Event::Input {
                request,
                prompt,
                password,
                ..
            } => Event::Input {
                cell,
                request: RequestId(request.0),
                prompt,
                password,
            },
            engine::Event::Withdrawn { request, .. } => Event::Withdrawn {
                request: RequestId(request.0),
            },
            engine::Event::Progress { message, .. } => {
                let shown = self
                    .progress
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .show(cell, message);
                match shown {
                    Some(event) => event,
                    None => return,
                }
            }
        };
        self.events.send(event);
    }
}
