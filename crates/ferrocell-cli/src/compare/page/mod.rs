//! The comparison as one self-contained HTML page.
//!
//! Owns how a comparison looks; judges nothing. What comes from a notebook or a kernel is escaped or isolated, so that a
//! page can be opened without trusting either.

mod code;
mod output;
mod prose;
mod text;

use std::fmt::Write as _;
use std::time::Duration;

use nbformat::v4::Cell;

use super::comparison::{Comparison, Row, outputs};
use super::table::{seconds, summary};
use super::verdict::Verdict;
use crate::runner::{CellRun, Run};
use code::Highlighter;
use text::escape;

const STYLE: &str = include_str!("style.css");

/// The shortest time that has a bar; times are drawn on a logarithmic scale from here to the longest one.
const SHORTEST_BAR: Duration = Duration::from_millis(1);

/// Writes the whole page.
pub(crate) fn render(comparison: &Comparison) -> String {
    let page = Page {
        comparison,
        highlighter: Highlighter::new(),
        longest: longest(comparison),
    };
    let mut body = String::new();
    page.head(&mut body);
    for (index, row) in comparison.rows.iter().enumerate() {
        page.row(&mut body, index, row);
    }
    let columns = comparison.columns.len();
    let names = comparison.columns.iter().map(|run| run.kernel.name());
    let title = escape(&names.collect::<Vec<_>>().join(" / "));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body style=\"--columns: {columns}\">\n{body}</body>\n</html>\n"
    )
}

struct Page<'a> {
    comparison: &'a Comparison,
    highlighter: Highlighter,
    longest: Duration,
}

impl Page<'_> {
    /// The summary on top: what was compared, what came of it, and the totals.
    fn head(&self, html: &mut String) {
        let disagreements: Vec<&Row> = self
            .comparison
            .rows
            .iter()
            .filter(|row| row.verdicts.iter().any(Verdict::is_disagreement))
            .collect();
        let (class, headline) = match disagreements.len() {
            0 => ("good", "The notebooks agree".to_owned()),
            1 => ("bad", "The notebooks disagree on one cell".to_owned()),
            count => ("bad", format!("The notebooks disagree on {count} cells")),
        };
        let _ = write!(
            html,
            "<header class=\"{class}\"><h1>{headline}</h1><p>{}</p>",
            escape(&summary(self.comparison))
        );
        if !disagreements.is_empty() {
            html.push_str("<ul>");
            for row in disagreements {
                let id = escape(&row.id);
                let verdicts = row.verdicts.iter().filter(|each| each.is_disagreement());
                for reason in verdicts.filter_map(Verdict::reason) {
                    let reason = escape(&reason);
                    let _ = write!(html, "<li><a href=\"#{id}\">{id}</a> {reason}</li>");
                }
            }
            html.push_str("</ul>");
        }
        html.push_str("<table class=\"times\">");
        let longest = (0..self.comparison.columns.len())
            .map(|column| self.comparison.total(column))
            .max()
            .unwrap_or_default();
        for (column, run) in self.comparison.columns.iter().enumerate() {
            let total = self.comparison.total(column);
            let share = 100.0 * total.as_secs_f64() / longest.as_secs_f64().max(f64::EPSILON);
            self.bar(html, column, run, share, &seconds(Some(total)));
        }
        html.push_str(
            "</table><p class=\"note\">The bars above show the whole runs, to scale. The bars of single cells are \
             logarithmic, because the cells range from milliseconds to many seconds.</p></header>\n",
        );
    }

    fn row(&self, html: &mut String, index: usize, row: &Row) {
        let id = escape(&row.id);
        let kind = if row.verdicts.is_empty() {
            "prose"
        } else {
            "judged"
        };
        let _ = write!(html, "<section class=\"{kind}\" id=\"{id}\">");
        if !row.verdicts.is_empty() {
            let _ = write!(
                html,
                "<div class=\"bar\"><a class=\"id\" href=\"#{id}\">{id}</a>"
            );
            for (verdict, run) in row.verdicts.iter().zip(&self.comparison.columns[1..]) {
                self.verdict(html, verdict, run);
            }
            html.push_str("<table class=\"times\">");
            for (column, run) in self.comparison.columns.iter().enumerate() {
                let duration = run.cells[index].duration;
                self.bar(html, column, run, self.share(duration), &seconds(duration));
            }
            html.push_str("</table></div>");
        }
        html.push_str("<div class=\"columns\">");
        for (column, run) in self.comparison.columns.iter().enumerate() {
            self.cell(html, index, column, run);
        }
        html.push_str("</div></section>\n");
    }

    fn verdict(&self, html: &mut String, verdict: &Verdict, run: &Run) {
        let class = match verdict {
            Verdict::Agrees(_) => "good",
            Verdict::Differs(_) | Verdict::Failed(_) => "bad",
            Verdict::NotCompared(_) | Verdict::JudgedWith(_) => "neutral",
        };
        let whose = match self.comparison.columns.len() {
            2 => String::new(),
            _ => format!("{} ", escape(run.kernel.name())),
        };
        let word = verdict.word();
        let _ = write!(html, "<span class=\"verdict {class}\">{whose}{word}</span>");
        let reason = match verdict {
            Verdict::JudgedWith(cell) => {
                let cell = escape(cell);
                format!("see <a href=\"#{cell}\">{cell}</a>")
            }
            verdict => escape(&verdict.reason().unwrap_or_default()),
        };
        if !reason.is_empty() {
            let _ = write!(html, "<span class=\"reason\">{reason}</span>");
        }
    }

    fn bar(&self, html: &mut String, column: usize, run: &Run, share: f64, label: &str) {
        let name = escape(run.kernel.name());
        let _ = write!(
            html,
            "<tr><th>{name}</th><td class=\"track\"><i class=\"column-{column}\" style=\"width:{share:.1}%\"></i></td>\
             <td class=\"label\">{label}</td></tr>"
        );
    }

    /// How much of its track a cell's bar fills, in per cent.
    fn share(&self, duration: Option<Duration>) -> f64 {
        let over_shortest = |duration: Duration| {
            let ratio = duration.as_secs_f64() / SHORTEST_BAR.as_secs_f64();
            ratio.max(1.0).ln()
        };
        let longest = over_shortest(self.longest);
        match duration {
            Some(duration) if longest > 0.0 => 100.0 * over_shortest(duration) / longest,
            _ => 0.0,
        }
    }

    fn cell(&self, html: &mut String, index: usize, column: usize, run: &Run) {
        let language = run.kernel.language();
        let name = escape(run.kernel.name());
        let cell = &run.document.notebook.cells[index];
        let source = cell.source().concat();
        let _ = write!(
            html,
            "<article class=\"column-{column}\" data-name=\"{name}\">"
        );
        match cell {
            Cell::Markdown { .. } => html.push_str(&prose::render(&source, &self.highlighter)),
            Cell::Raw { .. } => {
                let _ = write!(html, "<pre>{}</pre>", escape(&source));
            }
            Cell::Code { .. } => {
                let code = self.highlighter.render(source.trim_end(), &language);
                let _ = write!(html, "<pre class=\"code\">{code}</pre>");
                self.outputs(html, index, run);
            }
        }
        html.push_str("</article>");
    }

    fn outputs(&self, html: &mut String, index: usize, run: &Run) {
        let CellRun { exchanges, .. } = &run.cells[index];
        for exchange in exchanges {
            let (prompt, answer) = (escape(exchange.prompt.trim_end()), escape(&exchange.answer));
            let _ = write!(html, "<pre class=\"asked\">{prompt} <b>{answer}</b></pre>");
        }
        for output in outputs(run, index) {
            output::render(html, output);
        }
    }
}

fn longest(comparison: &Comparison) -> Duration {
    let cells = comparison.columns.iter().flat_map(|run| &run.cells);
    cells
        .filter_map(|cell| cell.duration)
        .max()
        .unwrap_or_default()
}
