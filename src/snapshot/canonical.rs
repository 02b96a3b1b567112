//! The text of a file exactly as we write it in, its body out.
//!
//! It knows one form, line by line, and nothing of YAML beyond it: five times as fast as a whole YAML reader, which
//! counts for trees of ten thousand files. Whatever else a file holds is not read wrongly but not at all.

use super::MAX_DEPTH;
use crate::object::invisible::Invisible;
use crate::tree::{GENERATED, plain};
use serde_json::{Map, Value};
use std::str::Split;

/// Reads the body of a file; none where a line of it is not as we write it.
pub(super) fn body(text: &str) -> Option<Value> {
    let mut lines = text.strip_prefix(GENERATED)?.strip_suffix('\n')?.split('\n');
    let mut reader = Reader { line: lines.next(), lines };
    let first = reader.line?;
    let body = reader.node(first, 0, 0)?;
    reader.line.is_none().then_some(body)
}

struct Reader<'a> {
    /// The line that is to be read; none after the last one.
    line: Option<&'a str>,
    lines: Split<'a, char>,
}

impl<'a> Reader<'a> {
    fn advance(&mut self) {
        self.line = self.lines.next();
    }

    /// Returns the line without its indent, if it has exactly this one.
    fn line_at(&self, indent: usize) -> Option<&'a str> {
        let line = self.line?;
        let (blanks, content) = line.split_at_checked(indent)?;
        (is_indent(blanks) && !content.is_empty() && !content.starts_with(' ')).then_some(content)
    }

    /// Reads a node that begins with `first`, in a line whose further lines are indented by `indent`.
    fn node(&mut self, first: &'a str, indent: usize, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            None
        } else if first.starts_with("- ") {
            self.list(first, indent, depth)
        } else if first.starts_with("? ") || key(first).is_some() {
            self.map(first, indent, depth)
        } else {
            // Only the top of a file can be a scalar that is not indented further than what is around it.
            self.scalar(first, if depth == 0 { 2 } else { indent })
        }
    }

    fn list(&mut self, first: &'a str, indent: usize, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        let mut item = first.strip_prefix("- ");
        while let Some(content) = item {
            items.push(self.node(content, indent + 2, depth + 1)?);
            item = self.line_at(indent).and_then(|it| it.strip_prefix("- "));
        }
        Some(Value::Array(items))
    }

    fn map(&mut self, first: &'a str, indent: usize, depth: usize) -> Option<Value> {
        let mut fields = Map::new();
        let mut field = Some(first);
        while let Some(content) = field {
            let (key, after) = match content.strip_prefix("? ") {
                Some(long) => {
                    let (key, "") = string(long)? else { return None };
                    self.advance();
                    (key, self.line_at(indent)?.strip_prefix(':')?)
                }
                None => key(content)?,
            };
            let value = self.value(after, indent, depth + 1)?;
            if fields.insert(key, value).is_some() {
                return None;
            }
            field = self.line_at(indent);
        }
        Some(Value::Object(fields))
    }

    /// Reads what stands after a key's colon.
    fn value(&mut self, after: &'a str, indent: usize, depth: usize) -> Option<Value> {
        if let Some(inline) = after.strip_prefix(' ') {
            return self.scalar(inline, indent + 2);
        }
        self.advance();
        if depth > MAX_DEPTH {
            return None;
        }
        match self.line_at(indent) {
            Some(first) if first.starts_with("- ") => self.list(first, indent, depth),
            Some(_) => None,
            None => {
                let first = self.line_at(indent + 2)?;
                self.map(first, indent + 2, depth)
            }
        }
    }

    fn scalar(&mut self, text: &'a str, indent: usize) -> Option<Value> {
        let value = match text {
            "{}" => Value::Object(Map::new()),
            "[]" => Value::Array(Vec::new()),
            "|" | "|-" | "|+" => return self.block(text, indent).map(Value::String),
            _ if text.starts_with('"') => match quoted(text)? {
                (text, "") => Value::String(text),
                _ => return None,
            },
            _ => plain::read(text)?,
        };
        self.advance();
        Some(value)
    }

    fn block(&mut self, header: &str, indent: usize) -> Option<String> {
        self.advance();
        let mut text = String::new();
        let mut blank_lines = 0;
        while let Some(line) = self.line {
            if line.is_empty() {
                blank_lines += 1;
            } else {
                let Some((blanks, content)) = line.split_at_checked(indent) else { break };
                if !is_indent(blanks) {
                    break;
                }
                // The first line sets the indent for other readers.
                let is_misread = text.is_empty() && (blank_lines > 0 || content.starts_with(' '));
                if is_misread || content.is_empty() || !is_visible(content) || content.ends_with([' ', '\t']) {
                    return None;
                }
                text.extend(std::iter::repeat_n('\n', blank_lines));
                blank_lines = 0;
                text.push_str(content);
                text.push('\n');
            }
            self.advance();
        }
        match (header, blank_lines) {
            _ if text.is_empty() => return None,
            ("|", 0) => {}
            ("|-", 0) => drop(text.pop()),
            ("|+", 1..) => text.extend(std::iter::repeat_n('\n', blank_lines)),
            _ => return None,
        }
        Some(text)
    }
}

fn is_indent(blanks: &str) -> bool {
    blanks.bytes().all(|it| it == b' ')
}

/// True for text without the characters that some readers would take for line breaks, or refuse.
fn is_visible(text: &str) -> bool {
    text.chars().all(|it| it == '\t' || Invisible::of(it).is_none())
}

/// Splits a line after its key and the colon.
fn key(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        let (key, rest) = quoted(text)?;
        return Some((key, rest.strip_prefix(':')?));
    }
    let end = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
    let key = &text[..end];
    plain::is_string(key).then(|| (key.to_owned(), &text[end + 1..]))
}

/// Reads a string that goes to the end of the line.
fn string(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return quoted(text);
    }
    plain::is_string(text).then(|| (text.to_owned(), ""))
}

/// Reads a string in double quotes, and returns what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut out = String::new();
    loop {
        let end = rest.find(['"', '\\'])?;
        let (literal, special) = rest.split_at(end);
        if !literal.chars().all(|it| Invisible::of(it).is_none()) {
            return None;
        }
        out.push_str(literal);
        if let Some(after) = special.strip_prefix('"') {
            return Some((out, after));
        }
        let (it, length) = match special.as_bytes().get(1)? {
            b'"' => ('"', 2),
            b'\\' => ('\\', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => (code_point(special.get(2..6)?)?, 6),
            b'U' => (code_point(special.get(2..10)?)?, 10),
            _ => return None,
        };
        out.push(it);
        rest = &special[length..];
    }
}

fn code_point(digits: &str) -> Option<char> {
    let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::body;
    use crate::tree::GENERATED;
    use serde_json::{Value, json};

    #[test]
    fn reads_what_we_write() {
        let check = |text: &str, expected: Value| {
            assert_eq!(body(&format!("{GENERATED}{text}")), Some(expected), "{text}");
        };
        check(
            "a: b\n\"on\": {}\nc:\n- 1\n- \"x: \\u202e\"\nd:\n  e: null\n",
            json!(
            {"a": "b", "on": {}, "c": [1, "x: \u{202e}"], "d": {"e": null}}),
        );
        check("- - 1\n  - a: http://b:1\n    c:\n    - d\n- []\n", json!([[1, {"a": "http://b:1", "c": ["d"]}], []]));
        check("a: |+\n  x\n\n   y\n\nb: |-\n  z\nc: |\n  # z\n", json!({"a": "x\n\n y\n\n", "b": "z", "c": "# z\n"}));
        check("? abc\n: b\n? d\n:\n- e\n", json!({"abc": "b", "d": ["e"]}));
    }

    #[test]
    fn undoes_render() {
        let long = "k\n".repeat(600);
        let strings =
            ["", "a", "yes", "a: b", "x\n", "x\n\n", "x\n y", "\n", "\0\u{85}\u{e0041}\"\\", "é", "- a", long.as_str()];
        let list: Vec<Value> = strings.iter().map(|it| json!(it)).collect();
        let map: Value = strings.iter().map(|it| ((*it).to_owned(), json!({*it: [it, [it]]}))).collect();
        for value in [json!(list), map, json!({"a": [list, {}], "b": [[]], "c": -1.5e300}), json!("x\ny\n"), json!([])]
        {
            assert_eq!(body(&crate::render::manifest(&value)), Some(value));
        }
    }

    #[test]
    fn reads_nothing_else() {
        for text in [
            "",
            "\n",
            "a: b",
            "a: b\n\n",
            "a: b \n",
            "a : b\n",
            "a:  b\n",
            " a: b\n",
            "a: yes\n",
            "on: b\n",
            "1: b\n",
            "a: 'b'\n",
            "a: b # c\n",
            "# c\na: b\n",
            "---\na: b\n",
            "a: b\r\n",
            "a: \"b\n",
            "a: \"\\x41\"\n",
            "a: \"\t\"\n",
            "a: \"\\ud800\"\n",
            "a: \"\\u+041\"\n",
            "a:\n",
            "a:\n   b: c\n",
            "a:\n  - b\n",
            "a:\nb:\n",
            "a: {b: c}\n",
            "a: [b]\n",
            "a: b\na: c\n",
            "- a\nb: c\n",
            "a: b\n- c\n",
            "-\n  a\n",
            "- a\n\n- b\n",
            "a: |\n",
            "a: |\n\n  b\n",
            "a: |\n   b\n",
            "a: |\n  b\n\n",
            "a: |\n  b \n",
            "a: |\n  b\rc\n",
            "a: |\n  b\u{2028}c\n",
            "a: |+\n  b\n",
            "a: |2\n  b\n",
            "a: >\n  b\n",
            "a: &x b\n",
            "a: *x\n",
            "a: !!str b\n",
            "a: b\n...\n",
            "a: b\n<<<<<<< x\n",
            "<<: b\n",
            "a: |\n  b\n <<<\n",
        ] {
            assert_eq!(body(&format!("{GENERATED}{text}")), None, "{text:?}");
        }
    }
}
