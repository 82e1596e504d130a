//! Markdown cells.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::code::Highlighter;
use super::text::escape;

/// The Markdown as HTML. HTML within it is shown as text but for line breaks, since a notebook is not to be trusted.
pub(super) fn render(markdown: &str, highlighter: &Highlighter) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut language: Option<String> = None;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Start(Tag::CodeBlock(kind)) => {
            language = Some(match kind {
                CodeBlockKind::Fenced(name) => name.into_string(),
                CodeBlockKind::Indented => String::new(),
            });
            raw("<pre class=\"code\">".into())
        }
        Event::End(TagEnd::CodeBlock) => {
            language = None;
            raw("</pre>".into())
        }
        Event::Text(text) => match &language {
            Some(language) => raw(highlighter.render(&text, language)),
            None => Event::Text(text),
        },
        Event::InlineHtml(markup) if markup.starts_with("<br") => Event::HardBreak,
        Event::Html(markup) | Event::InlineHtml(markup) => raw(escape(&markup)),
        event => event,
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    rendered
}

fn raw(markup: String) -> Event<'static> {
    Event::Html(CowStr::from(markup))
}
