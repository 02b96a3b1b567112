//! The traffic of a component that is allowed.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, UNKNOWN_COMPONENT, argument, component, container, declared,
    labels, list, probe, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::grammar::is_range;
use crate::spec::{Allowance, Direction, Label, Node, Peer, Port};

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
    let peer = read_peer(&peer, peer_component, context)?;
    Some(Allowance {
        name: argument(node, 0),
        direction,
        except: except(node, &peer, context),
        pods: pods(node, &peer, context),
        peer,
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

/// Reads the ranges that are taken out of the other side's addresses.
fn except(node: &Node, peer: &Traced<Peer>, context: &mut Context<'_>) -> Vec<Traced<String>> {
    let ranges = list(node, "except");
    let Some(block) = node.child("except") else { return ranges };
    let families: Vec<bool> = match &peer.value {
        Peer::Range(range) => vec![is_six(range)],
        Peer::Outside { pod_network } => pod_network.iter().map(|it| is_six(it)).collect(),
        Peer::Anyone | Peer::Component { .. } | Peer::Namespace(_) => {
            let message = format!("`{}` is about pods, and `except` takes out addresses", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(block.span(), "");
            context.diagnostics.push(
                diagnostic
                    .at_some(peer.origin.span, "the other side")
                    .help("`except` goes with a range such as \"10.0.0.0/8\" and with `outside`"),
            );
            return Vec::new();
        }
    };
    for range in ranges.iter().filter(|it| !families.contains(&is_six(&it.value))) {
        let message = format!("`{}` lets no addresses of the family of {} through", node.describe(), range.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(range.origin.span, "");
        context.diagnostics.push(diagnostic.at_some(peer.origin.span, "the other side").help("remove the range"));
    }
    ranges
}

/// True for a range of IPv6 addresses.
fn is_six(range: &str) -> bool {
    range.contains(':')
}

/// Reads the labels of those pods of another namespace that are meant.
fn pods(node: &Node, peer: &Traced<Peer>, context: &mut Context<'_>) -> Vec<Label> {
    let pods = labels(node, "pods");
    let Some(block) = node.child("pods") else { return pods };
    if !matches!(peer.value, Peer::Namespace(_)) {
        let message = format!("`{}` has `pods`, and its other side is no namespace", node.describe());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(block.span(), "");
        context.diagnostics.push(
            diagnostic
                .at_some(peer.origin.span, "the other side")
                .help("`pods` goes with \"namespace/NAME\"; a component's pods are known by its name"),
        );
    } else if pods.is_empty() {
        let message = format!("`{}` has `pods` without a label, which would be all of them", node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add a label, or take `pods` away"));
    }
    pods
}

/// Returns the labels by which another component's pods are found.
pub(super) fn selector(node: &Node, context: &Context<'_>) -> Vec<(String, String)> {
    let own = labels(node, "selector");
    if own.is_empty() {
        let name = component::object_name(&context.app_name, node);
        return crate::spec::environment::default_selector(&name.value, &context.environment.name.value);
    }
    own.into_iter().map(|it| (it.key, it.value.value)).collect()
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn narrows_only_what_can_be_narrowed() {
        let check = |allow: &str, expected: &[&str]| {
            let app = format!("component web {{ image i; port http 80; allow x {allow} }}");
            assert_eq!(messages(&app, ""), expected, "{allow}");
        };
        check("to=\"10.0.0.0/8\" { except \"10.1.0.0/16\" }", &[]);
        check("to=\"fd00::/8\" { except \"fd00:1::/32\" }", &[]);
        check(
            "to=\"10.0.0.0/8\" { except \"fd00:1::/32\" }",
            &["`allow x` lets no addresses of the family of fd00:1::/32 through"],
        );
        check("to=\"*\" { except \"10.1.0.0/16\" }", &["`allow x` is about pods, and `except` takes out addresses"]);
        check("from=web { except \"10.1.0.0/16\" }", &["`allow x` is about pods, and `except` takes out addresses"]);
        check("from=\"namespace/a\" { pods { app b } }", &[]);
        check("from=web { pods { app b } }", &["`allow x` has `pods`, and its other side is no namespace"]);
        let app = "component web { image i; port http 80; allow x from=\"namespace/a\" { pods { app b } } }";
        let without = "{ component web { allow x { pods { (remove)app } } } }";
        assert_eq!(messages(app, without), ["`allow x` has `pods` without a label, which would be all of them"]);
        let all = "{ component web { allow x { (remove)pods } } }";
        assert_eq!(messages(app, all), Vec::<String>::new());
    }
}
