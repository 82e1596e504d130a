//! [`timeline()`] and [`Timeline`].

use std::collections::HashMap;
use std::fmt;

use super::record::{self, Clock, Note, Notes, Recording, What};
use super::{chrome, svg, text};
use crate::input::Host;

/// What threads did: a row for each, with spans in which it ran or waited, and arrows from who woke to who was woken.
///
/// In a notebook it is drawn. It prints as a picture of text.
#[derive(Clone, Default)]
pub struct Timeline {
    pub(super) rows: Vec<Row>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) end: f64,
    pub(super) unit: Unit,
}

/// What is counted along the time line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unit {
    #[default]
    Seconds,
    Turns,
}

/// A thread, or what a timer did.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) to: f64,
    /// What it waited for; `None` if it ran, or could have.
    pub(super) waits: Option<&'static str>,
    /// How long it was on a core, if that is known.
    pub(super) on_core: Option<f64>,
}

impl Span {
    /// How much of a core it had, if that is known.
    pub(super) fn share(&self) -> Option<f64> {
        let share = |on_core: f64| (on_core / (self.to - self.from)).clamp(0.0, 1.0);
        self.on_core.map(share)
    }
}

/// What a thread does that waits for this, or for nothing.
pub(super) fn doing(waits: Option<&str>) -> String {
    waits.map_or_else(|| "runs".to_owned(), |what| format!("waits for {what}"))
}

/// From a row and a moment there to another one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arrow {
    pub(super) from: (usize, f64),
    pub(super) to: (usize, f64),
}

/// Runs `body` and records what the calling thread and those that it starts do: when each runs, and when it waits for a
/// lock, queue, event, future, another thread, input or the time to pass, and who woke it.
///
/// Recorded is what goes through this crate: a thread that waits for a lock of the standard library seems to run, though
/// on no core. There is one recording at a time; inside another one, the picture is empty. It costs about a microsecond
/// for each wait, and less than a nanosecond where nothing is recorded.
///
/// ```
/// use nogil::{Queue, Thread, timeline};
///
/// let picture = timeline(|| {
///     let queue = Queue::new();
///     let orders = queue.clone();
///     let cook = Thread::builder().name("cook").target(move || orders.get());
///     cook.start().unwrap();
///     queue.put("spam").unwrap();
///     cook.join().unwrap();
/// });
/// println!("{picture}");
/// std::fs::write(std::env::temp_dir().join("cook.svg"), picture.to_svg())?;
/// # assert!(picture.to_string().contains("cook"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// ```text
/// main  ████░░░░░░░░░░░░░░░░░░░░░░░
/// cook     ████████████████████████
/// ```
pub fn timeline<R>(body: impl FnOnce() -> R) -> Timeline {
    let recording = Recording::begin(Clock::System);
    let name = std::thread::current().name().unwrap_or("main").to_owned();
    record::of(&name, body);
    recording
        .map(|recording| Timeline::new(&recording.end()))
        .unwrap_or_default()
}

impl Timeline {
    pub(crate) fn new(notes: &Notes) -> Self {
        let mut building = Building::default();
        notes.notes.iter().for_each(|note| building.add(note));
        building.finish(notes)
    }

    /// The picture as SVG, for a page or a file. Text and arrows have the colour of what is around.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::draw(self)
    }

    /// The time line in the format of Chrome's tracing, which [Perfetto](https://ui.perfetto.dev) opens: spans with their
    /// times in microseconds, and flows for the arrows.
    ///
    /// ```
    /// let picture = nogil::timeline(|| nogil::sleep(std::time::Duration::from_millis(1)));
    /// assert!(picture.to_chrome_trace().starts_with("{\"traceEvents\":"));
    /// ```
    #[must_use]
    pub fn to_chrome_trace(&self) -> String {
        chrome::write(self)
    }

    /// Shows the picture at this place among a cell's output, or prints it where there is no notebook.
    pub fn show(&self) {
        show(&"", "", self);
    }

    /// Shows itself as the value of a cell's last expression; evcxr and ferrocell call this.
    pub fn evcxr_display(&self) {
        self.show();
    }
}

/// Shows a picture, the line above it, and markup between the two where there is a notebook.
pub(crate) fn show(line: &dyn fmt::Display, between: &str, picture: &Timeline) {
    if !Host::is_notebook() {
        return println!("{line}\n{picture}");
    }
    let picture = svg::enlargeable(&picture.to_svg());
    show_markup(line, &format!("{between}{picture}"));
}

/// Shows lines and markup below them in a notebook, as evcxr and ferrocell understand it.
pub(crate) fn show_markup(lines: &dyn fmt::Display, markup: &str) {
    let lines = svg::escaped(&lines.to_string());
    println!(
        "EVCXR_BEGIN_CONTENT text/html\n<div style=\"white-space:pre-wrap\">{lines}</div>{markup}\nEVCXR_END_CONTENT"
    );
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes a time line of notes.
#[derive(Default)]
struct Building {
    rows: Vec<Row>,
    arrows: Vec<Arrow>,
    /// What each thread does now.
    open: HashMap<i32, Open>,
    /// Who has woken those who wait for an event, and when.
    woken: HashMap<(usize, usize), (usize, f64)>,
}

/// A span that goes on.
struct Open {
    row: usize,
    since: f64,
    on_core: f64,
    waits: Option<&'static str>,
}

impl Building {
    fn add(&mut self, note: &Note) {
        let on_core = note.on_core.as_secs_f64();
        match &note.what {
            What::Begins { name, by } => {
                self.close(note);
                let row = self.rows.len();
                self.rows.push(Row {
                    name: name.clone(),
                    spans: Vec::new(),
                });
                if let Some(parent) = by.and_then(|by| self.open.get(&by)) {
                    self.arrows.push(Arrow {
                        from: (parent.row, note.at),
                        to: (row, note.at),
                    });
                }
                let open = Open {
                    row,
                    since: note.at,
                    on_core,
                    waits: None,
                };
                self.open.insert(note.thread, open);
            }
            What::Ends => {
                self.close(note);
                self.open.remove(&note.thread);
            }
            What::Waits(what) => self.turn_to(note, Some(what)),
            What::GoesOn(event) => {
                let waited = self
                    .open
                    .get(&note.thread)
                    .map(|open| (open.row, open.since));
                let woken = event.and_then(|event| self.woken.get(&event));
                if let (Some(&from), Some((row, since))) = (woken, waited)
                    && from.0 != row
                    && from.1 >= since
                {
                    let to = (row, note.at);
                    self.arrows.push(Arrow { from, to });
                }
                self.turn_to(note, None);
            }
            What::Notifies(event) => {
                if let Some(open) = self.open.get(&note.thread) {
                    self.woken.insert(*event, (open.row, note.at));
                }
            }
        }
    }

    /// What a thread does from here on. One that is not known has begun before the recording.
    fn turn_to(&mut self, note: &Note, waits: Option<&'static str>) {
        self.close(note);
        if let Some(open) = self.open.get_mut(&note.thread) {
            (open.since, open.waits) = (note.at, waits);
            open.on_core = note.on_core.as_secs_f64();
        }
    }

    /// Ends a thread's span.
    fn close(&mut self, note: &Note) {
        if let Some(open) = self.open.get(&note.thread) {
            let is_known = open.waits.is_none() && !note.on_core.is_zero();
            let on_core = is_known.then_some(note.on_core.as_secs_f64() - open.on_core);
            self.rows[open.row].spans.push(Span {
                from: open.since,
                to: note.at,
                waits: open.waits,
                on_core,
            });
        }
    }

    fn finish(mut self, notes: &Notes) -> Timeline {
        let end = notes.end;
        for open in self.open.values() {
            self.rows[open.row].spans.push(Span {
                from: open.since,
                to: end,
                waits: open.waits,
                on_core: None,
            });
        }
        for row in &mut self.rows {
            row.spans.retain(|span| span.to > span.from);
        }
        let unit = match notes.clock {
            Clock::System => Unit::Seconds,
            Clock::Turns => Unit::Turns,
        };
        if unit == Unit::Turns {
            let spans = self.rows.iter_mut().flat_map(|row| &mut row.spans);
            spans.for_each(|span| span.on_core = None);
        }
        Timeline {
            rows: self.rows,
            arrows: self.arrows,
            end,
            unit,
        }
    }
}
