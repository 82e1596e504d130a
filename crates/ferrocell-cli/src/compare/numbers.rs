//! The numbers in a line of text.

/// What becomes of the numbers in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Numbers {
    /// They count as they stand.
    Exact,
    /// They do not count.
    Masked,
    /// They do not count for the text, and the k-th of each side lies in the k-th closed range.
    Within(Vec<(f64, f64)>),
}

/// The line with `#` for each number, and the numbers themselves.
///
/// A number is a run of digits with an optional fraction and exponent that is not part of a name: `5.01`, `1e-05` and
/// the `3` of `3x` are numbers, the digits of `i32` and `thread_1` are not.
pub(crate) fn mask(line: &str) -> (String, Vec<f64>) {
    let mut masked = String::with_capacity(line.len());
    let mut numbers = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let in_name = masked
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        let length = if first.is_ascii_digit() && !in_name {
            number_length(rest)
        } else {
            0
        };
        if length > 0 {
            masked.push('#');
            numbers.extend(rest[..length].parse::<f64>());
            rest = &rest[length..];
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (masked, numbers)
}

/// How many bytes of `text`, which starts with a digit, are one number.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(0);
    if text[length..].starts_with('.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if text[length..].starts_with(['e', 'E']) {
        let sign = usize::from(text[length + 1..].starts_with(['+', '-']));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn numbers_are_masked_and_read() {
        let cases: [(&str, &str, &[f64]); 9] = [
            ("no number", "no number", &[]),
            ("took 5.0143 s", "took # s", &[5.0143]),
            ("1 and 22", "# and #", &[1.0, 22.0]),
            ("9.5e-05", "#", &[9.5e-05]),
            ("2E+3x", "#x", &[2000.0]),
            ("3 eggs, 3e", "# eggs, #e", &[3.0, 3.0]),
            ("end of 7.", "end of #.", &[7.0]),
            ("i32 thread_1 E0499", "i32 thread_1 E0499", &[]),
            ("1.2.3", "#.#", &[1.2, 3.0]),
        ];
        for (line, masked, numbers) in cases {
            assert_eq!(mask(line), (masked.to_owned(), numbers.to_vec()), "{line}");
        }
    }
}
