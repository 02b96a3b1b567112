//! Who may talk to whom, complete.

use super::Label;
use crate::source::{Origin, Traced};

/// Which traffic is denied unless it is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Pods of the namespace talk to each other; everything across its border is denied.
    Namespace,
    /// Everything is denied.
    Component,
}

/// Traffic of one component that is allowed.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Its name, by which an overlay can change it.
    pub name: Traced<String>,
    /// Whether the other side calls or is called.
    pub direction: Direction,
    /// The other side.
    pub peer: Traced<Peer>,
    /// Ranges that are taken out of the other side's addresses.
    pub except: Vec<Traced<String>>,
    /// The labels of those pods of the other side's namespace that are meant; all of them where none.
    pub pods: Vec<Label>,
    /// The port: the component's own for incoming traffic, the other side's for outgoing. All ports where none.
    pub port: Option<Traced<i64>>,
    /// The port's protocol.
    pub protocol: Traced<String>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// Whether the other side calls or is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The other side calls.
    From,
    /// The other side is called.
    To,
}

/// The other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Anyone, in and out of the cluster.
    Anyone,
    /// Every address that is not a pod's; holds the range of the pods.
    Outside {
        /// The ranges of addresses of the cluster's pods.
        pod_network: Vec<String>,
    },
    /// A component of the app, by the labels that select its pods.
    Component {
        /// The labels.
        selector: Vec<(String, String)>,
    },
    /// The pods of a namespace.
    Namespace(String),
    /// A range of addresses.
    Range(String),
}
