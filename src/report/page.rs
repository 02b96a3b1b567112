//! Parts of lines in, a page of limited width out, for the terminal. The sink of the terminal report: every text is
//! escaped here and nowhere else, so that nothing but our own colours ever reaches a terminal.

use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible::{escape, width};
use anstyle::{AnsiColor, Effects};
use std::fmt::Write as _;

/// The narrowest page that is laid out; a narrower terminal breaks the lines itself.
const NARROWEST: usize = 40;

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

    /// Ends a block.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Starts a block: `── title ─────`.
    pub(super) fn heading(&mut self, title: &str) {
        self.blank();
        let title = escape(title);
        let used = width(&title) + 4;
        if used < self.width {
            let parts = [(Paint::Dim, "── ".to_owned()), (Paint::Bold, title)];
            let rest = (Paint::Dim, format!(" {}", "─".repeat(self.width - used)));
            self.write(0, parts.iter().chain(std::iter::once(&rest)));
        } else {
            self.paragraph(0, 3, &[(Paint::Dim, "── ".to_owned()), (Paint::Bold, title)]);
        }
    }

    /// Writes parts one after the other and breaks them into lines between words, or within a word that is too long.
    pub(super) fn paragraph(&mut self, indent: usize, hanging: usize, parts: &[Part]) {
        let mut line: Vec<Part> = Vec::new();
        let columns = self.width.saturating_sub(indent.max(hanging));
        let (mut used, mut margin) = (indent, indent);
        for (paint, text) in parts {
            for word in escape(text).split_inclusive(' ') {
                if used + width(word.trim_end()) > self.width && used > margin {
                    self.write(margin, std::mem::take(&mut line).iter());
                    (used, margin) = (hanging, hanging);
                }
                for piece in pieces(word, columns) {
                    if used + width(piece.trim_end()) > self.width && used > margin {
                        self.write(margin, std::mem::take(&mut line).iter());
                        (used, margin) = (hanging, hanging);
                    }
                    used += width(piece);
                    line.push((*paint, piece.to_owned()));
                }
            }
        }
        self.write(margin, line.iter());
    }

    /// Writes cells beside each other, with one at the right edge. Where there is no room, the first cell and the right
    /// one share a line, and the rest follows below; where there is still none, each has its own line.
    pub(super) fn row(&mut self, indent: usize, below: usize, first: &[Part], rest: &[Part], right: &str) {
        let escaped = |parts: &[Part]| parts.iter().map(|(paint, text)| (*paint, escape(text))).collect::<Vec<_>>();
        let (first, rest, right) = (&*escaped(first), &*escaped(rest), escape(right));
        let first_width = parts_width(first);
        let rest_width = if rest.is_empty() { 0 } else { parts_width(rest) + 2 };
        let gap = |left: usize| self.width.checked_sub(indent + left + width(&right)).filter(|it| *it >= 2);
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
                (Style::Plain, _) | (Style::Colour, Paint::Plain) => self.text.push_str(&text),
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

/// How many columns parts take.
pub(super) fn parts_width(parts: &[Part]) -> usize {
    parts.iter().map(|(_, text)| width(&escape(text))).sum()
}

/// Returns text filled up with spaces.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let text = escape(text);
    let fill = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(fill))
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
