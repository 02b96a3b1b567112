//! Text from outside in, text that is safe to show in: whatever could move a cursor, hide, reorder or fake what a person
//! reads is written as a visible escape. Also how wide text is, and how it is cut.

use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar as _;

/// How many marks may stand on one letter before the rest is written as escapes.
const MARKS: usize = 2;

/// Code points that have no shape of their own, or that change how their neighbours are shown: format characters, bidi
/// controls, fillers, variation selectors, tags, private use, and blanks that look like a space and are none.
const DECEPTIVE: &[(char, char)] = &[
    ('\u{a0}', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1345f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{10ffff}'),
];

/// Writes text character by character, and remembers how many marks stand on the last letter.
#[derive(Debug)]
pub struct Escaper {
    marks: usize,
}

impl Default for Escaper {
    /// Starts where a mark would stand on a letter that is not its own.
    fn default() -> Self {
        Self { marks: MARKS }
    }
}

impl Escaper {
    /// Appends one character, as it is or as a visible escape.
    pub fn push(&mut self, character: char, out: &mut String) {
        let is_mark = !character.is_ascii() && character.width() == Some(0);
        if is_deceptive(character) || (is_mark && self.marks >= MARKS) {
            self.marks = MARKS;
            match character {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                other => {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(other));
                }
            }
        } else {
            self.marks = if is_mark { self.marks + 1 } else { 0 };
            out.push(character);
        }
    }
}

/// True for a character that must not reach a reader as it is.
pub fn is_deceptive(character: char) -> bool {
    let listed = || {
        let after = DECEPTIVE.partition_point(|(first, _)| *first <= character);
        after > 0 && character <= DECEPTIVE[after - 1].1
    };
    character.is_control() || (!character.is_ascii() && listed())
}

/// Returns the text on one line, with every deceptive character as an escape: `\n`, `\u{1b}`.
pub fn escape(text: &str) -> String {
    let mut escaper = Escaper::default();
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|it| escaper.push(it, &mut out));
    out
}

/// Returns how many columns escaped text takes: the sum over its characters, so that a part of a line never changes the
/// width of another.
pub fn width(text: &str) -> usize {
    text.chars().map(|it| it.width().unwrap_or(0)).sum()
}

/// Returns the text, or its two ends with a mark between them that says how many characters are left out.
pub fn shorten(text: &str, limit: usize) -> String {
    let count = text.chars().count();
    if count <= limit {
        return text.to_owned();
    }
    let tail = limit / 3;
    let head = limit - tail;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}… {} characters …{end}", count - limit)
}

#[cfg(test)]
mod tests {
    use super::{DECEPTIVE, escape, shorten, width};

    #[test]
    fn deceptive_characters_become_visible() {
        let check = |text, expected| assert_eq!(escape(text), expected);
        check("plain: é ü 日本 🚀 → `x`", "plain: é ü 日本 🚀 → `x`");
        check("a\u{1b}[2Jb", "a\\u{1b}[2Jb");
        check("a\nb\rc\td", "a\\nb\\rc\\td");
        check("\0\u{7}\u{8}\u{7f}\u{85}\u{9b}31m", "\\u{0}\\u{7}\\u{8}\\u{7f}\\u{85}\\u{9b}31m");
        check("\u{202e}a\u{2066}b\u{61c}c\u{200e}", "\\u{202e}a\\u{2066}b\\u{61c}c\\u{200e}");
        check(
            "\u{200b}\u{feff}\u{2060}\u{e0041}\u{fe0f}\u{2028}",
            "\\u{200b}\\u{feff}\\u{2060}\\u{e0041}\\u{fe0f}\\u{2028}",
        );
        check("e\u{301} e\u{301}\u{302}\u{303}", "e\u{301} e\u{301}\u{302}\\u{303}");
        check("\u{301}x", "\\u{301}x");
        check("a\u{a0}b", "a\\u{a0}b");
    }

    #[test]
    fn the_table_is_sorted_and_does_not_overlap() {
        assert!(DECEPTIVE.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(DECEPTIVE.iter().all(|(first, last)| first <= last));
    }

    #[test]
    fn long_text_is_cut_in_the_middle() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("aaaaaaaaaabbbbbbbbbb", 6), "aaaa… 14 characters …bb");
        assert_eq!(shorten("日本日本日本", 3), "日本… 3 characters …本");
        assert_eq!(width("日本"), 4);
    }
}
