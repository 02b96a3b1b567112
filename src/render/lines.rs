//! One object's body in, out which field stands in each line of its file.
//!
//! It lays out as [`super::manifest()`] does, without writing; a test over all cases holds the two together.

use super::manifest::{LONGEST_KEY, rewrites_end};
use super::scalar;
use crate::object::{FieldPath, Segment};
use serde_json::Value;

/// Returns the path of the field in each line, the first line of the file included: the whole object.
pub fn lines(body: &Value) -> Vec<FieldPath> {
    let mut walk = Walk { lines: vec![FieldPath::default()], path: FieldPath::default(), end: None };
    if !is_block(body) {
        walk.line();
    }
    walk.value(body);
    if let Some(start) = walk.end {
        walk.lines.truncate(start);
    }
    walk.lines
}

struct Walk {
    lines: Vec<FieldPath>,
    path: FieldPath,
    /// Where the lines of the last block end in one if it stays the last, and is then written on one line.
    end: Option<usize>,
}

impl Walk {
    /// Begins a line with the field at the path.
    fn line(&mut self) {
        self.end = None;
        self.lines.push(self.path.clone());
    }

    /// Walks what follows a key or the dash of an item; the line that it begins in is there already.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    self.path.push(Segment::Field(key.clone()));
                    self.line();
                    if is_long(key) {
                        self.line();
                    }
                    self.value(value);
                    self.path.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.item(item);
                    self.path.pop();
                }
            }
            Value::String(text) => self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Walks an item; its first line is that of its first field.
    fn item(&mut self, item: &Value) {
        if !is_block(item) {
            self.line();
        }
        self.value(item);
    }

    fn text(&mut self, text: &str) {
        let Some(header) = scalar::block_header(text) else { return };
        let end = self.lines.len();
        for _ in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.line();
        }
        self.end = rewrites_end(header).then_some(end);
    }
}

/// True for what begins with a line of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_long(key: &str) -> bool {
    let mut written = String::new();
    scalar::write(&mut written, key);
    written.len() > LONGEST_KEY
}

#[cfg(test)]
mod tests {
    use super::super::manifest;
    use super::lines;
    use serde_json::{Value, json};

    fn check(body: &Value, expected: &[&str]) {
        let text = manifest(body);
        let found: Vec<String> = lines(body).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), text.lines().count(), "{text}\n{found:#?}");
        assert_eq!(found[1..], *expected, "{text}");
    }

    #[test]
    fn every_line_has_its_field() {
        check(&json!({"a": 1, "b": {"c": "x", "d": {}}}), &["a", "b", "b.c", "b.d"]);
        check(&json!({"a": [1, {"b": 2, "c": 3}, []]}), &["a", "a[0]", "a[1].b", "a[1].c", "a[2]"]);
        check(&json!({"a": "x\ny\n", "b": 1}), &["a", "a", "a", "b"]);
        check(&json!([[1, 2], {"a": [3]}]), &["[0][0]", "[0][1]", "[1].a", "[1].a[0]"]);
        check(&json!("x"), &[""]);
        check(&json!({}), &[""]);
    }

    #[test]
    fn a_last_block_that_would_end_in_blank_lines_is_one_line() {
        check(&json!({"a": "x\n\n", "b": "x\n\n"}), &["a", "a", "a", "b"]);
        check(&json!({"a": "x\n\n", "b": {}}), &["a", "a", "a", "b"]);
        check(&json!({"a": ["x\n\n"]}), &["a", "a[0]"]);
    }

    #[test]
    fn a_long_key_has_two_lines() {
        let key = "k".repeat(2000);
        check(&json!({key.as_str(): {"a": 1}}), &[&key, &key, &format!("{key}.a")]);
    }
}
