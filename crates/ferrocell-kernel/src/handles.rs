//! What the channels may ask of the language while a cell runs.

use std::sync::Arc;

use tokio::sync::SetOnce;

use crate::language::{Controls, Queries};

/// The language's handles, once its session has started; `None` if it could not.
pub(crate) type Handles = Arc<SetOnce<Option<Handle>>>;

/// What the channels may ask of the language.
pub(crate) struct Handle {
    pub(crate) controls: Box<dyn Controls>,
    pub(crate) queries: Arc<dyn Queries>,
}
