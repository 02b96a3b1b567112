//! The same change in several environments, once.
//!
//! Namespaces do not count: an object of the same kind and name, with the same change made by the same line, is the same
//! in every environment. An object whose fields are only partly the same is split, so that the shared part stands once.

use super::rollout::is_checksum;
use crate::change::{
    Comparison, EnvironmentComparison, FieldChange, Finding, ImpactCode, ObjectChange, Operation, ReviewedChange,
    ReviewedField, Side, SourceLine,
};
use crate::object::{FieldPath, Object, ObjectId, Segment};
use serde_json::Value;
use std::collections::BTreeMap;

/// One line of an environment, before it is joined with those of the others.
struct Line<'a> {
    environment: &'a str,
    object: &'a ObjectId,
    operation: Operation,
    field: Option<ReviewedField>,
    source: Option<SourceLine>,
    summary: String,
}

impl Line<'_> {
    fn is_same(&self, other: &Self) -> bool {
        (self.operation, &self.field, &self.source, &self.summary)
            == (other.operation, &other.field, &other.source, &other.summary)
    }
}

/// What an object is called in every environment: group, kind and name.
type Name<'a> = (&'a str, &'a str, &'a str);

fn name(id: &ObjectId) -> Name<'_> {
    (&id.group, &id.kind, &id.name)
}

/// Returns all changes, removals first, then by kind and name.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<ReviewedChange> {
    // By object, so that a line is compared with its likes only; the same lines in the order in which they come first.
    let mut joined: BTreeMap<Name<'_>, Vec<Vec<Line<'_>>>> = BTreeMap::new();
    for environment in &input.environments {
        for change in &environment.changes.changes {
            let of_object = joined.entry(name(&change.id)).or_default();
            for line in lines(input, environment, change) {
                let is_same = |it: &&mut Vec<Line<'_>>| {
                    it[0].is_same(&line) && it.iter().all(|it| it.environment != line.environment)
                };
                match of_object.iter_mut().find(is_same) {
                    Some(same) => same.push(line),
                    None => of_object.push(vec![line]),
                }
            }
        }
    }
    let mut changes: Vec<ReviewedChange> = joined.into_values().flat_map(of_object).collect();
    changes.sort_by(|a, b| {
        let key =
            |it: &ReviewedChange| (it.operation != Operation::Delete, it.object.kind.clone(), it.object.name.clone());
        let wide_first = b.environments.len().cmp(&a.environments.len());
        key(a)
            .cmp(&key(b))
            .then(wide_first)
            .then_with(|| a.environments.cmp(&b.environments))
            .then_with(|| a.object.cmp(&b.object))
    });
    changes
}

/// Puts the lines of one object together that stand for the same environments.
fn of_object(joined: Vec<Vec<Line<'_>>>) -> Vec<ReviewedChange> {
    let mut changes: Vec<ReviewedChange> = Vec::new();
    for same in joined {
        let next = reviewed(same);
        let is_part = |it: &&mut ReviewedChange| {
            next.operation == Operation::Update
                && (it.operation, &it.environments, &it.object) == (next.operation, &next.environments, &next.object)
        };
        match changes.iter_mut().find(is_part) {
            Some(change) => change.fields.extend(next.fields),
            None => changes.push(next),
        }
    }
    changes
}

fn reviewed(same: Vec<Line<'_>>) -> ReviewedChange {
    let environments = same.iter().map(|it| it.environment.to_owned()).collect();
    let object = common_id(same.iter().map(|it| it.object));
    let mut same = same.into_iter();
    let (operation, field, source, summary) = match same.next() {
        Some(line) => (line.operation, line.field, line.source, line.summary),
        None => (Operation::Update, None, None, String::new()),
    };
    ReviewedChange { environments, object, operation, fields: field.into_iter().collect(), source, summary }
}

/// Returns the identity that objects of several environments share: without the namespace where they differ in it.
fn common_id<'a>(mut ids: impl Iterator<Item = &'a ObjectId>) -> ObjectId {
    let Some(mut common) = ids.next().cloned() else {
        return ObjectId { group: String::new(), kind: String::new(), namespace: None, name: String::new() };
    };
    if ids.any(|it| it.namespace != common.namespace) {
        common.namespace = None;
    }
    common
}

fn lines<'a>(
    input: &Comparison<'_>,
    environment: &'a EnvironmentComparison<'a>,
    change: &'a ObjectChange,
) -> Vec<Line<'a>> {
    let side = match change.operation {
        Operation::Create | Operation::Update => Side::After,
        Operation::Delete => Side::Before,
    };
    let object = environment.object(side, &change.id);
    let line = |field, source, summary| Line {
        environment: environment.name(),
        object: &change.id,
        operation: change.operation,
        field,
        source,
        summary,
    };
    match change.operation {
        Operation::Update => {
            let fields = change.fields.iter().flat_map(|it| fields(input, environment, &change.id, it));
            let is_secret = change.id.group.is_empty() && change.id.kind == "Secret";
            let fields = fields.map(|it| if is_secret { without_secret(it) } else { it });
            fields.map(|it| line(Some(it), None, String::new())).collect()
        }
        Operation::Create | Operation::Delete => {
            let source = object.and_then(|it| input.declaration(side, it));
            vec![line(None, source, object.map(super::summary::of_object).unwrap_or_default())]
        }
    }
}

/// Returns the lines of one field change. A block that is wholly new or gone is written field by field, a list of blocks
/// item by item, an item as one value.
fn fields(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    id: &ObjectId,
    change: &FieldChange,
) -> Vec<ReviewedField> {
    let side = if change.after.is_some() { Side::After } else { Side::Before };
    let object = environment.object(side, id);
    let source = |path: &FieldPath, own: Option<SourceLine>| own.or_else(|| input.line_of(side, object?, path));
    let ((None, Some(value)) | (Some(value), None)) = (&change.before, &change.after) else {
        let own = change.origin.as_ref().and_then(|it| it.span).and_then(|it| input.line(side, it));
        return vec![ReviewedField {
            path: change.shown.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
            source: source(&change.path, own),
            derived: is_checksum(&change.path),
        }];
    };
    // A field that a new line makes the compiler leave out is gone because of that line.
    let left_out = environment.object(Side::After, id).and_then(|it| it.origins.absence_of(&change.path));
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
        ReviewedField { path: shown(&path), before, after, source, derived: is_checksum(&path) }
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
        hidden(&mut field.after, if field.before.is_some() { "(another hidden value)" } else { "(hidden value)" });
        hidden(&mut field.before, "(hidden value)");
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

/// Joins findings that differ only in their environment; the line is that of the first environment.
pub(super) fn join_findings(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| a.environments.cmp(&b.environments));
    let mut joined: BTreeMap<(ImpactCode, String, String, String), Vec<Finding>> = BTreeMap::new();
    for next in findings {
        let (group, kind, name) = name(&next.object);
        let likes = joined.entry((next.code, group.to_owned(), kind.to_owned(), name.to_owned())).or_default();
        let is_same = |it: &&mut Finding| {
            (it.severity, &it.path, &it.message, &it.help) == (next.severity, &next.path, &next.message, &next.help)
                && it.environments != next.environments
        };
        match likes.iter_mut().find(is_same) {
            Some(same) => {
                same.object = common_id([&same.object, &next.object].into_iter());
                same.environments.extend(next.environments);
                same.environments.sort();
                same.environments.dedup();
            }
            None => likes.push(next),
        }
    }
    joined.into_values().flatten().collect()
}
