//! One value in several representations.

use serde_json::{Map, Value};

/// One value in several representations, keyed by MIME type, as the Jupyter messaging spec's `data` dictionaries.
///
/// ```
/// use ferrocell_engine::MimeBundle;
///
/// let bundle = MimeBundle::plain("42");
/// assert_eq!(bundle.0["text/plain"], "42");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MimeBundle(pub Map<String, Value>);

impl MimeBundle {
    /// A bundle that holds nothing but `text/plain`.
    pub fn plain(text: impl Into<String>) -> Self {
        let mut bundle = Self::default();
        bundle.insert("text/plain", text.into());
        bundle
    }

    /// Adds one representation. JSON types (`application/json`, `…+json`) are stored as JSON when they parse,
    /// everything else as text; binary types are expected in base64, as the spec asks.
    pub fn insert(&mut self, mime: &str, content: String) {
        let is_json = mime == "application/json" || mime.ends_with("+json");
        let parsed = is_json
            .then(|| serde_json::from_str(&content).ok())
            .flatten();
        self.0
            .insert(mime.to_owned(), parsed.unwrap_or(Value::String(content)));
    }

    /// The `text/plain` representation, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.0.get("text/plain").and_then(Value::as_str)
    }
}

impl FromIterator<(String, Value)> for MimeBundle {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(representations: I) -> Self {
        Self(representations.into_iter().collect())
    }
}
