//! How far the engine is, shown in the notebook.

use ferrocell_kernel::language::{CellId, Display, Event, MimeBundle};

/// The line of progress that is shown, if one is.
#[derive(Default)]
pub(super) struct Progress {
    shown: Option<CellId>,
}

impl Progress {
    /// The event that shows `message` in the place of the one before, or makes it go if it is empty.
    pub(super) fn show(&mut self, cell: CellId, message: String) -> Option<Event> {
        let update = self.shown == Some(cell);
        if message.is_empty() {
            self.shown = None;
            // Progress stands before anything that the cell itself can print, so nothing else is cleared.
            return update.then_some(Event::ClearOutput { cell, wait: false });
        }
        self.shown = Some(cell);
        let data = MimeBundle::from_iter([("text/plain".into(), message.into())]);
        let display_id = Some(format!("ferrocell-progress-{}", cell.0));
        Some(Event::Display {
            cell,
            display: Display {
                data,
                metadata: MimeBundle::new(),
                display_id,
                update,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each message, and what becomes of it: a display, its update, a clearing, or nothing.
    #[test]
    fn a_line_is_shown_updated_and_cleared() {
        let mut progress = Progress::default();
        for (cell, message, expected) in [
            (1, "", "nothing"),
            (1, "compiling serde (1 of 2)", "display"),
            (1, "compiling rand (2 of 2)", "update"),
            (1, "", "clear"),
            (1, "", "nothing"),
            (2, "compiling again (1 of 1)", "display"),
        ] {
            let became = match progress.show(CellId(cell), message.into()) {
                Some(Event::Display {
                    display: Display { update: false, .. },
                    ..
                }) => "display",
                Some(Event::Display { .. }) => "update",
                Some(Event::ClearOutput { wait: false, .. }) => "clear",
                None => "nothing",
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(became, expected, "{cell} {message:?}");
        }
    }
}
