//! Where the pods of a component may run, complete.

use super::Label;
use crate::source::{Origin, Traced};

/// Where pods may run, and where they would rather.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Labels that their nodes have.
    pub node_selector: Vec<Label>,
    /// Taints of nodes that do not keep them away, by key.
    pub tolerations: Vec<Toleration>,
    /// How evenly they are spread, by topology.
    pub spreads: Vec<Spread>,
    /// Which nodes they need or prefer, by name.
    pub nodes: Vec<NodeAffinity>,
    /// Which pods they run near, by name.
    pub near: Vec<PodAffinity>,
    /// Which pods they keep away from, by name.
    pub apart: Vec<PodAffinity>,
}

/// A taint that does not keep pods away.
#[derive(Clone, Debug)]
pub struct Toleration {
    /// Its key; none for every taint.
    pub key: Option<Traced<String>>,
    /// Its value; any where none.
    pub value: Option<Traced<String>>,
    /// Its effect; every one where none.
    pub effect: Option<Traced<String>>,
    /// Seconds after which it does.
    pub seconds: Option<Traced<i64>>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// How evenly pods are spread.
#[derive(Clone, Debug)]
pub struct Spread {
    /// The label of nodes that tells the groups apart.
    pub topology: Traced<String>,
    /// By how many pods two groups may differ.
    pub max_skew: Traced<i64>,
    /// What happens where that cannot be held.
    pub when: Traced<String>,
    /// How many groups there must be.
    pub min_domains: Option<Traced<i64>>,
}

/// Nodes that pods need or prefer.
#[derive(Clone, Debug)]
pub struct NodeAffinity {
    /// How much they are preferred; they are needed where none.
    pub weight: Option<Traced<i64>>,
    /// What holds for the labels of these nodes, by key.
    pub matches: Vec<Match>,
}

/// What holds for a label.
#[derive(Clone, Debug)]
pub struct Match {
    /// The key.
    pub key: Traced<String>,
    /// `In`, `Exists` …
    pub operator: Traced<String>,
    /// The values it is compared with.
    pub values: Vec<Traced<String>>,
}

/// Pods that others run near, or keep away from.
#[derive(Clone, Debug)]
pub struct PodAffinity {
    /// How much that is preferred; it is needed where none.
    pub weight: Option<Traced<i64>>,
    /// The labels of these pods.
    pub selector: Traced<Vec<(String, String)>>,
    /// The label of nodes that says what near is.
    pub topology: Traced<String>,
}
