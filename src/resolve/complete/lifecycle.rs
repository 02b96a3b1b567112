//! What is done when a container has started, and before it is stopped.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, argument, declared, probe, property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::spec::{Entry, Hook, HookAction, Moment, Node, Port};

/// Reads a container's hooks.
pub(super) fn read(container: &Node, ports: &[Port], context: &mut Context<'_>) -> Vec<Hook> {
    container.children_named("lifecycle").filter_map(|it| hook(it, ports, context)).collect()
}

fn hook(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<Hook> {
    let moment = if argument(node, 0).value == "pre-stop" { Moment::PreStop } else { Moment::PostStart };
    Some(Hook { moment, action: action(node, ports, context)?, origin: declared(node) })
}

fn action(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<HookAction> {
    let given: Vec<(&str, Option<crate::source::Span>)> = [
        ("http", node.property("http").map(Entry::span)),
        ("sleep", node.property("sleep").map(Entry::span)),
        ("exec", node.child("exec").map(|it| Some(it.span()))),
    ]
    .into_iter()
    .filter_map(|(name, span)| span.map(|it| (name, it)))
    .collect();
    match given.as_slice() {
        [] => {
            let message = format!("`{}` does not say what to do", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help("add `http=\"/quit\"`, `sleep=5` or `{ exec … }`"));
            return None;
        }
        [_] => {}
        [(first, first_span), (second, second_span), ..] => {
            let message = format!("`{}` has `{first}` and `{second}`", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(*second_span, "");
            context.diagnostics.push(
                diagnostic
                    .at_some(*first_span, "and this")
                    .help("keep one of them; an overlay that changes what is done says `(replace)lifecycle`"),
            );
            return None;
        }
    }
    if let Some(path) = property_text(node, "http") {
        let port = probe::port(node, ports, context)?;
        return Some(HookAction::Http { path, port: port.name });
    }
    if let Some(port) = node.property("port") {
        let message = format!("`{}` requests nothing, so it asks no port", node.describe());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(port.span(), "");
        context.diagnostics.push(diagnostic.help("remove `port=`"));
    }
    let exec = node.child("exec").map(|it| HookAction::Exec(it.arguments.iter().map(Entry::text).collect()));
    exec.or_else(|| property_number(node, "sleep").map(HookAction::Sleep))
}
