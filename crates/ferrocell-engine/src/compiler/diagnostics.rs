//! What the compiler says, told about the user's own text.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use serde::Deserialize;

use crate::cell::Source;
use crate::compiler::paths;
use crate::compiler::source_map::{Generated, Origin, Place, position};
use crate::{Edit, Fix, Remark, Severity};

/// A message of rustc, as `--error-format=json` writes it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Diagnostic {
    /// What is wrong.
    pub(crate) message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
}

#[derive(Clone, Debug, Deserialize)]
struct Code {
    code: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
    label: Option<String>,
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<String>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Expansion {
    span: Span,
}

impl Diagnostic {
    /// Says everything in terms of the user's text that the compiler says in terms of the generated one.
    pub(crate) fn translate(&mut self, generated: &Generated) {
        let translated = |text: &str| paths::plain(&generated.name_closures(text));
        self.message = translated(&self.message);
        for span in &mut self.spans {
            let texts = [&mut span.label, &mut span.suggested_replacement];
            for text in texts.into_iter().flatten() {
                *text = translated(text);
            }
        }
        for child in &mut self.children {
            child.translate(generated);
        }
    }

    /// Whether it keeps the cell from running.
    pub(crate) fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    /// The error's code, for example `E0382`, or the lint's name.
    pub(crate) fn code(&self) -> &str {
        self.code.as_ref().map_or("", |code| &code.code)
    }

    /// Its message, and those of its notes and suggestions.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let notes = self.children.iter().map(|child| child.message.as_str());
        std::iter::once(self.message.as_str()).chain(notes)
    }

    /// What it says of the places that it points to.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().filter_map(|span| span.label.as_deref())
    }

    /// Calls what stands behind a reference of this name by the name itself, as the user's code does.
    pub(crate) fn call_by_name(&mut self, name: &str) {
        let (from, to) = (format!("`*{name}"), format!("`{name}"));
        self.message = self.message.replace(&from, &to);
        for label in self.spans.iter_mut().filter_map(|span| span.label.as_mut()) {
            *label = label.replace(&from, &to);
        }
        for child in &mut self.children {
            child.call_by_name(name);
        }
    }

    /// Whether it points to anything. What sums up all errors does not.
    pub(crate) fn has_place(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Where in the generated code its primary span came from.
    pub(crate) fn origin<'a>(&self, generated: &'a Generated) -> Option<&'a Origin> {
        let span = self.spans.iter().find(|span| span.is_primary)?;
        generated.origin(span.in_crate(generated)?.byte_start)
    }

    /// The origins of all that it points to.
    pub(crate) fn origins<'a>(
        &'a self,
        generated: &'a Generated,
    ) -> impl Iterator<Item = &'a Origin> {
        let spans = self
            .spans
            .iter()
            .chain(self.children.iter().flat_map(|child| &child.spans));
        spans.filter_map(|span| generated.origin(span.in_crate(generated)?.byte_start))
    }

    /// The place in a cell that it is about.
    pub(crate) fn place<'a>(&self, generated: &'a Generated) -> Option<Place<'a>> {
        self.spans
            .iter()
            .find(|span| span.is_primary)?
            .place(generated)
    }

    /// All places in cells that it points to.
    pub(crate) fn places<'a>(&self, generated: &'a Generated) -> Vec<Place<'a>> {
        let spans = self.spans.iter();
        spans.filter_map(|span| span.place(generated)).collect()
    }

    /// Whether it points to a variable in a cell that stands there as a value, and not to be borrowed from.
    pub(crate) fn names_whole(&self, variable: &str, generated: &Generated) -> bool {
        let mut places = self.spans.iter().filter_map(|span| span.place(generated));
        places.any(|place| {
            let (before, rest) = place.source.code.split_at(place.range.start);
            let behind = rest.strip_prefix(variable).map(str::trim_start);
            let is_borrowed =
                before.trim_end().ends_with(['&', '*']) || before.trim_end().ends_with("&mut");
            behind.is_some_and(|behind| !is_borrowed && !behind.starts_with(['.', '[', '?']))
        })
    }

    /// Whether anything that it points to lies in a cell.
    pub(crate) fn is_placed(&self, generated: &Generated) -> bool {
        self.spans
            .iter()
            .any(|span| span.place(generated).is_some())
    }

    /// What it says of a place in a cell, with `notes` of ours at its end.
    pub(crate) fn remark(
        &self,
        place: &Place<'_>,
        notes: Vec<String>,
        generated: &Generated,
    ) -> Remark {
        let children = self.children.iter();
        // Which lint spoke says nothing to the user.
        let said = children.filter(|child| !child.message.contains("#[warn("));
        Remark {
            severity: if self.is_error() {
                Severity::Error
            } else {
                Severity::Warning
            },
            message: self.message.clone(),
            code: self.code().to_owned(),
            notes: said.map(Self::as_note).chain(notes).collect(),
            fixes: self
                .children
                .iter()
                .flat_map(|child| child.fixes(place.source, generated))
                .collect(),
            start: position(&place.source.text, place.range.start),
            end: position(&place.source.text, place.range.end),
        }
    }

    /// What it suggests to change in a text, as far as it is all there: nothing to be filled in, and nothing elsewhere.
    fn fixes(&self, source: &Source, generated: &Generated) -> Vec<Fix> {
        let edit = |span: &Span| {
            let is_whole = span.expansion.is_none()
                && matches!(
                    span.suggestion_applicability.as_deref(),
                    Some("MachineApplicable" | "MaybeIncorrect")
                );
            let mut text = span.suggested_replacement.clone().filter(|_| is_whole)?;
            let place = match span.place(generated) {
                // rustc would write it above what the cell is compiled with.
                None if text.starts_with("use ") => {
                    text = format!("{}\n", text.trim());
                    let at = source.start_of_items();
                    Place {
                        source,
                        range: at..at,
                    }
                }
                place => place?,
            };
            let position = |at| position(&place.source.text, at);
            place.source.is(source).then_some(Edit {
                start: position(place.range.start),
                end: position(place.range.end),
                text,
            })
        };
        let Some(edits) = self.spans.iter().map(edit).collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let fix = |edits: Vec<Edit>| {
            let written = edits.iter().map(|edit| edit.text.trim());
            Fix {
                title: self.with_text(written),
                edits,
            }
        };
        match edits.split_first() {
            None => Vec::new(),
            // Several replacements of the same place are alternatives.
            Some((first, rest))
                if !rest.is_empty() && rest.iter().all(|edit| edit.is_at(first)) =>
            {
                edits.into_iter().map(|edit| fix(vec![edit])).collect()
            }
            // Those of several places are alternatives, too, if some are of the same.
            Some(_) if has_same_place(&edits) => Vec::new(),
            Some(_) => vec![fix(edits)],
        }
    }

    /// Its message, and what it would have written.
    fn as_note(&self) -> String {
        let spans = self.spans.iter();
        let replacements = spans.filter_map(|span| span.suggested_replacement.as_deref());
        self.with_text(replacements.map(str::trim))
    }

    /// Its message, and the first of some texts that is not empty.
    fn with_text<'a>(&self, mut texts: impl Iterator<Item = &'a str>) -> String {
        match texts.find(|text| !text.is_empty()) {
            Some(text) => format!("{}: `{text}`", self.message),
            None => self.message.clone(),
        }
    }

    /// Renders it for a terminal, with `notes` of ours at its end. What it is about stands at `instead` if all that it
    /// points to is words of ours.
    pub(crate) fn render(
        &self,
        generated: &Generated,
        notes: &[String],
        instead: Option<Place<'_>>,
    ) -> String {
        let level = level_of(&self.level);
        let mut title = level.primary_title(&self.message);
        if let Some(code) = self.code.as_ref().filter(|code| code.code.starts_with('E')) {
            title = title.id(&code.code);
        }
        let mut group = title.elements(snippets(&self.spans, generated));
        if let Some(place) = instead {
            let annotation = AnnotationKind::Primary.span(place.range.clone());
            group = group.element(snippet(&place).annotation(annotation));
        }
        let mut suggestions = Vec::new();
        for child in &self.children {
            let patches = child.patches(generated);
            if !patches.is_empty() {
                suggestions.push(
                    Level::HELP
                        .secondary_title(&child.message)
                        .elements(patches),
                );
                continue;
            }
            let places = snippets(&child.spans, generated);
            // Notes about generated code and about which lint spoke say nothing to the user.
            if (places.is_empty() && !child.spans.is_empty())
                || child.message.contains("#[warn(")
                || child.message.contains("object lifetime defaults")
            {
                continue;
            }
            group = group
                .element(level_of(&child.level).message(&child.message))
                .elements(places);
        }
        for note in notes {
            group = group.element(Level::NOTE.message(note));
        }
        let report: Vec<Group<'_>> = std::iter::once(group).chain(suggestions).collect();
        Renderer::styled().render(&report).to_string()
    }

    fn patches<'a>(&'a self, generated: &'a Generated) -> Vec<Snippet<'a, Patch<'a>>> {
        // Several replacements of the same place are alternatives, of which the first is shown.
        let is_first = |index: usize, span: &Span| {
            let is_same = |other: &Span| {
                (other.byte_start, other.byte_end) == (span.byte_start, span.byte_end)
            };
            !self.spans[..index].iter().any(is_same)
        };
        let spans = self.spans.iter().enumerate();
        let replaced = spans.filter_map(|(index, span)| {
            let place = span.place(generated).filter(|_| is_first(index, span))?;
            Some((place, span.suggested_replacement.as_deref()?))
        });
        by_cell(replaced)
            .into_iter()
            .map(|(place, replaced)| {
                let patches = replaced
                    .into_iter()
                    .map(|(place, text)| Patch::new(place.range, text));
                snippet(&place).patches(patches)
            })
            .collect()
    }
}

impl Span {
    /// The span that lies in the generated crate, if this one lies in a macro of another.
    fn in_crate(&self, generated: &Generated) -> Option<&Self> {
        let mut span = self;
        while span.file_name != generated.file {
            span = &span.expansion.as_ref()?.span;
        }
        Some(span)
    }

    /// The place in a cell, if the span or the macro call behind it lies in one.
    fn place<'a>(&self, generated: &'a Generated) -> Option<Place<'a>> {
        let mut span = self.in_crate(generated)?;
        loop {
            if let Some(place) = generated.place(&(span.byte_start..span.byte_end)) {
                return Some(place);
            }
            span = span.expansion.as_ref()?.span.in_crate(generated)?;
        }
    }
}

fn has_same_place(edits: &[Edit]) -> bool {
    let mut others = edits.iter().enumerate();
    others.any(|(index, edit)| edits[..index].iter().any(|other| other.is_at(edit)))
}

fn level_of(level: &str) -> Level<'static> {
    match level {
        "warning" => Level::WARNING,
        "note" | "failure-note" => Level::NOTE,
        "help" => Level::HELP,
        _ => Level::ERROR,
    }
}

/// The cells that spans lie in, annotated.
fn snippets<'a>(
    spans: &'a [Span],
    generated: &'a Generated,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let annotated = spans
        .iter()
        .filter_map(|span| Some((span.place(generated)?, span)));
    by_cell(annotated)
        .into_iter()
        .map(|(place, annotated)| {
            let annotations = annotated.into_iter().map(|(place, span)| {
                let kind = if span.is_primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                kind.span(place.range).label(span.label.as_deref())
            });
            snippet(&place).annotations(annotations)
        })
        .collect()
}

fn snippet<'a, T: Clone>(place: &Place<'a>) -> Snippet<'a, T> {
    Snippet::source(&*place.source.text).path(place.source.title())
}

/// Groups what lies in the same cell, in order of appearance, with one place to stand for the cell.
fn by_cell<'a, T>(
    placed: impl Iterator<Item = (Place<'a>, T)>,
) -> Vec<(Place<'a>, Vec<(Place<'a>, T)>)> {
    let mut groups: Vec<(Place<'a>, Vec<(Place<'a>, T)>)> = Vec::new();
    for (place, value) in placed {
        match groups
            .iter_mut()
            .find(|(first, _)| first.source.is(place.source))
        {
            Some((_, group)) => group.push((place, value)),
            None => groups.push((place.clone(), vec![(place, value)])),
        }
    }
    groups
}

/// Renders an error of our own about a place in a cell.
pub(crate) fn render_plain(
    source: &Source,
    range: std::ops::Range<usize>,
    message: &str,
) -> String {
    let place = Place {
        source,
        range: range.clone(),
    };
    let snippet = snippet(&place).annotation(AnnotationKind::Primary.span(range));
    Renderer::styled()
        .render(&[Level::ERROR.primary_title(message).element(snippet)])
        .to_string()
}
