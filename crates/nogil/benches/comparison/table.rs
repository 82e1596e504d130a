//! The table: operations, bounds, and the medians that criterion has measured.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What an operation may cost at most.
enum Bound {
    Nanoseconds(f64),
    /// So many times the cost of a contender.
    Times(f64, &'static str),
}

use Bound::{Nanoseconds, Times};

const LOCK: &str = "every call takes the lock once, as often as `by hand`, and that is most of it";
const TURNS: &str =
    "beyond the poll of a boxed future, it keeps values, exceptions and threads apart";
const ALLOCATIONS: &str = "it allocates the body and what it shares with its caller";
const THREADS: &str =
    "it ends when another thread has run, which on a busy machine waits for a core";
const HAND_OVERS: &str =
    "threads take one lock for each item, which travels between two free cores";

/// Each operation, its bound, and why it may be over it.
const ROWS: [(&str, Bound, &str); 15] = [
    ("Queue put + get", Nanoseconds(40.0), LOCK),
    ("Queue put + get + task_done", Nanoseconds(50.0), LOCK),
    ("Queue hand-over, per item", Nanoseconds(120.0), HAND_OVERS),
    ("SimpleQueue put + get", Times(1.1, "crossbeam"), LOCK),
    ("generator next", Nanoseconds(5.0), TURNS),
    ("generator send", Nanoseconds(5.0), TURNS),
    ("generator create + close", Nanoseconds(60.0), ALLOCATIONS),
    ("coroutine send", Nanoseconds(6.0), TURNS),
    ("executor submit + result", Nanoseconds(2_000.0), THREADS),
    ("executor map, per task", Nanoseconds(500.0), HAND_OVERS),
    ("thread start + join", Times(1.2, "std"), THREADS),
    ("Timer start + cancel + join", Nanoseconds(1_000.0), THREADS),
    ("Queue put + get, recorded", Nanoseconds(100.0), LOCK),
    ("replay of two threads", Nanoseconds(1_000_000.0), THREADS),
    (
        "explore to a lost update",
        Nanoseconds(100_000_000.0),
        THREADS,
    ),
];

const OTHERS: [&str; 6] = ["CPython", "by hand", "std", "crossbeam", "flume", "rayon"];

/// The medians of all rounds, in nanoseconds, by operation and contender.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<(&'static str, &'static str), Vec<f64>>);

impl Table {
    /// Takes up what criterion has left in `directory` in this round.
    pub(crate) fn collect(&mut self, directory: &Path) {
        for (operation, ..) in &ROWS {
            for contender in ["nogil"].iter().chain(&OTHERS) {
                let estimates = directory
                    .join(operation)
                    .join(contender)
                    .join("new/estimates.json");
                let Ok(estimates) = fs::read_to_string(&estimates) else {
                    continue;
                };
                let estimates: serde_json::Value =
                    serde_json::from_str(&estimates).expect("criterion writes JSON");
                let median = &estimates["median"]["point_estimate"];
                let median = median.as_f64().expect("criterion estimates the median");
                self.0
                    .entry((operation, contender))
                    .or_default()
                    .push(median);
            }
        }
    }

    fn median(&self, operation: &'static str, contender: &'static str) -> Option<f64> {
        let mut rounds = self.0.get(&(operation, contender))?.clone();
        rounds.sort_by(f64::total_cmp);
        Some(rounds[rounds.len() / 2])
    }

    /// The table in Markdown, without the rows that were not measured, and why bounds were not met.
    pub(crate) fn to_markdown(&self) -> String {
        let mut lines = vec![
            ["operation", "at most", "nogil", ""]
                .map(str::to_owned)
                .into_iter()
                .collect::<Vec<_>>(),
        ];
        lines[0].extend(OTHERS.map(str::to_owned));
        let mut reasons = String::new();
        for (operation, bound, reason) in &ROWS {
            let Some(own) = self.median(operation, "nogil") else {
                continue;
            };
            let (limit, text) = match bound {
                Nanoseconds(limit) => (Some(*limit), time(*limit)),
                Times(factor, contender) => (
                    self.median(operation, contender)
                        .map(|theirs| factor * theirs),
                    format!("{factor} × {contender}"),
                ),
            };
            let verdict = match limit {
                Some(limit) if own <= limit => "met",
                Some(_) => {
                    writeln!(reasons, "- {operation}: {reason}.")
                        .expect("a string can be written to");
                    "not met"
                }
                None => "not measured",
            };
            let mut line = vec![(*operation).to_owned(), text, time(own), verdict.to_owned()];
            line.extend(OTHERS.map(|contender| {
                self.median(operation, contender)
                    .map_or_else(String::new, |their| {
                        let ratio = their / own;
                        let digits = if ratio < 1.0 { 2 } else { 1 };
                        format!("{} ({ratio:.digits$}×)", time(their))
                    })
            }));
            lines.push(line);
        }
        let table = align(&lines);
        if reasons.is_empty() {
            return table;
        }
        format!("{table}\nWhy a bound was not met:\n\n{reasons}")
    }
}

fn time(nanoseconds: f64) -> String {
    if nanoseconds < 1_000.0 {
        format!("{nanoseconds:.1} ns")
    } else {
        format!("{:.2} µs", nanoseconds / 1_000.0)
    }
}

fn align(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<_> = (0..lines[0].len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut markdown = String::new();
    for (index, line) in lines.iter().enumerate() {
        for (cell, &width) in line.iter().zip(&widths) {
            write!(markdown, "| {cell:width$} ").expect("a string can be written to");
        }
        markdown.push_str("|\n");
        if index == 0 {
            for &width in &widths {
                write!(markdown, "|{:-<1$}", "", width + 2).expect("a string can be written to");
            }
            markdown.push_str("|\n");
        }
    }
    markdown
}
