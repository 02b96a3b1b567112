//! The review: everything a reviewer is told, as one value. The reports only write it down.

use super::{Finding, ManifestChange, Operation, RolloutChange, Severity};
use crate::object::{Date, ObjectId};
use serde_json::Value;

/// What merging will do, over all environments.
#[derive(Clone, Debug)]
pub struct Review {
    /// The app's name.
    pub app: String,
    /// What the tree was compared with.
    pub baseline: Baseline,
    /// What was compared: `working tree`.
    pub head: String,
    /// One row for each environment, in the order of their names.
    pub environments: Vec<EnvironmentSummary>,
    /// Changes, identical ones joined over environments; removals first, then by kind and name.
    pub changes: Vec<ReviewedChange>,
    /// Consequences, the worst first.
    pub findings: Vec<Finding>,
    /// Requests before and after, for each environment whose requests change.
    pub capacity: Vec<CapacityChange>,
    /// How many pods there are while workloads restart or grow, by workload.
    pub rollouts: Vec<RolloutChange>,
    /// Images that change.
    pub images: Vec<ImageChange>,
    /// The lines of the rendered files that differ, in the order of the changes; none where nobody asked for them.
    pub manifests: Vec<ManifestChange>,
    /// House rules that are waived, and why.
    pub waived: Vec<WaivedRule>,
    /// Objects that must exist in the cluster before this works, as `Secret/todo-backend-secrets`.
    pub required: Vec<RequiredObject>,
    /// How many leaf changes there are and what became of them.
    pub accounting: Accounting,
    /// What this review did not look at, one phrase each.
    pub not_checked: Vec<String>,
    /// The whole review in one sentence, with the worst finding.
    pub headline: String,
    /// A picture of who no longer has to do with whom, and who newly has; none where that stays as it was, or where there
    /// is more than a picture can show.
    pub picture: Option<Picture>,
}

/// A picture of what a change touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The environments in which it looks like that.
    pub environments: Vec<String>,
    /// The flowchart, in Mermaid: names and values are escaped for it.
    pub mermaid: String,
}

/// What a tree was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// A commit: its full id and how it was chosen, `HEAD` or `merge base with origin/main`.
    Commit {
        /// Full object id.
        id: String,
        /// How it was chosen.
        chosen: String,
    },
    /// The branch has no commit yet, so everything is new.
    FirstCompile,
}

/// One environment's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentSummary {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it is protected.
    pub protected: bool,
    /// Objects created.
    pub created: usize,
    /// Objects changed.
    pub updated: usize,
    /// Objects removed.
    pub deleted: usize,
    /// Objects in the new tree.
    pub objects: usize,
    /// The workloads that restart, and how many pods each has, `("todo-backend", 3)`: 0 for a `DaemonSet`, which has one
    /// on each of its nodes.
    pub restarts: Vec<(String, u64)>,
    /// The worst finding here.
    pub worst: Option<Severity>,
}

/// A change to one object, in every environment where it is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewedChange {
    /// The environments, in order.
    pub environments: Vec<String>,
    /// The object; its namespace is none where the environments differ in it.
    pub object: ObjectId,
    /// Created, changed or removed.
    pub operation: Operation,
    /// The fields, in the order of the object; empty for a created or removed object.
    pub fields: Vec<ReviewedField>,
    /// For a created or removed object: the line that declares or declared it.
    pub source: Option<SourceLine>,
    /// For a created or removed object: what it is in a few words, `NodePort 30080`.
    pub summary: String,
}

/// One field that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewedField {
    /// `spec.template.spec.containers[backend].image`.
    pub path: String,
    /// The old value; none where it was added.
    pub before: Option<Value>,
    /// The new value; none where it was removed.
    pub after: Option<Value>,
    /// The line that causes it.
    pub source: Option<SourceLine>,
    /// True where the compiler derives the value from another field that is shown, as a checksum.
    pub derived: bool,
}

/// A line of the spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// File, relative to the project.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// True where the line is the baseline's: what it declared is no longer declared.
    pub removed: bool,
}

/// What the workloads of an environment ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Requested CPU in thousandths of a core.
    pub cpu_milli: i128,
    /// Requested memory in bytes.
    pub memory_bytes: i128,
    /// Pods.
    pub pods: u64,
}

/// How an environment's requests change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacityChange {
    /// The environment.
    pub environment: String,
    /// Before; nothing where the environment is new.
    pub before: Demand,
    /// After.
    pub after: Demand,
    /// While the changed workloads roll, surge included.
    pub peak: Demand,
}

/// An image that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageChange {
    /// The environments.
    pub environments: Vec<String>,
    /// Workload and container: `todo-backend`.
    pub workload: String,
    /// The whole old reference; none for a new container.
    pub before: Option<String>,
    /// The whole new reference; none for a removed container.
    pub after: Option<String>,
    /// What kind of step it is: `major`, `minor`, `patch`, `downgrade`, `tag`, `digest`, `repository`, `new`, `removed`.
    pub step: String,
}

/// A house rule that the spec waives for a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaivedRule {
    /// The rule.
    pub code: String,
    /// The environments in which it would have been broken.
    pub environments: Vec<String>,
    /// The object that breaks it.
    pub object: ObjectId,
    /// Why it may.
    pub reason: String,
    /// The last day on which it may; none where that is not said.
    pub until: Option<Date>,
    /// The line that waives it.
    pub source: SourceLine,
    /// True where the old state did not need it: what it excuses is new, or was said before.
    pub new: bool,
}

/// An object that we refer to and do not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredObject {
    /// The environments.
    pub environments: Vec<String>,
    /// `Secret`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The keys it must have.
    pub keys: Vec<String>,
    /// True where the baseline did not need it, or not all of its keys.
    pub new: bool,
}

/// `fields = shown + folded + omitted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    /// Leaf changes over all environments, created and removed objects counted as one each.
    pub fields: usize,
    /// How many of them a line of the report stands for.
    pub shown: usize,
    /// Derived changes that were folded away, such as checksums.
    pub folded: usize,
    /// Left out for want of room; the whole review names them all.
    pub omitted: usize,
}
