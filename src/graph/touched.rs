//! Two graphs of one environment in, the part that is not the same in both out, with what it hangs on.

use super::{Edge, EdgeKind, Family, Graph, Node, Presence};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a node or an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It is in both graphs.
    Kept,
    /// It is in the new graph alone.
    New,
    /// It is in the old graph alone.
    Removed,
}

/// The part of a graph that a change touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The nodes that come or go or whose edges do, and the other ends of those edges. What is removed is in it too.
    pub graph: Graph,
    /// What became of each node.
    pub nodes: Vec<Mark>,
    /// What became of each edge.
    pub edges: Vec<Mark>,
}

/// What makes two nodes of two graphs the same.
type Key<'a> = (Family, &'a str, &'a [String], Presence);

/// What makes two edges of two graphs the same.
type Join<'a> = (Key<'a>, Key<'a>, EdgeKind, &'a str);

impl Touched {
    /// Compares two graphs; none where the same nodes are joined by the same edges.
    pub fn between(before: &Graph, after: &Graph) -> Option<Self> {
        let (before, after) = (&one_by_one(before), &one_by_one(after));
        let mut nodes: BTreeMap<Key<'_>, (&Node, Mark)> = BTreeMap::new();
        nodes.extend(before.nodes.iter().map(|it| (key(it), (it, Mark::Removed))));
        for node in &after.nodes {
            let mark = if nodes.contains_key(&key(node)) { Mark::Kept } else { Mark::New };
            nodes.insert(key(node), (node, mark));
        }
        let mut edges: BTreeMap<Join<'_>, Mark> = joins(before).map(|it| (it, Mark::Removed)).collect();
        for edge in joins(after) {
            let mark = if edges.contains_key(&edge) { Mark::Kept } else { Mark::New };
            edges.insert(edge, mark);
        }
        let changed_edges = edges.iter().filter(|(_, mark)| **mark != Mark::Kept);
        let ends = changed_edges.flat_map(|((from, to, ..), _)| [*from, *to]);
        let changed_nodes = nodes.iter().filter(|(_, (_, mark))| *mark != Mark::Kept).map(|(key, _)| *key);
        let shown: BTreeSet<Key<'_>> = changed_nodes.chain(ends).collect();
        if shown.is_empty() {
            return None;
        }
        let places: BTreeMap<Key<'_>, usize> = shown.iter().enumerate().map(|(place, key)| (*key, place)).collect();
        let kept: Vec<&(&Node, Mark)> = shown.iter().filter_map(|it| nodes.get(it)).collect();
        let edges = edges.iter().filter_map(|((from, to, kind, label), mark)| {
            let (from, to) = (*places.get(from)?, *places.get(to)?);
            Some((Edge { from, to, kind: *kind, label: (*label).to_owned() }, *mark))
        });
        let (edges, edge_marks) = edges.unzip();
        let graph = Graph {
            environment: after.environment.clone(),
            namespace: after.namespace.clone(),
            // A removed node and a new one may have had the same id.
            nodes: kept
                .iter()
                .zip(1..)
                .map(|((node, _), id)| Node { id: format!("n{id}"), ..(*node).clone() })
                .collect(),
            edges,
            notes: Vec::new(),
        };
        Some(Self { graph, nodes: kept.iter().map(|it| it.1).collect(), edges: edge_marks })
    }
}

/// Takes apart nodes that stand for several objects: one of them may come or go.
fn one_by_one(graph: &Graph) -> Graph {
    let mut nodes = Vec::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    for node in &graph.nodes {
        places.push((nodes.len()..nodes.len() + node.names.len()).collect());
        nodes.extend(node.names.iter().map(|it| Node { names: vec![it.clone()], ..node.clone() }));
    }
    let places = |it: usize| places.get(it).map(Vec::as_slice).unwrap_or_default();
    let pairs = |edge: &Edge| -> Vec<Edge> {
        let to = |from: usize| places(edge.to).iter().map(move |to| Edge { from, to: *to, ..edge.clone() });
        places(edge.from).iter().flat_map(|it| to(*it)).collect()
    };
    Graph { edges: graph.edges.iter().flat_map(pairs).collect(), nodes, ..graph.clone() }
}

fn key(node: &Node) -> Key<'_> {
    (node.family, &node.kind, &node.names, node.presence)
}

fn joins(graph: &Graph) -> impl Iterator<Item = Join<'_>> {
    graph.edges.iter().filter_map(|it| {
        let (from, to) = (graph.nodes.get(it.from)?, graph.nodes.get(it.to)?);
        Some((key(from), key(to), it.kind, it.label.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::{Mark, Touched};
    use crate::graph::{Edge, EdgeKind, Family, Graph, Node, Presence};

    /// A graph of edges between Services, `a > b : 80`.
    fn graph(edges: &[&str]) -> Graph {
        let mut nodes: Vec<Node> = Vec::new();
        let mut place = |name: &str| {
            nodes.iter().position(|it| it.names == [name]).unwrap_or_else(|| {
                nodes.push(Node {
                    id: name.to_owned(),
                    family: Family::Service,
                    kind: "Service".to_owned(),
                    names: vec![name.to_owned()],
                    details: Vec::new(),
                    presence: Presence::Made,
                });
                nodes.len() - 1
            })
        };
        let edges = edges.iter().map(|it| {
            let (from, rest) = it.split_once(" > ").unwrap();
            let (to, label) = rest.split_once(" : ").unwrap();
            Edge { from: place(from), to: place(to), kind: EdgeKind::Calls, label: label.to_owned() }
        });
        let edges = edges.collect();
        Graph { environment: "dev".into(), namespace: "dev".into(), nodes, edges, notes: Vec::new() }
    }

    #[test]
    fn what_comes_and_goes_is_shown_with_its_other_end() {
        let check = |before: &[&str], after: &[&str], expected: &[&str]| {
            let touched = Touched::between(&graph(before), &graph(after));
            let mut found = Vec::new();
            for it in touched.iter() {
                let name = |place: usize| format!("{}{}", it.graph.nodes[place].names[0], sign(it.nodes[place]));
                let edges = it.graph.edges.iter().zip(&it.edges);
                found.extend(edges.map(|(edge, mark)| {
                    format!("{} > {} : {}{}", name(edge.from), name(edge.to), edge.label, sign(*mark))
                }));
            }
            assert_eq!(found, expected);
        };
        check(&["a > b : 80"], &["a > b : 80"], &[]);
        check(&["a > b : 80", "x > y : 1"], &["a > b : 80", "a > c : 80", "x > y : 1"], &["a > c+ : 80+"]);
        check(&["a > b : 80", "a > c : 80"], &["a > b : 80"], &["a > c- : 80-"]);
        check(&["a > b : 80"], &["a > b : 81"], &["a > b : 80-", "a > b : 81+"]);
        check(&["a > b : 80"], &["a > c : 80"], &["a > b- : 80-", "a > c+ : 80+"]);
    }

    fn sign(mark: Mark) -> &'static str {
        match mark {
            Mark::Kept => "",
            Mark::New => "+",
            Mark::Removed => "-",
        }
    }
}
