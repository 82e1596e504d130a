//! Who waits for whom, when nobody can go on.

use std::f64::consts::{PI, TAU};
use std::fmt::{self, Write as _};

use crate::timeline::{escaped, show_markup};

/// Why a thread cannot go on.
///
/// ```
/// use nogil::{Condition, Ending, Thread, explore};
///
/// let found = explore(|| {
///     let lock = Condition::new(());
///     let own = lock.clone();
///     let thread = Thread::builder().name("Ada").target(move || drop(own.acquire()));
///     let _held = lock.acquire();
///     thread.start().unwrap();
///     thread.join().unwrap();
/// });
/// let Ending::Deadlock(waits) = found.replay().unwrap().ending() else { panic!("{found}") };
/// let waits = waits.iter().map(|wait| wait.to_string()).collect::<Vec<_>>();
/// assert_eq!(waits, ["main waits for Ada", "Ada waits for a lock that main holds"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blocked {
    /// The thread's name.
    pub thread: String,
    /// What it waits for: `"a lock"`, `"an item"`, `"a thread"`; `"something else"` if that is not of this crate.
    pub what: String,
    /// The names of those who hold it, or who are it: none if anybody could bring it, or if it is not of this crate.
    pub holders: Vec<String>,
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thread, what, holders) = (&self.thread, &self.what, self.holders.join(" and "));
        match self.holders.len() {
            0 => write!(f, "{thread} waits for {what}"),
            _ if what == "a thread" => write!(f, "{thread} waits for {holders}"),
            1 => write!(f, "{thread} waits for {what} that {holders} holds"),
            _ => write!(f, "{thread} waits for {what} that {holders} hold"),
        }
    }
}

/// Shows who waits for whom, a line each and the picture, at this place among a cell's output.
pub(crate) fn show_ring(waits: &[Blocked]) {
    let lines: Vec<_> = waits.iter().map(ToString::to_string).collect();
    show_markup(&lines.join("\n"), &draw(waits));
}

const WIDTH: f64 = 480.0;
const NODE: f64 = 28.0;
/// More threads than these would lie upon each other.
const MOST: usize = 10;
/// Okabe and Ito's vermilion, which is told from black and white alike; and the lines are thicker.
const RING: &str = r##"stroke="#d55e00" stroke-width="2.5""##;
const OTHER: &str = r#"stroke="currentColor" stroke-opacity="0.55""#;

/// Draws threads and arrows to those whom they wait for, a ring of them thicker. Nothing if no thread is known to hold
/// what another one waits for.
pub(super) fn draw(waits: &[Blocked]) -> String {
    let place = |name: &String| waits.iter().position(|wait| wait.thread == *name);
    let holders = |thread: usize| waits[thread].holders.iter().filter_map(place);
    if waits.len() > MOST || (0..waits.len()).all(|thread| holders(thread).next().is_none()) {
        return String::new();
    }
    let leads_to = |from: usize, to: usize| {
        let (mut seen, mut open) = (vec![false; waits.len()], vec![from]);
        while let Some(thread) = open.pop() {
            let new = holders(thread).filter(|holder| !std::mem::replace(&mut seen[*holder], true));
            open.extend(new.collect::<Vec<_>>());
        }
        seen[to]
    };
    let height = 150.0 + 20.0 * waits.len() as f64;
    let half = |thread: usize| 10.0 + 4.0 * waits[thread].thread.chars().count() as f64;
    let centre = |thread: usize| {
        let angle = PI + TAU * thread as f64 / waits.len() as f64;
        let (across, down) = (WIDTH / 2.0 - 90.0, height / 2.0 - 35.0);
        (
            WIDTH / 2.0 + across * angle.cos(),
            height / 2.0 + down * angle.sin(),
        )
    };
    let told: Vec<_> = waits
        .iter()
        .map(|wait| escaped(&wait.to_string()))
        .collect();
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" style="display:block;width:100%;max-width:{WIDTH}px;font:12px sans-serif" role="img" aria-label="{}" fill="currentColor">"#,
        told.join(", ")
    );
    for (from, wait) in waits.iter().enumerate() {
        // Who waits for itself has no arrow, only the box of a ring.
        for to in holders(from).filter(|to| *to != from) {
            let boxes = [from, to].map(|thread| (centre(thread), half(thread)));
            svg += &arrow(boxes, &wait.what, leads_to(to, from));
        }
    }
    for (thread, wait) in waits.iter().enumerate() {
        let (x, y) = centre(thread);
        let (half, style) = match leads_to(thread, thread) {
            true => (half(thread), RING),
            false => (half(thread), OTHER),
        };
        let _ = write!(
            svg,
            r#"<g><title>{}</title><rect x="{:.1}" y="{:.1}" width="{:.1}" height="{NODE}" rx="14" fill="none" {style}/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text></g>"#,
            told[thread],
            x - half,
            y - NODE / 2.0,
            2.0 * half,
            y + 4.0,
            escaped(&wait.thread)
        );
    }
    svg + "</svg>"
}

/// An arrow from one box to another, each given by its middle and half of its width, with what is waited for beside it.
fn arrow([from, to]: [((f64, f64), f64); 2], what: &str, is_of_ring: bool) -> String {
    // To the inner side of the ring, so that two who wait for each other have an arrow each.
    let (style, side) = match is_of_ring {
        true => (RING, -1.0),
        false => (OTHER, 1.0),
    };
    let (across, down) = (side * (to.0.0 - from.0.0), side * (to.0.1 - from.0.1));
    let bend = (
        (from.0.0 + to.0.0) / 2.0 + 0.2 * down,
        (from.0.1 + to.0.1) / 2.0 - 0.2 * across,
    );
    let (start, end) = (rim(from.0, from.1, bend), rim(to.0, to.1, bend));
    let (back, aside) = arrowhead(end, bend);
    // Outside of the bow, by half of what is written there.
    let length = across.hypot(down);
    let wide = 6.0 + 3.0 * what.chars().count() as f64;
    let label = (
        (start.0 + 2.0 * bend.0 + end.0) / 4.0 + wide * down / length,
        (start.1 + 2.0 * bend.1 + end.1) / 4.0 - 11.0 * across / length + 4.0,
    );
    let points = [
        ("M", start),
        ("Q", bend),
        (" ", end),
        ("M", (back.0 + aside.0, back.1 + aside.1)),
        ("L", end),
        ("L", (back.0 - aside.0, back.1 - aside.1)),
    ];
    let path: String = points
        .iter()
        .map(|(how, (x, y))| format!("{how}{x:.1} {y:.1}"))
        .collect();
    format!(
        r#"<path d="{path}" fill="none" {style}/><text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
        label.0,
        label.1,
        escaped(what)
    )
}

/// Where a line from a thread's middle to `other` leaves its box, and a little further.
fn rim(middle: (f64, f64), half: f64, other: (f64, f64)) -> (f64, f64) {
    let (across, down) = (other.0 - middle.0, other.1 - middle.1);
    let share = |half: f64, length: f64| (half + 4.0) / length.abs().max(f64::MIN_POSITIVE);
    let share = share(half, across).min(share(NODE / 2.0, down));
    (middle.0 + share * across, middle.1 + share * down)
}

/// The middle of the broad end of an arrow's head at `end`, and half of its breadth.
fn arrowhead(end: (f64, f64), from: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    let (across, down) = (end.0 - from.0, end.1 - from.1);
    let length = across.hypot(down);
    let (across, down) = (across / length, down / length);
    (
        (end.0 - 9.0 * across, end.1 - 9.0 * down),
        (-4.0 * down, 4.0 * across),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(thread: &str, holders: &[&str]) -> Blocked {
        Blocked {
            thread: thread.to_owned(),
            what: "a lock".to_owned(),
            holders: holders.iter().map(|holder| holder.to_string()).collect(),
        }
    }

    #[test]
    fn a_ring_is_drawn_apart_from_those_who_wait_for_it() {
        let svg = draw(&[
            wait("main", &["A"]),
            wait("A", &["<B>"]),
            wait("<B>", &["A"]),
        ]);
        // Two arrows and two boxes; an arrow and a box.
        assert_eq!(
            (svg.matches(RING).count(), svg.matches(OTHER).count()),
            (4, 2)
        );
        assert!(svg.contains("&lt;B&gt; waits for a lock that A holds") && !svg.contains("<B>"));
    }

    #[test]
    fn who_waits_for_itself_has_no_arrow() {
        let svg = draw(&[wait("\"main\"", &["\"main\""])]);
        assert!(svg.contains(RING) && !svg.contains("<path") && !svg.contains("NaN"));
        assert!(svg.contains("aria-label=\"&quot;main&quot; waits"));
    }

    #[test]
    fn what_nobody_is_known_to_hold_is_not_drawn() {
        assert_eq!(draw(&[wait("main", &[]), wait("A", &[])]), "");
        assert_eq!(draw(&[]), "");
    }
}
