//! Asking on stdout and stdin, as a program in a terminal does.

use std::io::{self, Write};

/// The lock on stdin is taken before the prompt is printed, so that two threads' prompts cannot swap answers.
pub(super) fn ask(prompt: &str) -> io::Result<String> {
    let mut stdin = io::stdin().lock();
    let mut stdout = io::stdout();
    stdout.write_all(prompt.as_bytes())?;
    stdout.flush()?;
    super::read_line(&mut stdin)
}
