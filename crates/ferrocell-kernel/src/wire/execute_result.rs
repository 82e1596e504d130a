//! `execute_result`.

use serde::Serialize;

use crate::language::MimeBundle;

/// The value of a cell. Specification: "Code execution outputs" / "Execution results".
#[derive(Debug, Serialize)]
pub(crate) struct ExecuteResult {
    pub(crate) execution_count: usize,
    pub(crate) data: MimeBundle,
    pub(crate) metadata: MimeBundle,
}
