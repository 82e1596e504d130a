//! The notebook under test: runs generated cells and compares what comes of them with what must.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ferrocell_engine::{CellId, Event, Outcome, Session, SessionOptions};

use crate::cell::{Cell, Fault, MARK};
use crate::conversation::{host, shown};
use crate::model::Model;

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A session, with all that it was asked to do.
pub(crate) struct Notebook {
    session: Session,
    events: Arc<Mutex<Vec<Event>>>,
    /// Whether the next mark that is printed is answered with an interrupt.
    is_armed: Arc<AtomicBool>,
    /// Hears of each interrupt that was sent.
    interrupted: Receiver<()>,
    /// All cells so far, as the example `cells` reads them.
    pub(crate) script: String,
    /// The number of the last cell.
    pub(crate) number: u64,
    /// The file that tells a thread to end the program.
    pub(crate) signal: PathBuf,
}

impl Notebook {
    pub(crate) fn start() -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let is_armed = Arc::new(AtomicBool::new(false));
        let (mark, marks) = mpsc::channel();
        let sink = {
            let (events, is_armed) = (Arc::clone(&events), Arc::clone(&is_armed));
            move |event| {
                if let Event::Stdout { cell, text } = &event
                    && text.contains(MARK)
                    && is_armed.swap(false, Ordering::SeqCst)
                {
                    mark.send(*cell).expect("the interrupting thread listens");
                }
                events.lock().expect("no thread panics").push(event);
            }
        };
        let mut options = SessionOptions::new(std::env::temp_dir());
        options.host = Some(host());
        // A machine that does other things meanwhile shall not make what stops by itself look deaf.
        options.patience = Duration::from_secs(2);
        let session = Session::start(options, Arc::new(sink)).expect("a session starts");
        let controls = session.controls();
        let (sent, interrupted) = mpsc::channel();
        thread::spawn(move || {
            for cell in marks {
                controls.interrupt(cell);
                sent.send(()).expect("the test listens");
            }
        });
        Self {
            session,
            events,
            is_armed,
            interrupted,
            script: String::new(),
            number: 0,
            signal: std::env::temp_dir().join("end"),
        }
    }

    /// Runs a cell.
    pub(crate) fn run(&mut self, cell: &Cell) -> Result<(), String> {
        self.is_armed
            .store(cell.fault.is_interrupt(), Ordering::SeqCst);
        let outcome = self.execute(&cell.source);
        if cell.fault.is_interrupt() && !self.is_armed.swap(false, Ordering::SeqCst) {
            self.interrupted
                .recv_timeout(PATIENCE)
                .map_err(|_| "the interrupt is not sent".to_owned())?;
        }
        let is_expected = match &outcome {
            Outcome::Ok { .. } => cell.errors.is_empty(),
            Outcome::Error { .. } => {
                let error = shown(&outcome);
                cell.errors.iter().any(|start| error.starts_with(start))
            }
        };
        if !is_expected {
            let expected = if cell.errors.is_empty() {
                "success"
            } else {
                &cell.errors.join(" or ")
            };
            return Err(format!(
                "the outcome should be {expected}, and is:\n{}",
                shown(&outcome)
            ));
        }
        no_thread_is_lost(&shown(&outcome))?;
        compare(&cell.printed, &self.printed())?;
        if cell.fault == Fault::CrashBetweenCells {
            self.end_between_cells(cell.after.has_snapshots)?;
        }
        Ok(())
    }

    /// Compares everything that the notebook knows with the model.
    pub(crate) fn check(&mut self, model: &mut Model) -> Result<(), String> {
        let (source, values) = model.check();
        let outcome = self.execute(&source);
        if !outcome.is_ok() {
            return Err(format!("the check fails:\n{source}\n{}", shown(&outcome)));
        }
        let printed = self.printed().remove(&self.number).unwrap_or_default();
        let (listing, shown) = printed.split_at(printed.len().saturating_sub(values.len()));
        if shown != values {
            return Err(format!("the values should be\n{values}and are\n{printed}"));
        }
        let listed: Vec<(bool, String)> = listing
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| match name.trim().strip_prefix("mut ") {
                Some(name) => (true, name.to_owned()),
                None => (false, name.trim().to_owned()),
            })
            .collect();
        if listed != model.listing() {
            return Err(format!(
                "the variables should be {:?} and are\n{listing}",
                model.listing()
            ));
        }
        Ok(())
    }

    /// Executes a cell of no interest, which must succeed.
    pub(crate) fn prepare(&mut self, source: &str) {
        let outcome = self.execute(source);
        assert!(outcome.is_ok(), "{}", shown(&outcome));
        self.printed();
    }

    fn execute(&mut self, source: &str) -> Outcome {
        self.number += 1;
        self.script.push_str(&format!("// %%\n{source}\n"));
        self.session.execute(CellId(self.number), source)
    }

    /// Lets the thread that waits for it end the program, and goes on until somebody was told.
    fn end_between_cells(&mut self, has_snapshots: bool) -> Result<(), String> {
        let end = if has_snapshots {
            "the thread `ender`, which ended the program, is gone"
        } else {
            "the program aborted"
        };
        fs::write(&self.signal, "").map_err(|error| error.to_string())?;
        let start = Instant::now();
        loop {
            // A cell may still run in the old program, be hit by its end, or find that it has ended. As long as a cell is
            // hit, the thread is there again, and so is its reason.
            let outcome = self.execute("0");
            let mut told = shown(&outcome);
            for event in self.events.lock().expect("no thread panics").drain(..) {
                if let Event::Stderr { text, .. } = event {
                    told.push_str(&text);
                }
            }
            no_thread_is_lost(&told)?;
            if told.contains(end) {
                break;
            }
            let is_hit = told.starts_with("Crash: the program aborted");
            if !(outcome.is_ok() || is_hit) || start.elapsed() > PATIENCE {
                return Err(format!(
                    "the program should have ended between two cells: {told}"
                ));
            }
        }
        fs::remove_file(&self.signal).map_err(|error| error.to_string())
    }

    /// What was printed since the last time, by the cell under which it belongs.
    fn printed(&mut self) -> BTreeMap<u64, String> {
        let mut printed = BTreeMap::<u64, String>::new();
        for event in self.events.lock().expect("no thread panics").drain(..) {
            if let Event::Stdout { cell, text } = event {
                printed.entry(cell.0).or_default().push_str(&text);
            }
        }
        printed
    }
}

/// Whether no thread was left behind when a copy took over, by what was told of it.
fn no_thread_is_lost(told: &str) -> Result<(), String> {
    let is_lost = told.contains("could not be stopped for a copy");
    if is_lost {
        Err(told.to_owned())
    } else {
        Ok(())
    }
}

/// Compares what was printed, cell by cell.
fn compare(
    expected: &BTreeMap<u64, String>,
    printed: &BTreeMap<u64, String>,
) -> Result<(), String> {
    if expected == printed {
        return Ok(());
    }
    let short =
        |texts: &BTreeMap<u64, String>| format!("{texts:?}").chars().take(600).collect::<String>();
    Err(format!(
        "printed should be {}, and is {}",
        short(expected),
        short(printed)
    ))
}
