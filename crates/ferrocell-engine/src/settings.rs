//! What directives set for the rest of a session.

/// How cells are compiled and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `-Copt-level`.
    pub(crate) opt_level: String,
    /// The format in which values are shown, for example `{:#?}`.
    pub(crate) format: String,
    /// Whether to tell after each cell how long it took.
    pub(crate) timing: bool,
    /// Whether to show the types of variables with values.
    pub(crate) show_types: bool,
    /// Whether the process is copied before each cell, to go on from there if it ends.
    pub(crate) snapshots: bool,
    /// Environment variables for rustc and build scripts.
    pub(crate) build_env: Vec<(String, String)>,
    /// Whether cargo may not use the network.
    pub(crate) offline: bool,
}

impl Settings {
    /// Whether the user's code looks whether it is asked to stop. Optimised code is left alone: a look in each turn
    /// would keep a tight loop from being vectorised.
    pub(crate) fn polls(&self) -> bool {
        matches!(self.opt_level.as_str(), "0" | "1")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            opt_level: "0".to_owned(),
            format: DEFAULT_FORMAT.to_owned(),
            timing: false,
            show_types: false,
            snapshots: true,
            build_env: Vec::new(),
            offline: false,
        }
    }
}

/// How values are shown if nothing else was asked for.
pub(crate) const DEFAULT_FORMAT: &str = "{:?}";
