//! One object's body in, the text of its file out.

use super::scalar;
use crate::tree::GENERATED;
use serde_json::{Map, Number, Value};

/// Readers allow a key before its colon no more than 1,024 characters, quotes and escapes included; a longer one is
/// written in its explicit form.
pub(super) const LONGEST_KEY: usize = 1000;

/// Returns the whole text of an object's file, its first line included.
pub fn manifest(body: &Value) -> String {
    let mut writer = Writer { out: String::from(GENERATED), block_with_blank_end: None };
    match body {
        Value::Object(map) if !map.is_empty() => writer.map(map, 0),
        Value::Array(items) if !items.is_empty() => writer.list(items, 0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            writer.scalar(body, 2);
        }
    }
    writer.finish()
}

struct Writer<'a> {
    out: String,
    /// Where the last block begins that ends in blank lines, and what it holds.
    block_with_blank_end: Option<(usize, &'a str)>,
}

impl<'a> Writer<'a> {
    /// Writes the fields of a map; the cursor is where the first one goes.
    fn map(&mut self, map: &'a Map<String, Value>, indent: usize) {
        for (index, (key, value)) in map.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            self.key(key, indent);
            match value {
                Value::Object(map) if !map.is_empty() => {
                    self.out.push('\n');
                    self.indent(indent + 2);
                    self.map(map, indent + 2);
                }
                Value::Array(items) if !items.is_empty() => {
                    self.out.push('\n');
                    self.indent(indent);
                    self.list(items, indent);
                }
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => {
                    self.out.push(' ');
                    self.scalar(value, indent + 2);
                }
            }
        }
    }

    /// Writes the items of a list; the cursor is where the first one goes.
    fn list(&mut self, items: &'a [Value], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            self.out.push_str("- ");
            match item {
                Value::Object(map) if !map.is_empty() => self.map(map, indent + 2),
                Value::Array(items) if !items.is_empty() => self.list(items, indent + 2),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => self.scalar(item, indent + 2),
            }
        }
    }

    /// Writes a key and its colon.
    fn key(&mut self, key: &str, indent: usize) {
        let start = self.out.len();
        scalar::write(&mut self.out, key);
        if self.out.len() - start > LONGEST_KEY {
            self.out.insert_str(start, "? ");
            self.out.push('\n');
            self.indent(indent);
        }
        self.out.push(':');
    }

    /// Writes a scalar, or an empty map or list, and ends the line; a block's lines are indented by `indent`.
    fn scalar(&mut self, value: &'a Value, indent: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) => self.out.push_str(&number_text(number)),
            Value::Array(_) => self.out.push_str("[]"),
            Value::Object(_) => self.out.push_str("{}"),
            Value::String(text) => match scalar::block_header(text) {
                Some(header) => return self.block(text, header, indent),
                None => scalar::write(&mut self.out, text),
            },
        }
        self.out.push('\n');
    }

    fn block(&mut self, text: &'a str, header: &str, indent: usize) {
        if rewrites_end(header) {
            self.block_with_blank_end = Some((self.out.len(), text));
        }
        self.out.push_str(header);
        self.out.push('\n');
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    fn indent(&mut self, width: usize) {
        self.out.extend(std::iter::repeat_n(' ', width));
    }

    fn finish(mut self) -> String {
        // The blank lines of a last block would be blank lines at the end of the file, which git calls an error.
        if let Some((start, text)) = self.block_with_blank_end.filter(|_| self.out.ends_with("\n\n")) {
            self.out.truncate(start);
            scalar::write_quoted(&mut self.out, text);
            self.out.push('\n');
        }
        self.out
    }
}

/// True for the header of a block that ends in blank lines: as the last of a file it is written on one line instead.
pub(super) fn rewrites_end(header: &str) -> bool {
    header == "|+"
}

/// Writes a number so that readers of YAML 1.1 see its kind too: they want a point and a signed exponent.
fn number_text(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    let shortest = format!("{float:?}");
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return shortest };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

#[cfg(test)]
mod tests {
    use super::manifest;
    use crate::tree::GENERATED;
    use serde_json::{Value, json};

    fn check(body: &Value, expected: &str) {
        assert_eq!(manifest(body).strip_prefix(GENERATED).unwrap(), expected);
    }

    #[test]
    fn writes_as_kubectl_does() {
        check(
            &json!({"kind": "Deployment", "metadata": {"name": "todo-backend", "labels": {}}, "spec": {"replicas": 3,
                "args": [], "containers": [{"name": "a", "ports": [{"containerPort": 8000}], "command": ["sh", "-c"]},
                {"name": "b", "cpu": "250m", "tag": "1.0"}], "on": null, "ok": true}}),
            "\
kind: Deployment
metadata:
  name: todo-backend
  labels: {}
spec:
  replicas: 3
  args: []
  containers:
  - name: a
    ports:
    - containerPort: 8000
    command:
    - sh
    - \"-c\"
  - name: b
    cpu: 250m
    tag: \"1.0\"
  \"on\": null
  ok: true
",
        );
    }

    #[test]
    fn writes_lines_as_blocks() {
        check(
            &json!({"a": "x\n\n  y\n", "b": ["x\ny"], "c": "x\n\n", "d": "x\n \n"}),
            "a: |\n  x\n\n    y\nb:\n- |-\n  x\n  y\nc: |+\n  x\n\nd: \"x\\n \\n\"\n",
        );
    }

    #[test]
    fn never_ends_in_a_blank_line() {
        check(&json!({"a": {"b": "x\n\n"}}), "a:\n  b: \"x\\n\\n\"\n");
        check(&json!(["x\n\n"]), "- \"x\\n\\n\"\n");
    }

    #[test]
    fn writes_lists_in_lists_and_lone_scalars() {
        check(&json!([[1, [2, []]], [{"a": [3]}]]), "- - 1\n  - - 2\n    - []\n- - a:\n    - 3\n");
        check(&json!("a"), "a\n");
        check(&json!({}), "{}\n");
        check(&json!("a\nb\n"), "|\n  a\n  b\n");
    }

    #[test]
    fn writes_numbers_for_every_reader() {
        check(
            &json!([0, -1, u64::MAX, 1.0, -0.5, 1e300, 1.5e-7]),
            "- 0\n- -1\n- 18446744073709551615\n- 1.0\n- -0.5\n- 1.0e+300\n- 1.5e-7\n",
        );
    }

    #[test]
    fn writes_long_keys_in_the_explicit_form() {
        let key = "k".repeat(2000);
        let body = json!({"data": {key.as_str(): "v", "a": {key.as_str(): [1]}}});
        check(&body, &format!("data:\n  ? {key}\n  : v\n  a:\n    ? {key}\n    :\n    - 1\n"));
    }
}
