//! Plain text out of what programs write for terminals.

/// The text without its ANSI escape sequences.
pub(crate) fn without_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = after_escape(&rest[at + 1..]);
    }
    plain + rest
}

/// The text as a terminal shows it in the end: a carriage return starts its line over.
pub(crate) fn as_displayed(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.trim_end_matches('\r');
        line.rsplit('\r').next().unwrap_or_default()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What follows an escape sequence whose introducing escape character has been taken off.
///
/// Control sequences (`[`…letter) and operating system commands (`]`…bell or `ESC \`) are what kernels write.
fn after_escape(rest: &str) -> &str {
    let end = match rest.chars().next() {
        Some('[') => rest[1..]
            .find(|c: char| ('\u{40}'..='\u{7e}').contains(&c))
            .map(|at| at + 2),
        Some(']') => rest
            .find('\u{7}')
            .map(|at| at + 1)
            .or_else(|| rest.find("\u{1b}\\").map(|at| at + 2)),
        Some(other) => Some(other.len_utf8()),
        None => Some(0),
    };
    &rest[end.unwrap_or(rest.len())..]
}

#[cfg(test)]
mod tests {
    use super::without_ansi;

    #[test]
    fn escape_sequences_disappear() {
        let cases = [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[38;5;196mred\u{1b}[0m!", "red!"),
            ("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\", "link"),
            ("cut \u{1b}[3", "cut "),
            ("end \u{1b}", "end "),
        ];
        for (text, expected) in cases {
            assert_eq!(without_ansi(text), expected, "{text:?}");
        }
    }
}
