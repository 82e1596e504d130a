//! The table: what is measured, what it may be at most, and what it was.

use std::fmt::Write as _;

use crate::again;
use crate::contender::Contender::{self, Bare, Evcxr, Ferrocell, Ipykernel};
use crate::measurements::Measurements;

/// What ferrocell may take at most.
enum Bound {
    Seconds(f64),
    Bytes(f64),
    /// So many times as much as at first.
    Growth(f64),
    /// So many times what another takes, with the words for that.
    Of(f64, Contender, &'static str, &'static str),
    /// Shown for comparison only.
    None,
}

use Bound::{Bytes, Growth, Of, Seconds};

const OWN_SHARE: Bound = Seconds(0.015);

const ROWS: [(&str, Bound); 31] = [
    (
        "start → ready",
        Of(0.5, Ipykernel, "start → ready", "0.5 × ipykernel"),
    ),
    (
        "start → first result",
        Of(1.0 / 12.0, Evcxr, "start → first result", "1/12 of evcxr"),
    ),
    (
        "warm `1+1`",
        Of(1.0 / 3.0, Evcxr, "warm `1+1`", "1/3 of evcxr's `1+1`"),
    ),
    (
        "warm `println!`",
        Of(1.0 / 3.0, Evcxr, "warm `1+1`", "1/3 of evcxr's `1+1`"),
    ),
    (
        "warm `Vec` cell",
        Of(1.0 / 3.0, Evcxr, "warm `1+1`", "1/3 of evcxr's `1+1`"),
    ),
    (
        "warm thread cell",
        Of(0.25, Evcxr, "warm thread cell", "1/4 of evcxr"),
    ),
    ("`1+1`, the kernel's own share", OWN_SHARE),
    ("`println!`, the kernel's own share", OWN_SHARE),
    ("`Vec` cell, the kernel's own share", OWN_SHARE),
    ("thread cell, the kernel's own share", OWN_SHARE),
    (
        "`1+1` again",
        Of(1.2, Ipykernel, "`1+1` again", "1.2 × ipykernel"),
    ),
    (
        "`println!` again",
        Of(1.2, Ipykernel, "`println!` again", "1.2 × ipykernel"),
    ),
    (
        "`Vec` cell again",
        Of(1.2, Ipykernel, "`Vec` cell again", "1.2 × ipykernel"),
    ),
    (
        "thread cell again",
        Of(1.2, Ipykernel, "thread cell again", "1.2 × ipykernel"),
    ),
    (
        "`1+1`, its draft known",
        Of(1.5, Ipykernel, "`1+1`, its draft known", "1.5 × ipykernel"),
    ),
    (
        "`println!`, its draft known",
        Of(
            1.5,
            Ipykernel,
            "`println!`, its draft known",
            "1.5 × ipykernel",
        ),
    ),
    (
        "`Vec` cell, its draft known",
        Of(
            1.5,
            Ipykernel,
            "`Vec` cell, its draft known",
            "1.5 × ipykernel",
        ),
    ),
    (
        "thread cell, its draft known",
        Of(
            1.5,
            Ipykernel,
            "thread cell, its draft known",
            "1.5 × ipykernel",
        ),
    ),
    (
        again::FIRST,
        Of(0.8, Bare, again::FIRST, "0.8 × rustc on all of them"),
    ),
    (
        again::AFTER_RESTART,
        Of(1.5, Ipykernel, again::AFTER_RESTART, "1.5 × ipykernel"),
    ),
    (
        "`:dep` of three crates, first time",
        Of(
            1.1,
            Bare,
            "`:dep` of three crates, first time",
            "1.1 × `cargo build`",
        ),
    ),
    ("next session → first result with them", Seconds(0.6)),
    ("memory, idle after the first result", Bytes(60e6)),
    ("completion of `words[0].`", Seconds(0.1)),
    ("memory, after completions", Bound::None),
    ("10,000 `println!`", Bound::None),
    (
        "10,000 `println!`, beyond the program's own time",
        Seconds(0.2),
    ),
    ("50 MB in lines of 1 kB", Bound::None),
    ("50 MB, beyond the program's own time", Seconds(0.2)),
    ("memory, at most during all that output", Bound::None),
    ("`1+1` after 300 functions", Growth(1.25)),
];

/// The table in Markdown, without the rows that were not measured.
pub(crate) fn to_markdown(measurements: &Measurements) -> String {
    let names = Contender::ALL.map(Contender::name).join(" | ");
    let mut markdown = format!("| | at most | met | {names} |\n|---|---|---|---|---|---|---|\n");
    for (row, bound) in &ROWS {
        let Some(own) = measurements.median(row, Ferrocell) else {
            continue;
        };
        let (limit, text) = match *bound {
            Seconds(limit) => (Some(limit), time(limit)),
            Bytes(limit) => (Some(limit), memory(limit)),
            Growth(limit) => (Some(limit), growth(limit)),
            Of(part, contender, row, text) => {
                let their = measurements.median(row, contender);
                (their.map(|their| part * their), text.to_owned())
            }
            Bound::None => (None, String::new()),
        };
        let verdict = limit.map_or("", |limit| if own <= limit { "yes" } else { "**no**" });
        let show = if row.contains("memory") {
            memory
        } else if matches!(bound, Growth(_)) {
            growth
        } else {
            time
        };
        write!(markdown, "| {row} | {text} | {verdict} ").expect("a string can be written to");
        for contender in Contender::ALL {
            let cell = match measurements.median(row, contender) {
                None => String::new(),
                Some(their) if contender == Ferrocell || matches!(bound, Growth(_)) => show(their),
                Some(their) => format!("{} ({})", show(their), factor(their / own)),
            };
            write!(markdown, "| {cell} ").expect("a string can be written to");
        }
        markdown.push_str("|\n");
    }
    markdown
}

fn time(seconds: f64) -> String {
    if seconds < 0.9995 {
        // Adding zero turns a negative zero into a plain one.
        format!("{} ms", (seconds * 1e3).round() + 0.0)
    } else {
        format!("{seconds:.2} s")
    }
}

fn memory(bytes: f64) -> String {
    format!("{:.0} MB", bytes / 1e6)
}

fn growth(factor: f64) -> String {
    format!("{factor:.2}×")
}

fn factor(factor: f64) -> String {
    let digits = if factor < 1.0 { 2 } else { 1 };
    format!("{factor:.digits$}×")
}
