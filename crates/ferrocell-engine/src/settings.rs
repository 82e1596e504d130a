//! What directives set for the rest of a session.

/// How cells are compiled and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `-Copt-level`.
    pub(crate) opt_level: String,
    /// `--edition`.
    pub(crate) edition: Edition,
    /// The format in which values are shown, for example `{:#?}`.
    pub(crate) format: String,
    /// The format in which the errors of `?` are shown.
    pub(crate) error_format: ErrorFormat,
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

/// What is chosen about how code is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice {
    OptLevel,
    Edition,
}

/// The levels of `:opt`.
pub(crate) const OPT_LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];

impl Settings {
    /// Whether the user's code looks whether it is asked to stop. Optimised code is left alone: a look in each turn
    /// would keep a tight loop from being vectorised.
    pub(crate) fn polls(&self) -> bool {
        matches!(self.opt_level.as_str(), "0" | "1")
    }

    /// Chooses how code is compiled; what is chosen then, or what is wrong.
    pub(crate) fn choose(&mut self, choice: Choice, argument: &str) -> Result<String, String> {
        match choice {
            Choice::OptLevel => self.choose_opt_level(argument),
            Choice::Edition => self.choose_edition(argument),
        }
    }

    fn choose_opt_level(&mut self, argument: &str) -> Result<String, String> {
        self.opt_level = match argument {
            "" if self.opt_level == "0" => "2".to_owned(),
            "" => "0".to_owned(),
            level if OPT_LEVELS.contains(&level) => level.to_owned(),
            other => return Err(format!("`:opt {other}`: the level is 0, 1, 2, 3, s or z")),
        };
        Ok(format!(
            "cells are compiled with -Copt-level={}",
            self.opt_level
        ))
    }

    fn choose_edition(&mut self, argument: &str) -> Result<String, String> {
        if !argument.is_empty() {
            self.edition = Edition::named(argument).ok_or_else(|| {
                format!("`:edition {argument}`: the edition is 2015, 2018, 2021 or 2024")
            })?;
        }
        Ok(format!(
            "cells are compiled in edition {}",
            self.edition.name()
        ))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            opt_level: "0".to_owned(),
            edition: Edition::E2024,
            format: DEFAULT_FORMAT.to_owned(),
            error_format: ErrorFormat::Debug,
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

/// An edition of Rust. A cell's edition is that of all that is compiled with it, earlier items among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edition {
    /// Rust 2015.
    E2015,
    /// Rust 2018.
    E2018,
    /// Rust 2021.
    E2021,
    /// Rust 2024.
    E2024,
}

impl Edition {
    /// All that there are.
    pub(crate) const NAMES: [&str; 4] = ["2015", "2018", "2021", "2024"];

    /// The edition of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let editions = [Self::E2015, Self::E2018, Self::E2021, Self::E2024];
        editions.into_iter().find(|edition| edition.name() == name)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// A format for the errors of `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// `{}`.
    Display,
    /// `{:?}`.
    Debug,
    /// `{:#?}`.
    Pretty,
}

impl ErrorFormat {
    /// All that there are.
    pub(crate) const NAMES: [&str; 3] = ["{}", "{:?}", "{:#?}"];

    /// The format that is written like this.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let formats = [Self::Display, Self::Debug, Self::Pretty];
        formats.into_iter().find(|format| format.name() == name)
    }

    /// How it is written.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The type of the runtime library that errors become.
    pub(crate) fn failure(self) -> &'static str {
        match self {
            Self::Display => "ferrocell_runtime::Failure<ferrocell_runtime::ByDisplay>",
            Self::Debug => "ferrocell_runtime::Failure",
            Self::Pretty => "ferrocell_runtime::Failure<ferrocell_runtime::ByPretty>",
        }
    }
}
