//! Outputs of code cells.

use std::fmt::Write as _;

use jupyter_protocol::media::{Media, MediaType};
use nbformat::v4::Output;

use super::text::escape;
use crate::text::{as_displayed, without_ansi};

/// Appends one output as HTML.
pub(super) fn render(html: &mut String, output: &Output) {
    match output {
        Output::Stream { name, text } => {
            let text = terminal(as_displayed(&text.0).trim_end());
            let _ = write!(html, "<pre class=\"{}\">{text}</pre>", escape(name));
        }
        Output::DisplayData(display) => media(html, &display.data),
        Output::ExecuteResult(result) => media(html, &result.data),
        Output::Error(error) => {
            let text = if error.traceback.is_empty() {
                format!("{}: {}", error.ename, error.evalue)
            } else {
                error.traceback.join("\n")
            };
            let _ = write!(
                html,
                "<pre class=\"error\">{}</pre>",
                terminal(text.trim_end())
            );
        }
    }
}

/// The richest form of a result that a page without scripts can show.
fn media(html: &mut String, media: &Media) {
    let richest = media.richest(|media| match media {
        MediaType::Png(_) | MediaType::Jpeg(_) | MediaType::Gif(_) | MediaType::Svg(_) => 3,
        MediaType::Html(_) => 2,
        MediaType::Plain(_) => 1,
        _ => 0,
    });
    let _ = match richest {
        Some(MediaType::Plain(text)) => {
            write!(html, "<pre class=\"result\">{}</pre>", terminal(text))
        }
        // Scripts and styles of an output stay inside its own frame.
        Some(MediaType::Html(markup)) => write!(
            html,
            "<iframe sandbox srcdoc=\"{}\" title=\"output\"></iframe>",
            escape(markup)
        ),
        Some(MediaType::Svg(markup)) => write!(
            html,
            "<img alt=\"output\" src=\"data:image/svg+xml,{}\">",
            percent_encode(markup)
        ),
        Some(image @ (MediaType::Png(data) | MediaType::Jpeg(data) | MediaType::Gif(data))) => {
            write!(
                html,
                "<img alt=\"output\" src=\"data:{};base64,{}\">",
                image.mime_type(),
                escape(&data.split_whitespace().collect::<String>())
            )
        }
        _ => write!(
            html,
            "<p class=\"note\">(an output that only a frontend can show)</p>"
        ),
    };
}

/// Text of a terminal with its colours, as classes and variables of the page's style sheet.
fn terminal(text: &str) -> String {
    ansi_to_html::Converter::new()
        .four_bit_var_prefix(Some("ansi-".into()))
        .convert(text)
        // An escape sequence that stands for no colour spoils the conversion of the whole text.
        .unwrap_or_else(|_| escape(&without_ansi(text)))
}

fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
