//! When a cell began and ended, by the kernel's own clock.

use std::collections::HashMap;

use nbformat::v4::ExecutionMetadata;

/// The dates that frontends record in a cell's `metadata.execution`, in RFC 3339.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(super) busy: Option<String>,
    pub(super) execute_input: Option<String>,
    pub(super) started: Option<String>,
    pub(super) execute_reply: Option<String>,
    pub(super) idle: Option<String>,
}

impl Times {
    /// The metadata of a cell that ran; nothing for one that did not.
    pub(super) fn metadata(&self) -> Option<ExecutionMetadata> {
        self.busy.is_some().then(|| ExecutionMetadata {
            iopub_execute_input: self.execute_input.clone(),
            iopub_status_busy: self.busy.clone(),
            shell_execute_reply: self.execute_reply.clone(),
            shell_execute_reply_started: self.started.clone(),
            iopub_status_idle: self.idle.clone(),
            additional: HashMap::new(),
        })
    }
}
