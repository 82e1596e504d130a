//! Showing, and changing what is shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::host::{Host, Place};
use crate::{Content, Shown};

/// Shows a value at this place among the cell's output.
///
/// Mirrors [`display`](https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html#IPython.display.display).
///
/// ```
/// use ferrocell::{display, markdown};
///
/// display("text");
/// display(&vec![1, 2, 3]);
/// let title = display(&markdown("# Before"));
/// title.update(&markdown("# After"));
/// ```
///
/// # Panics
///
/// If standard output cannot be written to, as `println!` does; not on ferrocell.
pub fn display(value: &(impl Shown + ?Sized)) -> Handle {
    let handle = Handle::new();
    handle.show(value, false);
    handle
}

/// Shows a value of which all representations are given, each as its MIME type and its content; binary content is
/// expected in base64.
///
/// ```
/// ferrocell::display_mime([("text/html", "<b>five</b>"), ("text/plain", "five")]);
/// ```
///
/// # Panics
///
/// As [`display`].
pub fn display_mime<M: Into<String>, C: Into<String>>(
    parts: impl IntoIterator<Item = (M, C)>,
) -> Handle {
    let content = parts
        .into_iter()
        .fold(Content::default(), |content, (mime, part)| {
            content.and(mime, part)
        });
    display(&content)
}

/// Removes the output of the cell so far; with `wait` only when there is something new to show, which does not flicker.
///
/// Mirrors [`clear_output`](https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html#IPython.display.clear_output).
pub fn clear_output(wait: bool) {
    Host::current().clear(wait);
}

/// Something that is shown, and can be changed: by any thread, also after its cell has ended.
#[derive(Clone, Debug)]
pub struct Handle {
    id: Arc<str>,
}

impl Handle {
    /// A handle to something that is not shown yet.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // A copy of the process, which goes on in its place, begins to count anew; so does the next process of the
        // same notebook.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let id = format!("ferrocell-{:x}-{count:x}", now.as_nanos());
        Self { id: id.into() }
    }

    /// Shows another value in its place, wherever it is shown.
    ///
    /// # Panics
    ///
    /// As [`display`].
    pub fn update(&self, value: &(impl Shown + ?Sized)) {
        self.show(value, true);
    }

    fn show(&self, value: &(impl Shown + ?Sized), is_update: bool) {
        let place = Place {
            id: &self.id,
            is_update,
        };
        Host::current().show(&value.content(), Some(place));
    }
}
