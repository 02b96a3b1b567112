//! Spec text, file names and spans: what every message and every origin points into.

use std::fmt;

/// Names one file of a [`Sources`] set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(u32);

/// A range of bytes in one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and the place where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

/// One file of the spec.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the project, with `/` on every system: `base/app.kdl`.
    pub name: String,
    /// The text.
    pub text: String,
    line_starts: Vec<u32>,
}

/// All files of one project, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// A position a person can read: file, line and column, both counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file's name.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Span {
    /// Returns the span of bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// Returns the range of bytes, for slicing the file's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<T> Spanned<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl Source {
    /// Returns the environment or layer that the file belongs to: `environments/NAME.kdl` or `environments/NAME/….kdl`; none for
    /// a file of the base.
    pub fn environment(&self) -> Option<&str> {
        let rest = self.name.strip_prefix("environments/")?;
        Some(rest.split_once('/').map_or_else(|| rest.strip_suffix(".kdl").unwrap_or(rest), |(folder, _)| folder))
    }
}

impl Sources {
    /// Takes `(name, text)` pairs in any order; the set is sorted by name, so that ids do not depend on it.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<Source> = files
            .into_iter()
            .map(|(name, text)| {
                let line_starts = std::iter::once(0)
                    .chain(text.match_indices('\n').map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
                    .collect();
                Source { name, text, line_starts }
            })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { files }
    }

    /// Iterates the files with their ids, by name.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, it)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), it))
    }

    /// Returns a file by its id.
    pub fn file(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Returns the text a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Returns the line and column where a span starts.
    pub fn location(&self, span: Span) -> Location {
        let source = self.file(span.file);
        let line = source.line_starts.partition_point(|start| *start <= span.start);
        let line_start = source.line_starts[line - 1] as usize;
        let before = source.text.get(line_start..span.start as usize).unwrap_or("");
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Location { file: source.name.clone(), line: count(line), column: count(before.chars().count() + 1) }
    }

    /// Returns the whole line a span starts in, without its line break.
    pub fn line(&self, span: Span) -> &str {
        let source = self.file(span.file);
        let line = source.line_starts.partition_point(|start| *start <= span.start);
        let start = source.line_starts[line - 1] as usize;
        source.text[start..].lines().next().unwrap_or("")
    }
}

impl fmt::Display for Location {
    /// Writes `base/app.kdl:12`: the form that every report uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Why a value is what it is: the line that set it, the lines that lost to it, or the compiler's own rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The line that set the value, or from which a rule derived it.
    pub span: Option<Span>,
    /// The lines whose value this one replaced, the nearest first.
    pub overrides: Vec<Span>,
    /// The compiler rule that made the value, where no line says the value itself.
    pub rule: Option<&'static str>,
}

impl Origin {
    /// A value that a line of the spec says.
    pub fn line(span: Span) -> Self {
        Self { span: Some(span), overrides: Vec::new(), rule: None }
    }

    /// A value that the compiler sets by itself, whatever the spec says.
    pub fn rule(rule: &'static str) -> Self {
        Self { span: None, overrides: Vec::new(), rule: Some(rule) }
    }

    /// A value that the compiler derives from what this origin's line says.
    #[must_use]
    pub fn derived(&self, rule: &'static str) -> Self {
        Self { rule: Some(rule), ..self.clone() }
    }
}

/// A value of the complete spec with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced<T> {
    /// The value.
    pub value: T,
    /// Why it is that.
    pub origin: Origin,
}

impl<T> Traced<T> {
    /// Pairs a value with its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// A default of the language.
    pub fn rule(value: T, rule: &'static str) -> Self {
        Self { value, origin: Origin::rule(rule) }
    }

    /// Changes the value and keeps the origin.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Traced<U> {
        Traced { value: change(self.value), origin: self.origin }
    }
}
