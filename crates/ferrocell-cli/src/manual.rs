//! `ferrocell completions` and `ferrocell man`: what shells and `man` know of the command, made from its own help.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::Shell;

/// Print the completions for a shell, to be kept where it looks for them
#[derive(clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Write the manual pages, one for each command
#[derive(clap::Args)]
pub(crate) struct ManArgs {
    /// The folder, such as ~/.local/share/man/man1
    folder: PathBuf,
}

/// Prints the completions of `command`.
pub(crate) fn completions(args: CompletionsArgs, mut command: Command) -> Result<ExitCode> {
    let name = command.get_name().to_owned();
    clap_complete::generate(args.shell, &mut command, name, &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of `command` and says where.
pub(crate) fn man(args: ManArgs, command: Command) -> Result<ExitCode> {
    let write = || {
        fs::create_dir_all(&args.folder)?;
        clap_mangen::generate_to(command, &args.folder)
    };
    let place = args.folder.display();
    write().with_context(|| format!("the pages cannot be written in {place}"))?;
    println!("The manual pages are in {place}");
    Ok(ExitCode::SUCCESS)
}
