//! Time lines: what each thread did, drawn.
//!
//! While a recording is on, the places where this crate's threads begin, wait, wake others and end note that, with the
//! time. A [`Timeline`] is made of the notes: rows of spans, and arrows from who woke to who was woken.

mod chrome;
mod picture;
mod record;
mod svg;
mod text;

pub use picture::{Timeline, timeline};

pub(crate) use picture::{show, show_markup};
pub(crate) use record::{Clock, Recording, blocked, child, notifies, of, sleeping, waiting};
pub(crate) use svg::escaped;
