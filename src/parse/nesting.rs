//! Raw text in, a verdict out: are braces, strings and comments balanced, and nested no deeper than the parser can bear?
//!
//! The KDL parser calls itself for every level, and a stack overflow ends the process; so depth is counted here first,
//! in one pass without recursion. The same pass knows which brace is not closed better than the parser does.

use super::{NESTED_TOO_DEEPLY, UNBALANCED};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// The deepest nesting of blocks, comments, slashdashes and annotations together.
const LIMIT: usize = 64;

/// Checks one file's text.
pub(super) fn check(file: FileId, text: &str) -> Result<(), Diagnostic> {
    let scanner = Scanner { file, text, bytes: text.as_bytes(), at: 0, open: Vec::new(), slashdashes: 0, bare: false };
    scanner.run()
}

struct Scanner<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the open braces are.
    open: Vec<usize>,
    /// Slashdashes that wait for what they take out.
    slashdashes: usize,
    /// Whether nothing but white space has come since the last slashdash.
    bare: bool,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(), Diagnostic> {
        let mut annotations = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            if !byte.is_ascii_whitespace() && *byte != b'/' {
                self.bare = false;
            }
            match byte {
                b'{' => {
                    self.open.push(self.at);
                    self.depth(self.open.len() + self.slashdashes)?;
                    self.at += 1;
                }
                b'}' => {
                    if self.open.pop().is_none() {
                        return Err(Diagnostic::new(UNBALANCED, "this `}` closes nothing")
                            .at(self.span(self.at, 1), "")
                            .help("remove it, or look above for a `}` that closes a block too early"));
                    }
                    self.slashdashes = 0;
                    self.at += 1;
                }
                b'(' => {
                    annotations += 1;
                    self.depth(annotations)?;
                    self.at += 1;
                }
                b'"' => self.string(0)?,
                b'#' => self.hashes()?,
                b'/' => self.slash()?,
                b'\n' | b';' | b')' => {
                    annotations = 0;
                    self.at += 1;
                    if *byte == b'\n' && !self.bare {
                        self.slashdashes = 0;
                    }
                }
                _ => self.at += 1,
            }
        }
        match self.open.first() {
            None => Ok(()),
            // The innermost open block is where the missing brace was most likely forgotten.
            Some(outermost) => {
                let innermost = *self.open.last().unwrap_or(outermost);
                let missing = self.open.len();
                let mut message =
                    Diagnostic::new(UNBALANCED, "this block is not closed").at(self.span(innermost, 1), "");
                if missing > 1 {
                    message = message.at(self.span(*outermost, 1), format!("and {} around it", missing - 1));
                }
                Err(message.help("add the missing `}`"))
            }
        }
    }

    fn span(&self, at: usize, length: usize) -> Span {
        Span::new(self.file, at, (at + length).min(self.text.len()))
    }

    fn depth(&self, depth: usize) -> Result<(), Diagnostic> {
        if depth <= LIMIT {
            return Ok(());
        }
        Err(Diagnostic::new(NESTED_TOO_DEEPLY, format!("nested more than {LIMIT} levels deep"))
            .at(self.span(self.at, 1), "")
            .help("no node of the language nests deeper than 6 levels"))
    }

    /// Skips a quoted string that starts here and ends with a quote and so many hashes.
    fn string(&mut self, hashes: usize) -> Result<(), Diagnostic> {
        let start = self.at - hashes;
        let rest = &self.bytes[self.at..];
        let multi_line = rest.starts_with(b"\"\"\"");
        // `""` is an empty string unless a third quote follows.
        let quotes = if multi_line { 3 } else { 1 };
        self.at += quotes;
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            match rest[0] {
                // A backslash before white space takes out all of it, line breaks too.
                b'\\' if hashes == 0 && rest.get(1).is_some_and(u8::is_ascii_whitespace) => {
                    self.at += 1 + rest[1..].iter().take_while(|it| it.is_ascii_whitespace()).count();
                }
                b'\\' if hashes == 0 => self.at += 2,
                b'"' if rest.iter().take(quotes).filter(|it| **it == b'"').count() == quotes
                    && rest.len() >= quotes + hashes
                    && rest[quotes..quotes + hashes].iter().all(|it| *it == b'#') =>
                {
                    self.at += quotes + hashes;
                    return Ok(());
                }
                b'\n' if !multi_line => break,
                _ => self.at += 1,
            }
        }
        let help = if multi_line {
            "add the closing `\"\"\"` on a line of its own"
        } else {
            "add the closing quote; text over several lines stands between `\"\"\"`"
        };
        let end = self.text[start..].find('\n').unwrap_or(self.text.len() - start);
        Err(Diagnostic::new(UNBALANCED, "this text is not closed").at(self.span(start, end), "").help(help))
    }

    /// Skips `#true`, or a raw string `#"…"#`.
    fn hashes(&mut self) -> Result<(), Diagnostic> {
        let count = self.bytes[self.at..].iter().take_while(|it| **it == b'#').count();
        self.at += count;
        if self.bytes.get(self.at) == Some(&b'"') { self.string(count) } else { Ok(()) }
    }

    /// Skips a comment, or counts a slashdash.
    fn slash(&mut self) -> Result<(), Diagnostic> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(b"//") {
            self.at += rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        } else if rest.starts_with(b"/*") {
            self.comment()?;
        } else if rest.starts_with(b"/-") {
            self.slashdashes += 1;
            self.bare = true;
            self.depth(self.open.len() + self.slashdashes)?;
            self.at += 2;
        } else {
            self.at += 1;
        }
        Ok(())
    }

    /// Skips a block comment, which may hold others.
    fn comment(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"/*") {
                depth += 1;
                self.depth(depth)?;
                self.at += 2;
            } else if rest.starts_with(b"*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.at += 1;
            }
        }
        Err(Diagnostic::new(UNBALANCED, "this comment is not closed")
            .at(self.span(start, 2), "")
            .help("add the closing `*/`"))
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::Sources;

    fn verdict(text: &str) -> String {
        let sources = Sources::new([("base/app.kdl".to_owned(), text.to_owned())]);
        let (id, source) = sources.iter().next().unwrap();
        check(id, &source.text)
            .map_or_else(|it| format!("{} at {}", it.message, it.labels[0].span.start), |()| "fine".into())
    }

    #[test]
    fn accepts_what_is_balanced() {
        for text in [
            "",
            "a { b }",
            "a \"}\"",
            "a #\"}\"#",
            "a \"\"\"\n } \" \n\"\"\"",
            "a \"\\\"}\"",
            "a \"x \\\r\n  y\"",
            "// }",
            "/* } /* { */ */ a",
            "a \"\" { }",
            "a #true",
            "/- a { }",
            "a #\"\"\"\n }\n\"\"\"#",
        ] {
            assert_eq!(verdict(text), "fine", "{text}");
        }
    }

    #[test]
    fn finds_what_is_not() {
        let check = |text: &str, expected| assert_eq!(verdict(text), expected, "{text}");
        check("a {\n b {\n", "this block is not closed at 7");
        check("a }", "this `}` closes nothing at 2");
        check("a \"x\nb", "this text is not closed at 2");
        check("a #\"x\"", "this text is not closed at 2");
        check("/* /* */", "this comment is not closed at 0");
    }

    #[test]
    fn refuses_depth_beyond_the_limit_in_every_form() {
        let depth = |open: &str, close: &str, count: usize| format!("{}{}", open.repeat(count), close.repeat(count));
        assert_eq!(verdict(&depth("a{", "}", 64)), "fine");
        assert_eq!(verdict(&depth("/*", "*/", 64)), "fine");
        for (open, close) in [("a{", "}"), ("/*", "*/"), ("/-", ""), ("/-a{", "}"), ("(", ")"), ("/- \n", "")] {
            for count in [65, 1_000_000] {
                assert!(verdict(&depth(open, close, count)).starts_with("nested more than 64"), "{open} {count}");
            }
        }
    }
}
