//! `ferrocell compare`: runs notebooks with the same cells on their kernels and judges whether they agree.
//!
//! Owns the rules by which outputs are judged and the two reports, a table and a page. How cells are run is the
//! runner's affair.

mod column;
mod comparison;
mod ids;
mod judge;
mod numbers;
mod page;
mod rule;
mod rulebook;
mod table;
mod transcript;
mod twins;
mod verdict;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::notebook::Document;
use crate::runner::{Failure, Run, RunOptions};
use comparison::Comparison;
use verdict::Verdict;

pub(crate) use twins::judge_twins;

/// Run notebooks with the same cells on their kernels and say cell by cell whether they agree
///
/// The first notebook is the reference: its cells' metadata says by which rule each is judged.
/// Exits with 1 when a cell of another notebook disagrees or fails.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The notebooks, reference first; the project's pair if none is given
    notebooks: Vec<PathBuf>,
    /// The kernel of the notebook in the same place, instead of its own; may be repeated. The last notebook runs again on
    /// each further kernel: `--kernel python3 --kernel ferrocell --kernel rust` (which is evcxr_jupyter)
    #[arg(long = "kernel", value_name = "NAME")]
    kernels: Vec<String>,
    /// Only check that the notebooks have the same cells, without running anything
    #[arg(long)]
    ids_only: bool,
    /// Where the page with the cells side by side is written [default: target/compare.html in the project's folder]
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    options: RunOptions,
}

/// Compares the notebooks; [`ExitCode::FAILURE`] if they disagree.
#[tokio::main]
pub(crate) async fn compare(args: Args) -> Result<ExitCode> {
    let paths = if args.notebooks.is_empty() {
        let root = Environment::of_current_project()?.root().to_owned();
        ["python", "rust"]
            .map(|language| {
                root.join("notebooks")
                    .join(language)
                    .join("concurrency.ipynb")
            })
            .to_vec()
    } else {
        args.notebooks
    };
    let notebooks = paths.iter().map(|path| Document::read(path));
    let notebooks = notebooks.collect::<Result<Vec<_>>>()?;
    if !have_same_cells(&notebooks)? {
        return Ok(ExitCode::FAILURE);
    }
    if args.ids_only {
        let cells = notebooks[0].notebook.cells.len();
        println!("{} notebooks have the same {cells} cells", notebooks.len());
        return Ok(ExitCode::SUCCESS);
    }

    let mut runs = Vec::new();
    // One after the other, so that no kernel is timed while another one works.
    for place in 0..notebooks.len().max(args.kernels.len()) {
        let notebook = &notebooks[place.min(notebooks.len() - 1)];
        let kernel = args.kernels.get(place).map(String::as_str);
        let run = Run::of(notebook.clone(), kernel, &args.options, true).await?;
        if run
            .failures()
            .any(|(_, failure)| matches!(failure, Failure::Interrupted))
        {
            bail!("interrupted");
        }
        for warning in &run.warnings {
            eprintln!("warning: {}: {warning}", run.kernel.name());
        }
        runs.push(run);
    }
    let comparison = Comparison::of(runs)?;
    print!("{}", table::render(&comparison));
    let html = match args.html {
        Some(html) => html,
        None => Environment::of_current_project()?
            .root()
            .join("target/compare.html"),
    };
    write_page(&html, &page::render(&comparison))?;
    println!("The cells side by side: {}", html.display());

    let disagrees = comparison.verdicts().any(Verdict::is_disagreement);
    Ok(if disagrees {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Says what keeps the notebooks from being compared cell by cell.
fn have_same_cells(notebooks: &[Document]) -> Result<bool> {
    let [reference, others @ ..] = notebooks else {
        bail!("there is nothing to compare");
    };
    if others.is_empty() {
        bail!("a comparison needs two notebooks or more");
    }
    let mismatches = others
        .iter()
        .flat_map(|other| ids::mismatches(reference, other));
    let mut same = true;
    for mismatch in mismatches {
        eprintln!("error: {mismatch}");
        same = false;
    }
    Ok(same)
}

fn write_page(path: &Path, page: &str) -> Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, page)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
