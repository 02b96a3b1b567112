//! The notes of a review in, the change that each of them explains out, so that a report can say it beside that change.

use crate::change::{Finding, Review, ReviewedChange, Severity};

/// The notes of a review.
pub(super) struct Notes<'a> {
    notes: Vec<Note<'a>>,
}

/// A finding that needs no action, and the change beside which it stands.
struct Note<'a> {
    finding: &'a Finding,
    place: Option<&'a ReviewedChange>,
}

impl<'a> Notes<'a> {
    /// Finds the place of each note among the changes that are printed one by one.
    pub(super) fn beside(changes: &[&'a ReviewedChange], review: &'a Review) -> Self {
        let notes = review.findings.iter().filter(|it| it.severity == Severity::Note);
        let note = |finding| Note { finding, place: place(finding, changes) };
        Self { notes: notes.map(note).collect() }
    }

    /// Returns what stands beside a change.
    pub(super) fn of(&self, change: &ReviewedChange) -> impl Iterator<Item = &'a Finding> {
        let is_here = move |it: &&Note<'a>| it.place.is_some_and(|it| std::ptr::eq(it, change));
        self.notes.iter().filter(is_here).map(|it| it.finding)
    }

    /// Returns what stands beside no change.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Finding> {
        self.notes.iter().filter(|it| it.place.is_none()).map(|it| it.finding)
    }
}

/// Returns the change of the finding's object and environments: that of the field that causes it, before any other.
fn place<'a>(finding: &Finding, changes: &[&'a ReviewedChange]) -> Option<&'a ReviewedChange> {
    let is_about = |it: &&&ReviewedChange| {
        (&it.object.group, &it.object.kind, &it.object.name)
            == (&finding.object.group, &finding.object.kind, &finding.object.name)
            && finding.environments.iter().all(|name| it.environments.contains(name))
    };
    let is_cause = |it: &&&ReviewedChange| it.fields.iter().any(|it| it.path == finding.path);
    let candidates = || changes.iter().filter(is_about);
    candidates()
        .find(is_cause)
        .or_else(|| candidates().find(|it| it.environments == finding.environments))
        .or_else(|| candidates().next())
        .copied()
}
