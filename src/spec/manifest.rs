//! Kubernetes objects that the spec holds as they are, and changes to those that are made.

use super::Node;
use crate::object::{Object, Waiver};
use crate::source::Traced;

/// Objects that are rendered as they are written.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its name in the spec.
    pub name: Traced<String>,
    /// Where its objects lie, for kinds of which nothing else tells.
    pub scope: Option<Traced<Scope>>,
    /// The objects, in the order of the file, with what is written and nothing else.
    pub objects: Vec<Object>,
    /// The component in which it stands, by name, and the house rules that it has waived.
    pub component: Option<(String, Vec<Waiver>)>,
}

/// Where the objects of a kind lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In the cluster as a whole.
    Cluster,
    /// In a namespace.
    Namespaced,
}

/// An encrypted Secret, passed through unread.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Its name in the spec.
    pub name: Traced<String>,
    /// The object.
    pub object: Object,
}

/// Changes to one object that has been made.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The object: `Deployment/todo-backend`, or a kind alone where there is only one.
    pub object: Traced<String>,
    /// The component in which it stands, by name: then only its objects are meant.
    pub component: Option<String>,
    /// The changes, as they are written.
    pub node: Node,
}
