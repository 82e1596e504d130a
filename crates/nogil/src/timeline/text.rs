//! The picture as text.

use std::fmt;

use super::picture::{Row, Timeline, Unit};

/// How many characters a row has.
const WIDTH: usize = 64;

/// Characters for what is waited for, in the order in which it comes up.
const WAITS: [char; 6] = ['░', '▒', '·', '-', '+', 'x'];

pub(super) fn write(picture: &Timeline, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let kinds = kinds(picture);
    let sign = |what: &str| {
        let place = kinds.iter().position(|kind| *kind == what);
        WAITS[place.unwrap_or_default() % WAITS.len()]
    };
    let names = picture.rows.iter().map(|row| row.name.chars().count());
    let column = names.max().unwrap_or_default();
    for row in &picture.rows {
        let line: String = (0..WIDTH)
            .map(|place| character(picture, row, place, sign))
            .collect();
        writeln!(f, "{:column$}  {}", row.name, line.trim_end())?;
    }
    let unit = match picture.unit {
        Unit::Seconds => format!("{:.3} s", picture.end),
        Unit::Turns => format!("{} turns", picture.end),
    };
    write!(f, "{:column$}  {unit}; █ runs", "")?;
    kinds
        .iter()
        .try_for_each(|kind| write!(f, ", {} waits for {kind}", sign(kind)))
}

/// What a row does most in one column.
fn character(picture: &Timeline, row: &Row, place: usize, sign: impl Fn(&str) -> char) -> char {
    let width = picture.end / WIDTH as f64;
    let (from, to) = (place as f64 * width, (place + 1) as f64 * width);
    let covered = |span: &&super::picture::Span| span.to.min(to) - span.from.max(from);
    let spans = row.spans.iter().filter(|span| covered(span) > 0.0);
    let most = spans.max_by(|one, other| covered(one).total_cmp(&covered(other)));
    match most {
        None => ' ',
        Some(span) => span.waits.map_or('█', sign),
    }
}

/// What is waited for, in the order in which it comes up.
pub(super) fn kinds(picture: &Timeline) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for what in picture
        .rows
        .iter()
        .flat_map(|row| &row.spans)
        .filter_map(|span| span.waits)
    {
        if !kinds.contains(&what) {
            kinds.push(what);
        }
    }
    kinds
}
