//! Who applies the rendered tree, and how.

use super::{CONFLICTING_SETTINGS, Context, argument};
use crate::diagnostic::Diagnostic;
use crate::object::GitopsFacts;
use crate::source::Traced;
use crate::spec::{Entry, Node};

/// Reads the controller and its settings; reports those of the other one.
pub(super) fn read(app: &Node, context: &mut Context<'_>) -> Option<Traced<GitopsFacts>> {
    let node = app.child("gitops")?;
    let flag = |name: &str| node.property(name).map(|it| it.flag().value);
    let facts = argument(node, 0).map(|it| match it.as_str() {
        "flux" => GitopsFacts::Flux { prune: flag("prune"), force: flag("force") },
        _ => GitopsFacts::ArgoCd { prune: flag("prune"), prune_last: flag("prune-last") },
    });
    let (other, help) = match facts.value {
        GitopsFacts::ArgoCd { .. } => (
            "force",
            "remove it: Argo CD replaces only objects that say so, with the annotation `argocd.argoproj.io/sync-options: Force=true`",
        ),
        GitopsFacts::Flux { .. } => {
            ("prune-last", "remove it: Flux deletes after it has applied, and waits for nothing")
        }
    };
    if let Some(entry) = node.property(other) {
        let message = format!("`{other}` is not a setting of {}", facts.value.name());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(entry.span(), "");
        let place = node.argument(0).and_then(Entry::span).filter(|it| Some(it.file) != entry.span().map(|it| it.file));
        let diagnostic = diagnostic.at_some(place, "the controller is named here");
        context.diagnostics.push(diagnostic.help(help));
    }
    Some(facts)
}
