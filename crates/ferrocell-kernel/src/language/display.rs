//! Something to show.

use super::MimeBundle;

/// Something to show, in one or several forms.
///
/// Specification: [Display data](https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data).
#[derive(Clone, Debug, Default)]
pub struct Display {
    /// The forms by MIME type.
    pub data: MimeBundle,
    /// Per form, such as an image's width.
    pub metadata: MimeBundle,
    /// A name under which it can be updated later.
    pub display_id: Option<String>,
    /// Whether this replaces what was shown under the same `display_id`.
    pub update: bool,
}
