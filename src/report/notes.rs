//! The notes of a review in, the change that each of them explains out, so that a report can say it beside that change.

use crate::change::{Finding, Review, ReviewedChange, Severity};
use crate::object::ObjectId;
use std::collections::BTreeMap;

/// What an object is called in every environment: group, kind and name.
type Name<'a> = (&'a str, &'a str, &'a str);

/// The notes of a review: those that stand beside a change, by its object, and the others.
pub(super) struct Notes<'a> {
    beside: BTreeMap<Name<'a>, Vec<(&'a ReviewedChange, &'a Finding)>>,
    others: Vec<&'a Finding>,
}

impl<'a> Notes<'a> {
    /// Finds the place of each note among the changes that are printed one by one.
    pub(super) fn among(changes: &'a [ReviewedChange], review: &'a Review) -> Self {
        let mut by_object: BTreeMap<Name<'a>, Vec<&'a ReviewedChange>> = BTreeMap::new();
        for change in changes {
            by_object.entry(name(&change.object)).or_default().push(change);
        }
        let mut notes = Self { beside: BTreeMap::new(), others: Vec::new() };
        for note in review.findings.iter().filter(|it| it.severity == Severity::Note) {
            match by_object.get(&name(&note.object)).and_then(|changes| place(note, changes)) {
                Some(change) => notes.beside.entry(name(&note.object)).or_default().push((change, note)),
                None => notes.others.push(note),
            }
        }
        notes
    }

    /// Returns what stands beside a change: first what holds wherever the change is made.
    pub(super) fn of(&self, change: &ReviewedChange) -> Vec<&'a Finding> {
        let of_object = self.beside.get(&name(&change.object)).into_iter().flatten();
        let mut notes: Vec<_> = of_object.filter(|it| std::ptr::eq(it.0, change)).map(|it| it.1).collect();
        notes.sort_by_key(|it| it.environments != change.environments);
        notes
    }

    /// Returns what stands beside no change.
    pub(super) fn others(&self) -> &[&'a Finding] {
        &self.others
    }
}

fn name(id: &ObjectId) -> Name<'_> {
    (&id.group, &id.kind, &id.name)
}

/// Returns the change of an object that a note explains: that of the field that causes it, or of a field in the block
/// that does, before any other.
fn place<'a>(note: &Finding, changes: &[&'a ReviewedChange]) -> Option<&'a ReviewedChange> {
    let is_there = |it: &&&ReviewedChange| note.environments.iter().all(|name| it.environments.contains(name));
    let is_cause = |it: &&&ReviewedChange| it.fields.iter().any(|it| it.path == note.path);
    let block = format!("{}.", note.path);
    let is_part = |it: &&&ReviewedChange| it.fields.iter().any(|it| !it.is_folded() && it.path.starts_with(&block));
    let candidates = || changes.iter().filter(is_there);
    candidates()
        .find(is_cause)
        .or_else(|| candidates().find(is_part))
        .or_else(|| candidates().find(|it| it.environments == note.environments))
        .or_else(|| candidates().next())
        .copied()
}
