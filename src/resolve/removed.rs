//! Messages about what is missing in; the same messages, with the line that took it out.

use crate::diagnostic::{Diagnostic, Label};
use crate::source::Span;
use crate::spec::{Entry, Node};

/// What a label on a `(remove)` says.
pub(super) const REMOVED_HERE: &str = "removed here";

/// The lines that took out what references are made of: components, their ports, and their services.
pub(super) struct Removals {
    /// By how the references begin.
    beginnings: Vec<(String, Span)>,
}

impl Removals {
    /// Collects them from a merged app.
    pub(super) fn of_references(app: &Node) -> Self {
        let mut beginnings = Vec::new();
        for component in app.children_named("component") {
            let name = component.identity().1.unwrap_or_default();
            beginnings.extend(component.removed.iter().rev().filter_map(|it| match (it.name.as_str(), &it.key) {
                ("port", Some(port)) => Some((format!("{name}.port.{port}"), it.span)),
                ("service", None) => Some((format!("{name}."), it.span)),
                _ => None,
            }));
        }
        let components = app.removed.iter().rev().filter(|it| it.name == "component");
        beginnings.extend(components.map(|it| (format!("{}.", it.key.as_deref().unwrap_or_default()), it.span)));
        Self { beginnings }
    }

    /// Returns the line that took out what a reference names.
    pub(super) fn of(&self, name: &str) -> Option<Span> {
        let is_of = |start: &str| name == start || (start.ends_with('.') && name.starts_with(start));
        self.beginnings.iter().find(|(start, _)| is_of(start)).map(|(_, span)| *span)
    }
}

/// Adds the line of a removal to messages about a name that is not there. A code `unknown-port` is about a node `port`,
/// and the value that it points at is what tells that node from its siblings.
pub(super) fn explain(app: &Node, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let Some(kind) = diagnostic.code.name.strip_prefix("unknown-") else { continue };
        let Some(place) = diagnostic.labels.first().map(|it| it.span) else { continue };
        let Some(path) = path_to(app, place) else { continue };
        let Some(key) = path.last().and_then(|it| entry_at(it, place)).map(|it| it.text().value) else { continue };
        let near = path.iter().rev().find_map(|it| it.removal(kind, Some(&key)));
        if let Some(span) = near.or_else(|| anywhere(app, kind, &key)) {
            diagnostic.labels.push(Label { span, text: REMOVED_HERE.to_owned() });
        }
    }
}

/// Returns the nodes around a value, the outermost first.
fn path_to(node: &Node, place: Span) -> Option<Vec<&Node>> {
    if entry_at(node, place).is_some() {
        return Some(vec![node]);
    }
    let mut path = node.children.iter().find_map(|it| path_to(it, place))?;
    path.insert(0, node);
    Some(path)
}

fn entry_at(node: &Node, place: Span) -> Option<&Entry> {
    node.arguments.iter().chain(node.properties.values()).find(|it| it.span() == Some(place))
}

fn anywhere(node: &Node, kind: &str, key: &str) -> Option<Span> {
    node.removal(kind, Some(key)).or_else(|| node.children.iter().find_map(|it| anywhere(it, kind, key)))
}
