//! The old and the new value of a field in, what is worth showing of them out: two short values, the items that came and
//! went, or the lines that differ.

use crate::change::{Equivalence, Part, ReviewedField, Side};
use crate::diagnostic::visible;
use crate::object::ObjectId;
use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

/// The longest value that is shown whole.
const LONGEST_VALUE: usize = 72;
/// How much of a common start or end is shown around the part of a long value that differs.
const CONTEXT: usize = 12;
/// The most lines or items that are shown.
const MOST_LINES: usize = 20;
/// What stands for a value that must not be shown.
pub(super) const HIDDEN: &str = "(not shown)";
const UNSET: &str = "(unset)";

/// What is shown of a field's two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Both values on one line.
    Values {
        /// The old value.
        before: String,
        /// The new value.
        after: String,
    },
    /// A list in one string, or a text of several lines.
    Lines {
        /// What kind of difference: `2 → 3 origins`, `1 line → 2 lines`.
        summary: String,
        /// The lines that came (`+`), went (`-`) or stand beside them (a space).
        lines: Vec<(char, String)>,
        /// How many lines are left out.
        more: usize,
    },
}

impl Difference {
    /// Compares the two values of a field of an object.
    pub(super) fn of(object: &ObjectId, field: &ReviewedField) -> Self {
        let (before, after) = (field.before.as_ref(), field.after.as_ref());
        if is_secret(object, &field.path) {
            let side = |it: Option<&Value>| it.map_or(UNSET, |_| HIDDEN).to_owned();
            return Self::Values { before: side(before), after: side(after) };
        }
        match field.equivalent {
            Some(Equivalence::Order) => return reordered(before, after),
            Some(Equivalence::Text) => {
                let summary = "same content, written differently".to_owned();
                return Self::Lines { summary, lines: Vec::new(), more: 0 };
            }
            Some(Equivalence::Quantity | Equivalence::Duration | Equivalence::Default | Equivalence::Port) | None => {}
        }
        if !field.parts.is_empty() {
            return inside(&field.parts);
        }
        let text = |it: Option<&Value>| match it {
            None => Some(String::new()),
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        if let (Some(before), Some(after)) = (text(before), text(after))
            && let Some(lines) = origins(&before, &after).or_else(|| changed_lines(&before, &after))
        {
            return lines;
        }
        if let (None, Some(Value::Object(item))) | (Some(Value::Object(item)), None) = (before, after) {
            return whole_item(&field.path, item, if after.is_some() { Side::After } else { Side::Before });
        }
        values(before, after)
    }
}

/// Shows the items of a list in their old and in their new order.
fn reordered(before: Option<&Value>, after: Option<&Value>) -> Difference {
    let name = |it: &Value| match it.get("name").or_else(|| it.get("mountPath")) {
        Some(name) => plain(name),
        None => plain(it),
    };
    let names = |it: Option<&Value>| it.and_then(Value::as_array).into_iter().flatten().map(name).collect::<Vec<_>>();
    let line = |it: Option<&Value>| short_line(&names(it).join(", "));
    limited("same items in another order".to_owned(), vec![('-', line(before)), ('+', line(after))])
}

/// Shows what differs inside two texts, each value by its path.
fn inside(parts: &[Part]) -> Difference {
    let line = |sign: char, part: &Part, value: &Value| {
        let path = if part.path.is_empty() { String::new() } else { format!("{}: ", part.path) };
        (sign, short_line(&format!("{path}{}", plain(value))))
    };
    let lines = parts.iter().flat_map(|it| {
        let gone = it.before.as_ref().map(|value| line('-', it, value));
        gone.into_iter().chain(it.after.as_ref().map(|value| line('+', it, value)))
    });
    let verb = if parts.len() == 1 { "differs" } else { "differ" };
    let values = super::wording::count(parts.len() as u64, "value");
    limited(format!("{values} in it {verb}"), lines.collect())
}

/// Shows an item that came or went: its fields but the one that names it, on one line or one a line.
fn whole_item(path: &str, item: &Map<String, Value>, side: Side) -> Difference {
    let is_name = |(name, value): &(&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // A container port is named by its number and its protocol.
        let named = [format!("[{text}]"), format!("[{text}/"), format!("/{text}]")];
        let named = named.iter().any(|it| path.contains(it.as_str()));
        named && matches!(name.as_str(), "name" | "containerPort" | "port" | "protocol" | "mountPath" | "ip")
    };
    let mut entries: Vec<(String, String)> = Vec::new();
    for (name, value) in item.iter().filter(|it| !is_name(it)) {
        entry(name, value, &mut entries);
    }
    let short = |it: &str| visible::shorten(&visible::escape(it), LONGEST_VALUE);
    let whole = match entries.as_slice() {
        [] => "(present)".to_owned(),
        [(name, _)] if name == "value" => item.get("value").map(text).unwrap_or_default(),
        [(name, value)] if name == "valueFrom" => value.clone(),
        entries => entries.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", "),
    };
    if whole.chars().count() <= LONGEST_VALUE || entries.len() == 1 {
        return match side {
            Side::Before => Difference::Values { before: short(&whole), after: UNSET.to_owned() },
            Side::After => Difference::Values { before: UNSET.to_owned(), after: short(&whole) },
        };
    }
    let (sign, summary) = match side {
        Side::Before => ('-', "removed"),
        Side::After => ('+', "added"),
    };
    let lines = entries.iter().map(|(name, value)| (sign, short_line(&format!("{name}: {value}"))));
    limited(summary.to_owned(), lines.collect())
}

/// Writes a field of an item, and what is in it by its path; lists of blocks stay one value.
fn entry(path: &str, value: &Value, entries: &mut Vec<(String, String)>) {
    if let Some(source) = value_source(value).filter(|_| path == "valueFrom") {
        return entries.push((path.to_owned(), source));
    }
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                entry(&format!("{path}.{name}"), value, entries);
            }
        }
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
            entries.push((path.to_owned(), plain(value)));
        }
    }
}

/// Writes where a variable comes from: `key TOKEN of Secret/web`.
fn value_source(value: &Value) -> Option<String> {
    let (kind, source) = [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")]
        .into_iter()
        .find_map(|(kind, field)| Some((kind, value.get(field)?)))?;
    let text = |field: &str| source.get(field).and_then(Value::as_str);
    let optional = if source.get("optional") == Some(&Value::Bool(true)) { ", if it is there" } else { "" };
    Some(format!("key {} of {kind}/{}{optional}", text("key")?, text("name")?))
}

/// True for the fields that hold a Secret's data. No compiled tree has one, but a baseline may.
pub(super) fn is_secret(object: &ObjectId, path: &str) -> bool {
    object.kind == "Secret" && (path.starts_with("data") || path.starts_with("stringData"))
}

fn values(before: Option<&Value>, after: Option<&Value>) -> Difference {
    let side = |it: Option<&Value>, write: fn(&Value) -> String| it.map_or(UNSET.to_owned(), write);
    // Only beside a number can a string be taken for one.
    let is_text = [before, after].into_iter().flatten().all(Value::is_string);
    let write = if is_text { text } else { plain };
    let (mut old, mut new) = (side(before, write), side(after, write));
    if visible::escape(&old) == visible::escape(&new)
        || (before.is_some() && old == UNSET)
        || (after.is_some() && new == UNSET)
    {
        (old, new) = (side(before, Value::to_string), side(after, Value::to_string));
    }
    if old.chars().count().max(new.chars().count()) > LONGEST_VALUE && before.is_some() && after.is_some() {
        (old, new) = without_common_ends(&old, &new);
    }
    let short = |it: &str| visible::shorten(&visible::escape(it), LONGEST_VALUE);
    Difference::Values { before: short(&old), after: short(&new) }
}

/// Cuts what two long values have in common, so that what differs is not what is left out.
fn without_common_ends(before: &str, after: &str) -> (String, String) {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
    let (skip_start, skip_end) = (start.saturating_sub(CONTEXT), end.saturating_sub(CONTEXT));
    let cut = |it: &[char]| {
        let mark = |skipped: usize| if skipped == 0 { "" } else { "…" };
        let kept: String = it[skip_start..it.len() - skip_end].iter().collect();
        format!("{}{kept}{}", mark(skip_start), mark(skip_end))
    };
    (cut(&old), cut(&new))
}

/// Returns a value where it is known to be a string: without quotes, unless its end or its blanks could not be seen.
fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) if !text.is_empty() && text.trim() == text => text.to_owned(),
        _ => value.to_string(),
    }
}

/// Returns a value as people write it: a string without quotes, unless it could be taken for something else.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => string(text, &[]),
        Value::Array(_) | Value::Object(_) => {
            let mut out = String::new();
            flow(value, &mut out);
            out
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn string(text: &str, special: &[char]) -> String {
    let ambiguous = text.trim() != text || text.is_empty() || text.contains(special);
    if ambiguous || serde_json::from_str::<Value>(text).is_ok_and(|it| !it.is_object() && !it.is_array()) {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    }
}

/// Writes `{name: x, ports: [1, 2]}`.
fn flow(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                flow(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                // Writing to a string cannot fail.
                let _ = write!(out, "{}{key}: ", if index > 0 { ", " } else { "" });
                flow(item, out);
            }
            out.push('}');
        }
        Value::String(text) => out.push_str(&string(text, &[',', ':', '{', '}', '[', ']', '"'])),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

/// Compares two lists of origins, `https://a,https://b`, item by item.
fn origins(before: &str, after: &str) -> Option<Difference> {
    let items = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let (old, new) = (items(before), items(after));
    if old.len().max(new.len()) < 2 || !old.iter().chain(&new).all(|it| is_origin(it)) {
        return None;
    }
    let gone = old.iter().filter(|it| !new.contains(it)).map(|it| ('-', short_line(it)));
    let come = new.iter().filter(|it| !old.contains(it)).map(|it| ('+', short_line(it)));
    let lines: Vec<_> = gone.chain(come).collect();
    let summary = format!("{} → {} origins", old.len(), new.len());
    // Nothing came or went: the order or the spaces differ, which only the values themselves show.
    (!lines.is_empty()).then(|| limited(summary, lines))
}

fn is_origin(text: &str) -> bool {
    text == "*"
        || text.split_once("://").is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && !scheme.is_empty()
                && scheme.chars().all(|it| it.is_ascii_alphanumeric() || "+.-".contains(it))
        })
}

/// Compares two texts line by line, where at least one of them has several lines.
fn changed_lines(before: &str, after: &str) -> Option<Difference> {
    let has_several = |text: &str| text.trim_end_matches('\n').contains('\n');
    if !has_several(before) && !has_several(after) {
        return None;
    }
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for change in diff.grouped_ops(1).iter().flatten().flat_map(|operation| diff.iter_changes(operation)) {
        let sign = match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        let end = if change.missing_newline() { " (no line break at the end)" } else { "" };
        let line = change.value().trim_end_matches('\n');
        lines.push((sign, format!("{}{end}", short_line(line))));
    }
    let size = |text: &str| super::wording::count(text.lines().count() as u64, "line");
    Some(limited(format!("{} → {}", size(before), size(after)), lines))
}

fn short_line(line: &str) -> String {
    visible::shorten(&visible::escape(line), 2 * LONGEST_VALUE)
}

fn limited(summary: String, mut lines: Vec<(char, String)>) -> Difference {
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    Difference::Lines { summary, lines, more }
}

#[cfg(test)]
mod tests {
    use super::{Difference, HIDDEN, plain};
    use crate::change::ReviewedField;
    use crate::object::ObjectId;
    use serde_json::{Value, json};

    fn difference(kind: &str, path: &str, before: Value, after: Value) -> String {
        let object = ObjectId { group: String::new(), kind: kind.into(), namespace: None, name: "x".into() };
        let some = |it: Value| (!it.is_null()).then_some(it);
        let field = ReviewedField { before: some(before), after: some(after), ..ReviewedField::at(path) };
        match Difference::of(&object, &field) {
            Difference::Values { before, after } => format!("{before} → {after}"),
            Difference::Lines { summary, lines, more } => {
                let lines: Vec<String> = lines.iter().map(|(sign, line)| format!("{sign}{line}")).collect();
                format!("{summary}|{}|{more}", lines.join("|"))
            }
        }
    }

    #[test]
    fn shows_what_differs() {
        let check = |before, after, expected: &str| {
            assert_eq!(difference("ConfigMap", "data.X", before, after), expected);
        };
        check(json!(3), json!(5), "3 → 5");
        check(json!("3"), json!(3), "\"3\" → 3");
        check(json!("3"), json!("5"), "3 → 5");
        check(json!("3"), json!("3 "), "3 → \"3 \"");
        check(Value::Null, json!("true"), "(unset) → true");
        check(Value::Null, json!(""), "(unset) → \"\"");
        check(json!(" x"), json!("x"), "\" x\" → x");
        check(json!("(unset)"), Value::Null, "\"(unset)\" → (unset)");
        check(json!("a\\nb"), json!("a\nb\n"), "1 line → 2 lines|-a\\nb (no line break at the end)|+a|+b|0");
        check(json!("a\\tb"), json!("a\tb"), "\"a\\\\tb\" → \"a\\tb\"");
        check(json!("x\u{202e}"), json!("x"), "x\\u{202e} → x");
        check(
            json!("https://a,https://b"),
            json!("https://a,https://c,https://d"),
            "2 → 3 origins|-https://b|+https://c|+https://d|0",
        );
        check(json!("https://a,https://b"), json!("https://b,https://a"), "https://a,https://b → https://b,https://a");
        check(json!("one\ntwo\nthree\n"), json!("one\n2\nthree\n"), "3 lines → 3 lines| one|-two|+2| three|0");
    }

    #[test]
    fn an_item_that_comes_or_goes_is_read_and_not_parsed() {
        let check = |path: &str, item: Value, expected: &str| {
            assert_eq!(difference("Deployment", path, Value::Null, item), expected);
        };
        check("containers[web].env[A]", json!({"name": "A", "value": "1"}), "(unset) → 1");
        check(
            "containers[web].env[A]",
            json!({"name": "A", "valueFrom": {"secretKeyRef": {"name": "web", "key": "TOKEN"}}}),
            "(unset) → key TOKEN of Secret/web",
        );
        check(
            "containers[web].ports[9000/TCP]",
            json!({"name": "metrics", "containerPort": 9000, "protocol": "TCP"}),
            "(unset) → name: metrics",
        );
        check("containers[web].ports[9000/TCP]", json!({"containerPort": 9000}), "(unset) → (present)");
        check("volumes[tmp]", json!({"name": "tmp", "emptyDir": {}}), "(unset) → emptyDir: {}");
        let container = json!({"name": "proxy", "image": "registry.example.com/proxy:1.0.0", "resources": {"requests": {"cpu": "10m"}}, "args": ["a", "b"]});
        let lines = "image: registry.example.com/proxy:1.0.0|+resources.requests.cpu: 10m|+args: [a, b]|0";
        check("containers[proxy]", container, &format!("added|+{lines}"));
        let gone = json!({"name": "A", "value": "x"});
        assert_eq!(difference("Deployment", "env[A]", gone, Value::Null), "x → (unset)");
    }

    #[test]
    fn long_values_are_cut_where_they_are_the_same() {
        let long = |middle: &str| json!(format!("{}{middle}{}", "a".repeat(300), "b".repeat(300)));
        assert_eq!(
            difference("ConfigMap", "data.X", long("1"), long("2")),
            "…aaaaaaaaaaaa1bbbbbbbbbbbb… → …aaaaaaaaaaaa2bbbbbbbbbbbb…"
        );
    }

    #[test]
    fn a_secret_is_never_shown() {
        assert_eq!(difference("Secret", "data[password]", json!("old"), json!("new")), format!("{HIDDEN} → {HIDDEN}"));
    }

    #[test]
    fn blocks_are_written_on_one_line() {
        assert_eq!(
            plain(&json!({"name": "A", "value": "1", "list": [1, "a, b"]})),
            r#"{name: A, value: "1", list: [1, "a, b"]}"#
        );
    }
}
