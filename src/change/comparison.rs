//! Everything a review is made from: for each environment, both trees and what differs between them.

use super::{Baseline, ChangeSet, Drift, FieldChange, Hidden, ObjectChange, SourceLine, Verdict, WaivedRule};
use crate::object::{Environment, FieldPath, Object, ObjectId};
use crate::source::{Sources, Span};

/// The old and the new state of a project.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The app's name.
    pub app: &'a str,
    /// What the new state is compared with.
    pub baseline: Baseline,
    /// What is compared: `working tree`.
    pub head: &'a str,
    /// The environments of both states.
    pub environments: Vec<EnvironmentComparison<'a>>,
    /// House rules that are waived, and why.
    pub waived: Vec<WaivedRule>,
    /// What the checks say of one state and not of the other.
    pub verdicts: Vec<Verdict>,
    /// What a committed tree holds that its sources do not compile to.
    pub drifts: Vec<Drift>,
    /// The values of both states that no report may show.
    pub hidden: Hidden,
    /// The spec of the new state, into which the spans of new objects point.
    pub sources: &'a Sources,
    /// The spec of the old state, into which the spans of old objects point; none where they have none.
    pub baseline_sources: Option<&'a Sources>,
}

/// One environment's old and new objects.
#[derive(Clone, Debug)]
pub struct EnvironmentComparison<'a> {
    /// What is declared about it; about a removed one, what was.
    pub environment: &'a Environment,
    /// What was declared about it, where the old spec is known.
    pub environment_before: Option<&'a Environment>,
    /// The old objects, sorted by identity; none for a new environment.
    pub before: Option<&'a [Object]>,
    /// The new objects, sorted by identity; none for a removed environment.
    pub after: Option<&'a [Object]>,
    /// What differs between them.
    pub changes: ChangeSet,
}

/// One of the two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The old one.
    Before,
    /// The new one.
    After,
}

impl Comparison<'_> {
    /// Turns a span of one state into a line for people.
    pub fn line(&self, side: Side, span: Span) -> Option<SourceLine> {
        let sources = match side {
            Side::Before => self.baseline_sources?,
            Side::After => self.sources,
        };
        let location = sources.location(span);
        Some(SourceLine { file: location.file, line: location.line, removed: side == Side::Before })
    }

    /// Returns the line of a field of an object of one state, or of the nearest block around it.
    pub fn line_of(&self, side: Side, object: &Object, path: &FieldPath) -> Option<SourceLine> {
        self.line(side, object.origins.nearest_span(path)?)
    }

    /// Returns the line that declares an object of one state: the one that its kind comes from.
    pub fn declaration(&self, side: Side, object: &Object) -> Option<SourceLine> {
        self.line_of(side, object, &FieldPath::default().field("kind"))
    }
}

impl<'a> EnvironmentComparison<'a> {
    /// Returns the environment's name.
    pub fn name(&self) -> &'a str {
        &self.environment.name
    }

    /// Returns the objects of one state; nothing where the environment is not in it.
    pub fn objects(&self, side: Side) -> &'a [Object] {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
        .unwrap_or_default()
    }

    /// Finds an object in one state.
    pub fn object(&self, side: Side, id: &ObjectId) -> Option<&'a Object> {
        let objects = self.objects(side);
        objects.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &objects[index])
    }

    /// Iterates the objects of one kind in one state.
    pub fn of_kind<'b>(&self, side: Side, kind: &'b str) -> impl Iterator<Item = &'a Object> + use<'a, 'b> {
        self.objects(side).iter().filter(move |it| it.id.kind == kind)
    }

    /// Iterates the objects that are in both states, old and new.
    pub fn kept(&self) -> impl Iterator<Item = (&'a Object, &'a Object)> + '_ {
        self.objects(Side::After).iter().filter_map(|after| Some((self.object(Side::Before, &after.id)?, after)))
    }

    /// Returns what happened to an object; none where it is as it was.
    pub fn change(&self, id: &ObjectId) -> Option<&ObjectChange> {
        let changes = &self.changes.changes;
        changes.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &changes[index])
    }
}

impl ObjectChange {
    /// True where the field at this path, or something in it, differs in a way that the cluster can tell.
    pub fn touches(&self, path: &str) -> bool {
        let Some(path) = FieldPath::parse(path) else { return false };
        self.effective().any(|it| it.path.starts_with(&path) || path.starts_with(&it.path))
    }

    /// Iterates the fields whose new value the cluster can tell from the old one.
    pub fn effective(&self) -> impl Iterator<Item = &FieldChange> {
        self.fields.iter().filter(|it| it.has_effect())
    }
}
