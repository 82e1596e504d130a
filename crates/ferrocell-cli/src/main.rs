//! The `ferrocell` command: runs notebooks, compares a notebook with its port, and opens the pair in JupyterLab.
//!
//! This file owns the command tree and nothing else; each subcommand is a module of the same name.

mod compare;
mod environment;
mod kernel;
mod lab;
mod notebook;
mod run;
mod runner;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Rust notebooks that keep up with threads.
#[derive(Parser)]
#[command(name = "ferrocell", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Compare(compare::Args),
    Lab(lab::Args),
    Setup(environment::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(args) => run::run(args),
        Command::Compare(args) => compare::compare(args),
        Command::Lab(args) => lab::lab(args),
        Command::Setup(args) => environment::setup(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
