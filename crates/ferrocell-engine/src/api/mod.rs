//! The types through which a front end talks with a [`Session`](crate::Session).
//!
//! They are plain data: what goes in (options, cell ids) and what comes out (events, outcomes, answers to queries).
//! Nothing here runs code, and nothing here knows how a front end delivers what it is given.

mod cell_id;
mod event;
mod mime_bundle;
mod options;
mod outcome;
mod program_part;
mod query;
mod remark;

pub use cell_id::{CellId, RequestId};
pub use event::{Event, EventSink};
pub use mime_bundle::MimeBundle;
pub use options::SessionOptions;
pub use outcome::Outcome;
pub use program_part::ProgramPart;
pub use query::{Completeness, Completion, Completions, Import, Inspection, Variable};
pub use remark::{Edit, Fix, Position, Remark, Severity};
