//! One thing that was looked at.

use std::fmt;

use serde::Serialize;

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) status: Status,
    /// What is there, or what is wrong.
    pub(super) detail: String,
    /// The command that mends it.
    pub(super) fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// Cells run, but something does not work.
    Warning,
    /// No Rust cell can be run.
    Missing,
}

impl Check {
    pub(super) fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            status: Status::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    pub(super) fn warning(
        name: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Warning,
            fix: Some(fix.into()),
            ..Self::ok(name, detail)
        }
    }

    pub(super) fn missing(
        name: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Missing,
            ..Self::warning(name, detail, fix)
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Missing => "missing",
        };
        write!(formatter, "{:12} {status:8} {}", self.name, self.detail)?;
        if let Some(fix) = &self.fix {
            write!(formatter, "\n{:21} → {fix}", "")?;
        }
        Ok(())
    }
}
