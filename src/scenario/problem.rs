//! What is wrong with a scenario: where, and how to mend it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::tree::Place;

/// Everything that is wrong with a scenario file or its overrides, in the order of the text.
#[derive(Clone, Debug, thiserror::Error)]
pub struct ScenarioErrors {
    texts: SourceText,
    problems: Vec<Problem>,
}

/// The texts that places point into.
#[derive(Clone, Debug)]
pub(super) struct SourceText {
    pub(super) file: String,
    pub(super) text: String,
    pub(super) overrides: Vec<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    place: Place,
    title: String,
    also: Option<(Place, String)>,
    mends: Vec<String>,
}

impl Problem {
    /// Something wrong at `place`.
    pub(super) fn new(place: &Place, title: impl Into<String>) -> Self {
        Self { place: place.clone(), title: title.into(), also: None, mends: Vec::new() }
    }

    /// How to mend it.
    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mends.push(mend.into());
        self
    }

    /// The same, told of another place, where keys stand without `above`: an axis is tried as an
    /// override is.
    pub(super) fn moved(self, place: &Place, above: &str) -> Self {
        let mends = self.mends.iter().map(|mend| mend.replace(above, "")).collect();
        Self { place: place.clone(), mends, ..self }
    }

    /// A second place that has to do with it.
    pub(super) fn also(mut self, place: &Place, label: impl Into<String>) -> Self {
        self.also = Some((place.clone(), label.into()));
        self
    }
}

impl ScenarioErrors {
    pub(super) fn new(texts: SourceText, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place.order());
        Self { texts, problems }
    }

    /// How many there are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// All of them for a person, each with its line of the file, in colours for a terminal if
    /// `color`.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let shown = self.problems.iter().map(|problem| self.texts.show(&renderer, problem));
        let mut shown = shown.collect::<Vec<_>>().join("\n\n");
        shown.push('\n');
        shown
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl SourceText {
    /// The line of the file at a byte, from 1 on.
    pub(super) fn line(&self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
    }

    /// For a message of one line: `FILE:LINE`, or the override.
    pub(super) fn locate(&self, place: &Place) -> String {
        match place {
            Place::File(span) => format!("{}:{}", self.file, self.line(span.start)),
            Place::Override { index, .. } => format!("--set {}", self.overrides[*index]),
            Place::Default | Place::Preset { .. } => self.file.clone(),
        }
    }

    /// The place of some bytes of `text`, which stands at `place`, in quotes or not; the whole of
    /// it where it is not written as it reads.
    pub(super) fn within(&self, place: &Place, text: &str, at: Range<usize>) -> Place {
        let Some((_, whole, span)) = self.text_of(place) else { return place.clone() };
        let written = whole.get(span.clone()).unwrap_or_default();
        let quotes = written.len().saturating_sub(text.len()) / 2;
        if written.get(quotes..written.len() - quotes) != Some(text) {
            return place.clone();
        }
        let start = span.start + quotes;
        let span = start + at.start..start + at.end;
        match place {
            Place::Override { index, .. } => Place::Override { index: *index, span },
            _ => Place::File(span),
        }
    }

    fn show(&self, renderer: &Renderer, problem: &Problem) -> String {
        let mut group = Group::with_title(Level::ERROR.primary_title(problem.title.as_str()));
        group = self.add_snippet(group, problem);
        for mend in &problem.mends {
            group = group.element(Level::HELP.message(mend.as_str()));
        }
        renderer.render(&[group])
    }

    fn add_snippet<'a>(&'a self, group: Group<'a>, problem: &'a Problem) -> Group<'a> {
        let Some((path, text, span)) = self.text_of(&problem.place) else {
            return group.element(Origin::path(self.file.as_str()));
        };
        let mut snippet = Snippet::source(text)
            .path(path)
            .annotation(AnnotationKind::Primary.span(first_line(text, span)));
        let Some((also, label)) = &problem.also else {
            return group.element(snippet);
        };
        match self.text_of(also) {
            Some((other_path, other, span)) if (other_path, other) != (path, text) => {
                let annotation = AnnotationKind::Context.span(first_line(other, span));
                let other =
                    Snippet::source(other).path(other_path).annotation(annotation.label(label));
                group.element(snippet).element(other)
            }
            Some((_, other, span)) => {
                let annotation = AnnotationKind::Context.span(first_line(other, span));
                snippet = snippet.annotation(annotation.label(label));
                group.element(snippet)
            }
            None => group.element(snippet).element(Level::NOTE.message(label)),
        }
    }

    /// The text that a place points into, what to call it, and where in it.
    fn text_of<'a>(&'a self, place: &Place) -> Option<(&'a str, &'a str, Range<usize>)> {
        match place {
            Place::File(span) => Some((&self.file, &self.text, span.clone())),
            Place::Override { index, span } => {
                Some(("--set", &self.overrides[*index], span.clone()))
            }
            Place::Default | Place::Preset { .. } => None,
        }
    }
}

/// The part of a span on its first line: whole tables need no underlining.
fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(text.len());
    let end = span.end.clamp(start, text.len());
    let length = text[start..end].find(['\r', '\n']).unwrap_or(end - start);
    start..start + length
}
