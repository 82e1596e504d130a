//! `display_data` and `update_display_data`.

use serde::Serialize;

use crate::language::MimeBundle;

/// Something to show. Specification: "Display data".
#[derive(Debug, Serialize)]
pub(crate) struct DisplayData {
    pub(crate) data: MimeBundle,
    pub(crate) metadata: MimeBundle,
    pub(crate) transient: Transient,
}

/// New data for a display that was shown under the same id. Specification: "Update display data".
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct UpdateDisplayData(pub(crate) DisplayData);

/// What is not to be saved in a notebook.
#[derive(Debug, Serialize)]
pub(crate) struct Transient {
    /// The name under which the display can be updated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_id: Option<String>,
}
