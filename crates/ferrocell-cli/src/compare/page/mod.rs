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

use super::column::Column;
use super::comparison::{Comparison, Row};
use super::table::{seconds, summary};
use super::verdict::Verdict;
use code::Highlighter;
use text::escape;

const STYLE: &str = include_str!("style.css");

/// The shortest time that is told apart as the compiler's.
const COMPILING: Duration = Duration::from_millis(10);

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
    let names = comparison.columns.iter().map(|column| column.name.as_str());
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
    /// The summary on top: what came of the comparison, the totals, and what stands in which column.
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
        let totals = self.comparison.columns.iter().map(Column::total);
        let longest = totals.max().unwrap_or_default();
        for (place, column) in self.comparison.columns.iter().enumerate() {
            let total = column.total();
            let share = 100.0 * total.as_secs_f64() / longest.as_secs_f64().max(f64::EPSILON);
            self.bar(html, place, column, share, &seconds(Some(total)));
        }
        html.push_str(
            "</table><p class=\"note\">A time runs from the request to the end of the reply; where a kernel compiles, \
             compiling is in it. These bars are to scale, those of the single cells are logarithmic.</p></header>\n\
             <div class=\"heads columns\">",
        );
        for column in &self.comparison.columns {
            let name = escape(&column.name);
            let path = escape(&column.run.document.path.display().to_string());
            let _ = write!(html, "<div><b>{name}</b> {path}</div>");
        }
        html.push_str("</div>\n");
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
            for (verdict, column) in row.verdicts.iter().zip(&self.comparison.columns[1..]) {
                self.verdict(html, verdict, column);
            }
            html.push_str("<table class=\"times\">");
            for (place, column) in self.comparison.columns.iter().enumerate() {
                let duration = column.duration(index);
                let mut label = seconds(duration);
                if let Some(compiled) = column.compiled(index).filter(|time| *time >= COMPILING) {
                    let _ = write!(label, ", {} of it compiling", seconds(Some(compiled)));
                }
                self.bar(html, place, column, self.share(duration), &label);
            }
            html.push_str("</table></div>");
        }
        html.push_str("<div class=\"columns\">");
        for (place, column) in self.comparison.columns.iter().enumerate() {
            self.cell(html, index, place, column);
        }
        html.push_str("</div></section>\n");
    }

    fn verdict(&self, html: &mut String, verdict: &Verdict, column: &Column) {
        let class = match verdict {
            Verdict::Agrees(_) => "good",
            Verdict::Differs(_) | Verdict::Failed(_) => "bad",
            Verdict::NotCompared(_) | Verdict::JudgedWith(_) => "neutral",
        };
        let whose = match self.comparison.columns.len() {
            2 => String::new(),
            _ => format!("{} ", escape(&column.name)),
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

    fn bar(&self, html: &mut String, place: usize, column: &Column, share: f64, label: &str) {
        let name = escape(&column.name);
        let _ = write!(
            html,
            "<tr><th>{name}</th><td class=\"track\"><i class=\"column-{place}\" style=\"width:{share:.1}%\"></i></td>\
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

    fn cell(&self, html: &mut String, index: usize, place: usize, column: &Column) {
        let language = column.run.kernel.language();
        let name = escape(&column.name);
        let cell = column.cell(index);
        let source = cell.source().concat();
        let _ = write!(
            html,
            "<article class=\"column-{place}\" data-name=\"{name}\">"
        );
        match cell {
            Cell::Markdown { .. } => html.push_str(&prose::render(&source, &self.highlighter)),
            Cell::Raw { .. } => {
                let _ = write!(html, "<pre>{}</pre>", escape(&source));
            }
            Cell::Code { .. } => {
                let code = self.highlighter.render(source.trim_end(), &language);
                let _ = write!(html, "<pre class=\"code\">{code}</pre>");
                outputs(html, index, column);
            }
        }
        html.push_str("</article>");
    }
}

/// The dialogue at the cell's prompts, then what it put out.
fn outputs(html: &mut String, index: usize, column: &Column) {
    for exchange in &column.run.cells[index].exchanges {
        let prompt = escape(exchange.prompt.trim_end());
        let answer = escape(&exchange.answer);
        let _ = write!(html, "<pre class=\"asked\">{prompt} <b>{answer}</b></pre>");
    }
    for output in column.outputs(index) {
        output::render(html, output);
    }
}

fn longest(comparison: &Comparison) -> Duration {
    let columns = comparison.columns.iter();
    let cells = columns.flat_map(|column| &column.run.cells);
    cells
        .filter_map(|cell| cell.duration)
        .max()
        .unwrap_or_default()
}
