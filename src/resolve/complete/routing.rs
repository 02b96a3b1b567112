//! How a component is reached.

use super::{
    Context, MISSING_SETTING, argument, component, data, declared, labels, probe, property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Entry, Exposure, Host, Ingress, Node, Port, Service};

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
    for exposed in block.children_named("expose") {
        probe::find(&argument(exposed, 0), ports, context);
    }
    if ports.is_empty() {
        let message = format!("component `{}` has a service and no port", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("declare one: `port http 8000`"));
    }
    let exposures = ports
        .iter()
        .filter_map(|port| {
            let exposed = block.children_named("expose").find(|it| argument(it, 0).value == port.name.value);
            Some(Exposure {
                name: Traced::new(
                    port.name.value.clone(),
                    exposed.map_or_else(|| port.name.origin.clone(), |it| argument(it, 0).origin),
                ),
                port: service_port(block, &port.name.value, &port.number)?,
                protocol: port.protocol.clone(),
                node_port: exposed.and_then(|it| property_number(it, "node-port")),
            })
        })
        .collect();
    Some(Service {
        name: service_name(&context.app_name, node),
        kind: block.argument(0).map_or_else(
            || {
                Traced::rule(
                    "ClusterIP".to_owned(),
                    "a Service is reachable in the cluster alone unless told otherwise",
                )
            },
            Entry::text,
        ),
        exposures,
        labels: labels(block, "labels"),
        annotations: labels(block, "annotations"),
        origin: declared(block),
    })
}

/// Reads a component's Ingress.
pub(super) fn ingress(
    node: &Node,
    object_name: &Traced<String>,
    service: Option<&Service>,
    context: &mut Context<'_>,
) -> Option<Ingress> {
    let block = node.child("ingress")?;
    let Some(service) = service else {
        let message = format!("component `{}` has an ingress and no service", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `service ClusterIP`"));
        return None;
    };
    let mut hosts: Vec<Host> = block.children_named("host").filter_map(|it| host(it, service, context)).collect();
    hosts.sort_by(|a, b| a.host.value.cmp(&b.host.value));
    if block.child("host").is_none() {
        let message = format!("`ingress` of `{}` has no host", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `host \"app.example.com\"`"));
    }
    Some(Ingress {
        name: component::name_or(block, object_name, "an Ingress is called as the component's objects"),
        class: property_text(block, "class"),
        hosts,
        labels: labels(block, "labels"),
        annotations: labels(block, "annotations"),
        origin: declared(block),
    })
}

fn host(node: &Node, service: &Service, context: &mut Context<'_>) -> Option<Host> {
    let exposed = |wanted: &Traced<String>| service.exposures.iter().any(|it| it.name.value == wanted.value);
    let port = match property_text(node, "port") {
        Some(wanted) if exposed(&wanted) => wanted,
        Some(wanted) => {
            let known: Vec<&str> = service.exposures.iter().map(|it| it.name.value.as_str()).collect();
            let message = format!("the service does not expose a port `{}`", wanted.value);
            let diagnostic = Diagnostic::new(super::UNKNOWN_PORT, message).at_some(wanted.origin.span, "");
            context.diagnostics.push(
                diagnostic
                    .suggest(&wanted.value, known.iter().copied())
                    .help(format!("it exposes {}", known.join(", "))),
            );
            return None;
        }
        None => match service.exposures.as_slice() {
            [only] => Traced::new(
                only.name.value.clone(),
                only.name.origin.derived("a host leads to the service's only port"),
            ),
            several => {
                let message =
                    format!("`{}` does not say which of {} ports it leads to", node.describe(), several.len());
                let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
                context.diagnostics.push(diagnostic.help("add `port=NAME`"));
                return None;
            }
        },
    };
    let tls = property_text(node, "tls");
    if let Some(tls) = &tls {
        data::check_secret(tls, context);
    }
    Some(Host {
        host: argument(node, 0),
        path: property_text(node, "path")
            .unwrap_or_else(|| Traced::rule("/".to_owned(), "a host leads to every path unless told otherwise")),
        path_type: property_text(node, "path-type")
            .unwrap_or_else(|| Traced::rule("Prefix".to_owned(), "paths are compared by prefix unless told otherwise")),
        port,
        tls,
    })
}
