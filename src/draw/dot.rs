//! Graphs in, one DOT file out, for Graphviz: a cluster for each environment.

use crate::diagnostic::visible;
use crate::graph::{Edge, EdgeKind, Family, Graph, Node, Presence};
use std::cmp::Ordering;
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
        // What stands below each other.
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
            // Writing to a string cannot fail.
            let _ = writeln!(out, "    {};", arc(edge, graph));
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

/// Writes an edge from left to right: one that leads back is said the other way round, with its head at its tail.
fn arc(edge: &Edge, graph: &Graph) -> String {
    let (from, to) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
    let line = match edge.kind {
        EdgeKind::Routes => "style=solid",
        EdgeKind::Calls => "style=bold",
        EdgeKind::Allows => "style=dashed",
        EdgeKind::Uses => "style=solid, arrowhead=odot",
    };
    let label = label(std::iter::once(&edge.label));
    let (left, right, turned) = match (from.family.cmp(&to.family), edge.kind) {
        (Ordering::Less, _) | (Ordering::Equal, EdgeKind::Routes) => (from, to, ""),
        (Ordering::Equal, EdgeKind::Calls | EdgeKind::Allows | EdgeKind::Uses) => (from, to, ", constraint=false"),
        (Ordering::Greater, _) => (to, from, ", dir=back"),
    };
    format!("{} -> {} [label={label}, {line}{turned}]", id(left, graph), id(right, graph))
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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_stays_text() {
        let check = |text, expected| assert_eq!(escaped(text), expected);
        check("80 → 3000", "80 → 3000");
        check("a\"]; b", "a\\\"]; b");
        check("\\N\\G\\", "\\\\N\\\\G\\\\");
        check("&lt;<b>", "&amp;lt;<b>");
        check("a\nb", "a\\\\nb");
    }
}
