//! What differs between two trees, what that will do, and the review that says so.

pub mod apply;
pub mod comparison;
pub mod drift;
pub mod embedded;
pub mod equivalence;
pub mod finding;
pub mod hidden;
pub mod manifest;
pub mod review;
pub mod verdict;

pub use apply::apply;
pub use comparison::{Comparison, EnvironmentComparison, Side};
pub use drift::Drift;
pub use embedded::Part;
pub use equivalence::Equivalence;
pub use finding::{DecidedBy, Finding, ImpactCode, RENDERED_DRIFT, Severity};
pub use hidden::{Hidden, Setting};
pub use manifest::{LineKind, ManifestChange, ManifestLine, QuotedLine, Restart, RolloutChange};
pub use review::{
    Accounting, Baseline, CapacityChange, Demand, EnvironmentSummary, ImageChange, Picture, RequiredObject, Review,
    ReviewedChange, ReviewedField, SourceLine, WaivedRule,
};
pub use verdict::{Turn, Verdict};

use crate::object::{FieldPath, ObjectId, leaves};
use crate::source::Origin;
use serde_json::Value;

/// The changes of one environment, sorted by object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeSet {
    /// One entry for each object that was created, changed or removed.
    pub changes: Vec<ObjectChange>,
    /// Removed objects whose place a created one takes, by the created one. Both are in `changes` too, for that is what
    /// happens in the cluster.
    pub renames: Vec<Rename>,
}

/// An object that goes and the one that comes in its place: with another name, in another namespace, or of another kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Rename {
    /// The object that goes.
    pub before: ObjectId,
    /// The object that comes.
    pub after: ObjectId,
    /// What differs between them, their names included.
    pub fields: Vec<FieldChange>,
}

impl Rename {
    /// Iterates what differs between them besides what makes them two objects: kind, namespace and name.
    pub fn content(&self) -> impl Iterator<Item = &FieldChange> {
        let identity = ["kind", "metadata.name", "metadata.namespace"].map(FieldPath::parse);
        self.fields.iter().filter(move |field| identity.iter().flatten().all(|it| *it != field.path))
    }
}

/// What happened to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectChange {
    /// The object.
    pub id: ObjectId,
    /// Created, changed or removed.
    pub operation: Operation,
    /// The fields that differ, in the order of the object; empty for a created or removed object.
    pub fields: Vec<FieldChange>,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// It is new.
    Create,
    /// It is in both trees with different content.
    Update,
    /// It is gone.
    Delete,
}

/// One leaf, list item or block that differs.
///
/// Together the changes of an object are exactly what turns the old one into the new one: [`apply()`] does it.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Where it is: in the new object, or in the old one where it was removed.
    pub path: FieldPath,
    /// Where it is in the old object; for an added value, where it would be there. It differs from `path` where a list
    /// item stands at another position than before.
    pub path_before: FieldPath,
    /// The path with list items named by their key, for people: `spec.template.spec.containers[backend].image`.
    pub shown: String,
    /// The old value; none where it was added.
    pub before: Option<Value>,
    /// The new value; none where it was removed.
    pub after: Option<Value>,
    /// Why the new value is what it is; for a removed value, why the old one was.
    pub origin: Option<Origin>,
    /// Why both values mean the same; none where they do not.
    pub equivalent: Option<Equivalence>,
}

impl FieldChange {
    /// True where the cluster can tell the new value from the old one.
    pub fn has_effect(&self) -> bool {
        !self.equivalent.is_some_and(Equivalence::is_without_effect)
    }
}

/// Returns how many leaves a change stands for: one for a scalar, as many as a whole item or block has.
pub fn leaf_count(change: &FieldChange) -> usize {
    let count = |value: Option<&Value>| {
        let mut count = 0;
        if let Some(value) = value {
            leaves(value, &mut |_, _| count += 1);
        }
        count
    };
    count(change.before.as_ref()).max(count(change.after.as_ref()))
}
