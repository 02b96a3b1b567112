//! The same change in several environments, once.
//!
//! Namespaces do not count: an object of the same kind and name, with the same change made by the same line, is the same
//! in every environment. An object whose fields are only partly the same is split, so that the shared part stands once.

use super::renames::{Pair, Renames};
use super::reviewed_fields::fields;
use crate::change::{
    Comparison, EnvironmentComparison, Finding, ImpactCode, ObjectChange, Operation, Rename, ReviewedChange,
    ReviewedField, Side, SourceLine,
};
use crate::object::ObjectId;
use std::collections::BTreeMap;

/// One line of an environment, before it is joined with those of the others.
struct Line<'a> {
    environment: &'a str,
    object: &'a ObjectId,
    renamed_from: Option<&'a ObjectId>,
    operation: Operation,
    field: Option<ReviewedField>,
    source: Option<SourceLine>,
    summary: String,
}

impl Line<'_> {
    fn is_same(&self, other: &Self) -> bool {
        (self.operation, self.renamed_from.map(name), &self.field, &self.source, &self.summary)
            == (other.operation, other.renamed_from.map(name), &other.field, &other.source, &other.summary)
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
        let renames = Renames::of(environment);
        let changes = environment.changes.changes.iter().filter(|it| !renames.stand_for(it));
        let of_changes = changes.map(|it| (&it.id, lines(input, environment, &renames, it)));
        let of_renames =
            environment.changes.renames.iter().map(|it| (&it.after, pair(input, environment, &renames, it)));
        for (id, lines) in of_changes.chain(of_renames) {
            let of_object = joined.entry(name(id)).or_default();
            for line in lines {
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
                && next.renamed_from.is_none()
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
    let renamed_from: Vec<&ObjectId> = same.iter().filter_map(|it| it.renamed_from).collect();
    let renamed_from = (!renamed_from.is_empty()).then(|| common_id(renamed_from.into_iter()));
    let mut same = same.into_iter();
    let (operation, field, source, summary) = match same.next() {
        Some(line) => (line.operation, line.field, line.source, line.summary),
        None => (Operation::Update, None, None, String::new()),
    };
    let fields = field.into_iter().collect();
    ReviewedChange { environments, object, operation, renamed_from, fields, source, summary }
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
    renames: &Renames<'a>,
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
        renamed_from: None,
        operation: change.operation,
        field,
        source,
        summary,
    };
    match change.operation {
        Operation::Update => {
            let ids = (&change.id, &change.id);
            let fields = change.fields.iter().flat_map(|it| fields(input, environment, renames, ids, it));
            fields.map(|it| line(Some(it), None, String::new())).collect()
        }
        Operation::Create | Operation::Delete => {
            let source = object.and_then(|it| input.declaration(side, it));
            vec![line(None, source, object.map(super::summary::of_object).unwrap_or_default())]
        }
    }
}

/// Returns the lines of an object that takes another's place: one for the objects themselves, and one for each field.
fn pair<'a>(
    input: &Comparison<'_>,
    environment: &'a EnvironmentComparison<'a>,
    renames: &Renames<'a>,
    rename: &'a Rename,
) -> Vec<Line<'a>> {
    let Pair { summary, source, fields } = renames.pair(input, environment, rename);
    let line = |renamed_from, field, source, summary| Line {
        environment: environment.name(),
        object: &rename.after,
        renamed_from,
        operation: Operation::Update,
        field,
        source,
        summary,
    };
    let objects = line(Some(&rename.before), None, source, summary);
    std::iter::once(objects).chain(fields.into_iter().map(|it| line(None, Some(it), None, String::new()))).collect()
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
