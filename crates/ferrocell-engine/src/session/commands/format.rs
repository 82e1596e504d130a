//! Checks the format of `:fmt`, so that no later cell fails for it.

/// Whether a format string shows exactly one value. The error says what is expected.
pub(super) fn check(format: &str) -> Result<(), &'static str> {
    let mut placeholders = 0;
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        let brace = &rest[at..];
        if brace.starts_with("{{") || brace.starts_with("}}") {
            rest = &brace[2..];
            continue;
        }
        let inside = brace
            .strip_prefix('{')
            .and_then(|open| open.split_once('}'));
        let (spec, behind) = inside.ok_or("each `{` needs its `}`")?;
        if !is_spec(spec) {
            return Err("a placeholder without a name is expected");
        }
        placeholders += 1;
        rest = behind;
    }
    match placeholders {
        1 => Ok(()),
        _ => Err("one placeholder is expected"),
    }
}

/// Whether this may stand between the braces: `:[[fill]align][sign][#][0][width][.precision][type]`.
fn is_spec(spec: &str) -> bool {
    let Some(spec) = spec.strip_prefix(':') else {
        return spec.is_empty();
    };
    let mut characters = spec.chars();
    let first = characters.next();
    let is_alignment = |c: Option<char>| c.is_some_and(|c| "<^>".contains(c));
    let rest = if is_alignment(characters.next()) {
        characters.as_str()
    } else if is_alignment(first) {
        &spec[1..]
    } else {
        spec
    };
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let digits = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = &rest[rest.len() - digits(rest)..];
    let rest = match rest.strip_prefix('.') {
        Some(precision) if digits(precision) < precision.len() => {
            &precision[precision.len() - digits(precision)..]
        }
        Some(_) => return false,
        None => rest,
    };
    ["", "?", "x?", "X?", "x", "X", "o", "b", "p", "e", "E"].contains(&rest)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn one_value_is_shown_by_a_format() {
        for format in [
            "{}",
            "{:?}",
            "{:#?}",
            "{:02x}",
            "{:>8}",
            "{:*^+#10.3}",
            "{:.2}",
            "<{:?}>",
            "{{{}}}",
            "{:<<5}",
            "{:é>3}",
            "{:e}",
        ] {
            assert_eq!(check(format), Ok(()), "{format}");
        }
        for format in [
            "", "text", "{", "}", "{:?", "{}{}", "{x}", "{0}", "{:y}", "{:.}", "{:1$}", "{:?}}",
            "{{}}",
        ] {
            assert!(check(format).is_err(), "{format}");
        }
    }
}
