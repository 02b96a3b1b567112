//! Who talks to whom and what depends on what in one environment, as data: nodes, edges, and what each of them is.
//!
//! A graph is complete and in order before anyone draws it: the drawings choose shapes and places, and nothing else.

pub mod touched;

pub use touched::{Mark, Touched};

/// The picture of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The environment's name.
    pub environment: String,
    /// Its namespace.
    pub namespace: String,
    /// The nodes, by family and then by name.
    pub nodes: Vec<Node>,
    /// The edges, by the nodes that they join.
    pub edges: Vec<Edge>,
    /// What holds for all pods, and would be an edge between any two nodes.
    pub notes: Vec<String>,
}

/// An object, several that are used alike, or somebody outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// A word of `a-z`, `0-9` and `_` that no other node of the graph has.
    pub id: String,
    /// What it is to the picture.
    pub family: Family,
    /// What it is to Kubernetes, or in words: `Deployment`, `namespace`.
    pub kind: String,
    /// Its name; several where one node stands for several objects.
    pub names: Vec<String>,
    /// What else is worth knowing, a line each: `1–3 pods, autoscaled`.
    pub details: Vec<String>,
    /// Whether we make it.
    pub presence: Presence,
}

/// What a node is to the picture, in the order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Somebody who calls from outside the namespace.
    Caller,
    /// What sends requests on to Services: `Gateway`, `Ingress`, `HTTPRoute`.
    Route,
    /// A Service.
    Service,
    /// What runs pods.
    Workload,
    /// `ConfigMap`s.
    Config,
    /// Secrets.
    Secret,
    /// What is mounted and outlives a pod.
    Volume,
    /// Somebody outside the namespace who is called.
    Callee,
}

/// The part of the picture in which a node stands, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Who calls from outside.
    Outside,
    /// How a call finds its pods.
    Routing,
    /// What runs.
    Workloads,
    /// What it needs: config, secrets, volumes, and others that it calls.
    Needs,
}

/// Whether an object is made by this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// It is made here.
    Made,
    /// It exists without us.
    External,
}

/// Two nodes that have to do with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The place of the first node in the graph's list: who calls, or who needs.
    pub from: usize,
    /// The place of the second: who is called, or what is needed.
    pub to: usize,
    /// What they have to do with each other.
    pub kind: EdgeKind,
    /// Ports and paths, `80 → 3000`; empty where there is nothing to say.
    pub label: String,
}

/// What two nodes have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Calls that arrive at the first are passed to the second.
    Routes,
    /// The first calls the second: its configuration names it.
    Calls,
    /// A network policy lets the first call the second; whether it does is not known.
    Allows,
    /// The first does not run without the second.
    Uses,
}

impl Family {
    /// Returns the part of the picture in which it stands.
    pub const fn lane(self) -> Lane {
        match self {
            Self::Caller => Lane::Outside,
            Self::Route | Self::Service => Lane::Routing,
            Self::Workload => Lane::Workloads,
            Self::Config | Self::Secret | Self::Volume | Self::Callee => Lane::Needs,
        }
    }
}

impl Lane {
    /// Every lane, from left to right.
    pub const ALL: [Self; 4] = [Self::Outside, Self::Routing, Self::Workloads, Self::Needs];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Routing => "routing",
            Self::Workloads => "workloads",
            Self::Needs => "config, data, other systems",
        }
    }
}

impl EdgeKind {
    /// Every kind, in the order of a legend.
    pub const ALL: [Self; 4] = [Self::Routes, Self::Calls, Self::Allows, Self::Uses];

    /// What it says, for a legend.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Routes => "passes calls on",
            Self::Calls => "calls",
            Self::Allows => "may call, by policy",
            Self::Uses => "needs",
        }
    }
}

impl Graph {
    /// Returns the title: the environment, and its namespace where that is called otherwise.
    pub fn title(&self) -> String {
        if self.environment == self.namespace {
            self.environment.clone()
        } else {
            format!("{} (namespace {})", self.environment, self.namespace)
        }
    }
}
