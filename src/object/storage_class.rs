//! What is declared about the classes of storage that a cluster has.

use super::Cluster;
use crate::source::Span;

/// A class of storage that is the cluster's own.
#[derive(Clone, Debug)]
pub struct StorageClass {
    /// Its name, `standard`.
    pub name: String,
    /// Whether claims of it may grow; none where nobody says.
    pub expandable: Option<bool>,
    /// What becomes of a volume whose claim is deleted; none where nobody says.
    pub reclaim: Option<ReclaimPolicy>,
    /// Whether claims that name no class get it.
    pub is_default: bool,
    /// The line that declares it.
    pub span: Span,
}

/// What becomes of a volume whose claim is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReclaimPolicy {
    /// It is deleted with its data.
    Delete,
    /// It is kept, and nobody can claim it until somebody frees it.
    Retain,
}

impl Cluster {
    /// Finds the class of claims that name one, or that of those that name none.
    pub fn storage_class(&self, name: Option<&str>) -> Option<&StorageClass> {
        self.storage_classes.iter().find(|it| name.map_or(it.is_default, |name| it.name == name))
    }
}
