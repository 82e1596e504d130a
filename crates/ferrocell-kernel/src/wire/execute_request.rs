//! `execute_request`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Run this cell. What a frontend leaves out has the default that the specification gives.
///
/// Specification: "Execute".
#[derive(Debug, Deserialize)]
pub(crate) struct ExecuteRequest {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) silent: bool,
    #[serde(default = "yes")]
    pub(crate) store_history: bool,
    #[serde(default)]
    pub(crate) user_expressions: Option<BTreeMap<String, String>>,
    #[serde(default = "yes")]
    pub(crate) allow_stdin: bool,
    #[serde(default = "yes")]
    pub(crate) stop_on_error: bool,
}

fn yes() -> bool {
    true
}
