//! One step of the set-up: a program that runs behind one moving line, its whole output kept in a log.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

/// What pip and cargo write when the network, not the package, is at fault.
const NO_NETWORK: [&str; 7] = [
    "NewConnectionError",
    "NameResolutionError",
    "connection broken by",
    "Could not resolve host",
    "Couldn't resolve host",
    "Could not connect to server",
    "spurious network error",
];

/// A program to run and how to speak of it.
pub(super) struct Step {
    /// What the user reads while it runs.
    pub(super) title: &'static str,
    pub(super) command: Command,
    pub(super) log: PathBuf,
}

impl Step {
    /// Runs the program to its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started or fails: what failed, the line that tells why, and where the whole log is.
    pub(super) fn run(mut self) -> Result<()> {
        let line = self.moving_line()?;
        let mut log = File::create(&self.log)
            .with_context(|| format!("{} cannot be written", self.log.display()))?;
        writeln!(log, "{:?}", self.command)?;

        let (reader, writer) = io::pipe()?;
        self.command
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let program = self.command.get_program().to_string_lossy().into_owned();
        let mut child = self
            .command
            .spawn()
            .with_context(|| format!("{program} cannot be started"))?;
        // The command holds the pipe's writing ends, and the reader sees the end only when all of them are closed.
        drop(self.command);
        for text in BufReader::new(reader).split(b'\n') {
            let text = text?;
            log.write_all(&text)?;
            log.write_all(b"\n")?;
            line.set_message(String::from_utf8_lossy(&text).trim().to_owned());
        }

        let status = child.wait()?;
        line.finish_and_clear();
        if !status.success() {
            bail!(
                "{} failed: {} (log: {})",
                self.title,
                reason(&self.log)?,
                self.log.display()
            );
        }
        eprintln!("✓ {}", self.title);
        Ok(())
    }

    fn moving_line(&self) -> Result<ProgressBar> {
        let line = ProgressBar::new_spinner().with_prefix(self.title);
        line.set_style(ProgressStyle::with_template(
            "{spinner} {prefix} ({elapsed}) {wide_msg:.dim}",
        )?);
        line.enable_steady_tick(Duration::from_millis(100));
        if line.is_hidden() {
            eprintln!("{} …", self.title);
        }
        Ok(line)
    }
}

/// Why a step failed, as far as its log tells, and what to do.
fn reason(log: &Path) -> Result<String> {
    let text = fs::read(log)?;
    let text = String::from_utf8_lossy(&text);
    if NO_NETWORK.iter().any(|sign| text.contains(sign)) {
        return Ok("the network cannot be reached; connect and run this again".to_owned());
    }
    let error = text
        .lines()
        .find(|line| line.to_lowercase().starts_with("error"))
        .or_else(|| text.lines().last())
        .unwrap_or_default();
    Ok(format!("{error}; mend that and run this again"))
}
