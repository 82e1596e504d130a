//! Where a session works and what it may use.

use std::path::PathBuf;
use std::time::Duration;

use crate::compiler::artifacts::MEGABYTE;
use crate::session::dir;

/// Where a session works and what it may use.
///
/// ```
/// use ferrocell_engine::SessionOptions;
///
/// let options = SessionOptions::new(std::env::current_dir()?);
/// assert!(options.cache_dir.ends_with("ferrocell"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The notebook's folder: the working directory of the user's code, and what relative `path`s of `:dep` start from.
    pub working_dir: PathBuf,
    /// Where built dependencies and the runtime are kept, shared by all sessions: `$FERROCELL_CACHE_DIR`, else
    /// `$XDG_CACHE_HOME/ferrocell`, else `~/.cache/ferrocell`.
    pub cache_dir: PathBuf,
    /// The executable that runs cells when `ferrocell_wire::HOST_ARGUMENT` is its first argument; `None` is the running
    /// executable. `$FERROCELL_HOST` overrides both.
    pub host: Option<PathBuf>,
    /// The toolchain of rustup's that compiles cells, as `:toolchain` names it: `$FERROCELL_TOOLCHAIN`. `None` is the one that
    /// applies in the notebook's folder.
    pub toolchain: Option<String>,
    /// The most bytes of compiled cells to keep in the cache folder, those used longest ago go first: `$FERROCELL_CELL_CACHE`,
    /// in megabytes, else 2 GB. With 0, each cell is compiled anew.
    pub cell_cache: u64,
    /// Whether rust-analyzer is asked about code that is being written, where it is installed: not if `$FERROCELL_ANALYZER` is
    /// `off`.
    pub analyzer: bool,
    /// How long a cell may take to stop when it is interrupted, before it is ended by force; a second.
    pub patience: Duration,
}

impl SessionOptions {
    /// The usual options for a notebook that lives in `working_dir`.
    pub fn new(working_dir: impl Into<PathBuf>) -> Self {
        Self {
            working_dir: working_dir.into(),
            cache_dir: default_cache_dir(),
            host: None,
            toolchain: std::env::var("FERROCELL_TOOLCHAIN")
                .ok()
                .filter(|name| !name.is_empty()),
            cell_cache: cell_cache(),
            analyzer: std::env::var_os("FERROCELL_ANALYZER").is_none_or(|value| value != "off"),
            patience: Duration::from_secs(1),
        }
    }
}

/// What the environment says, if that is a number.
fn cell_cache() -> u64 {
    const USUAL: u64 = 2000;
    let megabytes = std::env::var("FERROCELL_CELL_CACHE").ok();
    let megabytes = megabytes.and_then(|text| text.trim().parse::<u64>().ok());
    megabytes.unwrap_or(USUAL).saturating_mul(MEGABYTE)
}

fn default_cache_dir() -> PathBuf {
    let from = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    from("FERROCELL_CACHE_DIR").unwrap_or_else(|| {
        from("XDG_CACHE_HOME")
            .or_else(|| {
                // Without `HOME`, the user database knows.
                let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
                home.map(|home| home.join(".cache"))
            })
            // Other users share this one, but not what a session makes there.
            .unwrap_or_else(dir::parent)
            .join("ferrocell")
    })
}
