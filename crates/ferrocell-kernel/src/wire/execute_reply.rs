//! `execute_reply`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use jupyter_protocol::{ReplyError, ReplyStatus};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::language::MimeBundle;

use super::Content;

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
    /// When the cell's code began to run, if it was to. Frontends that record times look for it in the metadata.
    #[serde(skip)]
    pub(crate) started: Option<DateTime<Utc>>,
}

impl Content for ExecuteReply {
    fn msg_type(&self) -> &str {
        "execute_reply"
    }

    fn metadata(&self) -> Map<String, Value> {
        let started = self
            .started
            .map(|date| ("started".to_owned(), date.to_rfc3339().into()));
        started.into_iter().collect()
    }
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
