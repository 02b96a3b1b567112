//! How a component is reached in the cluster: its Services.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, argument, component, declared, labels, list, probe,
    property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Entry, Exposure, ExternalService, Node, Port, Service, ServiceOptions};

/// Returns the name of a component's Service.
pub(in crate::resolve) fn service_name(app_name: &str, node: &Node) -> Traced<String> {
    node.child("service").and_then(|it| property_text(it, "name")).unwrap_or_else(|| {
        let name = component::object_name(app_name, node);
        Traced::new(name.value, name.origin.derived("a Service is called as the component's objects"))
    })
}

/// Returns the port under which a Service exposes a container's port; none where it does not.
pub(in crate::resolve) fn service_port(service: &Node, name: &str, container: &Traced<i64>) -> Option<Traced<i64>> {
    let mut exposed = service.children_named("expose").peekable();
    let as_is = Traced::new(
        container.value,
        container.origin.derived("a Service has the container's port unless told otherwise"),
    );
    if exposed.peek().is_none() {
        return Some(as_is);
    }
    let exposed = exposed.find(|it| argument(it, 0).value == name)?;
    Some(property_number(exposed, "port").unwrap_or(as_is))
}

/// Reads a component's Service.
pub(super) fn service(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Option<Service> {
    let block = node.child("service")?;
    let name = service_name(&context.app_name, node);
    Some(of_block(block, name, block.argument(0), node, ports, context))
}

/// Reads a component's further Services.
pub(super) fn additional_services(node: &Node, ports: &[Port], context: &mut Context<'_>) -> Vec<Service> {
    let blocks = node.children_named("additional-service");
    let mut services: Vec<Service> =
        blocks.map(|it| of_block(it, argument(it, 0), it.argument(1), node, ports, context)).collect();
    services.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    services
}

fn of_block(
    block: &Node,
    name: Traced<String>,
    kind: Option<&Entry>,
    node: &Node,
    ports: &[Port],
    context: &mut Context<'_>,
) -> Service {
    for exposed in block.children_named("expose") {
        probe::find(&argument(exposed, 0), ports, context);
    }
    let options = options(block, context);
    let is_headless = options.headless.as_ref().is_some_and(|it| it.value);
    // A headless Service may be there for the names of its pods alone.
    if ports.is_empty() && !is_headless {
        let message = match block.rule.name {
            "service" => format!("component `{}` has a service and no port", argument(node, 0).value),
            _ => format!("`{}` of a component that has no port", block.describe()),
        };
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("declare one: `port http 8000`"));
    }
    let exposures: Vec<Exposure> = ports.iter().filter_map(|it| exposure(block, it)).collect();
    if is_headless {
        for (exposed, port) in
            exposures.iter().filter_map(|it| Some((it, ports.iter().find(|port| port.name.value == it.name.value)?)))
        {
            if exposed.port.value != port.number.value {
                let message = format!(
                    "a headless Service leads to pods themselves: it cannot turn port {} into {}",
                    exposed.port.value, port.number.value
                );
                let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(exposed.port.origin.span, "");
                let headless = options.headless.as_ref().and_then(|it| it.origin.span);
                context.diagnostics.push(diagnostic.at_some(headless, "headless here").help("remove `port=`"));
            }
        }
    }
    Service {
        name,
        kind: kind.map_or_else(
            || {
                Traced::rule(
                    "ClusterIP".to_owned(),
                    "a Service is reachable in the cluster alone unless told otherwise",
                )
            },
            Entry::text,
        ),
        options,
        exposures,
        labels: labels(block, "labels"),
        annotations: labels(block, "annotations"),
        origin: declared(block),
    }
}

fn exposure(block: &Node, port: &Port) -> Option<Exposure> {
    let exposed = block.children_named("expose").find(|it| argument(it, 0).value == port.name.value);
    Some(Exposure {
        name: Traced::new(
            port.name.value.clone(),
            exposed.map_or_else(|| port.name.origin.clone(), |it| argument(it, 0).origin),
        ),
        port: service_port(block, &port.name.value, &port.number)?,
        protocol: port.protocol.clone(),
        node_port: exposed.and_then(|it| property_number(it, "node-port")),
        app_protocol: exposed.and_then(|it| property_text(it, "app-protocol")),
    })
}

fn options(block: &Node, context: &mut Context<'_>) -> ServiceOptions {
    let text = |name: &str| property_text(block, name);
    let flag = |name: &str| block.property(name).map(Entry::flag);
    let options = ServiceOptions {
        headless: flag("headless"),
        publish_not_ready: flag("publish-not-ready"),
        session_affinity: text("session-affinity"),
        session_timeout: property_number(block, "session-timeout"),
        external_traffic: text("external-traffic"),
        internal_traffic: text("internal-traffic"),
        traffic_distribution: text("traffic-distribution"),
        ip_family_policy: text("ip-family-policy"),
        load_balancer_class: text("load-balancer-class"),
        allocate_node_ports: flag("allocate-node-ports"),
        source_ranges: list(block, "source-ranges"),
    };
    let stays = options.session_affinity.as_ref().is_some_and(|it| it.value == "ClientIP");
    if let Some(timeout) = options.session_timeout.as_ref().filter(|_| !stays) {
        let message = format!("`{}` has a session-timeout, and callers do not stay with a pod", block.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(timeout.origin.span, "");
        context.diagnostics.push(diagnostic.help("add `session-affinity=ClientIP`, or remove it"));
    }
    options
}

/// Reads a name for a host outside the cluster.
pub(super) fn external_service(node: &Node) -> ExternalService {
    ExternalService {
        name: argument(node, 0),
        host: property_text(node, "host").unwrap_or_else(|| Traced::new(String::new(), node.origin.clone())),
        labels: labels(node, "labels"),
        annotations: labels(node, "annotations"),
        origin: declared(node),
    }
}

/// Returns the Service's port that a host or a path leads to, by name: the one that `said` names, or its only one.
pub(super) fn backend<'a>(
    node: &Node,
    said: Option<Traced<String>>,
    service: &'a Service,
    only: &'static str,
    context: &mut Context<'_>,
) -> Option<(Traced<String>, &'a Exposure)> {
    let Some(wanted) = said else {
        if let [exposure] = service.exposures.as_slice() {
            return Some((Traced::new(exposure.name.value.clone(), exposure.name.origin.derived(only)), exposure));
        }
        let message =
            format!("`{}` does not say which of {} ports it leads to", node.describe(), service.exposures.len());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `port=NAME`"));
        return None;
    };
    if let Some(exposure) = service.exposures.iter().find(|it| it.name.value == wanted.value) {
        return Some((wanted, exposure));
    }
    let known: Vec<&str> = service.exposures.iter().map(|it| it.name.value.as_str()).collect();
    let message = format!("the service does not expose a port `{}`", wanted.value);
    let diagnostic = Diagnostic::new(super::UNKNOWN_PORT, message).at_some(wanted.origin.span, "");
    context.diagnostics.push(
        diagnostic.suggest(&wanted.value, known.iter().copied()).help(format!("it exposes {}", known.join(", "))),
    );
    None
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_what_a_service_cannot_do() {
        let check = |inside: &str, expected: &[&str]| {
            let app = format!("component web {{ image i; port http 80; {inside} }}");
            assert_eq!(messages(&app, ""), expected, "{inside}");
        };
        check("service headless=#true", &[]);
        check("service headless=#true { expose http port=80 }", &[]);
        check(
            "service headless=#true { expose http port=81 }",
            &["a headless Service leads to pods themselves: it cannot turn port 81 into 80"],
        );
        check("service headless=#false { expose http port=81 }", &[]);
        check("service session-affinity=ClientIP session-timeout=60", &[]);
        check("service session-timeout=60", &["`service` has a session-timeout, and callers do not stay with a pod"]);
        check(
            "additional-service a session-affinity=None session-timeout=60",
            &["`additional-service a` has a session-timeout, and callers do not stay with a pod"],
        );
        check("additional-service a { expose grpc }", &["the component has no port `grpc`"]);
        assert_eq!(messages("component web { image i; service headless=#true }", ""), Vec::<String>::new());
        assert_eq!(
            messages("component web { image i; additional-service a }", ""),
            ["`additional-service a` of a component that has no port"]
        );
    }
}
