//! The `ferrocell` command: runs notebooks, compares a notebook with its port, opens the pair in JupyterLab, and is the
//! Rust kernel for all of that.
//!
//! This file owns the command tree and nothing else.

mod cache;
mod compare;
mod deps;
mod doctor;
mod environment;
mod export;
mod kernel;
mod lab;
mod manual;
mod notebook;
mod repl;
mod run;
mod runner;
mod rust_kernel;
mod text;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

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
    Install(rust_kernel::InstallArgs),
    Export(export::Args),
    Deps(deps::Args),
    Cache(cache::Args),
    Doctor(doctor::Args),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
    Repl(repl::Args),
    Kernel(rust_kernel::KernelArgs),
}

fn main() -> ExitCode {
    // The kernel starts this program once more for the user's code.
    if ferrocell_host::is_wanted() {
        ferrocell_host::main();
    }
    let outcome = match Cli::parse().command {
        Command::Run(args) => run::run(args),
        Command::Compare(args) => compare::compare(args),
        Command::Lab(args) => lab::lab(args),
        Command::Setup(args) => environment::setup(args),
        Command::Export(args) => export::export(args),
        Command::Deps(args) => deps::deps(args),
        Command::Cache(args) => cache::cache(args),
        Command::Doctor(args) => doctor::doctor(args),
        Command::Install(args) => rust_kernel::install(args),
        Command::Completions(args) => manual::completions(args, Cli::command()),
        Command::Man(args) => manual::man(args, Cli::command()),
        Command::Repl(args) => repl::repl(args),
        Command::Kernel(args) => rust_kernel::kernel(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
