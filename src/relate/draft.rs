//! A graph while it is put together: nodes by a key of their own, so that whoever names one twice names the same.

use crate::graph::{Edge, EdgeKind, Family, Graph, Node, Presence};
use crate::object::Environment;
use std::collections::{BTreeMap, BTreeSet};

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    nodes: BTreeMap<Key, Node>,
    edges: BTreeMap<(Key, Key, EdgeKind), BTreeSet<Label>>,
    notes: BTreeSet<String>,
}

/// What makes two nodes the same: family, kind, and what they are called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(Family, String, Vec<String>, Presence);

/// A port or a path; ports in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label(u64, String);

impl Key {
    /// Returns the key of a node.
    pub(super) fn of(node: &Node) -> Self {
        Self(node.family, node.kind.clone(), node.names.clone(), node.presence)
    }
}

/// Returns a node of one name and without details.
pub(super) fn node(family: Family, kind: &str, name: &str, presence: Presence) -> Node {
    Node {
        id: String::new(),
        family,
        kind: kind.to_owned(),
        names: vec![name.to_owned()],
        details: Vec::new(),
        presence,
    }
}

impl Draft {
    /// Adds a node, unless there is one with its key, and returns the key.
    pub(super) fn node(&mut self, node: Node) -> Key {
        let key = Key::of(&node);
        self.nodes.entry(key.clone()).or_insert(node);
        key
    }

    /// Adds an edge between two nodes that are there; what is said of an edge adds up.
    pub(super) fn edge(&mut self, from: &Key, to: &Key, kind: EdgeKind, label: Option<String>) {
        let number = |it: &str| it.split(|it: char| !it.is_ascii_digit()).next().and_then(|it| it.parse().ok());
        let labels = self.edges.entry((from.clone(), to.clone(), kind)).or_default();
        labels.extend(label.map(|it| Label(number(&it).unwrap_or(u64::MAX), it)));
    }

    /// Adds a sentence about all pods.
    pub(super) fn note(&mut self, sentence: String) {
        self.notes.insert(sentence);
    }

    /// Returns the graph. That a policy lets one call what it calls anyway goes without saying.
    pub(super) fn finish(self, environment: &Environment) -> Graph {
        let mut ids = BTreeSet::new();
        let places: BTreeMap<&Key, usize> = self.nodes.keys().enumerate().map(|(place, key)| (key, place)).collect();
        let known = |from: &Key, to: &Key, kind| self.edges.contains_key(&(from.clone(), to.clone(), kind));
        let edges = self.edges.iter().filter(|((from, to, kind), _)| {
            let is_said = known(from, to, EdgeKind::Routes) || known(from, to, EdgeKind::Calls);
            from != to && !(*kind == EdgeKind::Allows && is_said)
        });
        let edges = edges.filter_map(|((from, to, kind), labels)| {
            let label = labels.iter().map(|it| it.1.as_str()).collect::<Vec<_>>().join(", ");
            Some(Edge { from: *places.get(from)?, to: *places.get(to)?, kind: *kind, label })
        });
        let edges = edges.collect();
        let nodes = self.nodes.into_values().map(|it| Node { id: unused_id(&it, &mut ids), ..it }).collect();
        Graph {
            environment: environment.name.clone(),
            namespace: environment.namespace.clone(),
            nodes,
            edges,
            notes: self.notes.into_iter().collect(),
        }
    }
}

/// Returns an id that says what the node is, and that no other has: `deployment_todo_backend`.
fn unused_id(node: &Node, ids: &mut BTreeSet<String>) -> String {
    let name = node.names.first().map_or("", String::as_str);
    let word = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '_' };
    let stem: String = node.kind.chars().chain(['_']).chain(name.chars()).map(word).collect();
    let numbered = (2_u64..).map(|number| format!("{stem}_{number}"));
    let id = std::iter::once(stem.clone()).chain(numbered).find(|it| !ids.contains(it)).unwrap_or(stem.clone());
    ids.insert(id.clone());
    id
}
