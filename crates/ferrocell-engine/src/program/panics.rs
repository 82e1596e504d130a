//! Tells where in the user's cells a panic happened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::compiler::source_map::Generated;
use crate::program::PanicReport;

/// The generated code of all cells that were loaded, by file name; shared with the thread that reads output.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoadedCode(Arc<Mutex<HashMap<String, Arc<Generated>>>>);

impl LoadedCode {
    /// Remembers code that is about to run.
    pub(crate) fn add(&self, generated: Arc<Generated>) {
        let mut loaded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(generated.file.clone(), generated);
    }

    /// Describes a place of generated code by where the user wrote it: `cell [3], line 2, column 5`. Other places stay
    /// as they are.
    pub(crate) fn describe(&self, file: &str, line: usize, column: usize) -> String {
        match self.locate(file, line, column) {
            Some((title, line, column, _)) => format!("{title}, line {line}, column {column}"),
            None => format!("{file}:{line}:{column}"),
        }
    }

    /// What a thread that panicked would have printed.
    pub(crate) fn message(&self, panic: &PanicReport) -> String {
        let (file, line, column) = &panic.location;
        let place = self.describe(file, *line, *column);
        format!(
            "thread '{}' panicked at {place}:\n{}\n",
            panic.thread, panic.message
        )
    }

    /// The lines that an error shows for a panic: the message, and the user's own frames.
    pub(crate) fn traceback(&self, panic: &PanicReport) -> Vec<String> {
        let (file, line, column) = &panic.location;
        let mut lines = vec![format!(
            "\x1b[1;31mpanicked\x1b[0m at {}:",
            self.describe(file, *line, *column)
        )];
        lines.extend(panic.message.lines().map(str::to_owned));
        let mut frames: Vec<String> = frame_places(&panic.backtrace)
            .filter_map(|(file, line, column)| self.frame(file, line, column))
            .collect();
        frames.dedup();
        if !frames.is_empty() {
            lines.push("\x1b[1mcalled from\x1b[0m, innermost first:".to_owned());
            lines.extend(frames);
        }
        lines
    }

    /// A place of generated code as one of the user's frames, if it is the user's.
    pub(crate) fn frame(&self, file: &str, line: usize, column: usize) -> Option<String> {
        let (title, line, _, text) = self.locate(file, line, column)?;
        Some(format!("  {title}, line {line}: {}", text.trim()))
    }

    /// The cell or file, the line, the column and the line's text.
    fn locate(
        &self,
        file: &str,
        line: usize,
        column: usize,
    ) -> Option<(String, usize, usize, String)> {
        let name = file.rsplit('/').next()?;
        let generated = Arc::clone(
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(name)?,
        );
        let place = generated.place_of_line(line, column)?;
        let (line, column) = place.line_and_column();
        let text = place
            .source
            .text
            .lines()
            .nth(line - 1)
            .unwrap_or_default()
            .to_owned();
        Some((place.source.title(), line, column, text))
    }
}

/// The `at file:line:column` of a backtrace, innermost first.
fn frame_places(backtrace: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    backtrace.lines().filter_map(|line| {
        let mut parts = line.trim().strip_prefix("at ")?.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        Some((parts.next()?, line, column))
    })
}
