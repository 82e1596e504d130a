//! [`Content`]: a value in one or several representations.

use std::fmt::{self, Debug};

use crate::base64;
use crate::host::Host;

/// A value in one or several representations, each of a MIME type. A front end shows the richest that it knows.
///
/// ```
/// use ferrocell::{display, html};
///
/// display(&html("<i>five</i>").and("text/plain", "five"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content {
    parts: Vec<(String, String)>,
}

impl Content {
    /// One representation. Text stays as it is; binary content, such as `image/png`, is expected in base64
    /// (see [`and_bytes`](Self::and_bytes)).
    pub fn new(mime: impl Into<String>, content: impl Into<String>) -> Self {
        Self::default().and(mime, content)
    }

    /// Adds a representation, or replaces the one of this type.
    #[must_use]
    pub fn and(mut self, mime: impl Into<String>, content: impl Into<String>) -> Self {
        let mime = mime.into();
        self.parts.retain(|(present, _)| *present != mime);
        self.parts.push((mime, content.into()));
        self
    }

    /// Adds a representation of bytes, or replaces the one of this type.
    #[must_use]
    pub fn and_bytes(self, mime: impl Into<String>, bytes: &[u8]) -> Self {
        self.and(mime, base64::encode(bytes))
    }

    /// The representation of this type.
    ///
    /// ```
    /// assert_eq!(ferrocell::markdown("*five*").get("text/markdown"), Some("*five*"));
    /// ```
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.parts()
            .find(|(present, _)| *present == mime)
            .map(|(_, content)| content)
    }

    /// Shows itself as the value of a cell's last expression; evcxr and ferrocell call this.
    pub fn evcxr_display(&self) {
        Host::current().show(self, None);
    }

    /// The types and what there is of each.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts
            .iter()
            .map(|(mime, content)| (&**mime, &**content))
    }

    /// What a terminal shows.
    pub(crate) fn plain(&self) -> String {
        match (self.get("text/plain"), self.parts.first()) {
            (Some(text), _) => text.to_owned(),
            (None, Some((mime, content))) => format!("<{mime}, {} bytes>", content.len()),
            (None, None) => String::new(),
        }
    }
}

/// What a terminal shows.
impl Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain())
    }
}

/// Text as it stands: `text/plain`.
pub fn text(text: impl Into<String>) -> Content {
    Content::new("text/plain", text)
}

/// The text that `{:?}` writes of a value. ferrocell adds a table where it reads as one, such as a list of structs.
///
/// ```
/// #[derive(Debug)]
/// struct City { name: &'static str, people: u32 }
///
/// let cities = [City { name: "Basel", people: 178_000 }, City { name: "Bern", people: 134_000 }];
/// ferrocell::display(&ferrocell::debug(&cities));
/// ```
pub fn debug(value: &(impl Debug + ?Sized)) -> Content {
    text(format!("{value:?}"))
}

/// HTML: `text/html`.
pub fn html(html: impl Into<String>) -> Content {
    Content::new("text/html", html)
}

/// A whole page of HTML with its own scripts and styles, as plotting crates write it, in a frame of this height in pixels.
///
/// ```
/// let plot = "<!doctype html><script>document.write(6 * 7)</script>";
/// ferrocell::display(&ferrocell::page(plot, 60));
/// ```
///
/// Mirrors [`IFrame`](https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html#IPython.display.IFrame),
/// without a file.
pub fn page(page: impl AsRef<str>, height: u32) -> Content {
    let page = page.as_ref().replace('&', "&amp;").replace('"', "&quot;");
    html(format!(
        r#"<iframe srcdoc="{page}" style="width: 100%; height: {height}px; border: 0"></iframe>"#
    ))
    .and("text/plain", "<page>")
}

/// Markdown, in which `$…$` is mathematics: `text/markdown`.
pub fn markdown(markdown: impl Into<String>) -> Content {
    Content::new("text/markdown", markdown)
}

/// LaTeX with its delimiters, as in `$x^2$`: `text/latex`.
pub fn latex(latex: impl Into<String>) -> Content {
    Content::new("text/latex", latex)
}

/// A vector picture: `image/svg+xml`.
pub fn svg(svg: impl Into<String>) -> Content {
    Content::new("image/svg+xml", svg)
}

/// A PNG file's bytes: `image/png`.
pub fn png(bytes: impl AsRef<[u8]>) -> Content {
    Content::default().and_bytes("image/png", bytes.as_ref())
}

/// A JPEG file's bytes: `image/jpeg`.
pub fn jpeg(bytes: impl AsRef<[u8]>) -> Content {
    Content::default().and_bytes("image/jpeg", bytes.as_ref())
}

/// A JSON text, which JupyterLab shows as a tree: `application/json`.
pub fn json(json: impl Into<String>) -> Content {
    Content::new("application/json", json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_the_text_or_says_what_there_is() {
        assert_eq!(html("<b>").and("text/plain", "b").plain(), "b");
        assert_eq!(png([1, 2, 3]).plain(), "<image/png, 4 bytes>");
        assert_eq!(Content::default().plain(), "");
    }

    #[test]
    fn a_type_is_there_once() {
        let content = text("a").and("text/plain", "b");
        assert_eq!(content.parts().collect::<Vec<_>>(), [("text/plain", "b")]);
    }
}
