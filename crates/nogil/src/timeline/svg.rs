//! The picture as SVG.

use std::fmt::Write as _;

use super::picture::{Span, Timeline, Unit, doing};
use super::text;

const WIDTH: f64 = 900.0;
const RIGHT: f64 = 16.0;
const ROW: f64 = 26.0;
/// Who runs has a thick bar, who waits a thin one: nobody has to tell colours.
const RUNS: f64 = 18.0;
const WAITS: f64 = 7.0;
/// Who could run, were it its turn.
const COULD: f64 = 2.0;
const ITS_TURN: &str = "its turn";
/// Above the first row.
const TOP: f64 = 6.0;
/// More arrows would hide what they are to explain.
const ARROWS: usize = 300;

/// Okabe and Ito's colours, which most people can tell apart, on white as on black.
const BLUE: &str = "#0072b2";
const COLOURS: [&str; 6] = [
    "#e69f00", "#cc79a7", "#009e73", "#d55e00", "#56b4e9", "#999999",
];

/// A picture on a page, with a box that makes it three times as wide, to be scrolled. It needs no script.
pub(super) fn enlargeable(svg: &str) -> String {
    const STYLE: &str = "label:has(.nogil-enlarged:checked)+.nogil-picture>svg\
                         {width:300%!important;max-width:none!important}";
    format!(
        "<style>{STYLE}</style><label style=\"font:12px sans-serif\"><input type=\"checkbox\" class=\"nogil-enlarged\"> \
         larger</label><div class=\"nogil-picture\" style=\"overflow-x:auto\">{svg}</div>"
    )
}

pub(super) fn draw(picture: &Timeline) -> String {
    let kinds = text::kinds(picture);
    let colour = |waits: Option<&str>| match waits {
        None => BLUE,
        Some("the time" | ITS_TURN) => COLOURS[COLOURS.len() - 1],
        Some(what) => {
            let place = kinds.iter().position(|kind| *kind == what);
            COLOURS[place.unwrap_or_default() % (COLOURS.len() - 1)]
        }
    };
    let names = picture.rows.iter().map(|row| row.name.chars().count());
    let left = 16.0 + 7.0 * names.max().unwrap_or_default() as f64;
    let bottom = TOP + ROW * picture.rows.len() as f64;
    let height = bottom + 44.0;
    let x = |at: f64| left + (WIDTH - left - RIGHT) * at / picture.end.max(f64::MIN_POSITIVE);
    let middle = |row: usize| TOP + ROW * (row as f64 + 0.5);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" style="width:100%;max-width:{WIDTH}px;font:12px sans-serif" role="img" aria-label="what {} threads did in {}" fill="currentColor">"#,
        picture.rows.len(),
        written(picture, picture.end),
    );
    for (row, thread) in picture.rows.iter().enumerate() {
        let (name, y) = (escaped(&thread.name), middle(row));
        let _ = write!(
            svg,
            r#"<text x="{}" y="{}" text-anchor="end">{name}</text>"#,
            left - 8.0,
            y + 4.0
        );
        for span in &thread.spans {
            let (from, width) = (x(span.from), x(span.to) - x(span.from));
            if width < 0.1 {
                continue;
            }
            let high = height_of(span.waits);
            let (fill, top) = (colour(span.waits), y - high / 2.0);
            let told = format!("{} {}", escaped(&thread.name), told(picture, span));
            let share = span.share();
            let paler = if share.is_some() {
                r#" fill-opacity="0.3""#
            } else {
                ""
            };
            let _ = write!(
                svg,
                r#"<g fill="{fill}"><title>{told}</title><rect x="{from:.1}" y="{top:.1}" width="{width:.1}" height="{high:.1}"{paler}/>"#
            );
            // What it had of a core, from below.
            if let Some(part) = share.map(|share| high * share) {
                let _ = write!(
                    svg,
                    r#"<rect x="{from:.1}" y="{:.1}" width="{width:.1}" height="{part:.1}"/>"#,
                    top + high - part
                );
            }
            svg += "</g>";
        }
    }
    for arrow in picture.arrows.iter().take(ARROWS) {
        let ((from_x, from_y), (to_x, to_y)) = (
            (x(arrow.from.1), middle(arrow.from.0)),
            (x(arrow.to.1), middle(arrow.to.0)),
        );
        let back = if to_y > from_y { -5.0 } else { 5.0 };
        let end = to_y + back / 5.0 * 4.0;
        let _ = write!(
            svg,
            r#"<path d="M{from_x:.1} {from_y:.1}L{to_x:.1} {end:.1}m-3 {back}l3 {}l3 {back}" fill="none" stroke="currentColor" stroke-opacity="0.55"/>"#,
            -back
        );
    }
    axis(&mut svg, picture, bottom, x);
    let mut left = left;
    let legend = [None]
        .into_iter()
        .chain(kinds.iter().map(|kind| Some(*kind)));
    for waits in legend {
        let label = doing(waits);
        let high = height_of(waits) / 1.5;
        let _ = write!(
            svg,
            r#"<rect x="{left}" y="{:.1}" width="14" height="{high:.1}" fill="{}"/><text x="{}" y="{}">{label}</text>"#,
            bottom + 32.0 - high / 2.0,
            colour(waits),
            left + 19.0,
            bottom + 36.0,
        );
        left += 36.0 + 6.2 * label.len() as f64;
    }
    svg + "</svg>"
}

fn height_of(waits: Option<&str>) -> f64 {
    match waits {
        None => RUNS,
        Some(ITS_TURN) => COULD,
        Some(_) => WAITS,
    }
}

/// A line with round numbers.
fn axis(svg: &mut String, picture: &Timeline, y: f64, x: impl Fn(f64) -> f64) {
    let wanted = picture.end / 6.0;
    let power = 10_f64.powf(wanted.max(f64::MIN_POSITIVE).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = steps
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or(wanted);
    let step = if picture.unit == Unit::Turns {
        step.max(1.0)
    } else {
        step
    };
    let _ = write!(
        svg,
        r#"<path d="M{:.1} {y}H{}" stroke="currentColor" stroke-opacity="0.4"/>"#,
        x(0.0),
        WIDTH - RIGHT
    );
    let marks = (0..20).map(|mark| f64::from(mark) * step);
    for at in marks.take_while(|at| step > 0.0 && *at <= picture.end) {
        let _ = write!(
            svg,
            r#"<path d="M{0:.1} {y}v4" stroke="currentColor"/><text x="{0:.1}" y="{1}" text-anchor="middle" font-size="10">{2}</text>"#,
            x(at),
            y + 15.0,
            written(picture, at)
        );
    }
}

/// A moment with its unit.
fn written(picture: &Timeline, at: f64) -> String {
    match picture.unit {
        Unit::Turns => format!("turn {at}"),
        Unit::Seconds if picture.end < 0.002 => format!("{:.0} µs", at * 1e6),
        Unit::Seconds if picture.end < 2.0 => format!("{:.0} ms", at * 1e3),
        Unit::Seconds => format!("{at:.1} s"),
    }
}

fn told(picture: &Timeline, span: &Span) -> String {
    let what = doing(span.waits);
    let time = format!(
        "{} to {}",
        written(picture, span.from),
        written(picture, span.to)
    );
    let share = span.share();
    let share = share.map(|share| format!(", {:.0} % of it on a core", 100.0 * share));
    format!("{what}, {time}{}", share.unwrap_or_default())
}

/// Text as it stands in markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
