//! The project's own environment: JupyterLab, its kernels and their files, all in the folder `.ferrocell/`.
//!
//! This module owns the layout of that folder and what is put there. It never touches anything outside of it, never
//! starts a kernel, and knows nothing of notebooks.
//!
//! | path in `.ferrocell/` | what it is |
//! |---|---|
//! | `venv/` | the Python environment; its `share/jupyter/kernels` holds the kernelspecs |
//! | `evcxr/` | evcxr_jupyter, if it was asked for and had to be built |
//! | `jupyter/` | Jupyter's config, data and runtime folders, and IPython's |
//! | `history.jsonl` | the inputs of the Rust kernel's sessions |
//! | `*.log` | the whole output of each step of the set-up and of JupyterLab |

mod evcxr;
mod lock;
mod python;
mod step;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::rust_kernel;

/// What is set up beside JupyterLab and the two kernels, and from what.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The Python to make the environment from, 3.11 or newer
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: PathBuf,
    /// Set up stock evcxr_jupyter too, as the kernel `rust`; building it takes some six minutes, once
    #[arg(long)]
    evcxr: bool,
}

/// Set up the project's own JupyterLab and kernels in .ferrocell/, as `lab` does on first use
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
}

/// `ferrocell setup`.
pub(crate) fn setup(args: Args) -> Result<ExitCode> {
    let environment = Environment::of_current_project()?;
    environment.set_up(&args.options)?;
    println!(
        "The environment is ready in {}",
        environment.folder().display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The environment of one project: a folder that holds `notebooks/`.
pub(crate) struct Environment {
    root: PathBuf,
}

impl Environment {
    /// The environment of the project that the current folder lies in. It may not be set up yet.
    ///
    /// # Errors
    ///
    /// When neither the current folder nor one above it holds `notebooks/`.
    pub(crate) fn of_current_project() -> Result<Self> {
        let current = env::current_dir().context("the current folder cannot be read")?;
        match current
            .ancestors()
            .find(|folder| folder.join("notebooks").is_dir())
        {
            Some(root) => Ok(Self {
                root: root.to_owned(),
            }),
            None => bail!(
                "there is no folder notebooks/ in {} or above it: go to the project's folder and run this again",
                current.display()
            ),
        }
    }

    /// The environment of the nearest project around `folder` that has one.
    pub(crate) fn around(folder: &Path) -> Option<Self> {
        let mut projects = folder.ancestors().map(|root| Self { root: root.into() });
        projects.find(|project| project.folder().is_dir())
    }

    /// The project's root folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that holds everything that the set-up makes.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join(".ferrocell")
    }

    /// The Python virtual environment.
    fn venv(&self) -> PathBuf {
        self.folder().join("venv")
    }

    /// The environment's own Jupyter data folder, which holds `kernels/`.
    pub(crate) fn share(&self) -> PathBuf {
        self.venv().join("share/jupyter")
    }

    /// The file that keeps the output of one step or program.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}.log"))
    }

    /// Sets up Python, JupyterLab and the kernels, or finds them set up; says each step that takes time.
    ///
    /// # Errors
    ///
    /// One sentence with what is missing or failed, and the command that mends it.
    pub(crate) fn set_up(&self, options: &Options) -> Result<()> {
        let _lock = self.lock()?;
        python::set_up(self, &options.python)?;
        if evcxr::program_of(&self.kernels().join(rust_kernel::NAME)).is_none() {
            self.register_kernel()?;
        }
        if options.evcxr {
            evcxr::set_up(self)?;
        }
        Ok(())
    }

    /// Makes the running program the environment's Rust kernel, in the place of any that was it before.
    pub(crate) fn register_kernel(&self) -> Result<()> {
        let kernels = self.kernels();
        let history = self.folder().join("history.jsonl");
        rust_kernel::kernelspec(&["--history", &history.to_string_lossy()])?
            .write(&kernels, rust_kernel::NAME)
            .with_context(|| {
                format!("the kernelspec cannot be written in {}", kernels.display())
            })?;
        let share = self.share();
        rust_kernel::write_labextension(&share).with_context(|| {
            format!(
                "JupyterLab's extension cannot be written in {}",
                share.display()
            )
        })?;
        Ok(())
    }

    fn kernels(&self) -> PathBuf {
        self.share().join("kernels")
    }

    fn lock(&self) -> Result<lock::Lock> {
        fs::create_dir_all(self.folder())
            .with_context(|| format!("{} cannot be made", self.folder().display()))?;
        lock::Lock::take(&self.folder().join("lock"))
    }

    /// The environment's Python, told to keep Jupyter's and IPython's files inside the environment.
    pub(crate) fn python(&self) -> Command {
        let mut command = Command::new(self.venv().join("bin/python"));
        // What the user has set for another Jupyter would lead this one out of its own folder.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("JUPYTER") {
                command.env_remove(name);
            }
        }
        let jupyter = self.folder().join("jupyter");
        command
            .env("JUPYTER_CONFIG_DIR", jupyter.join("config"))
            .env("JUPYTER_DATA_DIR", jupyter.join("data"))
            .env("JUPYTER_RUNTIME_DIR", jupyter.join("runtime"))
            .env("IPYTHONDIR", jupyter.join("ipython"))
            // evcxr_jupyter brings the kernelspec that it finds here up to date when it starts.
            .env("JUPYTER_PATH", self.share());
        command
    }
}
