//! One string in; plain, quoted or block YAML out.

use crate::object::invisible::Invisible;
use crate::tree::plain;
use std::fmt::Write as _;

/// Writes a string on one line: plain where every reader agrees on it, in double quotes otherwise.
pub(super) fn write(out: &mut String, text: &str) {
    if plain::is_string(text) {
        out.push_str(text);
    } else {
        write_quoted(out, text);
    }
}

/// Writes a string in double quotes.
pub(super) fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if Invisible::of(it).is_none() => out.push(it),
            _ => {
                let code = u32::from(it);
                let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
        }
    }
    out.push('"');
}

/// Returns the header of the literal block that holds a string; none where a block could be misread.
///
/// A block would lose line breaks other than LF, and blanks at the end of a line to whoever trims them; and its
/// indent could not be told from a first line that begins with a blank, nor from any line that begins with a tab.
pub(super) fn block_header(text: &str) -> Option<&'static str> {
    let lines = text.trim_end_matches('\n');
    let is_safe = |line: &str| {
        !line.ends_with(char::is_whitespace)
            && !line.trim_start_matches(' ').starts_with('\t')
            && line.chars().all(|it| it == '\t' || Invisible::of(it).is_none())
    };
    if !text.contains('\n') || lines.is_empty() || lines.starts_with([' ', '\n']) || !lines.split('\n').all(is_safe) {
        return None;
    }
    match text.len() - lines.len() {
        0 => Some("|-"),
        1 => Some("|"),
        _ => Some("|+"),
    }
}

#[cfg(test)]
mod tests {
    use super::{block_header, write};

    #[test]
    fn escapes_what_is_not_seen() {
        let check = |text: &str, expected: &str| {
            let mut out = String::new();
            write(&mut out, text);
            assert_eq!(out, expected, "{text:?}");
        };
        check("todo-backend:1.0.0", "todo-backend:1.0.0");
        check("", r#""""#);
        check("yes", r#""yes""#);
        check("1.0", r#""1.0""#);
        check("a b", r#""a b""#);
        check("\"\\", r#""\"\\""#);
        check("\t\r\n", r#""\t\r\n""#);
        check("\0\u{1b}\u{7f}\u{85}", r#""\u0000\u001b\u007f\u0085""#);
        check("\u{202e}\u{2028}\u{feff}\u{ffff}", r#""\u202e\u2028\ufeff\uffff""#);
        check("\u{e0041}", r#""\U000e0041""#);
        check("é😀", r#""é😀""#);
    }

    #[test]
    fn blocks_hold_only_what_cannot_be_misread() {
        let check = |text: &str, expected| assert_eq!(block_header(text), expected, "{text:?}");
        check("a\nb\n", Some("|"));
        check("a\nb", Some("|-"));
        check("a\nb\n\n", Some("|+"));
        check("a\n\n  b\tc\n", Some("|"));
        check("# a\n---\n<<<<<<< b\n", Some("|"));
        check("one line", None);
        check("\n\n", None);
        check(" a\nb", None);
        check("\na", None);
        check("a \nb", None);
        check("a\n \nb", None);
        check("a\u{a0}\nb", None);
        check("a\n\tb", None);
        check("a\n  \tb", None);
        check("a\r\nb", None);
        check("a\u{85}b\nc", None);
        check("a\u{200b}\nc", None);
    }
}
