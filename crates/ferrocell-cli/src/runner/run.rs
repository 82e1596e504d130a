//! A whole run of one notebook on one kernel.

use anyhow::{Context, Result};
use ferrocell_client::{KernelSpec, Session};
use nbformat::v4::Cell;

use super::cell_run::{CellRun, Outcome};
use super::execution::Execution;
use super::failure::Failure;
use super::options::RunOptions;
use super::progress::Progress;
use super::stop_signals::StopSignals;
use crate::kernel;
use crate::notebook::{CellOptions, Document, is_code};

/// A notebook with the outputs that its cells produced, and the record of each cell.
pub(crate) struct Run {
    /// The notebook, executed.
    pub(crate) document: Document,
    pub(crate) kernel: KernelSpec,
    /// One for each cell of the notebook, in its order.
    pub(crate) cells: Vec<CellRun>,
    /// What deserves a look although no cell failed by it.
    pub(crate) warnings: Vec<String>,
}

impl Run {
    /// Runs `document` on the kernel called `kernel`, or on the one that the notebook names.
    ///
    /// A failing cell ends the run unless `keep_going`, and is found in the record either way; an error is returned
    /// only when no cell could be run at all.
    pub(crate) async fn of(
        mut document: Document,
        kernel: Option<&str>,
        options: &RunOptions,
        keep_going: bool,
    ) -> Result<Self> {
        let name = match kernel {
            Some(name) => name,
            None => document.kernel_name()?,
        };
        let kernel = kernel::find(name, document.folder())?;
        let cell_options = document
            .notebook
            .cells
            .iter()
            .map(CellOptions::of)
            .collect::<Result<Vec<_>>>()
            .with_context(|| format!("{}", document.path.display()))?;

        let code_cells = document
            .notebook
            .cells
            .iter()
            .filter(|cell| is_code(cell))
            .count();
        let progress = Progress::start(kernel.name(), code_cells, options.quiet);
        let mut stop = StopSignals::listen()?;
        progress.waiting("starting the kernel");
        let session = tokio::select! {
            session = Session::start(&kernel, document.folder(), options.start_timeout) => session?,
            () = stop.wait() => anyhow::bail!("interrupted before the kernel was ready"),
        };

        let mut execution = Execution::new(session, kernel.clone(), cell_options, progress);
        let cells = &document.notebook.cells;
        tokio::select! {
            () = execution.run(cells, options, keep_going) => {}
            () = stop.wait() => execution.abandon().await,
        }
        document.notebook.metadata.kernelspec = Some(kernel::metadata(&kernel));
        let (cells, warnings) = execution.finish(&mut document.notebook);
        Ok(Self {
            document,
            kernel,
            cells,
            warnings,
        })
    }

    /// The cells that failed, with the reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&Cell, &Failure)> {
        let cells = self.document.notebook.cells.iter().zip(&self.cells);
        cells.filter_map(|(cell, run)| match &run.outcome {
            Outcome::Failed(failure) => Some((cell, failure)),
            _ => None,
        })
    }
}
