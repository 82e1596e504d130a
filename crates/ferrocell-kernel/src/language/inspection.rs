//! What is known of a name.

use super::MimeBundle;

/// What is known of the name at the cursor, in one or several forms.
///
/// Specification: [Introspection](https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// The forms by MIME type.
    pub data: MimeBundle,
    /// Per form.
    pub metadata: MimeBundle,
}
