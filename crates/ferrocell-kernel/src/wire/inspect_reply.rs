//! `inspect_reply`.

use jupyter_protocol::ReplyStatus;
use serde::Serialize;

use crate::language::MimeBundle;

/// What is known of the name at the cursor. Specification: "Introspection".
#[derive(Debug, Serialize)]
pub(crate) struct InspectReply {
    pub(crate) status: ReplyStatus,
    pub(crate) found: bool,
    pub(crate) data: MimeBundle,
    pub(crate) metadata: MimeBundle,
}
