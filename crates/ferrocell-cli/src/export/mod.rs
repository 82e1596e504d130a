//! `ferrocell export`: a notebook as a Cargo package whose program does what the notebook does.

mod program;

use std::fs;
use std::path::{self, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use ferrocell_engine::write_display_package;

use crate::notebook::Document;
use program::Program;

/// Write a Rust notebook as a Cargo package, whose program does what the notebook does
///
/// Items, statements and values of the cells stand in one `main`, in order, with the prose as comments. What is for a notebook
/// alone, lines for the engine and cells that are meant to fail, is left out and named.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The notebook (.ipynb)
    notebook: PathBuf,
    /// The package's folder [default: the notebook's name, here]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write over a package that is there
    #[arg(long)]
    force: bool,
}

/// Writes the package and says what was left out.
pub(crate) fn export(args: Args) -> Result<ExitCode> {
    let document = Document::read(&args.notebook)?;
    let stem = args.notebook.file_stem().unwrap_or_default();
    let name = package_name(&stem.to_string_lossy());
    let folder = args.out.unwrap_or_else(|| PathBuf::from(&name));
    if folder.join("Cargo.toml").exists() && !args.force {
        bail!(
            "{} is a package already; --force writes over it, --out names another folder",
            folder.display()
        );
    }
    let base = path::absolute(document.folder()).context("the current folder cannot be read")?;
    let program = Program::of(&document, &base)?;
    let write = || {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), program.manifest(&name))?;
        if program.displays {
            write_display_package(&folder.join("ferrocell"))?;
        }
        fs::write(folder.join("src/main.rs"), program.code(&args.notebook))
    };
    let place = folder.display();
    write().with_context(|| format!("the package cannot be written in {place}"))?;
    // Without rustfmt the program is as good, and reads worse.
    let format = Command::new("rustfmt")
        .args(["--edition", "2024", "src/main.rs"])
        .current_dir(&folder)
        .output();
    drop(format);
    for left_out in &program.left_out {
        println!("left out: {left_out}");
    }
    println!("The program is in {place}: cargo run --manifest-path {place}/Cargo.toml");
    Ok(ExitCode::SUCCESS)
}

/// A name that cargo takes.
fn package_name(name: &str) -> String {
    let allowed = |c: char| {
        if c.is_ascii_alphanumeric() || "-_".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(allowed).collect();
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        _ => format!("notebook-{name}"),
    }
}
