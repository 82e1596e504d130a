//! [`progress`]: how far a loop is.

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::host::Host;
use crate::{Content, Handle, display, html};

/// How often what is shown changes.
const BEAT: Duration = Duration::from_millis(100);

/// The characters of a bar of text.
const WIDTH: usize = 30;

thread_local! {
    /// The bars of the loops that the thread is in, the outermost first, and that of the last inner loop that has ended:
    /// the next one takes its place.
    static BARS: RefCell<Vec<Shown>> = const { RefCell::new(Vec::new()) };
}

/// A bar that the thread has drawn.
struct Shown {
    /// Whether its loop goes on.
    is_open: Weak<()>,
    handle: Option<Handle>,
}

/// Tells of a new loop, and where its bar is drawn if it takes the place of another.
fn open(loop_: &Arc<()>) -> Option<Handle> {
    BARS.with_borrow_mut(|bars| {
        let is_open = |bar: &Shown| bar.is_open.strong_count() > 0;
        let depth = bars.iter().rposition(is_open).map_or(0, |last| last + 1);
        let former = bars.drain(depth..).next().filter(|_| depth > 0);
        let handle = former.and_then(|bar| bar.handle);
        bars.push(Shown {
            is_open: Arc::downgrade(loop_),
            handle: handle.clone(),
        });
        handle
    })
}

/// Passes an iterator's items on and shows how far it is: a bar with the rate and the time that is left, or a count if
/// the iterator does not know its length.
///
/// The bar appears with the first item. What is inside another loop with a bar has its own below, and the next loop in
/// there takes its place. One that was left by `break`, `?`, a panic or an interrupt stays where it was.
///
/// ```
/// use ferrocell::progress;
///
/// for year in progress(1990..2020).label("years") {
///     for _month in progress(0..12) {
///         // …
///     }
/// #   let _ = year;
/// }
/// ```
pub fn progress<I: IntoIterator>(items: I) -> Progress<I::IntoIter> {
    let items = items.into_iter();
    Progress {
        bar: None,
        label: String::new(),
        items,
    }
}

/// An iterator with a bar; see [`progress()`].
#[derive(Debug)]
pub struct Progress<I> {
    items: I,
    label: String,
    bar: Option<Bar>,
}

impl<I> Progress<I> {
    /// Writes a word before the bar.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl<I: Iterator> Iterator for Progress<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let bar = self.bar.get_or_insert_with(|| {
            let (least, most) = self.items.size_hint();
            Bar::new(&self.label, most.filter(|most| *most == least))
        });
        // The last item has been dealt with, as far as anybody can tell.
        let item = self.items.next();
        match item {
            Some(_) => bar.begin(),
            None => bar.end(Stage::Finished),
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Progress<I> {}

/// A bar, from its loop's first item on.
#[derive(Debug)]
struct Bar {
    label: String,
    total: Option<usize>,
    /// How many items were begun.
    begun: usize,
    since: Instant,
    /// When it was drawn last.
    drawn: Instant,
    handle: Option<Handle>,
    /// There until the loop has ended.
    open: Option<Arc<()>>,
}

/// How far a loop is.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Running,
    Finished,
    Left,
}

impl Bar {
    fn new(label: &str, total: Option<usize>) -> Self {
        let (now, open) = (Instant::now(), Arc::new(()));
        let mut bar = Self {
            label: label.to_owned(),
            total,
            begun: 0,
            since: now,
            drawn: now,
            handle: self::open(&open),
            open: Some(open),
        };
        bar.draw(Stage::Running);
        BARS.with_borrow_mut(|bars| {
            if let Some(last) = bars.last_mut() {
                last.handle.clone_from(&bar.handle);
            }
        });
        bar
    }

    fn begin(&mut self) {
        self.begun += 1;
        if self.drawn.elapsed() >= BEAT {
            self.draw(Stage::Running);
        }
    }

    fn end(&mut self, stage: Stage) {
        if self.open.take().is_some() {
            self.draw(stage);
            if Host::current().shows_lines() {
                eprintln!();
            }
        }
    }

    fn draw(&mut self, stage: Stage) {
        self.drawn = Instant::now();
        let state = State {
            label: &self.label,
            done: match stage {
                Stage::Finished => self.begun,
                // The item that was begun last is being dealt with.
                Stage::Running | Stage::Left => self.begun.saturating_sub(1),
            },
            total: self.total,
            elapsed: self.drawn - self.since,
            stage,
        };
        let host = Host::current();
        if host.updates() {
            match &self.handle {
                Some(handle) => handle.update(&state.content()),
                None => self.handle = Some(display(&state.content())),
            }
        } else if host.shows_lines() {
            eprint!("\r{}", state.text());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end(Stage::Left);
    }
}

/// What is to be seen of a bar.
struct State<'a> {
    label: &'a str,
    done: usize,
    total: Option<usize>,
    elapsed: Duration,
    stage: Stage,
}

impl State<'_> {
    fn content(&self) -> Content {
        let label = escaped(self.label);
        let value = match self.total {
            Some(total) => format!(r#"value="{}" max="{}""#, self.done, total.max(1)),
            // Without a value the bar says that something goes on.
            None if self.stage == Stage::Running => String::new(),
            None => r#"value="1" max="1""#.to_owned(),
        };
        let numbers = self.numbers();
        html(format!(
            r#"<div style="display:flex;align-items:center;gap:0.75em;flex-wrap:wrap"><span>{label}</span><progress style="flex:0 1 20em" aria-label="{numbers}" {value}></progress><span style="font-variant-numeric:tabular-nums">{numbers}</span></div>"#,
        ))
        .and("text/plain", self.text())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if !self.label.is_empty() {
            text = format!("{} ", self.label);
        }
        if let Some(total) = self.total {
            let full = (WIDTH * self.done)
                .checked_div(total)
                .unwrap_or(WIDTH)
                .min(WIDTH);
            text += &format!("|{}{}| ", "█".repeat(full), " ".repeat(WIDTH - full));
        }
        text + &self.numbers()
    }

    /// For example `37 of 100, 12/s, 5 s left`.
    fn numbers(&self) -> String {
        let seconds = self.elapsed.as_secs_f64();
        let rate = self.done as f64 / seconds;
        let mut parts = vec![match self.total {
            Some(total) => format!("{} of {total}", self.done),
            None => self.done.to_string(),
        }];
        if self.done > 0 && rate.is_finite() {
            parts.push(format!("{}/s", significant(rate)));
        }
        match (self.stage, self.total) {
            (Stage::Running, Some(total)) if self.done > 0 && total >= self.done => {
                parts.push(format!("{} left", clock((total - self.done) as f64 / rate)));
            }
            (Stage::Running, _) => {}
            (Stage::Finished, _) => parts.push(clock(seconds)),
            (Stage::Left, _) => parts.push(format!("stopped after {}", clock(seconds))),
        }
        parts.join(", ")
    }
}

/// A number with as many digits as matter.
fn significant(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// For example `0.4 s`, `12 s`, `3:05 min`, `2:00 h`.
fn clock(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        ..60 => format!("{} s", significant(seconds)),
        60..3600 => format!("{}:{:02} min", whole / 60, whole % 60),
        _ => format!("{}:{:02} h", whole / 3600, whole % 3600 / 60),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(done: usize, total: Option<usize>, seconds: u64, stage: Stage) -> String {
        let elapsed = Duration::from_secs(seconds);
        let state = State {
            label: "",
            done,
            total,
            elapsed,
            stage,
        };
        state.text().replace(&" ".repeat(WIDTH - 3), "")
    }

    #[test]
    fn a_bar_has_its_rate_and_the_time_that_is_left() {
        let third = format!("|{}{}| ", "█".repeat(10), " ".repeat(20));
        assert_eq!(
            text(100, Some(300), 10, Stage::Running),
            format!("{third}100 of 300, 10/s, 20 s left")
        );
        assert_eq!(
            text(100, Some(300), 10, Stage::Left),
            format!("{third}100 of 300, 10/s, stopped after 10 s")
        );
        let whole = format!("|{}| ", "█".repeat(WIDTH));
        assert_eq!(
            text(300, Some(300), 90, Stage::Finished),
            format!("{whole}300 of 300, 3.3/s, 1:30 min")
        );
        assert_eq!(text(7, None, 2, Stage::Running), "7, 3.5/s");
        assert_eq!(
            text(0, Some(0), 0, Stage::Finished),
            format!("{whole}0 of 0, 0.0 s")
        );
    }

    #[test]
    fn items_pass_unchanged() {
        let doubled = progress(vec![1, 2, 3]).label("numbers").map(|n| n * 2);
        assert_eq!(doubled.collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(progress(0..5).len(), 5);
        assert_eq!(progress(0..10).take_while(|n| *n < 3).count(), 3);
    }

    #[test]
    fn inner_loops_take_turns_in_one_place() {
        let bars = || BARS.with_borrow(Vec::len);
        for outer in progress(0..3) {
            for _ in progress(0..2) {
                assert_eq!(bars(), 2);
                if outer == 1 {
                    break;
                }
            }
            assert_eq!(bars(), 2);
        }
        assert_eq!(progress(0..2).inspect(|_| assert_eq!(bars(), 1)).count(), 2);
    }
}
