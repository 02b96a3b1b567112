//! What is done when a container has started, and before it is stopped.

use super::one_of;
use super::{CONFLICTING_SETTINGS, Context, argument, declared, probe, property_number, property_text};
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
    let settings = [
        node.property("http").map(|it| ("http", it.span())),
        node.property("sleep").map(|it| ("sleep", it.span())),
        node.child("exec").map(|it| ("exec", Some(it.span()))),
    ];
    one_of::choose(node, settings, "what to do", "`http=\"/quit\"`, `sleep=5` or `{ exec … }`", context)?;
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
