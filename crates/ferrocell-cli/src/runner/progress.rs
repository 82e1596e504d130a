//! The progress of a run, on standard error.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::cell_run::{CellRun, Outcome};

/// How the progress is shown: a bar on a terminal, a line for each cell elsewhere, or not at all.
pub(crate) enum Progress {
    Bar(ProgressBar),
    Lines { label: String, total: usize },
    Silent,
}

impl Progress {
    /// Announces a run of `total` cells on the kernel that `label` names.
    pub(crate) fn start(label: &str, total: usize, quiet: bool) -> Self {
        if quiet {
            return Self::Silent;
        }
        if !stderr().is_terminal() {
            return Self::Lines {
                label: label.into(),
                total,
            };
        }
        let bar = ProgressBar::new(total as u64).with_prefix(label.to_owned());
        let style =
            "{prefix:>10} {bar:32.cyan/dim} {pos:>3}/{len} {elapsed:>4.dim} {spinner} {msg}";
        bar.set_style(ProgressStyle::with_template(style).expect("the template is well-formed"));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self::Bar(bar)
    }

    pub(crate) fn cell_started(&self, id: &str) {
        if let Self::Bar(bar) = self {
            bar.set_message(id.to_owned());
        }
    }

    /// Tells how the cell that is `position`-th to be run (from 1) ended.
    pub(crate) fn cell_ended(&self, position: usize, id: &str, run: &CellRun) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines { label, total } => {
                let seconds = run.duration.unwrap_or_default().as_secs_f64();
                let outcome = match &run.outcome {
                    Outcome::NotRun => "not run".into(),
                    Outcome::Skipped(reason) => format!("skipped: {reason}"),
                    Outcome::Succeeded => format!("{seconds:.2} s"),
                    Outcome::RaisedAsExpected => format!("{seconds:.2} s, raised as expected"),
                    Outcome::Failed(_) => format!("{seconds:.2} s, FAILED"),
                };
                let width = total.to_string().len();
                eprintln!("{label} [{position:>width$}/{total}] {id}: {outcome}");
            }
            Self::Silent => {}
        }
    }

    /// Tells what the run is waiting for beside its cells.
    pub(crate) fn waiting(&self, what: &'static str) {
        if let Self::Bar(bar) = self {
            bar.set_message(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
