//! Markdown cells.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::code::Highlighter;
use super::text::escape;

/// The Markdown as HTML. HTML within it is shown as text, since a notebook is not to be trusted.
pub(super) fn render(markdown: &str, highlighter: &Highlighter) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut language: Option<String> = None;
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(name))) => {
            language = Some(name.into_string());
            Some(raw("<pre class=\"code\">".into()))
        }
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
            language = Some(String::new());
            Some(raw("<pre class=\"code\">".into()))
        }
        Event::End(TagEnd::CodeBlock) => {
            language = None;
            Some(raw("</pre>".into()))
        }
        Event::Text(text) => Some(match &language {
            Some(language) => raw(highlighter.render(&text, language)),
            None => Event::Text(text),
        }),
        Event::Html(markup) | Event::InlineHtml(markup) => Some(raw(escape(&markup))),
        event => Some(event),
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    rendered
}

fn raw(markup: String) -> Event<'static> {
    Event::Html(CowStr::from(markup))
}
