//! Spellings of `:dep` lines that evcxr, older versions of Cargo or the eye of a reader accept, as Cargo has them.

use toml::{Table, Value};

/// A line without the comment or the semicolon at its end.
pub(super) fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let end = line.char_indices().find(|(index, c)| match quote {
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        None => {
            let rest = &line[*index..];
            rest.starts_with("//") && line[..*index].ends_with(char::is_whitespace)
                || *c == '#' && !line[*index..].contains('\n')
        }
    });
    let line = end.map_or(line, |(index, _)| &line[..index]);
    line.trim().trim_end_matches(';').trim_end()
}

/// The line with its versions in straight quotes.
pub(super) fn quote_versions(line: &str) -> String {
    let mut line = line.replace(['“', '”', '„'], "\"");
    if let Some((name, value)) = line.split_once('=')
        && is_version(value)
    {
        return format!("{name} = \"{}\"", value.trim());
    }
    if let Some(start) = line.find("version") {
        let value = line[start..].find('=').map(|at| start + at + 1);
        if let Some(value) = value {
            let end = line[value..].find([',', '}']);
            let end = end.map_or(line.len(), |length| value + length);
            if is_version(&line[value..end]) {
                let quoted = format!(" \"{}\"", line[value..end].trim());
                line.replace_range(value..end, &quoted);
            }
        }
    }
    line
}

/// Whether a value is a version that has no quotes.
fn is_version(value: &str) -> bool {
    value
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || "^~=<>*".contains(c))
}

/// Names and forms that Cargo has, or that its present edition insists on.
pub(super) fn as_cargo_has_it(table: &mut Table) {
    if let Some(value) = table.remove("default_features") {
        table.insert("default-features".to_owned(), value);
    }
    if let Some(Value::String(features)) = table.get("features") {
        let features = features.split([',', ' ']).filter(|name| !name.is_empty());
        let features = features.map(Value::from).collect();
        table.insert("features".to_owned(), Value::Array(features));
    }
}
