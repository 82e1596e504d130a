//! `ferrocell cache`: what is kept on disk for all sessions, and how much of it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use ferrocell_engine::{CellId, Event, Outcome, Session, SessionOptions};

/// The folders in the cache, and what is in them.
const FOLDERS: [(&str, &str); 3] = [
    ("deps", "dependencies"),
    ("cells", "compiled cells"),
    ("runtime", "runtime libraries"),
];

/// Show what is kept of dependencies and compiled cells, and where; shrink it, or remove it
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Remove compiled cells until no more than so many megabytes are left, those used longest ago first
    #[arg(long, value_name = "MEGABYTES", value_parser = clap::value_parser!(u64).range(1..))]
    shrink: Option<u64>,
    /// Remove all dependencies and compiled cells; what is needed is built again
    #[arg(long, conflicts_with = "shrink")]
    clear: bool,
}

/// Shows it, after it was changed as asked.
pub(crate) fn cache(args: Args) -> Result<ExitCode> {
    if let Some(megabytes) = args.shrink {
        execute(&format!(":cache {megabytes}"))?;
    }
    if args.clear {
        execute(":clear_cache")?;
    }
    println!("{}", describe(&folder()));
    Ok(ExitCode::SUCCESS)
}

/// The folder of all that is kept.
pub(crate) fn folder() -> PathBuf {
    SessionOptions::new(env::current_dir().unwrap_or_default()).cache_dir
}

/// What is in that folder.
pub(crate) fn describe(cache: &Path) -> String {
    let parts = FOLDERS.map(|(folder, what)| {
        let megabytes = size(&cache.join(folder)).div_ceil(1_000_000);
        format!("{megabytes} MB of {what}")
    });
    format!("{} in {}", parts.join(", "), cache.display())
}

/// Has a session do it, which minds others that use the cache.
fn execute(directive: &str) -> Result<()> {
    let folder = env::current_dir().context("the current folder cannot be read")?;
    let show = |event| {
        if let Event::Progress { message, .. } = event
            && !message.is_empty()
        {
            eprintln!("{message}");
        }
    };
    let mut session = Session::start(SessionOptions::new(folder), Arc::new(show))?;
    match session.execute(CellId(1), directive) {
        Outcome::Ok { .. } => Ok(()),
        Outcome::Error { name, value, .. } => bail!("{name}: {value}"),
    }
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
