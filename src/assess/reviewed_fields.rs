//! One field change in, the lines that a reviewer reads of it out.

use super::renames::Renames;
use super::rollout::is_checksum;
use crate::change::hidden::{ANOTHER, HIDDEN};
use crate::change::{Comparison, EnvironmentComparison, FieldChange, ReviewedField, Side, SourceLine, embedded};
use crate::object::{FieldPath, Object, ObjectId, Segment};
use serde_json::Value;

/// Returns the lines of one field change between the old object and the new one. A block that is wholly new or gone is
/// written field by field, a list of blocks item by item, an item as one value.
pub(super) fn fields(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    renames: &Renames<'_>,
    (old, new): (&ObjectId, &ObjectId),
    change: &FieldChange,
) -> Vec<ReviewedField> {
    let is_secret = [old, new].iter().any(|it| it.group.is_empty() && it.kind == "Secret");
    let masked = without_hidden(input, (old, new), change);
    let is_hidden = masked.is_some();
    let change = masked.as_ref().unwrap_or(change);
    let written = match (&change.before, &change.after) {
        (None, Some(value)) => presence(input, environment, Side::After, (old, new), change, value),
        (Some(value), None) => presence(input, environment, Side::Before, (old, new), change, value),
        (Some(_), Some(_)) | (None, None) => {
            let object = environment.object(Side::After, new);
            let own = change.origin.as_ref().and_then(|it| it.span).and_then(|it| input.line(Side::After, it));
            vec![ReviewedField {
                path: change.shown.clone(),
                before: change.before.clone(),
                after: change.after.clone(),
                source: own.or_else(|| input.line_of(Side::After, object?, &change.path)),
                derived: is_checksum(&change.path) || renames.is_followed_by(change),
                equivalent: change.equivalent,
                parts: if is_secret || is_hidden { Vec::new() } else { parts(change) },
            }]
        }
    };
    written.into_iter().map(|it| if is_secret { without_secret(it) } else { it }).collect()
}

/// Returns a change without the values that must not be shown; none where it has none.
fn without_hidden(
    input: &Comparison<'_>,
    (old, new): (&ObjectId, &ObjectId),
    change: &FieldChange,
) -> Option<FieldChange> {
    let hidden = &input.hidden;
    let is_hidden = |side, id, path, value: &Option<Value>| value.is_some() && hidden.covers(side, id, path);
    let is_old = is_hidden(Side::Before, old, &change.path_before, &change.before);
    let is_new = is_hidden(Side::After, new, &change.path, &change.after);
    if !is_old && !is_new {
        return None;
    }
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let after = after.map(|it| hidden.masked(Side::After, new, &change.path, it, before));
    let before = before.map(|it| hidden.masked(Side::Before, old, &change.path_before, it, None));
    Some(FieldChange { before, after, ..change.clone() })
}

/// Returns what differs inside two texts.
fn parts(change: &FieldChange) -> Vec<crate::change::Part> {
    let text = |it: &Option<Value>| it.as_ref().and_then(Value::as_str).map(str::to_owned);
    let texts = text(&change.before).zip(text(&change.after));
    texts.and_then(|(before, after)| embedded::parts(&before, &after)).unwrap_or_default()
}

/// Returns the lines of a value that came or went.
fn presence(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    side: Side,
    (old, new): (&ObjectId, &ObjectId),
    change: &FieldChange,
    value: &Value,
) -> Vec<ReviewedField> {
    let object = match side {
        Side::Before => environment.object(side, old),
        Side::After => environment.object(side, new),
    };
    let source = |path: &FieldPath, own: Option<SourceLine>| own.or_else(|| input.line_of(side, object?, path));
    // A field that a new line makes the compiler leave out is gone because of that line.
    let left_out = environment.object(Side::After, new).and_then(|it| it.origins.absence_of(&change.path));
    let left_out = left_out.filter(|_| side == Side::Before).and_then(|it| input.line(Side::After, it.span?));
    let mut parts = Vec::new();
    take_apart(&mut change.path.clone(), value, &mut parts);
    let shown = |path: &FieldPath| object.map_or_else(|| path.to_string(), |it: &Object| path.display_in(&it.body));
    let field = |(path, value): (FieldPath, &Value)| {
        let own = object.and_then(|it| it.origin(&path)).and_then(|it| it.span).and_then(|it| input.line(side, it));
        let (before, after) = match side {
            Side::Before => (Some(value.clone()), None),
            Side::After => (None, Some(value.clone())),
        };
        let source = left_out.clone().or_else(|| source(&path, own));
        let (path, derived) = (shown(&path), is_checksum(&path));
        ReviewedField { path, before, after, source, derived, equivalent: change.equivalent, parts: Vec::new() }
    };
    parts.into_iter().map(field).collect()
}

/// Says that the value of a Secret changed and not what it is.
fn without_secret(mut field: ReviewedField) -> ReviewedField {
    if ["data", "stringData"].iter().any(|it| field.path.starts_with(it)) {
        let hidden = |value: &mut Option<Value>, text: &str| {
            if let Some(Value::String(value)) = value {
                text.clone_into(value);
            }
        };
        hidden(&mut field.after, if field.before.is_some() { ANOTHER } else { HIDDEN });
        hidden(&mut field.before, HIDDEN);
    }
    field
}

fn take_apart<'a>(path: &mut FieldPath, value: &'a Value, parts: &mut Vec<(FieldPath, &'a Value)>) {
    match value {
        Value::Object(map) if !map.is_empty() && path.last_field().is_some() => {
            for (name, value) in map {
                path.push(Segment::Field(name.clone()));
                take_apart(path, value, parts);
                path.pop();
            }
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Segment::Index(index));
                parts.push((path.clone(), item));
                path.pop();
            }
        }
        Value::Object(_) | Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
            parts.push((path.clone(), value));
        }
    }
}
