//! The Services to which routes of the Gateway API forward.
//!
//! Source: `BackendRef` and `BackendObjectReference` of the [Gateway API](https://gateway-api.sigs.k8s.io/reference/spec/).

use crate::diagnostic::house_rule::ROUTE_BACKEND_MISSING;
use crate::object::{Object, ObjectSet};
use crate::validate::field::{Field, Found};
use crate::validate::service::{has_port, port_labels};

const KINDS: [&str; 5] = ["GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"];

/// Checks one object, if it is a route.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    if object.id.group != "gateway.networking.k8s.io" || !KINDS.contains(&object.id.kind.as_str()) {
        return;
    }
    for rule in Field::root(object).at("spec.rules").items() {
        let backends = rule.get("backendRefs").items();
        let nested = backends.iter().flat_map(|it| it.get("filters").items());
        for filter in rule.get("filters").items().into_iter().chain(nested) {
            backend(&filter.at("requestMirror.backendRef"), set, found);
        }
        for it in &backends {
            backend(it, set, found);
        }
    }
}

fn backend(backend: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    let is_service = backend.get("group").is_empty() && matches!(backend.get("kind").text(), None | Some("Service"));
    let own = backend.object.id.namespace.as_deref();
    // Of other namespaces nothing is known.
    let here = backend.get("namespace").filled().is_none_or(|it| Some(it) == own);
    let name = backend.get("name");
    let Some(text) = name.filled().filter(|_| is_service && here) else { return };
    if set.environment.external.iter().any(|it| it.kind == "Service" && it.name == text) {
        return;
    }
    let inside = |it: &&Object| it.id.group.is_empty() && it.id.namespace.as_deref() == own;
    let services: Vec<&Object> = set.of_kind("Service").filter(inside).collect();
    let Some(service) = services.iter().find(|it| it.id.name == text) else {
        let message = name.problem(ROUTE_BACKEND_MISSING, format!("there is no Service `{text}` in this environment"));
        let message = message.suggest(text, services.iter().map(|it| it.id.name.as_str()));
        found.push(message.help("make it here, or declare that it exists without us"));
        return;
    };
    let port = backend.get("port");
    match port.number() {
        None => {
            let message = port.required("must have port for Service reference");
            found.push(message.help(format!("its ports: {}", port_labels(service))));
        }
        Some(number) if !has_port(service, None, Some(number)) => {
            let span = Field::root(service).at("spec.ports").span();
            let message = port.problem(ROUTE_BACKEND_MISSING, format!("Service `{text}` has no port {number}"));
            found.push(message.at_some(span, "its ports").help(format!("its ports: {}", port_labels(service))));
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{any, expect, service, set};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn rule(rule: Value, expected: &[&str]) {
        let route = any("gateway.networking.k8s.io/v1", "HTTPRoute", "a", &json!({"spec": {"rules": [rule]}}));
        let set = set([route, service()]);
        let mut found = Vec::new();
        check(set.objects.iter().find(|it| it.id.kind == "HTTPRoute").unwrap(), &set, &mut found);
        expect(found, expected);
    }

    #[test]
    fn follows_backends() {
        let to = |backend: Value, expected: &[&str]| rule(json!({"backendRefs": [backend]}), expected);
        to(json!({"name": "web", "port": 80}), &[]);
        to(json!({"name": "web", "port": 80, "kind": "Service", "group": "", "namespace": "prod"}), &[]);
        to(json!({"name": "wep", "port": 80}), &["route-backend-missing name there is no Service `wep`"]);
        to(json!({"name": "web", "port": 81}), &["route-backend-missing port Service `web` has no port 81"]);
        to(json!({"name": "web"}), &["missing-value port must have port for Service reference"]);
        to(json!({"name": "wep", "port": 80, "namespace": "elsewhere"}), &[]);
        to(json!({"name": "wep", "kind": "ServiceImport", "group": "multicluster.x-k8s.io"}), &[]);
        rule(json!({}), &[]);
        rule(
            json!({"filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "wep", "port": 80}}}]}),
            &["route-backend-missing backendRef.name there is no Service `wep`"],
        );
    }
}
