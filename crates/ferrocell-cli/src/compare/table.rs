//! The comparison as a table for a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use super::comparison::{Comparison, Row};
use super::verdict::Verdict;

/// One line for each code cell: the times of all columns, and the verdict on each column behind the reference.
pub(crate) fn render(comparison: &Comparison) -> String {
    let judged = || {
        comparison
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.verdicts.is_empty())
    };
    let names: Vec<&str> = comparison
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let id_width = judged()
        .map(|(_, row)| row.id.len())
        .max()
        .unwrap_or(0)
        .max("cell".len());
    let widths: Vec<usize> = names.iter().map(|name| name.len().max(9)).collect();

    let mut table = format!("{:id_width$}", "cell");
    for (name, width) in names.iter().zip(&widths) {
        let _ = write!(table, "  {name:>width$}");
    }
    table.push_str("  verdict\n");
    for (index, row) in judged() {
        let _ = write!(table, "{:id_width$}", row.id);
        for (column, width) in comparison.columns.iter().zip(&widths) {
            let _ = write!(table, "  {:>width$}", seconds(column.duration(index)));
        }
        let _ = writeln!(table, "  {}", verdicts(row, &names));
    }
    let _ = write!(table, "{:id_width$}", "total");
    for (column, width) in comparison.columns.iter().zip(&widths) {
        let _ = write!(table, "  {:>width$}", seconds(Some(column.total())));
    }
    let _ = writeln!(table, "  {}", summary(comparison));
    table
}

/// How many verdicts there are of each kind: `35 agree, 1 differs, 2 not compared`.
pub(crate) fn summary(comparison: &Comparison) -> String {
    let mut counts: Vec<(&Verdict, usize)> = Vec::new();
    for verdict in comparison.verdicts() {
        match counts
            .iter_mut()
            .find(|(of, _)| of.word() == verdict.word())
        {
            Some((_, count)) => *count += 1,
            None => counts.push((verdict, 1)),
        }
    }
    let counts = counts.iter().map(|(of, count)| match count {
        1 => format!("1 {}", of.word()),
        count => format!("{count} {}", of.plural()),
    });
    counts.collect::<Vec<_>>().join(", ")
}

fn verdicts(row: &Row, names: &[&str]) -> String {
    let several = row.verdicts.len() > 1;
    let verdicts = row.verdicts.iter().zip(&names[1..]);
    let told = verdicts.map(|(verdict, name)| {
        let mark = match verdict {
            Verdict::Agrees(_) => '✓',
            Verdict::Differs(_) | Verdict::Failed(_) => '✗',
            Verdict::NotCompared(_) | Verdict::JudgedWith(_) => '–',
        };
        let whose = if several {
            format!("{name} ")
        } else {
            String::new()
        };
        let reason = verdict.reason().map(|reason| format!(": {reason}"));
        let reason = reason.unwrap_or_default();
        format!("{mark} {whose}{}{reason}", verdict.word())
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A duration for people: three digits that matter, and a dash for a cell that did not run.
pub(crate) fn seconds(duration: Option<Duration>) -> String {
    match duration.map(|duration| duration.as_secs_f64()) {
        None => "–".into(),
        Some(seconds) if seconds < 1.0 => format!("{:.0} ms", seconds * 1000.0),
        Some(seconds) => format!("{seconds:.2} s"),
    }
}
