//! What differs between two trees, what that will do, and the review that says so.

pub mod finding;
pub mod review;

pub use finding::{Finding, ImpactCode, Severity};
pub use review::{
    Accounting, Baseline, CapacityChange, Demand, EnvironmentSummary, ImageChange, RequiredObject, Review,
    ReviewedChange, ReviewedField, SourceLine, WaivedRule,
};

use crate::object::{FieldPath, ObjectId};
use crate::source::Origin;
use serde_json::Value;

/// The changes of one environment, sorted by object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeSet {
    /// One entry for each object that was created, changed or removed.
    pub changes: Vec<ObjectChange>,
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
/// Exactly the changes that turn the old object into the new one: applying them in order to the old body gives the new.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Where it is: in the new object, or in the old one where it was removed.
    pub path: FieldPath,
    /// The path with list items named by their key, for people: `spec.template.spec.containers[backend].image`.
    pub shown: String,
    /// The old value; none where it was added.
    pub before: Option<Value>,
    /// The new value; none where it was removed.
    pub after: Option<Value>,
    /// Why the new value is what it is; for a removed value, why the old one was.
    pub origin: Option<Origin>,
}
