//! The rendered lines that change, as diffs folded away at the end: one for each set of environments that change alike.
//!
//! They say nothing that is not said above, but whole: every value in full, and every derived field.

use super::comment::protected;
use super::forge::Forge;
use super::markup::html;
use crate::change::{Operation, Review, ReviewedChange, ReviewedField};
use crate::diagnostic::visible::escape;
use crate::report::difference::{HIDDEN, is_secret, plain as scalar};
use crate::report::wording::{self, Group};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// How many lines of a long text stand beside those that differ.
const CONTEXT: usize = 3;

/// Writes the diffs that so many bytes have room for: whole ones, those of protected environments first.
pub(super) fn diffs(review: &Review, forge: Forge, room: usize) -> String {
    let updated = review.changes.iter().filter(|it| it.operation == Operation::Update && !it.fields.is_empty());
    let groups = wording::groups(updated, review);
    if groups.is_empty() || !forge.has_html() {
        return String::new();
    }
    let protected = protected(review);
    let is_protected = |it: &Group<'_>| it.0.iter().any(|name| protected.contains(name.as_str()));
    let (first, then): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_protected);
    let mut text = String::new();
    let mut left_out = Vec::new();
    for group in first.into_iter().chain(then) {
        let written = folded(&group, review);
        // The sentence about those that are left out needs room too.
        if left_out.is_empty() && text.len() + written.len() + SENTENCE <= room {
            text += &written;
        } else {
            left_out.push(group);
        }
    }
    if !text.is_empty() && !left_out.is_empty() {
        let objects: usize = left_out.iter().map(|it| it.1.len()).sum();
        let objects = wording::count(objects as u64, "object");
        text += &format!("\nThe rendered diffs of {objects} more are left out for want of room.\n");
    }
    text
}

/// What the sentence about diffs that are left out takes at most.
const SENTENCE: usize = 120;

/// Writes the changes that are the same in some environments as one folded diff.
fn folded((environments, changes): &Group<'_>, review: &Review) -> String {
    let places = html(&wording::environments(environments, review));
    let objects = wording::count(changes.len() as u64, "object");
    let lines: Vec<String> = changes.iter().flat_map(|it| of_object(it)).map(|it| escape(&it)).collect();
    let fence = fence(&lines);
    let lines = lines.join("\n");
    format!(
        "\n<details><summary>Rendered diff: {places} ({objects})</summary>\n\n{fence}diff\n{lines}\n{fence}\n\n</details>\n"
    )
}

/// Returns a fence that is longer than any run of backticks in the lines.
pub(super) fn fence(lines: &[String]) -> String {
    let runs = lines.iter().flat_map(|it| it.split(|it| it != '`')).map(str::len);
    "`".repeat(runs.max().unwrap_or(0).max(2) + 1)
}

fn of_object(change: &ReviewedChange) -> Vec<String> {
    let id = &change.object;
    let namespace = id.namespace.as_ref().map(|it| format!("{it} · ")).unwrap_or_default();
    let group = if id.group.is_empty() { String::new() } else { format!("{} ", id.group) };
    let mut lines = vec![format!("# {namespace}{group}{} {}", id.kind, id.name)];
    for field in &change.fields {
        let derived = if field.derived { " derived" } else { "" };
        let source = field.source.as_ref().map(|it| format!(" {}", wording::source(it))).unwrap_or_default();
        lines.push(format!("@@ {} @@{source}{derived}", field.path));
        lines.extend(of_field(change, field));
    }
    lines
}

/// Writes the old lines of a field and the new ones; of two long texts, those that differ.
fn of_field(change: &ReviewedChange, field: &ReviewedField) -> Vec<String> {
    if is_secret(&change.object, &field.path) {
        let side = |sign, value: &Option<Value>| value.as_ref().map(|_| format!("{sign} {HIDDEN}"));
        return side('-', &field.before).into_iter().chain(side('+', &field.after)).collect();
    }
    let side = |value: &Option<Value>| value.as_ref().map(|it| block(it)).unwrap_or_default();
    let (before, after) = (side(&field.before), side(&field.after));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let groups = diff.grouped_ops(CONTEXT);
    let changes = groups.iter().flatten().flat_map(|it| diff.iter_changes(it));
    let line = |(tag, line): (ChangeTag, &str)| match tag {
        ChangeTag::Equal => format!("  {line}"),
        ChangeTag::Delete => format!("- {line}"),
        ChangeTag::Insert => format!("+ {line}"),
    };
    changes.map(|it| line((it.tag(), it.value()))).collect()
}

/// Writes a value as lines of YAML.
fn block(value: &Value) -> Vec<String> {
    let indented = |lines: Vec<String>| lines.into_iter().map(|it| format!("  {it}"));
    match value {
        Value::Object(map) if !map.is_empty() => {
            let entry = |(key, value): (&String, &Value)| {
                let lines = block(value);
                match lines.split_first() {
                    Some((first, rest)) if !is_nested(value) => [&[format!("{key}: {first}")], rest].concat(),
                    _ => std::iter::once(format!("{key}:")).chain(indented(lines)).collect(),
                }
            };
            map.iter().flat_map(entry).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            let item = |value: &Value| {
                let mut lines = block(value).into_iter();
                let first = lines.next().map(|it| format!("- {it}"));
                first.into_iter().chain(indented(lines.collect())).collect::<Vec<_>>()
            };
            items.iter().flat_map(item).collect()
        }
        Value::String(text) if text.trim_end_matches('\n').contains('\n') => {
            let end = if text.ends_with('\n') { "|" } else { "|-" };
            std::iter::once(end.to_owned()).chain(text.lines().map(|it| format!("  {it}"))).collect()
        }
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
            vec![scalar(value)]
        }
    }
}

/// True where a value has lines of its own, however few.
fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{block, fence};
    use serde_json::{Value, json};

    #[test]
    fn values_are_lines_of_yaml() {
        let check = |value: Value, expected: &[&str]| assert_eq!(block(&value), expected);
        check(json!(3), &["3"]);
        check(json!("3"), &["\"3\""]);
        check(json!("a"), &["a"]);
        check(json!("a\nb\n"), &["|", "  a", "  b"]);
        check(
            json!({"name": "A", "list": [1, {"x": 1, "y": []}]}),
            &["name: A", "list:", "  - 1", "  - x: 1", "    y: []"],
        );
        check(json!({"a": {"b": "c\nd"}}), &["a:", "  b: |-", "    c", "    d"]);
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence(&["a".to_owned()]), "```");
        assert_eq!(fence(&["a ```` b".to_owned(), "`".to_owned()]), "`````");
    }
}
