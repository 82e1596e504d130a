//! How a run is to behave.

use std::time::Duration;

/// What the user may choose about a run; also the command line's options, shared by every subcommand that runs cells.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunOptions {
    /// Seconds that one cell may take; without it, a cell may take as long as it likes
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Seconds that the kernel may take to become ready
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub(crate) start_timeout: Duration,
    /// Seconds of silence after the last cell that end the wait for late output
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "1")]
    pub(crate) settle: Duration,
    /// Show no progress and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
