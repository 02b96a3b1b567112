//! Graphs in, one DOT file out, for Graphviz: a cluster for each environment.

use crate::diagnostic::visible;
use crate::graph::{EdgeKind, Family, Graph, Node, Presence};
use std::fmt::Write as _;

/// Writes graphs as one digraph.
pub fn dot(graphs: &[Graph]) -> String {
    let mut out = String::from(
        "digraph environments {\n    graph [rankdir=LR, ranksep=0.9, nodesep=0.25, fontname=\"sans-serif\"];\n    \
         node [shape=box, fontname=\"sans-serif\", fontsize=11];\n    \
         edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for graph in graphs {
        let lines: Vec<String> = std::iter::once(graph.title()).chain(graph.notes.iter().cloned()).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    subgraph {} {{", quoted(&format!("cluster_{}", graph.environment)));
        let _ = writeln!(out, "        label={};", label(lines.iter()));
        let is_world = |it: &&Node| matches!(it.family, Family::Caller | Family::Callee);
        for node in graph.nodes.iter().filter(|it| !is_world(it)) {
            out += &vertex(node, graph, "        ");
        }
        // Calls lead back, so it is said what stands below each other.
        for family in [Family::Service, Family::Workload] {
            let same = graph.nodes.iter().filter(|it| it.family == family);
            let same: Vec<String> = same.map(|it| id(it, graph)).collect();
            if same.len() > 1 {
                let _ = writeln!(out, "        {{ rank=same; {}; }}", same.join("; "));
            }
        }
        out += "    }\n";
        for node in graph.nodes.iter().filter(is_world) {
            out += &vertex(node, graph, "    ");
        }
        for edge in &graph.edges {
            let (from, to) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
            let back = if from.family.lane() >= to.family.lane() && edge.kind != EdgeKind::Routes {
                ", constraint=false"
            } else {
                ""
            };
            let line = match edge.kind {
                EdgeKind::Routes => "style=solid",
                EdgeKind::Calls => "style=bold",
                EdgeKind::Allows => "style=dashed",
                EdgeKind::Uses => "style=solid, arrowhead=odot",
            };
            let label = label(std::iter::once(&edge.label));
            let _ = writeln!(out, "    {} -> {} [label={label}, {line}{back}];", id(from, graph), id(to, graph));
        }
    }
    out + "}\n"
}

fn vertex(node: &Node, graph: &Graph, indent: &str) -> String {
    let shape = match node.family {
        Family::Caller | Family::Callee => "ellipse",
        Family::Route => "hexagon",
        Family::Service | Family::Workload => "box",
        Family::Config | Family::Secret => "note",
        Family::Volume => "cylinder",
    };
    let style = match (node.family, node.presence) {
        (Family::Service, Presence::Made) => "rounded",
        (Family::Service, Presence::External) => "\"rounded,dashed\"",
        (_, Presence::Made) => "solid",
        (_, Presence::External) => "dashed",
    };
    let lines = label(std::iter::once(&node.kind).chain(&node.names).chain(&node.details));
    format!("{indent}{} [label={lines}, shape={shape}, style={style}];\n", id(node, graph))
}

/// Returns the id of a node: in one file there may be several environments.
fn id(node: &Node, graph: &Graph) -> String {
    quoted(&format!("{}/{}", graph.environment, node.id))
}

/// Writes lines as one label.
fn label<'a>(lines: impl Iterator<Item = &'a String>) -> String {
    let lines: Vec<String> = lines.map(|it| escaped(it)).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Writes text between quotes: there a backslash starts an escape, and an ampersand an entity of HTML
/// (<https://graphviz.org/doc/info/lang.html>).
fn escaped(text: &str) -> String {
    visible::escape(text).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}
