//! Text from outside in, a page that shows exactly that text out: the one sink of the HTML report.
//!
//! Markup is `&'static str`, so it is ours; everything else goes through a method that escapes it for its place. Nothing
//! takes markup that was made at run time.

use super::anchor::Anchor;
use crate::diagnostic::visible::{escape, is_deceptive, shorten};
use std::fmt::Write as _;

/// The longest text in one place. What is cut says so, and the report in the page has it whole.
const LONGEST: usize = 4_000;

/// A page while it is written.
#[derive(Debug, Default)]
pub(super) struct Html {
    out: String,
}

impl Html {
    /// Appends our own markup.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Appends text, in an element or in an attribute's double quotes.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.escaped(&shorten(&escape(text), LONGEST))
    }

    /// Appends a sentence. What it has in backticks becomes code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let parts: Vec<&str> = text.split('`').collect();
        let is_paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|it| !it.trim().is_empty());
        if !is_paired {
            return self.text(text);
        }
        for (index, part) in parts.iter().enumerate() {
            if index % 2 == 0 {
                self.text(part);
            } else {
                self.raw("<code>").text(part).raw("</code>");
            }
        }
        self
    }

    /// Appends a number.
    pub(super) fn number(&mut self, number: impl Into<u128>) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{}", number.into());
        self
    }

    /// Appends a count.
    pub(super) fn count(&mut self, count: usize) -> &mut Self {
        self.number(count as u64)
    }

    /// Appends the name of a place in the page, for an `id`, or behind a `#`.
    pub(super) fn anchor(&mut self, anchor: &Anchor) -> &mut Self {
        self.out.push_str(anchor.as_str());
        self
    }

    /// Appends a JSON document for a script element: its strings may say anything and
    /// neither end the element nor hide in it.
    pub(super) fn data(&mut self, json: &str) -> &mut Self {
        for it in json.chars() {
            if "<>&".contains(it) || is_deceptive(it) {
                for unit in it.encode_utf16(&mut [0; 2]) {
                    let _ = write!(self.out, "\\u{unit:04x}");
                }
            } else {
                self.out.push(it);
            }
        }
        self
    }

    /// Ends the page.
    pub(super) fn into_text(self) -> String {
        self.out
    }

    fn escaped(&mut self, text: &str) -> &mut Self {
        for it in text.chars() {
            match it {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                other => self.out.push(other),
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    fn written(write: impl Fn(&mut Html)) -> String {
        let mut html = Html::default();
        write(&mut html);
        html.into_text()
    }

    #[test]
    fn text_stays_text() {
        let check = |text: &str, expected: &str| {
            let found = written(|it| {
                it.text(text);
            });
            assert_eq!(found, expected);
        };
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("\"><svg onload='x'>", "&quot;&gt;&lt;svg onload=&#39;x&#39;&gt;");
        check("&#x3c;", "&amp;#x3c;");
        check("a\u{202e}b\nc", "a\\u{202e}b\\nc");
    }

    #[test]
    fn sentences_have_code() {
        let check = |text: &str, expected: &str| {
            let found = written(|it| {
                it.prose(text);
            });
            assert_eq!(found, expected);
        };
        check("`a<b` restarts", "<code>a&lt;b</code> restarts");
        check("a ` b", "a ` b");
        check("`` x", "`` x");
    }

    #[test]
    fn data_cannot_end_its_element() {
        let found = written(|it| {
            it.data("\"</script><!-- & \u{2028}\"");
        });
        assert_eq!(found, "\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028\"");
    }
}
