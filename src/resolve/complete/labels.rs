//! Labels and annotations.

use super::{CONFLICTING_SETTINGS, argument};
use crate::diagnostic::Diagnostic;
use crate::spec::{Entry, Label, Node};

/// Reads a block of labels or annotations.
pub(super) fn labels(node: &Node, block: &str) -> Vec<Label> {
    let children = node.child(block).map(|it| it.children.as_slice()).unwrap_or_default();
    let mut labels: Vec<Label> = children
        .iter()
        .map(|it| Label {
            key: it.name.value.clone(),
            value: argument(it, 0),
            pods: it.property("pods").map(Entry::flag).is_none_or(|it| it.value),
        })
        .collect();
    labels.sort_by(|a, b| a.key.cmp(&b.key));
    labels
}

/// Reports `pods=` in blocks that are on no pods, or on nothing else.
pub(super) fn check(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for block in &node.children {
        let (parent, name) = (node.rule.name, block.rule.name);
        let both = matches!((parent, name), ("component", "labels" | "annotations") | ("app", "labels"));
        if both || !matches!(name, "labels" | "annotations" | "selector") {
            check(block, diagnostics);
            continue;
        }
        for (label, pods) in block.children.iter().filter_map(|it| Some((it, it.property("pods")?))) {
            let message =
                format!("`{}` is in the `{name}` of `{parent}`, where `pods=` has no meaning", label.name.value);
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(pods.span(), "");
            diagnostics.push(diagnostic.help("remove it; `pods=` is for the `labels` and `annotations` of a component, and for the `labels` of the app"));
        }
    }
}
