//! Messages and the sources they point into in, text for people out, drawn as rustc draws its messages.
//!
//! The drawing is annotate-snippets'. It is given text that is safe to draw: every line is escaped and cut here first,
//! and every span is moved to where its characters went, so that no source text and no span can make it fail or make it
//! print something that a terminal would obey.

use super::visible::{self, Escaper};
use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Source, Sources};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::borrow::Cow;
use std::ops::Range;

/// Whether text may carry colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// ANSI colours, which only repeat what the words say.
    Colour,
    /// Text only, and what is drawn around it in ASCII, for a terminal that shows nothing else.
    Ascii,
}

/// How many messages are printed.
const LIMIT: usize = 50;
/// The longest line that is printed whole.
const WHOLE_LINE: usize = 120;
/// How many characters of a longer line are printed on each side of a place.
const AROUND: usize = 40;
/// The longest message, label or help.
const LONGEST_TEXT: usize = 1_000;
/// Stands for the name of a file while a message is drawn. No other text contains it: it would have been escaped.
const HEADING: &str = "\u{e000}";
/// Wider than any text that reaches the drawing, which then never cuts a line by itself.
const NEVER_CUT: usize = 1 << 20;

/// Prints messages in the order they come in. Of more than fifty it prints fifty, the errors first, and says how many
/// are left.
pub fn print(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain | Style::Ascii => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let renderer = renderer.term_width(NEVER_CUT);
    let mut chosen: Vec<&Diagnostic> = diagnostics.iter().collect();
    if chosen.len() > LIMIT {
        chosen.sort_by_key(|it| it.severity);
    }
    let left = chosen.split_off(chosen.len().min(LIMIT));
    let mut printed: Vec<String> = chosen.iter().map(|it| one(it, sources, &renderer)).collect();
    if !left.is_empty() {
        printed.push(format!("and {} more: {}\n", left.len(), counted(left.into_iter())));
    }
    printed.join("\n")
}

/// Counts messages: `3 errors, 1 warning`; nothing for no message.
pub fn count(diagnostics: &[Diagnostic]) -> String {
    counted(diagnostics.iter())
}

fn counted<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>) -> String {
    let (mut errors, mut warnings, mut notes) = (0, 0, 0);
    for diagnostic in diagnostics {
        match diagnostic.severity {
            Severity::Error => errors += 1,
            Severity::Warning => warnings += 1,
            Severity::Note => notes += 1,
        }
    }
    let named = |count: usize, name| match count {
        0 => None,
        1 => Some(format!("1 {name}")),
        many => Some(format!("{many} {name}s")),
    };
    [named(errors, "error"), named(warnings, "warning"), named(notes, "note")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// Prints one message, with a line break at its end.
fn one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(safe(&diagnostic.message)).id(diagnostic.code.name));
    let mut headings = Vec::new();
    for (source, places) in by_file(diagnostic, sources) {
        let text =
            if diagnostic.code.confidential { masked(&source.text, &places) } else { Cow::Borrowed(&*source.text) };
        let excerpt = Excerpt::of(&text, &places);
        headings.push(format!("{}:{}:{}", visible::escape(&source.name), excerpt.line, excerpt.column));
        group = group.element(excerpt.snippet.path(HEADING));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(safe(help)));
    }
    if !diagnostic.environments.is_empty() {
        let names: Vec<String> = diagnostic.environments.iter().map(|it| visible::escape(it)).collect();
        group = group.element(Level::NOTE.message(format!("in {}", names.join(", "))));
    }
    let drawn = with_headings(&renderer.render(&[group]), &headings);
    drawn.lines().map(str::trim_end).filter(|it| !it.is_empty()).flat_map(|it| [it, "\n"]).collect()
}

/// Covers the rest of every line from where a label begins: what is there may be a secret.
fn masked<'a>(text: &str, places: &[Place<'_>]) -> Cow<'a, str> {
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        let end = text[place.range.start..].find('\n').map_or(text.len(), |it| place.range.start + it);
        bytes[place.range.start..end].fill(b'*');
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Puts the true places where the drawing has its own: it counts columns in escaped and cut text.
fn with_headings(drawn: &str, headings: &[String]) -> String {
    let mut parts = drawn.split(HEADING);
    let mut text = parts.next().unwrap_or("").to_owned();
    for (part, heading) in parts.zip(headings) {
        text.push_str(heading);
        text.push_str(part.trim_start_matches(|it: char| it == ':' || it.is_ascii_digit()));
    }
    text
}

/// Returns the labels file by file, the file of the first label first. A label in no known file is left out.
fn by_file<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<(&'a Source, Vec<Place<'a>>)> {
    let mut files: Vec<(FileId, &Source, Vec<Place<'a>>)> = Vec::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let id = label.span.file;
        let Some(source) = sources.get(id) else { continue };
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let place = Place { label, kind, range: first_line(&source.text, label.span.range()) };
        match files.iter_mut().find(|(known, _, _)| *known == id) {
            Some((_, _, places)) => places.push(place),
            None => files.push((id, source, vec![place])),
        }
    }
    files.into_iter().map(|(_, source, places)| (source, places)).collect()
}

/// One label, with a range that lies on one line of the text and on the borders of characters.
struct Place<'a> {
    label: &'a Label,
    kind: AnnotationKind,
    range: Range<usize>,
}

/// Returns the part of a range that lies on its first line. A block is pointed at by its first line: the rest is in
/// the file.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let line = text[start..].split('\n').next().unwrap_or("");
    let line_end = start + line.strip_suffix('\r').unwrap_or(line).len();
    let end = text.ceil_char_boundary(range.end.min(text.len()));
    start..end.clamp(start, line_end)
}

/// The lines of one file from its first label to its last, ready to draw.
struct Excerpt<'a> {
    /// The line of the file's first label, from 1.
    line: usize,
    /// Its column in characters, from 1.
    column: usize,
    snippet: Snippet<'a, annotate_snippets::Annotation<'a>>,
}

impl<'a> Excerpt<'a> {
    fn of(text: &str, places: &[Place<'a>]) -> Self {
        let first = places.iter().map(|it| it.range.start).min().unwrap_or_default();
        let last = places.iter().map(|it| it.range.start).max().unwrap_or_default();
        let begin = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let line_start = newlines(&text[..begin]) + 1;

        let mut drawn = String::new();
        let mut moved: Vec<Range<usize>> = places.iter().map(|_| 0..0).collect();
        let mut at = begin;
        for line in text[begin..].split('\n') {
            draw_line(line.strip_suffix('\r').unwrap_or(line), at, places, &mut moved, &mut drawn);
            drawn.push('\n');
            at += line.len() + 1;
            if at > last {
                break;
            }
        }

        let mut snippet = Snippet::source(drawn).line_start(line_start);
        for (place, range) in places.iter().zip(moved) {
            let text = (!place.label.text.is_empty()).then(|| safe(&place.label.text));
            snippet = snippet.annotation(place.kind.span(range).label(text));
        }
        let pointed_at = places.first().map_or(first, |it| it.range.start);
        let before = text[..pointed_at].rsplit('\n').next().unwrap_or("");
        Self { line: newlines(&text[..pointed_at]) + 1, column: before.chars().count() + 1, snippet }
    }
}

/// Appends one line, escaped and cut, and writes down where the places on it went.
fn draw_line(line: &str, at: usize, places: &[Place<'_>], moved: &mut [Range<usize>], drawn: &mut String) {
    let here = |it: &Place<'_>| at <= it.range.start && it.range.start <= at + line.len();
    let ends: Vec<usize> = places.iter().filter(|it| here(it)).flat_map(|it| [it.range.start, it.range.end]).collect();
    let kept = kept_characters(line, at, &ends);
    let mut escaper = Escaper::default();
    let mut cut = false;
    let mut note = |position: usize, drawn: usize| {
        for (place, range) in places.iter().zip(moved.iter_mut()).filter(|(it, _)| here(it)) {
            if place.range.start == position {
                range.start = drawn;
            }
            if place.range.end == position {
                range.end = drawn;
            }
        }
    };
    for ((offset, character), keep) in line.char_indices().zip(kept) {
        note(at + offset, drawn.len());
        match (keep, character) {
            (true, '\t') => drawn.push_str("    "),
            (true, _) => escaper.push(character, drawn),
            (false, _) if !cut => drawn.push('…'),
            (false, _) => {}
        }
        cut = !keep;
    }
    note(at + line.len(), drawn.len());
}

/// Says which characters of a line are printed: all of them, or of a long line those near a place.
fn kept_characters(line: &str, at: usize, ends: &[usize]) -> Vec<bool> {
    let count = line.chars().count();
    if count <= WHOLE_LINE {
        return vec![true; count];
    }
    let mut kept = vec![false; count];
    let ends: Vec<usize> = ends.iter().map(|it| line[..it - at].chars().count()).collect();
    for end in if ends.is_empty() { &[0] } else { ends.as_slice() } {
        kept[end.saturating_sub(AROUND).min(count)..(end + AROUND).min(count)].fill(true);
    }
    kept
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|it| *it == b'\n').count()
}

/// Returns text as one safe line of bearable length.
fn safe(text: &str) -> String {
    visible::shorten(&visible::escape(text), LONGEST_TEXT)
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Style, count, print};
    use crate::diagnostic::{Code, Diagnostic};
    use crate::source::{Sources, Span};
    use proptest::prelude::*;

    const UNKNOWN: Code = Code::error("unknown-node");
    const EQUAL: Code = Code::warning("equal-override");

    fn sources(files: &[(&str, &str)]) -> Sources {
        Sources::new(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    /// Returns the span of the first occurrence of a word in a file.
    fn span(sources: &Sources, file: &str, word: &str) -> Span {
        let (id, source) = sources.iter().find(|(_, it)| it.name == file).unwrap();
        let start = source.text.find(word).unwrap();
        Span::new(id, start, start + word.len())
    }

    fn plain(diagnostic: Diagnostic, sources: &Sources) -> String {
        print(&[diagnostic], sources, Style::Plain)
    }

    #[test]
    fn points_at_the_place() {
        let sources = sources(&[("environments/todo-prod.kdl", "component backend {\n    replica 3\n}\n")]);
        let place = span(&sources, "environments/todo-prod.kdl", "replica");
        let message = Diagnostic::new(UNKNOWN, "unknown node `replica` in `component`")
            .at(place, "")
            .suggest("replica", ["replicas", "port"])
            .in_environment("todo-prod");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[unknown-node]: unknown node `replica` in `component`
         --> environments/todo-prod.kdl:2:5
          |
        2 |     replica 3
          |     ^^^^^^^
          |
          = help: did you mean `replicas`?
          = note: in todo-prod
        "#);
    }

    #[test]
    fn shows_both_places_of_a_conflict_in_two_files() {
        let sources = sources(&[
            ("base/app.kdl", "component backend {\n    replicas 2 min=1 max=3\n}\n"),
            ("environments/todo-prod.kdl", "component backend {\n    replicas 5\n}\n"),
        ]);
        let message =
            Diagnostic::new(Code::error("replicas-out-of-bounds"), "`replicas` is 5, but at most 3 are allowed")
                .at(span(&sources, "environments/todo-prod.kdl", "5"), "5 is asked for here")
                .at(span(&sources, "base/app.kdl", "max=3"), "the bound is set here")
                .help("raise `max` in the base, or ask for fewer");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[replicas-out-of-bounds]: `replicas` is 5, but at most 3 are allowed
         --> environments/todo-prod.kdl:2:14
          |
        2 |     replicas 5
          |              ^ 5 is asked for here
          |
         ::: base/app.kdl:2:22
          |
        2 |     replicas 2 min=1 max=3
          |                      ----- the bound is set here
          |
          = help: raise `max` in the base, or ask for fewer
        "#);
    }

    #[test]
    fn shows_both_places_of_a_conflict_in_one_file() {
        let text = format!("port http 8000\n{}port http 8001\n", "// more\n".repeat(20));
        let sources = sources(&[("base/app.kdl", &text)]);
        let message = Diagnostic::new(Code::error("duplicate-node"), "port `http` is declared twice")
            .at(span(&sources, "base/app.kdl", "http 8001"), "declared again here")
            .at(span(&sources, "base/app.kdl", "http 8000"), "first declared here");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[duplicate-node]: port `http` is declared twice
          --> base/app.kdl:22:6
           |
         1 | port http 8000
           |      --------- first declared here
        ...
        22 | port http 8001
           |      ^^^^^^^^^ declared again here
        "#);
    }

    #[test]
    fn points_at_a_block_by_its_first_line() {
        let sources = sources(&[("base/app.kdl", "app todo {\n\tcomponent backend {\n\t\tport 1\n\t}\n}\n")]);
        let block = "component backend {\n\t\tport 1\n\t}";
        let message = Diagnostic::new(Code::error("missing-image"), "component `backend` has no `image`")
            .at(span(&sources, "base/app.kdl", block), "");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[missing-image]: component `backend` has no `image`
         --> base/app.kdl:2:2
          |
        2 |     component backend {
          |     ^^^^^^^^^^^^^^^^^^^
        "#);
    }

    #[test]
    fn a_message_without_a_place_has_a_header_and_help() {
        let message =
            Diagnostic::new(Code::error("missing-base"), "no `.kdl` file in `base/`").help("create `base/app.kdl`");
        insta::assert_snapshot!(plain(message, &Sources::default()), @r#"
        error[missing-base]: no `.kdl` file in `base/`
         |
         = help: create `base/app.kdl`
        "#);
        let message = Diagnostic::new(EQUAL, "nothing to say");
        insta::assert_snapshot!(plain(message, &Sources::default()), @r#"
        warning[equal-override]: nothing to say
        "#);
    }

    #[test]
    fn cuts_long_lines_around_the_places() {
        let text = format!("{}here{}there{}\n", "a".repeat(500), "b".repeat(500), "c".repeat(500));
        let sources = sources(&[("base/app.kdl", &text)]);
        let message = Diagnostic::new(UNKNOWN, "long")
            .at(span(&sources, "base/app.kdl", "here"), "one")
            .at(span(&sources, "base/app.kdl", "there"), "two");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[unknown-node]: long
         --> base/app.kdl:1:501
          |
        1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaherebbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbtherecccccccccccccccccccccccccccccccccccccccc…
          |                                          ^^^^ one                                                                             ----- two
        "#);
    }

    #[test]
    fn hostile_text_is_shown_and_not_obeyed() {
        let sources = sources(&[("base/\u{1b}[2J.kdl", "a\u{1b}[2J \u{202e}evil\rok\u{9b}31m word\n")]);
        let message = Diagnostic::new(UNKNOWN, "unknown `\u{1b}]0;t\u{7}`\nerror: fake")
            .at(span(&sources, "base/\u{1b}[2J.kdl", "word"), "\r")
            .help("\u{8}");
        insta::assert_snapshot!(plain(message, &sources), @r#"
        error[unknown-node]: unknown `\u{1b}]0;t\u{7}`\nerror: fake
         --> base/\u{1b}[2J.kdl:1:20
          |
        1 | a\u{1b}[2J \u{202e}evil\rok\u{9b}31m word
          |                                      ^^^^ \r
          |
          = help: \u{8}
        "#);
    }

    #[test]
    fn prints_the_errors_first_where_there_are_too_many() {
        let mut many = vec![Diagnostic::new(EQUAL, "warning"); 30];
        many.extend(vec![Diagnostic::new(UNKNOWN, "error"); 45]);
        let text = print(&many, &Sources::default(), Style::Plain);
        assert_eq!(text.lines().filter(|it| it.starts_with("error")).count(), 45);
        assert_eq!(text.lines().filter(|it| it.starts_with("warning")).count(), LIMIT - 45);
        assert!(text.starts_with("error"));
        assert!(text.ends_with("\nand 25 more: 25 warnings\n"));
    }

    #[test]
    fn counts_errors_and_warnings() {
        let check = |errors, warnings, expected| {
            let mut all = vec![Diagnostic::new(UNKNOWN, ""); errors];
            all.extend(vec![Diagnostic::new(EQUAL, ""); warnings]);
            assert_eq!(count(&all), expected);
        };
        check(3, 1, "3 errors, 1 warning");
        check(1, 0, "1 error");
        check(0, 2, "2 warnings");
        check(0, 0, "");
    }

    #[test]
    fn colour_only_adds_to_the_text() {
        let sources = sources(&[("base/app.kdl", "replica 3\n")]);
        let message = [Diagnostic::new(UNKNOWN, "unknown").at(span(&sources, "base/app.kdl", "replica"), "").help("x")];
        let coloured = print(&message, &sources, Style::Colour);
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), print(&message, &sources, Style::Plain));
    }

    proptest! {
        #[test]
        fn no_span_makes_it_fail(
            text in "(\\PC|[\n\r\t\u{1b}\u{301}\u{202e}é日🚀 ]){0,200}",
            other in "(\\PC|\n){0,20}",
            places in proptest::collection::vec((0_usize..2, 0_usize..300, 0_usize..300), 0..5),
        ) {
            let sources = sources(&[("a", &text), ("b", &other)]);
            let ids: Vec<_> = sources.iter().map(|(id, _)| id).collect();
            let mut message = Diagnostic::new(UNKNOWN, &text).help(&text);
            for (file, start, end) in places {
                message = message.at(Span::new(ids[file], start, end), &text);
            }
            message = message.at(Span::new(ids[0], usize::MAX, usize::MAX), "far");
            let printed = plain(message.clone(), &sources);
            prop_assert!(printed.chars().all(|it| it == '\n' || !super::visible::is_deceptive(it)));
            prop_assert!(!plain(message, &Sources::default()).is_empty());
        }
    }
}
