//! A list of structs read as a table, from the text that `{:?}` writes of it.
//!
//! That text is all that is needed: `[P { x: 1, y: 2 }, P { x: 3, y: 4 }]` has its columns in it. Whatever reads otherwise
//! is shown as it is.

use std::fmt::Write as _;

/// The most rows of a table; how many more there are is said below.
const ROWS: usize = 50;

/// The most columns; what is wider reads better as it is.
const COLUMNS: usize = 30;

/// The value as an HTML table, if it is a list of structs with the same named fields, or a map to such.
pub(super) fn of(text: &str) -> Option<String> {
    let value = Parts::of(text)?;
    let is_list = value.name.is_empty();
    let rows: Vec<Row<'_>> = match value.open {
        '[' if is_list => value.items.iter().enumerate().map(Row::of_list).collect(),
        '{' if is_list => value.items.iter().map(Row::of_map).collect(),
        _ => return None,
    };
    let rows = rows
        .into_iter()
        .map(|row| row.cells.is_some().then_some(row));
    let rows: Vec<Row<'_>> = rows.collect::<Option<_>>()?;
    html(&rows)
}

/// What a value consists of.
struct Parts<'a> {
    /// What stands before the bracket.
    name: &'a str,
    /// The bracket.
    open: char,
    /// What stands between commas.
    items: Vec<&'a str>,
}

/// An item of the list or map.
struct Row<'a> {
    key: String,
    name: &'a str,
    /// The fields with their values; `None` if it has none with names.
    cells: Option<Vec<(&'a str, &'a str)>>,
}

impl<'a> Parts<'a> {
    /// Takes a value apart at its outermost brackets.
    fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let at = text.find(['[', '{', '('])?;
        let open = text[at..].chars().next()?;
        let close = closing(open);
        let inside = text[at + 1..].strip_suffix(close)?;
        let name = text[..at].trim();
        let is_name = name
            .chars()
            .all(|c| c.is_alphanumeric() || "_:<>".contains(c));
        is_name.then_some(Self {
            name,
            open,
            items: split(inside)?,
        })
    }
}

impl<'a> Row<'a> {
    fn of_list((index, item): (usize, &&'a str)) -> Self {
        Self::new(index.to_string(), item)
    }

    fn of_map(item: &&'a str) -> Self {
        match colon(item) {
            Some(at) => Self::new(plain(&item[..at]), &item[at + 2..]),
            None => Self {
                key: String::new(),
                name: "",
                cells: None,
            },
        }
    }

    fn new(key: String, value: &'a str) -> Self {
        let parts = Parts::of(value).filter(|parts| parts.open == '{' && !parts.name.is_empty());
        let name = parts.as_ref().map_or("", |parts| parts.name);
        let cells = parts.and_then(|parts| {
            let cells = parts.items.into_iter().map(|field| {
                let (name, value) = field.split_once(": ")?;
                let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
                is_name.then_some((name, value))
            });
            cells
                .collect::<Option<Vec<_>>>()
                .filter(|cells| !cells.is_empty())
        });
        Self { key, name, cells }
    }

    fn cells(&self) -> &[(&'a str, &'a str)] {
        self.cells.as_deref().unwrap_or_default()
    }

    /// Whether another row has the same columns.
    fn is_like(&self, other: &Self) -> bool {
        let names = |row: &Self| {
            row.cells()
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
        };
        self.name == other.name && names(self) == names(other)
    }
}

fn html(rows: &[Row<'_>]) -> Option<String> {
    let first = rows.first()?;
    if first.cells().len() > COLUMNS || !rows.iter().all(|row| row.is_like(first)) {
        return None;
    }
    let mut html = String::from("<table>\n<thead><tr><th></th>");
    for (name, _) in first.cells() {
        let _ = write!(html, "<th>{}</th>", escaped(name));
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in rows.iter().take(ROWS) {
        let _ = write!(html, "<tr><th>{}</th>", escaped(&row.key));
        for (_, value) in row.cells() {
            let _ = write!(html, "<td>{}</td>", escaped(&plain(value)));
        }
        html += "</tr>\n";
    }
    html += "</tbody>\n</table>";
    if let more @ 1.. = rows.len().saturating_sub(ROWS) {
        let _ = write!(html, "\n<p>… {} more</p>", grouped(more));
    }
    Some(html)
}

/// Splits at the commas that stand in no bracket and no quotes. `None` if brackets do not match.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut items, mut begin) = (Vec::new(), 0);
    scan(text, |at, character| {
        if character == ',' {
            items.push(text[begin..at].trim());
            begin = at + 1;
        }
    })?;
    let last = text[begin..].trim();
    if !last.is_empty() {
        items.push(last);
    }
    Some(items)
}

/// Where the colon between a key and its value stands.
fn colon(text: &str) -> Option<usize> {
    let mut found = None;
    scan(text, |at, character| {
        if character == ':' && found.is_none() && text[at..].starts_with(": ") {
            found = Some(at);
        }
    })?;
    found
}

/// Calls `outside` for each character that stands in no bracket and no quotes.
fn scan(text: &str, mut outside: impl FnMut(usize, char)) -> Option<()> {
    let mut open = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => loop {
                match characters.next()?.1 {
                    '\\' => drop(characters.next()),
                    '"' => break,
                    _ => {}
                }
            },
            '\'' => {
                // A character; else it is an apostrophe, or belongs to a lifetime.
                let rest = &text[at + 1..];
                let len = match rest.strip_prefix('\\') {
                    Some(escape) => escape
                        .char_indices()
                        .skip(1)
                        .find(|(_, c)| *c == '\'')
                        .map(|(end, _)| end + 2),
                    None => {
                        let mut rest = rest.char_indices();
                        rest.next();
                        rest.next()
                            .filter(|(_, c)| *c == '\'')
                            .map(|(end, _)| end + 1)
                    }
                };
                let end = at + 1 + len.unwrap_or_default();
                while characters.next_if(|(next, _)| *next < end).is_some() {}
            }
            '[' | '{' | '(' => open.push(closing(character)),
            ']' | '}' | ')' if open.pop() != Some(character) => return None,
            ']' | '}' | ')' => {}
            _ if open.is_empty() => outside(at, character),
            _ => {}
        }
    }
    open.is_empty().then_some(())
}

fn closing(open: char) -> char {
    match open {
        '[' => ']',
        '{' => '}',
        _ => ')',
    }
}

/// A text without its quotes, anything else as it is.
fn plain(value: &str) -> String {
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    match quoted {
        Some(text) => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table's cells, rows apart by `/`.
    fn cells(text: &str) -> String {
        let html = of(text).unwrap_or_else(|| panic!("{text} is a table"));
        let html = html
            .replace("</tr></thead>\n<tbody>\n<tr>", "/")
            .replace("</tr>\n<tr>", "/");
        let mut texts = html.split('<').filter_map(|tag| tag.split_once('>'));
        let texts: Vec<_> = texts.by_ref().map(|(_, text)| text.trim()).collect();
        texts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn lists_and_maps_of_structs_are_tables() {
        assert_eq!(
            cells("[P { x: 1, y: 2.5 }, P { x: -3, y: 4.0 }]"),
            "x y / 0 1 2.5 / 1 -3 4.0"
        );
        assert_eq!(
            cells(r#"[P { name: "a, \"b\" {", at: [1, 2], to: Some(Q { z: 'x' }) }]"#),
            r#"name at to / 0 a, "b" { [1, 2] Some(Q { z: 'x' })"#
        );
        assert_eq!(
            cells(r#"{"one": P { x: '\'' }, "two": P { x: '"' }}"#),
            r#"x / one '\'' / two '"'"#
        );
        assert_eq!(cells("{(1, 2): P { x: 1 }}"), "x / (1, 2) 1");
        assert_eq!(cells("[P { html: \"<b>&\" }]"), "html / 0 &lt;b&gt;&amp;");
        let many = format!("[{}]", vec!["P { x: 1 }"; 1234 + ROWS].join(", "));
        assert!(of(&many).unwrap().ends_with("<p>… 1,234 more</p>"));
    }

    #[test]
    fn all_else_is_none() {
        for text in [
            "",
            "[]",
            "{}",
            "5",
            "\"[P { x: 1 }]\"",
            "[1, 2]",
            "[P, Q]",
            "[P(1), P(2)]",
            "[P { x: 1 }, Q { x: 1 }]",
            "[P { x: 1 }, P { y: 1 }]",
            "[P { x: 1, .. }]",
            "P { x: 1 }",
            "Some([P { x: 1 }])",
            "{1, 2}",
            "{1: 2}",
            "[P { x: 1 }",
            "[P { x: 1 ]}",
            "[P { x: \"1 }]",
            "it's [P { x: 1 }]",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
