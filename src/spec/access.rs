//! What a component may ask of the API server, complete.

use crate::source::{Origin, Traced};

/// A right of a component's account: some verbs on some resources or URLs.
#[derive(Clone, Debug)]
pub struct Permission {
    /// Its name, by which an overlay can change it.
    pub name: Traced<String>,
    /// Where it holds.
    pub reach: Reach,
    /// What may be done.
    pub verbs: Vec<Traced<String>>,
    /// The API groups of the resources.
    pub groups: Vec<Traced<String>>,
    /// What it may be done to; none for a right to URLs.
    pub resources: Vec<Traced<String>>,
    /// The names of the objects that are meant; all where none.
    pub names: Vec<Traced<String>>,
    /// The API server's own URLs that are meant.
    pub urls: Vec<Traced<String>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// Where a right holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In the environment's namespace.
    Namespace,
    /// In the whole cluster.
    Cluster,
}
