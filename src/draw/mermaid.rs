//! Graphs in, Mermaid flowcharts out, as GitHub and other Markdown viewers render them.
//!
//! Colours are left to the viewer, which has a light and a dark theme: shapes tell the families apart, and lines the
//! kinds of edges.

use crate::diagnostic::visible;
use crate::graph::{EdgeKind, Family, Graph, Mark, Node, Presence, Touched};
use std::fmt::Write as _;

/// Writes one graph as a flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    let outside = |it: &&Node| matches!(it.family, Family::Caller | Family::Callee);
    for node in graph.nodes.iter().filter(|it| it.family == Family::Caller) {
        out += &shape(node, "    ");
    }
    let lines = std::iter::once(graph.title()).chain(graph.notes.iter().cloned());
    let lines: Vec<String> = lines.map(|it| text(&it)).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "    subgraph environment[\"{}\"]", lines.join("<br/>"));
    for node in graph.nodes.iter().filter(|it| !outside(it)) {
        out += &shape(node, "        ");
    }
    out += "    end\n";
    for node in graph.nodes.iter().filter(|it| it.family == Family::Callee) {
        out += &shape(node, "    ");
    }
    for edge in &graph.edges {
        let (from, to) = (&graph.nodes[edge.from].id, &graph.nodes[edge.to].id);
        let line = match edge.kind {
            EdgeKind::Routes => "-->",
            EdgeKind::Calls => "==>",
            EdgeKind::Allows => "-.->",
            EdgeKind::Uses => "--o",
        };
        let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", text(&edge.label)) };
        let _ = writeln!(out, "    {from} {line}{label} {to}");
    }
    let external = graph.nodes.iter().filter(|it| it.presence == Presence::External).map(|it| it.id.as_str());
    let external: Vec<&str> = external.collect();
    if !external.is_empty() {
        out += "    classDef external stroke-dasharray:4 3\n";
        let _ = writeln!(out, "    class {} external", external.join(","));
    }
    out
}

/// Writes the part of a graph that a change touches. Words say what comes and goes, and lines and colours repeat it.
pub fn touched(touched: &Touched) -> String {
    let mut graph = touched.graph.clone();
    for (node, word) in graph.nodes.iter_mut().zip(touched.nodes.iter().map(|it| word(*it))) {
        node.kind = format!("{word}{}", node.kind);
        // How many pods it has is not what this is about.
        node.details.clear();
    }
    for (edge, word) in graph.edges.iter_mut().zip(touched.edges.iter().map(|it| word(*it))) {
        edge.label = format!("{word}{}", edge.label).trim_end().trim_end_matches(':').to_owned();
    }
    let mut out = mermaid(&graph);
    for (mark, name, style) in STYLES {
        let nodes = graph.nodes.iter().zip(&touched.nodes).filter(|(_, it)| **it == mark).map(|it| it.0.id.as_str());
        let edges = touched.edges.iter().enumerate().filter(|(_, it)| **it == mark).map(|it| it.0.to_string());
        let (nodes, edges) = (nodes.collect::<Vec<_>>().join(","), edges.collect::<Vec<_>>().join(","));
        // Writing to a string cannot fail.
        if !nodes.is_empty() {
            let _ = writeln!(out, "    classDef {name} {style}\n    class {nodes} {name}");
        }
        if !edges.is_empty() {
            let _ = writeln!(out, "    linkStyle {edges} {style}");
        }
    }
    out
}

/// The lines of what comes and goes, in colours that a light and a dark page can both show.
const STYLES: [(Mark, &str, &str); 2] = [
    (Mark::New, "new", "stroke:#2da44e,stroke-width:3px"),
    (Mark::Removed, "removed", "stroke:#cf222e,stroke-width:3px,stroke-dasharray:6 4"),
];

const fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Kept => "",
        Mark::New => "new: ",
        Mark::Removed => "removed: ",
    }
}

/// Writes several graphs as a Markdown document, each below a heading.
pub fn markdown(graphs: &[Graph]) -> String {
    let section = |it: &Graph| format!("## {}\n\n```mermaid\n{}```\n", heading(&it.title()), mermaid(it));
    graphs.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// Writes a node in the shape of its family.
fn shape(node: &Node, indent: &str) -> String {
    let (open, close) = match node.family {
        Family::Caller | Family::Callee => ("([", "])"),
        Family::Route => ("{{", "}}"),
        Family::Service => ("(", ")"),
        Family::Workload => ("[", "]"),
        Family::Config | Family::Secret => ("[/", "/]"),
        Family::Volume => ("[(", ")]"),
    };
    let lines = std::iter::once(&node.kind).chain(&node.names).chain(&node.details);
    let lines: Vec<String> = lines.map(|it| text(it)).collect();
    format!("{indent}{}{open}\"{}\"{close}\n", node.id, lines.join("<br/>"))
}

/// Writes text for a label between quotes. Whatever could be more than text there is written as an entity of Mermaid,
/// `#35;`: quotes, HTML, Markdown, comments and directives.
fn text(text: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || " -./:,→–".contains(it);
    escaped(text, plain, "#")
}

/// Writes text for a heading of Markdown.
fn heading(text: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || " -.()".contains(it);
    escaped(text, plain, "&#")
}

/// Writes every character that is not plain by its number.
fn escaped(text: &str, plain: impl Fn(char) -> bool, mark: &str) -> String {
    let mut out = String::new();
    for character in visible::escape(text).chars() {
        if plain(character) {
            out.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "{mark}{};", u32::from(character));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{heading, text};

    #[test]
    fn labels_stay_text() {
        let check = |value, expected| assert_eq!(text(value), expected);
        check("todo-backend 80 → 3000, /api", "todo-backend 80 → 3000, /api");
        check("a\"b", "a#34;b");
        check("#quot;<br/>&amp;", "#35;quot#59;#60;br/#62;#38;amp#59;");
        check("`**a**`", "#96;#42;#42;a#42;#42;#96;");
        check("%%{init}%%", "#37;#37;#123;init#125;#37;#37;");
        check("a\nb\u{202e}", "a#92;nb#92;u#123;202e#125;");
    }

    #[test]
    fn headings_stay_text() {
        let check = |value, expected| assert_eq!(heading(value), expected);
        check("todo-prod (namespace todo)", "todo-prod (namespace todo)");
        check("<a> *b* #1 `c`", "&#60;a&#62; &#42;b&#42; &#35;1 &#96;c&#96;");
    }
}
