//! Turns the bytes of a stream into text and rich content.
//!
//! Bytes of an unfinished character wait for the rest of it. Lines between `EVCXR_BEGIN_CONTENT` and
//! `EVCXR_END_CONTENT` become one rich value, and a line `EVCXR_INPUT_REQUEST:…` becomes the prompt of the question that
//! follows it. Everything else passes at once.

const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";
const INPUT: &str = "EVCXR_INPUT_REQUEST:";
const PASSWORD: &str = "EVCXR_INPUT_REQUEST_PASSWORD:";

/// The largest rich value in bytes. What goes on without an end beyond that is text.
const LARGEST: usize = 32 << 20;

/// A piece of what a stream carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text to show as it is.
    Text(String),
    /// A rich value.
    Content {
        /// Its type.
        mime: String,
        /// The content.
        content: String,
    },
    /// The prompt of the next question.
    Prompt {
        /// What to show.
        text: String,
        /// Whether the answer is secret.
        password: bool,
    },
}

/// One stream of one cell.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// The start of a character whose rest has not arrived.
    partial: Vec<u8>,
    /// A line that might be one of those above, not finished yet; or the lines of a rich value.
    held: String,
    /// The line with which the rich value began whose lines are being held.
    content: Option<String>,
    /// Whether text that was passed on did not end its line.
    mid_line: bool,
}

impl Stream {
    /// Takes bytes and gives what they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let text = self.decode(bytes);
        for line in text.split_inclusive('\n') {
            self.line(line, &mut pieces);
        }
        pieces
    }

    /// Lets a marker begin here, whatever stands before it.
    pub(crate) fn begin_line(&mut self) {
        self.mid_line = false;
    }

    /// Whether something waits that might not be completed.
    pub(crate) fn is_holding(&self) -> bool {
        !self.partial.is_empty() || (self.content.is_none() && !self.held.is_empty())
    }

    /// Gives what waits: nothing more is to be expected.
    pub(crate) fn flush(&mut self) -> Vec<Piece> {
        let mut text = self.content.take().unwrap_or_default();
        text.push_str(&std::mem::take(&mut self.held));
        text.push_str(&String::from_utf8_lossy(&std::mem::take(&mut self.partial)));
        let mut pieces = Vec::new();
        self.pass(&text, &mut pieces);
        pieces
    }

    /// Gives the unfinished line that waits only because of how it begins.
    pub(crate) fn release(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if self.content.is_none() {
            let held = std::mem::take(&mut self.held);
            self.pass(&held, &mut pieces);
        }
        pieces
    }

    fn decode(&mut self, bytes: &[u8]) -> String {
        self.partial.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.partial);
        let mut text = String::with_capacity(bytes.len());
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    return text;
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    match error.error_len() {
                        Some(length) => {
                            text.push(char::REPLACEMENT_CHARACTER);
                            rest = &invalid[length..];
                        }
                        None => {
                            self.partial = invalid.to_vec();
                            return text;
                        }
                    }
                }
            }
        }
    }

    /// Takes a line, or a part of one.
    fn line(&mut self, line: &str, pieces: &mut Vec<Piece>) {
        if self.mid_line && self.content.is_none() {
            // The marker of a value may follow text that a program left without a newline.
            return self.pass(line, pieces);
        }
        self.held.push_str(line);
        let start = self.held[..self.held.len() - line.len()]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let last = &self.held[start..];
        let is_whole = last.ends_with('\n');
        if let Some(begin) = &self.content {
            if is_whole && last.trim_end() == END {
                let mime = begin[BEGIN.len()..].trim().to_owned();
                self.content = None;
                let content = self.held[..start].trim_end_matches('\n').to_owned();
                self.held.clear();
                pieces.push(Piece::Content { mime, content });
            } else if self.held.len() > LARGEST {
                let held =
                    self.content.take().unwrap_or_default() + &std::mem::take(&mut self.held);
                self.pass(&held, pieces);
            }
        } else if is_whole {
            let line = std::mem::take(&mut self.held);
            let body = line.trim_end_matches(['\n', '\r']);
            if body.starts_with(BEGIN) {
                self.content = Some(line);
            } else if let Some(text) = body.strip_prefix(INPUT) {
                pieces.push(Piece::Prompt {
                    text: text.to_owned(),
                    password: false,
                });
            } else if let Some(text) = body.strip_prefix(PASSWORD) {
                pieces.push(Piece::Prompt {
                    text: text.to_owned(),
                    password: true,
                });
            } else {
                self.pass(&line, pieces);
            }
        } else if ![BEGIN, INPUT, PASSWORD]
            .iter()
            .any(|marker| last.starts_with(marker) || marker.starts_with(last))
        {
            let held = std::mem::take(&mut self.held);
            self.pass(&held, pieces);
        }
    }

    fn pass(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        if text.is_empty() {
            return;
        }
        self.mid_line = !text.ends_with('\n');
        match pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => pieces.push(Piece::Text(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(writes: &[&[u8]], expected: Expect) {
        let mut stream = Stream::default();
        let mut shown = String::new();
        for bytes in writes {
            shown.push_str(&format!("{:?}\n", stream.feed(bytes)));
        }
        shown.push_str(&format!("flush {:?}", stream.flush()));
        expected.assert_eq(&shown);
    }

    #[test]
    fn text_passes_at_once() {
        check(
            &[b"a\nb", b"c\r", b"50%\r"],
            expect![[r#"
            [Text("a\nb")]
            [Text("c\r")]
            [Text("50%\r")]
            flush []"#]],
        );
    }

    #[test]
    fn characters_stay_whole() {
        check(
            &[b"\xe2\x82", b"\xac \xff!", b"\xf0\x9f"],
            expect![[r#"
            []
            [Text("€ �!")]
            []
            flush [Text("�")]"#]],
        );
    }

    #[test]
    fn content_is_taken_out_of_the_text() {
        let block = b"x\nEVCXR_BEGIN_CONTENT text/html\n<b>\n</b>\nEVCXR_END_CONTENT\ny";
        check(
            &[block],
            expect![[r#"
            [Text("x\n"), Content { mime: "text/html", content: "<b>\n</b>" }, Text("y")]
            flush []"#]],
        );
        check(
            &[
                b"EVCXR_BEGIN",
                b"_CONTENT a/b\n1",
                b"2\nEVCXR_END_CONT",
                b"ENT\n",
            ],
            expect![[r#"
            []
            []
            []
            [Content { mime: "a/b", content: "12" }]
            flush []"#]],
        );
    }

    #[test]
    fn prompts_keep_their_colons() {
        check(
            &[
                b"EVCXR_INPUT_REQUEST:Name: \n",
                b"EVCXR_INPUT_REQUEST_PASSWORD:\n",
            ],
            expect![[r#"
            [Prompt { text: "Name: ", password: false }]
            [Prompt { text: "", password: true }]
            flush []"#]],
        );
    }

    #[test]
    fn nothing_is_lost_when_a_marker_is_not_completed() {
        check(
            &[b"EVC", b"R\nEVCXR_BEGIN_CONTENT  text/html\r\nrest"],
            expect![[r#"
            []
            [Text("EVCR\n")]
            flush [Text("EVCXR_BEGIN_CONTENT  text/html\r\nrest")]"#]],
        );
    }
}
