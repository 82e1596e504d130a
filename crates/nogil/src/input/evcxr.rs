//! Asking through evcxr: one line on stdout makes its kernel ask, and the answer comes back as one line of stdin.

use std::io::{self, Write};

/// evcxr understands the request only at a line's start and shows the text up to the next colon, so a prompt's earlier
/// lines are printed as ordinary output and its colons become ratio signs, which look the same.
pub(super) fn ask(prompt: &str) -> io::Result<String> {
    let mut stdin = io::stdin().lock();
    let mut stdout = io::stdout().lock();
    let last = match prompt.rsplit_once('\n') {
        Some((earlier, last)) => {
            writeln!(stdout, "{earlier}")?;
            last
        }
        None => prompt,
    };
    writeln!(stdout, "EVCXR_INPUT_REQUEST:{}", last.replace(':', "∶"))?;
    stdout.flush()?;
    drop(stdout);
    super::read_line(&mut stdin)
}
