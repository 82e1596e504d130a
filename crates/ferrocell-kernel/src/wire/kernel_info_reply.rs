//! `kernel_info_reply`.

use jupyter_protocol::{HelpLink, LanguageInfo, ReplyStatus};
use serde::Serialize;

/// What this kernel is. Specification: "Kernel info".
#[derive(Debug, Serialize)]
pub(crate) struct KernelInfoReply {
    pub(crate) status: ReplyStatus,
    pub(crate) protocol_version: &'static str,
    pub(crate) implementation: String,
    pub(crate) implementation_version: String,
    pub(crate) language_info: LanguageInfo,
    pub(crate) banner: String,
    pub(crate) help_links: Vec<HelpLink>,
    /// Optional parts of the protocol that this kernel has; neither subshells nor a debugger are among them.
    pub(crate) supported_features: [&'static str; 0],
    pub(crate) debugger: bool,
}
