//! What rustdoc writes, as Markdown.

/// What stands between the first `open` at or behind `from` and the `close` that belongs to it, where elements of the
/// same name may be nested.
pub(super) fn element<'a>(page: &'a str, open: &str, name: &str) -> Option<&'a str> {
    let (_, inside) = page.split_once(open)?;
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut at) = (1usize, 0);
    loop {
        let close = at + inside[at..].find(&end)?;
        depth += inside[at..close].matches(&begin).count();
        depth -= 1;
        if depth == 0 {
            return Some(&inside[..close]);
        }
        at = close + end.len();
    }
}

/// The text of a piece of a page, without any form.
pub(super) fn text(html: &str) -> String {
    let mut out = String::new();
    pieces(html, |piece| match piece {
        Piece::Text(text) => out.push_str(&text),
        // What follows stands on a line of its own.
        Piece::Tag("div", attributes) if attributes.contains("\"where\"") => out.push('\n'),
        Piece::Tag(..) => {}
    });
    out.trim().to_owned()
}

/// The documentation in a piece of a page; with links only if that is wanted.
pub(super) fn markdown(html: &str, with_links: bool) -> String {
    let mut out = String::new();
    let (mut in_code_block, mut target, mut is_hidden) = (false, None, false);
    pieces(html, |piece| match piece {
        Piece::Text(text) if in_code_block => out.push_str(&text),
        // Lines are the reader's to break.
        Piece::Text(text) if !is_hidden => out.push_str(&text.replace('\n', " ")),
        Piece::Text(_) => {}
        Piece::Tag("pre", attributes) => {
            let language = if attributes.contains("rust") {
                "rust"
            } else {
                "text"
            };
            out.push_str(&format!("\n\n```{language}\n"));
            in_code_block = true;
        }
        Piece::Tag("/pre", _) => {
            out.push_str("\n```\n\n");
            in_code_block = false;
        }
        Piece::Tag(..) if in_code_block => {}
        Piece::Tag("code" | "/code", _) => out.push('`'),
        Piece::Tag("em" | "/em" | "i" | "/i", _) => out.push('*'),
        Piece::Tag("strong" | "/strong" | "b" | "/b", _) => out.push_str("**"),
        Piece::Tag(
            "p" | "/p" | "/ul" | "/ol" | "/table" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6",
            _,
        ) => out.push_str("\n\n"),
        Piece::Tag("h2" | "h3" | "h4" | "h5" | "h6", _) => out.push_str("\n\n#### "),
        Piece::Tag("li", _) => out.push_str("\n- "),
        Piece::Tag("tr", _) => out.push_str("\n| "),
        Piece::Tag("/td" | "/th", _) => out.push_str(" | "),
        Piece::Tag("br", _) => out.push('\n'),
        Piece::Tag("a", attributes) => {
            is_hidden = attributes.contains("doc-anchor");
            let link = attributes
                .split_once("href=\"")
                .and_then(|(_, rest)| rest.split_once('"'));
            target = link
                .map(|(target, _)| target.to_owned())
                .filter(|target| with_links && target.starts_with("http"));
            if target.is_some() {
                out.push('[');
            }
        }
        Piece::Tag("/a", _) => {
            is_hidden = false;
            if let Some(target) = target.take() {
                out.push_str(&format!("]({target})"));
            }
        }
        Piece::Tag(..) => {}
    });
    squeeze(&out)
}

/// Without spaces around lines and more than one empty line in a row, but for what is in code blocks.
fn squeeze(markdown: &str) -> String {
    let (mut out, mut in_code_block) = (String::new(), false);
    for line in markdown.trim().lines() {
        let is_fence = line.starts_with("```");
        let line = if in_code_block { line } else { line.trim() };
        in_code_block ^= is_fence;
        if !line.is_empty() || in_code_block || !out.ends_with("\n\n") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

enum Piece<'a> {
    Text(String),
    /// The name of a tag, with the slash of one that ends an element, and its attributes.
    Tag(&'a str, &'a str),
}

fn pieces<'a>(html: &'a str, mut take: impl FnMut(Piece<'a>)) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        take(Piece::Text(unescaped(&rest[..at])));
        let Some(end) = rest[at..].find('>') else {
            return;
        };
        let tag = &rest[at + 1..at + end];
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        take(Piece::Tag(name, attributes));
        rest = &rest[at + end + 1..];
    }
    take(Piece::Text(unescaped(rest)));
}

/// A text in which characters are no longer written by their names or numbers.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let entity = rest[at + 1..]
            .split_once(';')
            .map_or("", |(entity, _)| entity);
        let character = match entity {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "nbsp" => Some(' '),
            number => number
                .strip_prefix('#')
                .and_then(|number| number.parse().ok())
                .and_then(char::from_u32),
        };
        match character {
            Some(character) => {
                out.push(character);
                rest = &rest[at + entity.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_markdown() {
        let page = "<div class=\"docblock\"><p>A <code>Vec&lt;T&gt;</code>, see <a href=\"https://x.org\">here</a>\nand \
                    <a href=\"#below\">below</a>.</p>\n<h2 id=\"e\"><a class=\"doc-anchor\" href=\"#e\">§</a>Examples</h2>\n\
                    <div class=\"example-wrap\"><pre class=\"rust\"><code><span class=\"kw\">let</span> x = 1;\n\n\nx</code></pre></div>\
                    <ul>\n<li>one</li>\n<li><em>two</em></li>\n</ul></div><div>more</div>";
        let block = element(page, "<div class=\"docblock\">", "div").unwrap();
        assert_eq!(
            markdown(block, true),
            "A `Vec<T>`, see [here](https://x.org) and below.\n\n#### Examples\n\n```rust\nlet x = 1;\n\n\nx\n```\n\n- one\n- *two*"
        );
        assert!(markdown(block, false).starts_with("A `Vec<T>`, see here and below."));
        assert_eq!(
            text("pub fn <a href=\"x\">f</a>(&amp;&#39;a self) &amp;"),
            "pub fn f(&'a self) &"
        );
        assert_eq!(element("<div>", "<div>", "div"), None);
    }
}
