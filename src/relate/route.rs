//! What sends requests on to Services: `Ingress`, and the Gateway API.

use super::draft::{self, Draft, Key};
use super::field::{self, items, shown, text};
use super::service::{Service, outside};
use crate::graph::{EdgeKind, Family, Node, Presence};
use crate::object::{Object, ObjectSet};
use serde_json::Value;

/// The API group of gateways and of their routes (<https://gateway-api.sigs.k8s.io>).
const GATEWAY_API: &str = "gateway.networking.k8s.io";

/// Adds ingresses, gateways and routes, who reaches them, and the Services that they lead to.
pub(super) fn add(set: &ObjectSet, services: &[Service<'_>], draft: &mut Draft) {
    for object in &set.objects {
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => ingress(object, set, services, draft),
            (GATEWAY_API, "Gateway") => {
                let key = gateway(&field::name(object, set), Presence::Made, draft);
                let from = outside(draft);
                for listener in items(&object.body, "/spec/listeners") {
                    draft.edge(&from, &key, EdgeKind::Routes, listener.get("port").and_then(shown));
                }
            }
            (GATEWAY_API, kind) if kind.ends_with("Route") => route(object, set, services, draft),
            _ => {}
        }
    }
}

/// Returns the key of an ingress's or a route's node.
pub(super) fn key(object: &Object, set: &ObjectSet) -> Key {
    Key::of(&node(object, set, Vec::new()))
}

fn node(object: &Object, set: &ObjectSet, mut hosts: Vec<String>) -> Node {
    hosts.sort();
    hosts.dedup();
    let node = draft::node(Family::Route, &object.id.kind, &field::name(object, set), Presence::Made);
    Node { details: hosts, ..node }
}

fn ingress(object: &Object, set: &ObjectSet, services: &[Service<'_>], draft: &mut Draft) {
    let body = &object.body;
    let hosts = items(body, "/spec/rules").filter_map(|it| text(it, "/host")).map(str::to_owned);
    let key = draft.node(node(object, set, hosts.collect()));
    let from = outside(draft);
    let port = if items(body, "/spec/tls").next().is_some() { "443" } else { "80" };
    draft.edge(&from, &key, EdgeKind::Routes, Some(port.to_owned()));
    let mut lead = |backend: &Value, path: &str| {
        let Some(name) = text(backend, "/service/name") else { return };
        let port = backend.pointer("/service/port/number").or_else(|| backend.pointer("/service/port/name"));
        lead_to(&key, &field::name_beside(object, name, set), port, path, services, draft);
    };
    if let Some(backend) = body.pointer("/spec/defaultBackend") {
        lead(backend, "otherwise");
    }
    for path in items(body, "/spec/rules").flat_map(|it| items(it, "/http/paths")) {
        lead(path.get("backend").unwrap_or(&Value::Null), text(path, "/path").unwrap_or_default());
    }
}

fn route(object: &Object, set: &ObjectSet, services: &[Service<'_>], draft: &mut Draft) {
    let body = &object.body;
    let hosts = items(body, "/spec/hostnames").filter_map(Value::as_str).map(str::to_owned);
    let key = draft.node(node(object, set, hosts.collect()));
    for parent in items(body, "/spec/parentRefs") {
        let Some(name) = text(parent, "/name") else { continue };
        if text(parent, "/kind").is_some_and(|it| it != "Gateway") {
            continue;
        }
        let name = named(object, parent, name, set);
        let is_ours = set.of_kind("Gateway").any(|it| field::is_called(it, &name, set));
        let through = gateway(&name, if is_ours { Presence::Made } else { Presence::External }, draft);
        let from = outside(draft);
        draft.edge(&from, &through, EdgeKind::Routes, None);
        draft.edge(&through, &key, EdgeKind::Routes, None);
    }
    for rule in items(body, "/spec/rules") {
        let paths: Vec<&str> = items(rule, "/matches").filter_map(|it| text(it, "/path/value")).collect();
        for backend in items(rule, "/backendRefs") {
            let Some(name) = text(backend, "/name") else { continue };
            let name = named(object, backend, name, set);
            for path in if paths.is_empty() { &[""] } else { paths.as_slice() } {
                lead_to(&key, &name, backend.get("port"), path, services, draft);
            }
        }
    }
}

/// Returns what an object is called that a route refers to: it is in the route's namespace, or in the one that is said.
fn named(route: &Object, reference: &Value, name: &str, set: &ObjectSet) -> String {
    match text(reference, "/namespace") {
        None => field::name_beside(route, name, set),
        Some(namespace) if namespace == set.environment.namespace => name.to_owned(),
        Some(namespace) => format!("{namespace}/{name}"),
    }
}

fn gateway(name: &str, presence: Presence, draft: &mut Draft) -> Key {
    draft.node(draft::node(Family::Route, "Gateway", name, presence))
}

/// Adds an edge to a Service: `/api → 8000`, or the port alone where every path leads there.
fn lead_to(from: &Key, name: &str, port: Option<&Value>, path: &str, services: &[Service<'_>], draft: &mut Draft) {
    let service = services.iter().find(|it| it.name == name);
    let to = service
        .map_or_else(|| draft.node(draft::node(Family::Service, "Service", name, Presence::External)), Service::key);
    let number = service.zip(port).and_then(|(it, port)| it.port(port)).map(|it| it.number.to_string());
    let port = number.or_else(|| port.and_then(shown));
    let label = match (path, port) {
        ("" | "/", port) => port,
        (path, Some(port)) => Some(format!("{path} → {port}")),
        (path, None) => Some(path.to_owned()),
    };
    draft.edge(from, &to, EdgeKind::Routes, label);
}
