//! Parts of lines in, a page of limited width out, for the terminal. The sink of the terminal report: every text is
//! escaped here and nowhere else, so that nothing but our own colours ever reaches a terminal.

use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible::{escape, width};
use anstyle::{AnsiColor, Effects};
use std::fmt::Write as _;

/// The narrowest page that is laid out; a narrower terminal breaks the lines itself.
const NARROWEST: usize = 40;
/// The last column of a sentence: longer lines are hard to read.
const PROSE: usize = 100;
/// Where the right edge is on a wider terminal: what stands there belongs to what stands on the left.
const EDGE: usize = 140;

/// No indent is wider.
const BLANKS: &str = "                                                                                ";

/// How a part of a line is painted. Colour only repeats what the words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
}

/// A piece of text and its paint.
pub(super) type Part = (Paint, String);

/// Lines of limited width.
pub(super) struct Page {
    width: usize,
    style: Style,
    text: String,
}

impl Page {
    pub(super) fn new(width: usize, style: Style) -> Self {
        Self { width: width.max(NARROWEST), style, text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Returns text as it is written here, safe to show.
    fn spelled(&self, text: &str) -> String {
        match self.style {
            Style::Plain | Style::Colour => escape(text),
            Style::Ascii => ascii(&escape(text)),
        }
    }

    /// Returns how many columns a text takes.
    pub(super) fn width_of(&self, text: &str) -> usize {
        width(&self.spelled(text))
    }

    /// Returns how many columns parts take.
    pub(super) fn width_of_parts(&self, parts: &[Part]) -> usize {
        parts.iter().map(|(_, text)| self.width_of(text)).sum()
    }

    /// Returns text filled up with spaces.
    pub(super) fn padded(&self, text: &str, columns: usize) -> String {
        let text = self.spelled(text);
        let fill = columns.saturating_sub(width(&text));
        format!("{text}{}", " ".repeat(fill))
    }

    /// Ends a block.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Starts a block: `── title ─────`.
    pub(super) fn heading(&mut self, title: &str) {
        self.blank();
        let title = self.spelled(title);
        let used = width(&title) + 4;
        let edge = self.edge();
        if used < edge {
            let parts = [(Paint::Dim, self.spelled("── ")), (Paint::Bold, title)];
            let rest = (Paint::Dim, self.spelled(&format!(" {}", "─".repeat(edge - used))));
            self.write(0, parts.iter().chain(std::iter::once(&rest)));
        } else {
            self.paragraph(0, 3, &[(Paint::Dim, "── ".to_owned()), (Paint::Bold, title)]);
        }
    }

    /// Returns where the right edge is for what stands there.
    fn edge(&self) -> usize {
        self.width.min(EDGE)
    }

    /// Writes values one after the other and breaks them into lines between words, or within a word that is too long.
    pub(super) fn paragraph(&mut self, indent: usize, hanging: usize, parts: &[Part]) {
        let (margin, line, _) = self.flow(indent, hanging, parts, self.width);
        self.write(margin, line.iter());
    }

    /// Writes a sentence as [`Self::paragraph`] does, in lines that are not too long to read.
    pub(super) fn sentence(&mut self, indent: usize, hanging: usize, parts: &[Part]) {
        let (margin, line, _) = self.flow(indent, hanging, parts, self.width.min(PROSE));
        self.write(margin, line.iter());
    }

    /// Writes a sentence and, at the right edge of its last line or below it, a short text.
    pub(super) fn sentence_and(&mut self, indent: usize, hanging: usize, parts: &[Part], right: &str) {
        let (margin, mut line, used) = self.flow(indent, hanging, parts, self.width.min(PROSE));
        let right = self.spelled(right);
        let edge = self.edge();
        let gap = |used: usize| edge.checked_sub(used + width(&right));
        if let Some(gap) = gap(used).filter(|it| *it >= 2) {
            line.extend([(Paint::Plain, " ".repeat(gap)), (Paint::Dim, right)]);
            self.write(margin, line.iter());
            return;
        }
        self.write(margin, line.iter());
        match gap(hanging) {
            Some(gap) => self.write(hanging, [(Paint::Plain, " ".repeat(gap)), (Paint::Dim, right)].iter()),
            None => self.paragraph(hanging, hanging, &[(Paint::Dim, right)]),
        }
    }

    /// Lays parts out in lines of so many columns and writes all but the last, which it returns with its margin and the
    /// column where it ends, blanks included.
    fn flow(&mut self, indent: usize, hanging: usize, parts: &[Part], limit: usize) -> (usize, Vec<Part>, usize) {
        let mut line: Vec<Part> = Vec::new();
        let columns = limit.saturating_sub(indent.max(hanging));
        let (mut used, mut margin) = (indent, indent);
        for (paint, text) in parts {
            for word in self.spelled(text).split_inclusive(' ') {
                if used + width(word.trim_end()) > limit && used > margin {
                    self.write(margin, std::mem::take(&mut line).iter());
                    (used, margin) = (hanging, hanging);
                }
                for piece in pieces(word, columns) {
                    if used + width(piece.trim_end()) > limit && used > margin {
                        self.write(margin, std::mem::take(&mut line).iter());
                        (used, margin) = (hanging, hanging);
                    }
                    used += width(piece);
                    line.push((*paint, piece.to_owned()));
                }
            }
        }
        (margin, line, used)
    }

    /// Writes cells beside each other, with one at the right edge. Where there is no room, the first cell and the right
    /// one share a line, and the rest follows below; where there is still none, each has its own line.
    pub(super) fn row(&mut self, indent: usize, below: usize, first: &[Part], rest: &[Part], right: &str) {
        let spelled =
            |parts: &[Part]| parts.iter().map(|(paint, text)| (*paint, self.spelled(text))).collect::<Vec<_>>();
        let (first, rest, right) = (&*spelled(first), &*spelled(rest), self.spelled(right));
        let first_width = self.width_of_parts(first);
        let rest_width = if rest.is_empty() { 0 } else { self.width_of_parts(rest) + 2 };
        let gap = |left: usize| {
            let to = |edge: usize| edge.checked_sub(indent + left + width(&right)).filter(|it| *it >= 2);
            to(self.edge()).or_else(|| to(self.width))
        };
        if right.is_empty() && indent + first_width + rest_width <= self.width {
            let gap = (Paint::Plain, "  ".to_owned());
            self.write(indent, first.iter().chain((!rest.is_empty()).then_some(&gap)).chain(rest));
        } else if let Some(gap) = gap(first_width + rest_width).filter(|_| !right.is_empty()) {
            let between = (Paint::Plain, if rest.is_empty() { "" } else { "  " }.to_owned());
            let end = [(Paint::Plain, " ".repeat(gap)), (Paint::Dim, right)];
            self.write(indent, first.iter().chain(std::iter::once(&between)).chain(rest).chain(&end));
        } else if let Some(gap) = gap(first_width).filter(|_| !right.is_empty() && !rest.is_empty()) {
            let end = [(Paint::Plain, " ".repeat(gap)), (Paint::Dim, right)];
            self.write(indent, first.iter().chain(&end));
            self.paragraph(below, below + 2, rest);
        } else {
            self.paragraph(indent, below, first);
            if !rest.is_empty() {
                self.paragraph(below, below + 2, rest);
            }
            if !right.is_empty() {
                self.paragraph(below, below + 2, &[(Paint::Dim, right)]);
            }
        }
    }

    /// Writes one line that the caller has measured and escaped.
    pub(super) fn whole(&mut self, indent: usize, parts: &[Part]) {
        let parts: Vec<Part> = parts.iter().map(|(paint, text)| (*paint, self.spelled(text))).collect();
        self.write(indent, parts.iter());
    }

    /// Writes one line of escaped parts, without the spaces at its end.
    fn write<'a>(&mut self, indent: usize, parts: impl Iterator<Item = &'a Part>) {
        let mut runs: Vec<Part> = Vec::new();
        for (paint, text) in parts {
            match runs.last_mut() {
                Some((last, run)) if last == paint => run.push_str(text),
                _ => runs.push((*paint, text.clone())),
            }
        }
        while let Some((_, text)) = runs.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            runs.pop();
        }
        self.text.push_str(if runs.is_empty() { "" } else { &BLANKS[..indent.min(BLANKS.len())] });
        for (paint, text) in runs {
            match (self.style, paint) {
                (Style::Plain | Style::Ascii, _) | (Style::Colour, Paint::Plain) => self.text.push_str(&text),
                (Style::Colour, paint) => {
                    let style = paint.style();
                    // Writing to a string cannot fail.
                    let _ = write!(self.text, "{style}{text}{style:#}");
                }
            }
        }
        self.text.push('\n');
    }
}

impl Paint {
    fn style(self) -> anstyle::Style {
        let style = anstyle::Style::new();
        match self {
            Self::Plain => style,
            Self::Bold => style.bold(),
            Self::Dim => style.effects(Effects::DIMMED),
            Self::Red => style.bold().fg_color(Some(AnsiColor::Red.into())),
            Self::Yellow => style.bold().fg_color(Some(AnsiColor::Yellow.into())),
            Self::Green => style.fg_color(Some(AnsiColor::Green.into())),
        }
    }
}

/// Returns text filled up with spaces.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let text = escape(text);
    let fill = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(fill))
}

/// Writes what is drawn in ASCII, and every other character as a visible escape.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '─' => out.push('-'),
            '·' => out.push('.'),
            '▲' => out.push('^'),
            '✗' => out.push('x'),
            '→' => out.push_str("->"),
            '…' => out.push_str("..."),
            it if it.is_ascii() => out.push(it),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
            }
        }
    }
    out
}

/// Cuts a word into pieces of at most so many columns, after a separator where there is one near the end.
fn pieces(word: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while width(rest.trim_end()) > columns.max(2) {
        let mut end = 0;
        let mut separator = 0;
        for (at, character) in rest.char_indices() {
            let next = at + character.len_utf8();
            if width(&rest[..next]) > columns.max(2) {
                break;
            }
            end = next;
            if matches!(character, '.' | '/' | ',' | '-' | ']') {
                separator = next;
            }
        }
        if separator * 2 > end {
            end = separator;
        }
        let (piece, left) = rest.split_at(end);
        pieces.push(piece);
        rest = left;
    }
    pieces.push(rest);
    pieces
}
