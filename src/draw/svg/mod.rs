//! Graphs in, one SVG out, drawn by ourselves: environments below each other, each from left to right in lanes.
//!
//! The picture is a file of its own: no script, no font, no link. Its colours follow the viewer's light or dark scheme. It
//! says in words, in `<title>` and `<desc>`, what it shows.

mod card;
mod layers;
mod layout;
mod order;
mod place;
mod words;

use crate::diagnostic::visible;
use crate::graph::{EdgeKind, Family, Graph, Presence};
use card::{LINE, PADDING, Role, width};
use layout::{Area, Layout, Line, MARGIN, curves};
use std::fmt::Write as _;

/// The colours and the lines. No name or value is ever part of it.
const STYLE: &str = include_str!("style.css");

/// Writes graphs as one picture.
pub fn svg(graphs: &[Graph]) -> String {
    let mut body = String::new();
    let (mut wide, mut top) = (0, MARGIN);
    for graph in graphs {
        let picture = Picture { graph, layout: layout::layout(graph) };
        let (width, height) = picture.draw(top, &mut body);
        wide = wide.max(width);
        top += height + 2 * MARGIN;
    }
    let (width, height) = (wide + 2 * MARGIN, top.max(2 * MARGIN) - MARGIN);
    let title = graphs.iter().map(|it| visible::escape(&it.title())).collect::<Vec<_>>().join(", ");
    let told: Vec<String> = graphs.iter().map(words::told).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tg\" role=\"img\" aria-labelledby=\"tg-title tg-desc\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title id=\"tg-title\">{}</title>\n<desc id=\"tg-desc\">{}</desc>\n<style>\n{STYLE}</style>\n{}\
         <rect class=\"tg-ground\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
        escaped(&title),
        escaped(&told.join(" ")),
        markers(),
    )
}

/// One environment on its way into the picture.
struct Picture<'a> {
    graph: &'a Graph,
    layout: Layout,
}

impl Picture<'_> {
    /// Draws below `top`, and returns how wide and how high that is.
    fn draw(&self, top: i64, out: &mut String) -> (i64, i64) {
        let title = visible::escape(&self.graph.title());
        let mut wide = width(Role::Name, &title).max(self.layout.size.0);
        let mut y = top + LINE;
        let mut lines = String::new();
        put(&mut lines, "tg-head", (0, y - 4), &title);
        for note in &self.graph.notes {
            y += LINE;
            let note = visible::escape(note);
            wide = wide.max(width(Role::Detail, &note));
            put(&mut lines, "tg-small", (0, y - 4), &note);
        }
        y += PADDING;
        let (legend_width, legend) = self.legend(y + self.layout.size.1 + LINE + PADDING);
        // Writing to a string cannot fail.
        let _ = write!(out, "<g transform=\"translate({MARGIN} 0)\">\n{lines}");
        let _ =
            write!(out, "<g transform=\"translate(0 {y})\">\n{}{}{}</g>\n", self.lanes(), self.edges(), self.nodes());
        let _ = writeln!(out, "{legend}</g>");
        (wide.max(legend_width), y - top + self.layout.size.1 + LINE + PADDING)
    }

    fn lanes(&self) -> String {
        let mut out = String::new();
        for (lane, area) in &self.layout.lanes {
            rectangle(&mut out, "tg-lane", *area, 8);
            put(&mut out, "tg-small", (area.x + PADDING + 4, area.y + LINE), lane.title());
        }
        out
    }

    fn nodes(&self) -> String {
        let mut out = String::new();
        for (node, (card, area)) in self.graph.nodes.iter().zip(&self.layout.cards) {
            let (class, round) = match node.family {
                Family::Caller | Family::Callee => ("tg-world", 16),
                Family::Route | Family::Service => ("tg-route", 10),
                Family::Workload => ("tg-work", 3),
                Family::Config | Family::Secret | Family::Volume => ("tg-need", 3),
            };
            let class = match node.presence {
                Presence::Made => class.to_owned(),
                Presence::External => format!("{class} tg-external"),
            };
            rectangle(&mut out, &class, *area, round);
            let mut y = area.y + PADDING / 2 + LINE - 4;
            for (role, text) in &card.lines {
                let class = match role {
                    Role::Name => "tg-name",
                    Role::Kind | Role::Detail => "tg-small",
                };
                put(&mut out, class, (area.x + PADDING, y), text);
                y += LINE;
            }
        }
        out
    }

    /// Draws all lines first, so that no line strikes a label out.
    fn edges(&self) -> String {
        let mut lines = String::new();
        let mut labels = String::new();
        for (edge, line) in self.graph.edges.iter().zip(&self.layout.lines) {
            let class = class(edge.kind);
            let told = escaped(&words::sentence(edge, self.graph));
            let _ = writeln!(
                lines,
                "<path class=\"{class}\" marker-end=\"url(#{class})\" d=\"{}\"><title>{told}</title></path>",
                path(line)
            );
            if let Some((text, (x, y))) = &line.label {
                rectangle(&mut labels, "tg-ground", layout::label_area((*x, *y), width(Role::Detail, text)), 4);
                put(&mut labels, "tg-label", (*x, y + 4), text);
            }
        }
        lines + &labels
    }

    /// Explains the lines that there are, from left to right.
    fn legend(&self, y: i64) -> (i64, String) {
        let mut out = String::new();
        let mut x = 0;
        for kind in EdgeKind::ALL.into_iter().filter(|kind| self.graph.edges.iter().any(|it| it.kind == *kind)) {
            let (class, meaning) = (class(kind), kind.meaning());
            let (end, line) = (x + 34, y - 4);
            let _ = writeln!(out, "<path class=\"{class}\" marker-end=\"url(#{class})\" d=\"M{x} {line}H{end}\"/>");
            put(&mut out, "tg-small", (end + 8, y), meaning);
            x = end + 8 + width(Role::Detail, meaning) + 28;
        }
        if self.graph.nodes.iter().any(|it| it.presence == Presence::External) {
            let box_area = Area { x, y: y - 12, width: 34, height: 14 };
            rectangle(&mut out, "tg-need tg-external", box_area, 3);
            let meaning = "exists without us";
            put(&mut out, "tg-small", (x + 42, y), meaning);
            x += 42 + width(Role::Detail, meaning);
        }
        (x, out)
    }
}

fn class(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Routes => "tg-routes",
        EdgeKind::Calls => "tg-calls",
        EdgeKind::Allows => "tg-allows",
        EdgeKind::Uses => "tg-uses",
    }
}

/// Returns the arrow heads; what is needed has a dot for one.
fn markers() -> String {
    let mut out = String::from("<defs>\n");
    for kind in EdgeKind::ALL {
        let shape = match kind {
            EdgeKind::Routes | EdgeKind::Calls | EdgeKind::Allows => "<path d=\"M0 1L8 5L0 9Z\"/>",
            EdgeKind::Uses => "<circle cx=\"5\" cy=\"5\" r=\"3\"/>",
        };
        let class = class(kind);
        let _ = writeln!(
            out,
            "<marker id=\"{class}\" class=\"{class}-end\" viewBox=\"0 0 10 10\" refX=\"8\" refY=\"5\" markerWidth=\"9\" \
             markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">{shape}</marker>"
        );
    }
    out + "</defs>\n"
}

/// Returns the way of a line as path data.
fn path(line: &Line) -> String {
    let mut out = String::new();
    for [(x1, y1), a, b, (x2, y2)] in curves(&line.points) {
        let to = if out.is_empty() { "M" } else { "L" };
        let _ = write!(out, "{to}{x1} {y1}C{} {} {} {} {x2} {y2}", a.0, a.1, b.0, b.1);
    }
    out
}

fn rectangle(out: &mut String, class: &str, area: Area, round: i64) {
    let Area { x, y, width, height } = area;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    );
}

fn put(out: &mut String, class: &str, (x, y): layout::Point, text: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

/// Writes text for the content of an element. What no XML document may hold is an escape by then, but for the two that are
/// no characters at all (<https://www.w3.org/TR/xml/#charsets>).
fn escaped(text: &str) -> String {
    let text = visible::escape(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_stays_text() {
        let check = |text, expected| assert_eq!(escaped(text), expected);
        check("80 → 3000", "80 → 3000");
        check("</text><script>", "&lt;/text&gt;&lt;script&gt;");
        check("\"&lt;' ]]>", "&quot;&amp;lt;' ]]&gt;");
        check("\u{0}\u{202e}\u{fffe}", "\\u{0}\\u{202e}\u{fffd}");
    }
}
