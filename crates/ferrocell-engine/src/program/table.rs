//! A value read as a table, from the text that `{:?}` writes of it: lists of structs or tuples, maps, and what `ndarray`
//! and `polars` write.
//!
//! That text is all that is needed: `[P { x: 1, y: 2 }, P { x: 3, y: 4 }]` has its columns in it. Whatever reads otherwise
//! is shown as it is.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::MimeBundle;

/// The most rows of a table; how many more there are is said below.
const ROWS: usize = 50;

/// The most columns; what is wider reads better as it is.
const COLUMNS: usize = 30;

/// Adds the table that a value reads as, unless it has another form than its text already, and leaves out of a long text
/// what the table leaves out.
pub(crate) fn add(value: &mut MimeBundle) {
    let Some(text) = value.text().filter(|_| value.0.len() == 1) else {
        return;
    };
    if let Some(html) = frame(text) {
        value.insert("text/html", html);
    } else if let Some(rows) = rows(text) {
        let (html, short) = (html(&rows), shortened(text, &rows));
        value.insert("text/html", html);
        if let Some(short) = short {
            value.insert("text/plain", short);
        }
    }
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
    /// As it is written.
    text: &'a str,
    key: String,
    /// The name of a struct, or the bracket of a list or tuple.
    kind: &'a str,
    /// The columns with their values.
    cells: Vec<(Cow<'a, str>, &'a str)>,
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

/// The rows of the table that a text reads as.
fn rows(text: &str) -> Option<Vec<Row<'_>>> {
    let array = array(text);
    let parts = Parts::of(array.unwrap_or(text))?;
    let items = parts.items.iter();
    match (parts.name, parts.open, &*parts.items) {
        ("Some" | "Ok", '(', [inner]) => rows(inner),
        ("", '[', _) => {
            let rows = items.enumerate();
            let rows = rows.map(|(index, item)| Row::new(item, index.to_string(), item));
            alike(rows.collect()).filter(|rows| match rows[0].kind {
                // Lists in a list may as well be columns, as those of a matrix of `nalgebra` are.
                "[" => array.is_some(),
                "(" => rows.len() > 1,
                _ => true,
            })
        }
        ("", '{', _) => {
            let fields = items.map(|item| Some((*item, colon(item)?)));
            let fields: Vec<_> = fields.collect::<Option<_>>()?;
            let of_structs = fields
                .iter()
                .map(|(item, at)| Row::new(item, plain(&item[..*at]), &item[at + 2..]));
            let of_values = || {
                let rows = fields.iter().map(|(text, at)| Row {
                    text,
                    key: plain(&text[..*at]),
                    kind: "",
                    cells: vec![(Cow::Borrowed(""), &text[at + 2..])],
                });
                rows.collect()
            };
            alike(of_structs.collect()).or_else(|| alike(Some(of_values())))
        }
        _ => None,
    }
}

/// The elements in what `ndarray` writes of an array, without its shape.
fn array(text: &str) -> Option<&str> {
    let (array, shape) = text.split_once("], shape=[")?;
    shape.contains("ndim=").then(|| &text[..array.len() + 1])
}

/// The rows, if all have the same columns.
fn alike(rows: Option<Vec<Row<'_>>>) -> Option<Vec<Row<'_>>> {
    rows.filter(|rows| {
        rows.first().is_some_and(|first| {
            first.cells.len() <= COLUMNS && rows.iter().all(|row| row.is_like(first))
        })
    })
}

impl<'a> Row<'a> {
    /// A struct, tuple or list as a row.
    fn new(text: &'a str, key: String, value: &'a str) -> Option<Self> {
        let parts = Parts::of(value)?;
        let items = parts.items.into_iter();
        let (kind, cells): (_, Vec<_>) = match (parts.name, parts.open) {
            ("", '{') => return None,
            ("", '(') => ("(", numbered(items)),
            ("", _) => ("[", numbered(items)),
            (name, '{') => {
                let cells = items.map(|field| {
                    let (name, value) = field.split_once(": ")?;
                    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
                    is_name.then_some((Cow::Borrowed(name), value))
                });
                (name, cells.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        let least = if kind == "(" { 2 } else { 1 };
        (cells.len() >= least).then_some(Self {
            text,
            key,
            kind,
            cells,
        })
    }

    /// Whether another row has the same columns.
    fn is_like(&self, other: &Self) -> bool {
        let names = |row: &Self| {
            row.cells
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        self.kind == other.kind && names(self) == names(other)
    }
}

fn numbered<'a>(items: impl Iterator<Item = &'a str>) -> Vec<(Cow<'a, str>, &'a str)> {
    let items = items.enumerate();
    items
        .map(|(index, item)| (index.to_string().into(), item))
        .collect()
}

fn html(rows: &[Row<'_>]) -> String {
    let mut html = String::from("<table>\n");
    let names = rows.first().map(|row| &*row.cells).unwrap_or_default();
    if names.iter().any(|(name, _)| !name.is_empty()) {
        html += "<thead><tr><th></th>";
        for (name, _) in names {
            let _ = write!(html, "<th>{}</th>", escaped(name));
        }
        html += "</tr></thead>\n";
    }
    html += "<tbody>\n";
    for row in rows.iter().take(ROWS) {
        let _ = write!(html, "<tr><th>{}</th>", escaped(&row.key));
        for (_, value) in &row.cells {
            let _ = write!(html, "<td>{}</td>", escaped(&plain(value)));
        }
        html += "</tr>\n";
    }
    html += "</tbody>\n</table>";
    if let more @ 1.. = rows.len().saturating_sub(ROWS) {
        let _ = write!(html, "\n<p>… {} more</p>", grouped(more));
    }
    html
}

/// The text without the rows that the table leaves out.
fn shortened(text: &str, rows: &[Row<'_>]) -> Option<String> {
    let (last_shown, last) = (rows.get(ROWS - 1)?, rows.last()?);
    let more @ 1.. = rows.len() - ROWS else {
        return None;
    };
    let end = |row: &Row<'_>| row.text.as_ptr().addr() + row.text.len() - text.as_ptr().addr();
    let (shown, rest) = (&text[..end(last_shown)], &text[end(last)..]);
    Some(format!("{shown}, … {} more{rest}", grouped(more)))
}

/// The frame of `polars` that a text shows, as an HTML table.
fn frame(text: &str) -> Option<String> {
    let (shape, drawn) = text.trim().split_once('\n')?;
    let is_frame = shape.starts_with("shape: (") && drawn.starts_with('┌');
    let (head, body) = drawn.split_once('╞').filter(|_| is_frame)?;
    let rows = |text: &str| {
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix('│')?.strip_suffix('│').map(str::to_owned));
        lines
            .map(|line| {
                line.split('┆')
                    .map(|cell| escaped(cell.trim()))
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    let (head, body) = (rows(head), rows(body));
    let (names, types) = (head.first()?, head.last().filter(|_| head.len() == 3));
    if names.len() > COLUMNS || body.iter().any(|row| row.len() != names.len()) {
        return None;
    }
    let mut html = String::from("<table>\n<thead><tr>");
    for (column, name) in names.iter().enumerate() {
        let ty = types.and_then(|types| types.get(column));
        let ty = ty
            .map(|ty| format!("<br><small>{ty}</small>"))
            .unwrap_or_default();
        let _ = write!(html, "<th>{name}{ty}</th>");
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in body {
        let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        let _ = writeln!(html, "<tr>{cells}</tr>");
    }
    let _ = write!(html, "</tbody>\n</table>\n<p>{}</p>", escaped(shape));
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

    /// Both forms of a value with this text.
    fn forms(text: &str) -> (Option<String>, String) {
        let mut value = MimeBundle::plain(text);
        add(&mut value);
        let html = value.0.get("text/html").and_then(|html| html.as_str());
        (html.map(str::to_owned), value.text().unwrap().to_owned())
    }

    /// The table's cells, rows apart by `/`.
    fn cells(text: &str) -> String {
        let html = forms(text).0;
        let html = html.unwrap_or_else(|| panic!("{text} is a table"));
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
        assert_eq!(cells("Some([P { x: 1 }])"), "x / 0 1");
        assert_eq!(cells("Ok(Some({1: P { x: 1 }}))"), "x / 1 1");
    }

    #[test]
    fn lists_of_tuples_arrays_and_maps_of_values_are_tables() {
        assert_eq!(cells("[(1, 'a'), (2, 'b')]"), "0 1 / 0 1 'a' / 1 2 'b'");
        assert_eq!(cells(r#"{"the": 3, "end": 1}"#), "the 3 / end 1");
        assert_eq!(cells(r#"{1: [1], 2: P { x: 1 }}"#), "1 [1] / 2 P { x: 1 }");
        assert_eq!(
            cells(
                "[[1.0, 2.0],\n [3.0, 4.0]], shape=[2, 2], strides=[2, 1], layout=Cc (0x5), const ndim=2"
            ),
            "0 1 / 0 1.0 2.0 / 1 3.0 4.0"
        );
    }

    #[test]
    fn what_a_table_leaves_out_is_counted() {
        let text = |rows: usize| format!("Some([{}])", vec!["P { x: 1 }"; rows].join(", "));
        let (html, short) = forms(&text(1234 + ROWS));
        assert!(html.unwrap().ends_with("<p>… 1,234 more</p>"));
        let shown = text(ROWS);
        let shown = shown.strip_suffix("])").unwrap();
        assert_eq!(short, format!("{shown}, … 1,234 more])"));
        assert_eq!(forms(&text(ROWS)).1, text(ROWS));
    }

    #[test]
    fn frames_are_tables() {
        let frame = "shape: (2, 2)\n┌──────┬───────┐\n│ city ┆ size  │\n│ ---  ┆ ---   │\n│ str  ┆ f64   │\n╞══════╪═══════╡\n\
                     │ Bern ┆ 134.0 │\n│ <b>  ┆ null  │\n└──────┴───────┘";
        assert_eq!(
            cells(frame),
            "city str size f64 / Bern 134.0 / &lt;b&gt; null shape: (2, 2)"
        );
        assert_eq!(forms("shape: (2, 2)\n┌").0, None);
    }

    #[test]
    fn all_else_is_as_it_is() {
        for text in [
            "",
            "[]",
            "{}",
            "5",
            "\"[P { x: 1 }]\"",
            "[1, 2]",
            "[[1, 2], [3, 4]]",
            "[(1,), (2,)]",
            "[(1, 2), [1, 2]]",
            "[P, Q]",
            "[P(1), P(2)]",
            "[P { x: 1 }, Q { x: 1 }]",
            "[P { x: 1 }, P { y: 1 }]",
            "[P { x: 1, .. }]",
            "P { x: 1 }",
            "Err([P { x: 1 }])",
            "{1, 2}",
            "[P { x: 1 }",
            "[P { x: 1 ]}",
            "[P { x: \"1 }]",
            "it's [P { x: 1 }]",
        ] {
            assert_eq!(forms(text), (None, text.to_owned()), "{text}");
        }
    }
}
