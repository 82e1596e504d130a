//! `ferrocell run`: executes one notebook and says whether it went well.

use std::io::{IsTerminal, stderr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use nbformat::v4::Cell;

use crate::notebook::{Document, Parameter, inject};
use crate::runner::{Failure, Run, RunOptions};
use crate::text::without_ansi;

/// Execute a notebook from top to bottom on its kernel
///
/// A Rust notebook runs on the kernel `ferrocell`, which is this program, and any other on the kernel that it names.
/// Exits with 1 when a cell failed. The notebook itself is only written with --out.
///
/// A cell's metadata may hold, under `"ferrocell"`: `"answers": […]`, what is typed at its prompts (one without an answer
/// fails); `"raises": "text"`, what its error must contain; `"interrupt": "text"`, after which output it is interrupted;
/// `"skip": {"kernel": "reason"}`, where it is left out, and why.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The notebook (.ipynb)
    notebook: PathBuf,
    /// The kernel to run it on instead (`rust` is evcxr_jupyter)
    #[arg(long, value_name = "NAME")]
    kernel: Option<String>,
    /// Give a variable another value than the notebook's cell tagged `parameters`, as papermill does; may be repeated
    #[arg(long = "parameter", short, value_name = "NAME=VALUE", value_parser = Parameter::parse)]
    parameters: Vec<Parameter>,
    /// Write the executed notebook here (it may be the notebook itself)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Run the cells behind a failing one too; the failure is still told
    #[arg(long)]
    allow_errors: bool,
    #[command(flatten)]
    options: RunOptions,
}

/// Runs the notebook; [`ExitCode::FAILURE`] if a cell failed that was not allowed to.
#[tokio::main]
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let mut document = Document::read(&args.notebook)?;
    inject(&mut document, &args.parameters)?;
    let run = Run::of(
        document,
        args.kernel.as_deref(),
        &args.options,
        args.allow_errors,
    )
    .await?;
    if let Some(out) = &args.out {
        run.document.write(out)?;
    }

    for warning in &run.warnings {
        eprintln!("warning: {warning}");
    }
    let mut failed = false;
    for (cell, failure) in run.failures() {
        report(cell, failure);
        failed |= !(args.allow_errors && failure.leaves_kernel_usable());
    }
    if !args.options.quiet {
        println!("{}", summary(&run));
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn report(cell: &Cell, failure: &Failure) {
    eprintln!("error: cell `{}` failed: {failure}", cell.id());
    if let Failure::Raised {
        line, traceback, ..
    } = failure
    {
        if let Some(line) = line {
            eprintln!("  line {}: {}", line.number, line.text.trim());
        }
        let mut traceback = traceback.join("\n");
        if !stderr().is_terminal() {
            traceback = without_ansi(&traceback);
        }
        for line in traceback.lines() {
            eprintln!("  {line}");
        }
    }
}

fn summary(run: &Run) -> String {
    let durations = run.cells.iter().filter_map(|cell| cell.duration);
    let count = durations.clone().count();
    let cells = if count == 1 { "cell" } else { "cells" };
    let seconds = durations.sum::<Duration>().as_secs_f64();
    let kernel = run.kernel.name();
    let name = run.document.path.display();
    let ran = format!("{name}: {count} {cells} ran on {kernel} in {seconds:.2} s");
    match run.failures().count() {
        0 => ran,
        failed => format!("{ran}, {failed} failed"),
    }
}
