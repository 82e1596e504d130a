//! Shows things under a notebook's cells: tables, pictures, HTML that changes, progress bars.
//!
//! On ferrocell every cell can use it, without a `:dep` line:
//!
//! ```
//! use ferrocell::{display, html, progress};
//!
//! let status = display(&html("<b>at work</b>"));
//! let sum: u64 = progress(0..1_000u64).sum();
//! status.update(&html(format!("<b>done</b>: {sum}")));
//! ```
//!
//! On evcxr it is the crate `ferrocell-display`:
//!
//! ```text
//! :dep ferrocell-display = "0.1"
//! ```
//!
//! # Where it shows
//!
//! | what | ferrocell | evcxr | any other program |
//! |---|---|---|---|
//! | [`display`], [`display_mime`] | `display_data` | the same, by evcxr's own means | the plain text, on standard output |
//! | [`Handle::update`] | changes what is shown | shows the new value below | prints the new value |
//! | [`clear_output`] | `clear_output` | nothing | nothing |
//! | [`progress`] | a bar; text where the front end shows no HTML | a line of text on standard error | the same, if that is a terminal |
//!
//! The messages are those of [Jupyter's protocol](https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data),
//! the names those of [`IPython.display`](https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html).

mod base64;
mod content;
#[doc(hidden)]
pub mod glance;
mod handle;
mod host;
mod progress;
mod show;

/// The name and text of each file of this crate, from which ferrocell compiles it with the notebook's toolchain.
#[doc(hidden)]
pub const SOURCES: &[(&str, &str)] = &[
    ("base64.rs", include_str!("base64.rs")),
    ("content.rs", include_str!("content.rs")),
    ("glance.rs", include_str!("glance.rs")),
    ("handle.rs", include_str!("handle.rs")),
    ("host.rs", include_str!("host.rs")),
    ("lib.rs", include_str!("lib.rs")),
    ("progress.rs", include_str!("progress.rs")),
    ("show.rs", include_str!("show.rs")),
];

pub use content::{Content, debug, html, jpeg, json, latex, markdown, page, png, svg, text};
pub use handle::{Handle, clear_output, display, display_mime};
pub use progress::{Progress, progress};
pub use show::{Show, Shown};
