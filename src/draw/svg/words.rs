//! A graph in, what it shows as sentences out, for those who do not see it.

use crate::graph::{Edge, EdgeKind, Graph, Node};

/// Tells a whole graph.
pub(super) fn told(graph: &Graph) -> String {
    let alone = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(place, _)| !graph.edges.iter().any(|it| it.from == *place || it.to == *place));
    let sentences = graph.edges.iter().map(|it| sentence(it, graph));
    let sentences = sentences.chain(alone.map(|(_, it)| named(it))).chain(graph.notes.iter().cloned());
    let sentences: Vec<String> = sentences.collect();
    format!("{}: {}.", graph.title(), sentences.join("; "))
}

/// Tells one edge: `Deployment web calls Service api on 8000`.
pub(super) fn sentence(edge: &Edge, graph: &Graph) -> String {
    let verb = match edge.kind {
        EdgeKind::Routes => "leads to",
        EdgeKind::Calls => "calls",
        EdgeKind::Allows => "may call",
        EdgeKind::Uses => "needs",
    };
    let on = if edge.label.is_empty() { String::new() } else { format!(" on {}", edge.label) };
    format!("{} {verb} {}{on}", named(&graph.nodes[edge.from]), named(&graph.nodes[edge.to]))
}

fn named(node: &Node) -> String {
    format!("{} {}", node.kind, node.names.join(", "))
}
