//! `execute_reply`.

use std::collections::BTreeMap;

use jupyter_protocol::{ReplyError, ReplyStatus};
use serde::Serialize;

use crate::language::MimeBundle;

/// How a cell ended. Specification: "Execution results" under "Execute".
#[derive(Debug, Serialize)]
pub(crate) struct ExecuteReply {
    pub(crate) status: ReplyStatus,
    pub(crate) execution_count: usize,
    /// Always empty: payloads are deprecated.
    pub(crate) payload: [(); 0],
    pub(crate) user_expressions: BTreeMap<String, ExpressionResult>,
    #[serde(flatten)]
    pub(crate) error: Option<ReplyError>,
}

/// What became of one of the `user_expressions`.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub(crate) enum ExpressionResult {
    /// Its value.
    Ok {
        /// The value in one or several forms.
        data: MimeBundle,
        /// Per form.
        metadata: MimeBundle,
    },
    /// Its error.
    Error(ReplyError),
}
