//! How a component is reached from outside: its Ingress and its route at a gateway.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, argument, component, data, declared, labels, property_number,
    property_text, routing,
};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Gateway, Host, HostPath, HttpRoute, Ingress, Node, RoutePath, Service};

/// Reads a component's Ingress.
pub(super) fn ingress(
    node: &Node,
    object_name: &Traced<String>,
    service: Option<&Service>,
    context: &mut Context<'_>,
) -> Option<Ingress> {
    let block = node.child("ingress")?;
    let service = needed(node, block, "an ingress", service, context)?;
    let mut hosts: Vec<Host> = block.children_named("host").filter_map(|it| host(it, service, context)).collect();
    hosts.sort_by(|a, b| a.host.value.cmp(&b.host.value));
    at_least_one(node, block, "host", "`host \"app.example.com\"`", context);
    Some(Ingress {
        name: component::name_or(block, object_name, "an Ingress is called as the component's objects"),
        class: property_text(block, "class"),
        hosts,
        labels: labels(block, "labels"),
        annotations: labels(block, "annotations"),
        origin: declared(block),
    })
}

/// Returns the Service that traffic from outside is led to.
fn needed<'a>(
    node: &Node,
    block: &Node,
    what: &str,
    service: Option<&'a Service>,
    context: &mut Context<'_>,
) -> Option<&'a Service> {
    if service.is_none() {
        let message = format!("component `{}` has {what} and no service", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `service ClusterIP`"));
    }
    service
}

/// Reports a block without a child that it cannot do without.
fn at_least_one(node: &Node, block: &Node, name: &str, example: &str, context: &mut Context<'_>) {
    if block.child(name).is_none() {
        let message = format!("`{}` of `{}` has no {name}", block.name.value, argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help(format!("add {example}")));
    }
}

fn host(node: &Node, service: &Service, context: &mut Context<'_>) -> Option<Host> {
    let default_kind = property_text(node, "path-type")
        .unwrap_or_else(|| Traced::rule("Prefix".to_owned(), "paths are compared by prefix unless told otherwise"));
    let default_port = property_text(node, "port");
    let mut paths = Vec::new();
    let own = property_text(node, "path");
    if own.is_some() || node.child("path").is_none() {
        let only = "a host leads to the service's only port";
        let (port, _) = routing::backend(node, default_port.clone(), service, only, context)?;
        let path =
            own.unwrap_or_else(|| Traced::rule("/".to_owned(), "a host leads to every path unless told otherwise"));
        paths.push(HostPath { path, kind: default_kind.clone(), port });
    }
    for child in node.children_named("path") {
        let only = "a path leads to the service's only port";
        let said = property_text(child, "port").or_else(|| default_port.clone());
        let Some((port, _)) = routing::backend(child, said, service, only, context) else { continue };
        let kind = property_text(child, "type").unwrap_or_else(|| default_kind.clone());
        paths.push(HostPath { path: argument(child, 0), kind, port });
    }
    // The host's own path stands first; a child that says it again is the one to go.
    if let Some(again) =
        paths.iter().skip(1).find(|it| it.path.value == paths[0].path.value && it.kind.value == paths[0].kind.value)
    {
        let message = format!("`{}` has the path {:?} twice", node.describe(), again.path.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(again.path.origin.span, "");
        context.diagnostics.push(diagnostic.at_some(paths[0].path.origin.span, "and here").help("keep one of the two"));
    }
    paths.sort_by(|a, b| (&a.path.value, &a.kind.value).cmp(&(&b.path.value, &b.kind.value)));
    let tls = property_text(node, "tls");
    if let Some(tls) = &tls {
        data::check_secret(tls, context);
    }
    (!paths.is_empty()).then(|| Host { host: argument(node, 0), paths, tls })
}

/// Reads a component's route at a gateway.
pub(super) fn http_route(
    node: &Node,
    object_name: &Traced<String>,
    service: Option<&Service>,
    context: &mut Context<'_>,
) -> Option<HttpRoute> {
    let block = node.child("http-route")?;
    let service = needed(node, block, "an http-route", service, context)?;
    at_least_one(node, block, "gateway", "`gateway NAME`", context);
    at_least_one(node, block, "host", "`host \"app.example.com\"`", context);
    let mut gateways: Vec<Gateway> = block.children_named("gateway").map(gateway).collect();
    gateways.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let mut hosts: Vec<Traced<String>> = block.children_named("host").map(|it| argument(it, 0)).collect();
    hosts.sort_by(|a, b| a.value.cmp(&b.value));
    let mut paths: Vec<RoutePath> =
        block.children_named("path").filter_map(|it| route_path(it, service, context)).collect();
    if block.child("path").is_none() {
        paths.extend(every_path(block, service, context));
    }
    paths.sort_by(|a, b| (&a.path.value, &a.kind.value).cmp(&(&b.path.value, &b.kind.value)));
    Some(HttpRoute {
        name: component::name_or(block, object_name, "an HTTPRoute is called as the component's objects"),
        gateways,
        hosts,
        paths,
        labels: labels(block, "labels"),
        annotations: labels(block, "annotations"),
        origin: declared(block),
    })
}

fn gateway(node: &Node) -> Gateway {
    Gateway {
        name: argument(node, 0),
        namespace: property_text(node, "namespace"),
        section: property_text(node, "section"),
        port: property_number(node, "port"),
        origin: declared(node),
    }
}

fn route_path(node: &Node, service: &Service, context: &mut Context<'_>) -> Option<RoutePath> {
    let kind = property_text(node, "type")
        .unwrap_or_else(|| Traced::rule("PathPrefix".to_owned(), "paths are compared by prefix unless told otherwise"));
    let port = route_port(node, property_text(node, "port"), service, context)?;
    Some(RoutePath { path: argument(node, 0), kind, port })
}

fn every_path(block: &Node, service: &Service, context: &mut Context<'_>) -> Option<RoutePath> {
    let rule = "a route leads to every path unless told otherwise";
    if service.exposures.len() != 1 {
        let message = format!("`http-route` does not say which of {} ports it leads to", service.exposures.len());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        let names: Vec<&str> = service.exposures.iter().map(|it| it.name.value.as_str()).collect();
        let ways: Vec<String> = names.iter().map(|it| format!("`path \"/\" port={it}`")).collect();
        context.diagnostics.push(diagnostic.help(format!("add {}", ways.join(" or "))));
        return None;
    }
    let port = route_port(block, None, service, context)?;
    Some(RoutePath {
        path: Traced::rule("/".to_owned(), rule),
        kind: Traced::rule("PathPrefix".to_owned(), rule),
        port,
    })
}

/// Returns the number of the Service's port that a path leads to: unlike an Ingress, a route knows no names of ports.
fn route_port(
    node: &Node,
    said: Option<Traced<String>>,
    service: &Service,
    context: &mut Context<'_>,
) -> Option<Traced<i64>> {
    let (name, exposure) = routing::backend(node, said, service, "a route leads to the service's only port", context)?;
    let rule = name.origin.rule.unwrap_or("a route leads to the Service's port by its number");
    Some(Traced::new(exposure.port.value, exposure.port.origin.derived(rule)))
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_addresses_that_lead_nowhere() {
        let check = |inside: &str, expected: &[&str]| {
            let app = format!("component web {{ image i; port http 80; port admin 81; {inside} }}");
            assert_eq!(messages(&app, ""), expected, "{inside}");
        };
        let two = "does not say which of 2 ports it leads to";
        check("service; ingress { host a port=http }", &[]);
        check("service; ingress { host a }", &[&format!("`host a` {two}")]);
        check("service; ingress { host a { path \"/\" port=http; path \"/admin\" port=admin } }", &[]);
        check("service; ingress { host a port=http { path \"/\"; path \"/admin\" port=admin } }", &[]);
        check("service; ingress { host a { path \"/x\" } }", &[&format!("`path /x` {two}")]);
        check("service; ingress { host a path=\"/\" port=http { path \"/admin\" port=admin } }", &[]);
        check(
            "service; ingress { host a path=\"/\" port=http { path \"/\" port=admin } }",
            &["`host a` has the path \"/\" twice"],
        );
        check("service; ingress { host a path=\"/\" port=http { path \"/\" type=Exact port=admin } }", &[]);
        check("http-route { gateway g; host a }", &["component `web` has an http-route and no service"]);
        check("service { expose http }; http-route { gateway g; host a }", &[]);
        check("service { expose http }; http-route { gateway g }", &["`http-route` of `web` has no host"]);
        check("service { expose http }; http-route { host a }", &["`http-route` of `web` has no gateway"]);
        check("service; http-route { gateway g; host a }", &[&format!("`http-route` {two}")]);
        check("service; http-route { gateway g; host a; path \"/\" port=http }", &[]);
        check(
            "service; http-route { gateway g; host a; path \"/\" port=htp }",
            &["the service does not expose a port `htp`"],
        );
    }
}
