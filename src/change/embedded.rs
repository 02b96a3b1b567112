//! Two texts in, what differs in the JSON or YAML that both of them hold out: a file of settings in a ConfigMap is read
//! as what it says and not as one long line.

use crate::object::{FieldPath, Segment, document};
use serde_json::{Map, Value};

/// Longer texts are compared line by line.
const LONGEST: usize = 256 * 1024;

/// One place in the content of a text that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it is in the content, `server.port`; empty for the content as a whole.
    pub path: String,
    /// The old value; none where it was added.
    pub before: Option<Value>,
    /// The new value; none where it was removed.
    pub after: Option<Value>,
}

/// Returns what differs in the content of two texts; none where they do not both hold a map or a list. Nothing differs
/// where only the layout does.
pub fn parts(before: &str, after: &str) -> Option<Vec<Part>> {
    let (old, new) = (content(before)?, content(after)?);
    let mut parts = Vec::new();
    compare(&mut FieldPath::default(), Some(&old), Some(&new), &mut parts);
    Some(parts)
}

/// Reads a text that holds one map or list. Comments have no part in it, and what YAML may be read as two things is no
/// content.
fn content(text: &str) -> Option<Value> {
    let start = text.trim_start();
    let is_structure = start.starts_with(['{', '[', '-', '#']) || text.contains(':');
    if text.len() > LONGEST || !is_structure {
        return None;
    }
    let read = serde_json::from_str(text).ok().or_else(|| {
        let found = document::read(text, None);
        match found.documents.as_slice() {
            [only] if found.mistakes.is_empty() => Some(only.value()),
            _ => None,
        }
    });
    read.filter(|it| {
        matches!(it, Value::Object(map) if !map.is_empty()) || matches!(it, Value::Array(list) if !list.is_empty())
    })
}

fn compare(path: &mut FieldPath, before: Option<&Value>, after: Option<&Value>, parts: &mut Vec<Part>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => maps(path, before, after, parts),
        (Some(Value::Array(before)), Some(Value::Array(after))) => lists(path, before, after, parts),
        (before, after) => {
            parts.push(Part { path: path.to_string(), before: before.cloned(), after: after.cloned() });
        }
    }
}

fn maps(path: &mut FieldPath, before: &Map<String, Value>, after: &Map<String, Value>, parts: &mut Vec<Part>) {
    let gone = before.keys().filter(|it| !after.contains_key(*it));
    for name in after.keys().chain(gone) {
        path.push(Segment::Field(name.clone()));
        compare(path, before.get(name), after.get(name), parts);
        path.pop();
    }
}

/// Leaves out what both lists begin and end with, and compares the rest by position.
fn lists(path: &mut FieldPath, before: &[Value], after: &[Value], parts: &mut Vec<Part>) {
    let shorter = before.len().min(after.len());
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count().min(shorter - head);
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    for index in 0..old.len().max(new.len()) {
        path.push(Segment::Index(head + index));
        compare(path, old.get(index), new.get(index), parts);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::parts;
    use serde_json::Value;

    #[test]
    fn reads_what_both_texts_hold() {
        let check = |before: &str, after: &str, expected: Option<&[&str]>| {
            let side = |it: &Option<Value>| it.as_ref().map_or("-".to_owned(), Value::to_string);
            let found = parts(before, after).map(|it| {
                it.iter()
                    .map(|it| format!("{}: {} > {}", it.path, side(&it.before), side(&it.after)))
                    .collect::<Vec<_>>()
            });
            let expected = expected.map(|it| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
            assert_eq!(found, expected, "{before} | {after}");
        };
        check(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":1,"c":3}}"#, Some(&["a.c: 2 > 3"]));
        check("a: 1\nb: 2\n", "b: 2\na: 5\n", Some(&["a: 1 > 5"]));
        check("a: 1\n", "a: 1\nb: [x]\n", Some(&[r#"b: - > ["x"]"#]));
        check("- a\n- b\n- c\n", "- a\n- x\n- b\n- c\n", Some(&[r#"[1]: - > "x""#]));
        check("- a\n- b\n", "- b\n", Some(&[r#"[0]: "a" > -"#]));
        check("a: {b: 1}\n", "a: 1\n", Some(&[r#"a: {"b":1} > 1"#]));
        // Another layout, another order of keys, another comment: the same content.
        check(r#"{"a": 1, "b": [1,2]}"#, "# settings\nb:\n- 1\n- 2\na: 1\n", Some(&[]));
        // The order of a list is content.
        check("[1, 2]", "[2, 1]", Some(&["[0]: 1 > 2", "[1]: 2 > 1"]));
        check("a: 1\na: 2\n", "a: 1\n", None);
        check("a: yes\n", "a: no\n", None);
        check("plain", "text", None);
        check("http://a:80", "http://b:80", None);
        check("{}", "{}", None);
        check("1", "2", None);
        check("", "a: 1\n", None);
        check("a: 1\n---\nb: 1\n", "a: 1\n", None);
        check("{broken", "{\"a\": 1}", None);
    }
}
