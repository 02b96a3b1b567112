//! The traffic of a component that is allowed.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, UNKNOWN_COMPONENT, argument, component, container, declared,
    labels, probe, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::grammar::is_range;
use crate::spec::{Allowance, Direction, Node, Peer, Port};

/// Reads a component's allowances.
pub(super) fn allowances(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Vec<Allowance> {
    node.children_named("allow").filter_map(|it| allowance(it, ports, context)).collect()
}

fn allowance(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<Allowance> {
    let (direction, peer) = match (property_text(node, "from"), property_text(node, "to")) {
        (Some(from), None) => (Direction::From, from),
        (None, Some(to)) => (Direction::To, to),
        (Some(from), Some(to)) => {
            let message = format!("`{}` has `from` and `to`", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(to.origin.span, "");
            context.diagnostics.push(
                diagnostic
                    .at_some(from.origin.span, "and this")
                    .help("write one `allow` for each; an overlay that turns one around says `(replace)allow`"),
            );
            return None;
        }
        (None, None) => {
            let message = format!("`{}` has neither `from` nor `to`", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            context
                .diagnostics
                .push(diagnostic.help("add `from=COMPONENT`, `to=COMPONENT`, or `outside` for one of the two"));
            return None;
        }
    };
    let peer_component = context.app.children_named("component").find(|it| argument(it, 0).value == peer.value);
    let (port, mut protocol) = match (direction, property_text(node, "port")) {
        (_, None) => (None, None),
        (Direction::From, Some(wanted)) => of_component(&wanted, ports, context)?,
        (Direction::To, Some(wanted)) => match (peer_component, wanted.value.parse::<u16>()) {
            (Some(other), _) => of_component(&wanted, &container::ports_of_pod(other), context)?,
            (None, Ok(number)) if number > 0 => (Some(Traced::new(i64::from(number), wanted.origin)), None),
            (None, _) => {
                let message = format!("`{}` is no port number", wanted.value);
                let diagnostic = Diagnostic::new(super::UNKNOWN_PORT, message).at_some(wanted.origin.span, "");
                context.diagnostics.push(diagnostic.help("ports outside the app are given by number, 1 to 65535"));
                return None;
            }
        },
    };
    if let (None, Some(protocol)) = (node.property("port"), node.property("protocol")) {
        let message = format!("`{}` has a protocol and no port", node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(protocol.span(), "");
        context.diagnostics.push(diagnostic.help("add `port=`; without one, every port of every protocol is allowed"));
    }
    protocol = property_text(node, "protocol").or(protocol);
    Some(Allowance {
        name: argument(node, 0),
        direction,
        peer: read_peer(&peer, peer_component, context)?,
        port,
        protocol: protocol.unwrap_or_else(|| Traced::rule("TCP".to_owned(), "ports are TCP unless told otherwise")),
        origin: declared(node),
    })
}

type PortAndProtocol = (Option<Traced<i64>>, Option<Traced<String>>);

/// Looks a port up by its name or number in a component.
fn of_component(wanted: &Traced<String>, ports: &[Port], context: &mut Context<'_>) -> Option<PortAndProtocol> {
    let by_number = ports.iter().find(|it| it.number.value.to_string() == wanted.value);
    let port = by_number.or_else(|| probe::find(wanted, ports, context))?;
    Some((Some(Traced::new(port.number.value, wanted.origin.clone())), Some(port.protocol.clone())))
}

/// Reads the other side: a component, `outside`, `*`, `namespace/NAME` or a range of addresses.
fn read_peer(written: &Traced<String>, component: Option<&Node>, context: &mut Context<'_>) -> Option<Traced<Peer>> {
    let text = written.value.as_str();
    let peer = if let Some(component) = component {
        Peer::Component { selector: selector(component, context) }
    } else if text == "*" {
        Peer::Anyone
    } else if text == "outside" {
        let ranges = &context.environment.pod_network;
        if ranges.is_empty() {
            let message = "`outside` needs to know which addresses are inside the cluster";
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(written.origin.span, "");
            let cluster = context.environment.cluster.as_ref();
            context.diagnostics.push(
                diagnostic
                    .at_some(cluster.map(|it| it.span), "the cluster")
                    .help("add the range of its pods to the cluster: `pod-network \"10.244.0.0/16\"`"),
            );
            return None;
        }
        Peer::Outside { pod_network: ranges.iter().map(|it| it.value.clone()).collect() }
    } else if let Some(namespace) = text.strip_prefix("namespace/").filter(|it| !it.is_empty()) {
        Peer::Namespace(namespace.to_owned())
    } else if is_range(text) {
        Peer::Range(text.to_owned())
    } else {
        let known: Vec<String> = context.app.children_named("component").map(|it| argument(it, 0).value).collect();
        let message = format!("`{text}` is no component of this app, and no other peer");
        let diagnostic = Diagnostic::new(UNKNOWN_COMPONENT, message).at_some(written.origin.span, "");
        let names = known.iter().map(String::as_str).chain(["outside"]);
        context.diagnostics.push(
            diagnostic
                .suggest(text, names)
                .help("expected a component, `outside`, `*`, `namespace/NAME`, or a range such as \"10.0.0.0/8\""),
        );
        return None;
    };
    Some(Traced::new(peer, written.origin.clone()))
}

/// Returns the labels by which another component's pods are found.
fn selector(node: &Node, context: &Context<'_>) -> Vec<(String, String)> {
    let own = labels(node, "selector");
    if own.is_empty() {
        let name = component::object_name(&context.app_name, node);
        return crate::spec::environment::default_selector(&name.value, &context.environment.name.value);
    }
    own.into_iter().map(|it| (it.key, it.value.value)).collect()
}
