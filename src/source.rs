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

/// One file of the spec, or beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path relative to the project, with `/` on every system: `base/app.kdl`.
    pub name: String,
    /// The text; empty where it cannot be read.
    pub text: String,
    /// Why it cannot be read, after its name: `is not UTF-8 in line 3`. Only a file beside the spec may be so.
    pub unreadable: Option<String>,
    line_starts: Vec<u32>,
}

/// All files of one project: those of the spec, sorted by name, and after them those that a spec may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<Source>,
    specs: usize,
}

/// Why a path in a spec leads to no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFile {
    /// It begins with `/`.
    Absolute,
    /// It is empty, or leads to a folder.
    Folder,
    /// There is no such file; its name would be this.
    Missing(String),
    /// It leads out of `base/` and `environments/`, below which files are read.
    Outside,
    /// It leads to a file of the spec itself.
    Spec,
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
    fn new(name: String, text: String, unreadable: Option<String>) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self { name, text, unreadable, line_starts }
    }

    /// Returns the environment or layer that the file belongs to: `environments/NAME.kdl` or
    /// `environments/NAME/….kdl`; none for a file of the base.
    pub fn environment(&self) -> Option<&str> {
        let rest = self.name.strip_prefix("environments/")?;
        Some(rest.split_once('/').map_or_else(|| rest.strip_suffix(".kdl").unwrap_or(rest), |(folder, _)| folder))
    }
}

impl Sources {
    /// Takes the files of the spec as `(name, text)` pairs in any order; the set is sorted by name, so that ids do not
    /// depend on it.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<Source> = files.into_iter().map(|(name, text)| Source::new(name, text, None)).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { specs: files.len(), files }
    }

    /// Adds the files beside the spec as pairs of a name, and the text or why it cannot be read, in any order.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = (String, Result<String, String>)>) -> Self {
        self.files.extend(files.into_iter().map(|(name, content)| match content {
            Ok(text) => Source::new(name, text, None),
            Err(why) => Source::new(name, String::new(), Some(why)),
        }));
        self.files[self.specs..].sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    /// Iterates the files of the spec with their ids, by name.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.all().take(self.specs)
    }

    /// Iterates the files beside the spec with their ids, by name.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.all().skip(self.specs)
    }

    fn all(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, it)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), it))
    }

    /// Finds the file beside the spec to which a path leads from the folder of the file that names it.
    pub fn beside(&self, spec: FileId, path: &str) -> Result<FileId, NoFile> {
        if path.starts_with('/') {
            return Err(NoFile::Absolute);
        }
        let mut steps: Vec<&str> = self.file(spec).name.split('/').collect();
        steps.pop();
        for step in path.split('/') {
            match step {
                ".." if steps.pop().is_none() => return Err(NoFile::Outside),
                "" | "." | ".." => {}
                name => steps.push(name),
            }
        }
        let name = steps.join("/");
        if path.is_empty() || path.ends_with('/') || self.files.iter().any(|it| is_below(&it.name, &name)) {
            return Err(NoFile::Folder);
        }
        if !is_below(&name, "base") && !is_below(&name, "environments") {
            return Err(NoFile::Outside);
        }
        match self.all().find(|(_, it)| it.name == name) {
            Some((id, _)) if (id.0 as usize) < self.specs => Err(NoFile::Spec),
            Some((id, _)) => Ok(id),
            None => Err(NoFile::Missing(name)),
        }
    }

    /// Returns a file by an id that may be that of another set.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
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

fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|it| it.starts_with('/'))
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

#[cfg(test)]
mod tests {
    use super::{NoFile, Sources};

    #[test]
    fn a_path_leads_from_the_folder_of_the_file_that_names_it() {
        let files = ["base/x.yaml", "base/web/y.yaml", "environments/prod/z.yaml"];
        let specs = ["environments/prod.kdl", "base/web/app.kdl"].map(|it| (it.to_owned(), String::new()));
        let sources = Sources::new(specs).with_files(files.map(|it| (it.to_owned(), Ok(String::new()))));
        let web = sources.iter().find(|(_, it)| it.name == "base/web/app.kdl").unwrap().0;
        let check = |path: &str, expected: Result<&str, NoFile>| {
            let found = sources.beside(web, path).map(|it| sources.file(it).name.as_str());
            assert_eq!(found, expected, "{path:?}");
        };
        check("y.yaml", Ok("base/web/y.yaml"));
        check("./y.yaml", Ok("base/web/y.yaml"));
        check("../x.yaml", Ok("base/x.yaml"));
        check("../../environments/prod/z.yaml", Ok("environments/prod/z.yaml"));
        check("x.yaml", Err(NoFile::Missing("base/web/x.yaml".to_owned())));
        check("../../rendered/x.yaml", Err(NoFile::Outside));
        check("../../base.yaml", Err(NoFile::Outside));
        check("../../../x.yaml", Err(NoFile::Outside));
        check("../../../base/x.yaml", Err(NoFile::Outside));
        check("/etc/passwd", Err(NoFile::Absolute));
        check("app.kdl", Err(NoFile::Spec));
        check("", Err(NoFile::Folder));
        check(".", Err(NoFile::Folder));
        check("..", Err(NoFile::Folder));
        check("../web", Err(NoFile::Folder));
        check("y.yaml/", Err(NoFile::Folder));
        check("..\\x.yaml", Err(NoFile::Missing("base/web/..\\x.yaml".to_owned())));
    }

    #[test]
    fn files_of_the_spec_are_apart_from_those_beside_it() {
        let names = |it: Vec<&str>| it.join(" ");
        let sources = Sources::new(["b", "a"].map(|it| (it.to_owned(), "x".to_owned())))
            .with_files([("d".to_owned(), Err("is a pipe".to_owned())), ("c".to_owned(), Ok("y".to_owned()))]);
        assert_eq!(names(sources.iter().map(|(_, it)| it.name.as_str()).collect()), "a b");
        assert_eq!(names(sources.files().map(|(_, it)| it.name.as_str()).collect()), "c d");
        assert_eq!(sources.files().last().unwrap().1.unreadable.as_deref(), Some("is a pipe"));
    }
}
