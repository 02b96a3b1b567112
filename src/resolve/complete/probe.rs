//! How the kubelet looks after a container.

use super::one_of;
use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, UNKNOWN_PORT, argument, declared, property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Entry, Node, Port, Probe, ProbeAction, ProbeKind};

/// Reads a container's probes.
pub(super) fn read(container: &Node, ports: &[Port], context: &mut Context<'_>) -> Vec<Probe> {
    container.children_named("probe").filter_map(|it| probe(it, ports, context)).collect()
}

fn probe(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<Probe> {
    let kind = match argument(node, 0).value.as_str() {
        "liveness" => ProbeKind::Liveness,
        "readiness" => ProbeKind::Readiness,
        _ => ProbeKind::Startup,
    };
    let number = |name: &str| property_number(node, name);
    Some(Probe {
        kind,
        action: action(node, ports, context)?,
        delay: number("delay"),
        period: number("period"),
        timeout: number("timeout"),
        failures: number("failures"),
        successes: number("successes"),
        origin: declared(node),
    })
}

fn action(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<ProbeAction> {
    let flagged = |name: &str| node.property(name).filter(|it| it.flag().value);
    let settings = [
        node.property("http").map(|it| ("http", it.span())),
        flagged("tcp").map(|it| ("tcp", it.span())),
        flagged("grpc").map(|it| ("grpc", it.span())),
        node.child("exec").map(|it| ("exec", Some(it.span()))),
    ];
    let ways = "`http=\"/health\"`, `tcp=#true`, `grpc=#true` or `{ exec … }`";
    one_of::choose(node, settings, "what to do", ways, context)?;
    if let Some(exec) = node.child("exec") {
        if let Some(port) = node.property("port") {
            let message = format!("`{}` runs a program, which asks no port", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(port.span(), "");
            context.diagnostics.push(diagnostic.at(exec.span(), "the program").help("remove `port=`"));
        }
        return Some(ProbeAction::Exec(exec.arguments.iter().map(Entry::text).collect()));
    }
    let port = port(node, ports, context)?;
    Some(match property_text(node, "http") {
        Some(path) => ProbeAction::Http { path, port: port.name },
        None if flagged("grpc").is_some() => ProbeAction::Grpc(port.number),
        None => ProbeAction::Tcp(port.name),
    })
}

/// Returns the port that a probe asks: the one it names, or the container's only one.
pub(super) fn port(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<Port> {
    let Some(wanted) = property_text(node, "port") else {
        if let [only] = ports {
            let name = Traced::new(
                only.name.value.clone(),
                only.name.origin.derived("a probe asks the component's only port"),
            );
            return Some(Port { name, ..only.clone() });
        }
        let message = format!("`{}` does not say which of {} ports to ask", node.describe(), ports.len());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        let ways: Vec<String> = ports.iter().map(|it| format!("`port={}`", it.name.value)).collect();
        context.diagnostics.push(diagnostic.help(if ways.is_empty() {
            "declare one: `port http 8000`".to_owned()
        } else {
            format!("add {}", ways.join(" or "))
        }));
        return None;
    };
    let found = find_in("container", &wanted, ports, context)?;
    Some(Port { name: wanted, ..found.clone() })
}

/// Finds a port of the component by its name, and reports one that it does not have.
pub(super) fn find<'a>(wanted: &Traced<String>, ports: &'a [Port], context: &mut Context<'_>) -> Option<&'a Port> {
    find_in("component", wanted, ports, context)
}

fn find_in<'a>(owner: &str, wanted: &Traced<String>, ports: &'a [Port], context: &mut Context<'_>) -> Option<&'a Port> {
    let found = ports.iter().find(|it| it.name.value == wanted.value);
    if found.is_none() {
        let known: Vec<&str> = ports.iter().map(|it| it.name.value.as_str()).collect();
        let message = format!("the {owner} has no port `{}`", wanted.value);
        let diagnostic = Diagnostic::new(UNKNOWN_PORT, message).at_some(wanted.origin.span, "");
        let diagnostic = diagnostic.suggest(&wanted.value, known.iter().copied());
        context.diagnostics.push(match known.as_slice() {
            [] => diagnostic.help("declare one: `port http 8000`"),
            known => diagnostic.help(format!("its ports: {}", known.join(", "))),
        });
    }
    found
}
