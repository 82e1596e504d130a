//! `ferrocell doctor`: what the kernel needs, whether it is there, and the command that mends what is not.

mod cache;
mod check;
mod jupyter;
mod rust;

use std::process::ExitCode;

use anyhow::Result;

use check::{Check, Status};

/// Look whether all is there that the kernel needs, and say how to mend what is not
///
/// Exits with 1 if Rust cells cannot be run. Nothing is changed, but for what a first cell compiles in the cache folder.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON: a list of checks with `name`, `status` (`ok`, `warning`, `missing`), `detail` and `fix`
    #[arg(long)]
    json: bool,
}

/// Makes all checks and tells them; [`ExitCode::FAILURE`] if something is missing.
pub(crate) fn doctor(args: Args) -> Result<ExitCode> {
    let mut checks = rust::checks();
    checks.extend(jupyter::checks());
    checks.push(cache::check());
    if args.json {
        println!("{}", serde_json::to_string_pretty(&checks)?);
    } else {
        checks.iter().for_each(|check| println!("{check}"));
    }
    let is_missing = |check: &Check| check.status == Status::Missing;
    Ok(if checks.iter().any(is_missing) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
