//! Ingresses and their classes, and whether the Services behind them are there.
//!
//! Source: `ValidateIngressCreate` and `ValidateIngressClass` in `pkg/apis/networking/validation`.

use super::field::{FORBIDDEN_FIELD, Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE};
use super::names::{self, INVALID_ADDRESS, INVALID_NAME, INVALID_PATH, INVALID_PORT};
use super::pod::containers::port_number;
use super::service::{has_port, port_labels};
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{HOST_WITHOUT_CERTIFICATE, INGRESS_BACKEND_MISSING};
use crate::object::{Object, ObjectId, ObjectSet};

/// The codes of this family.
pub const CODES: &[Code] = &[INGRESS_BACKEND_MISSING];

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

const GROUP: &str = "networking.k8s.io";

/// Checks one object, if it is an Ingress or a class of Ingresses.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    let root = Field::root(object);
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        (GROUP, "Ingress") => ingress(&root, &mut found),
        (GROUP, "IngressClass") => class(&root.get("spec"), &mut found),
        _ => {}
    }
    found
}

fn ingress(root: &Field<'_>, found: &mut Found) {
    let spec = root.get("spec");
    if spec.get("rules").is_empty() && !spec.get("defaultBackend").is_set() {
        let message = "Invalid value: either `defaultBackend` or `rules` must be specified";
        found.push(spec.problem(NOT_EXACTLY_ONE, message));
    }
    backend(&spec.get("defaultBackend"), found);
    for rule in spec.get("rules").items() {
        rule.get("host").syntax(INVALID_ADDRESS, names::host, found);
        let paths = rule.at("http.paths");
        if rule.get("http").is_set() && paths.is_empty() {
            found.push(paths.required(""));
        }
        for path in paths.items() {
            one_path(&path, found);
            backend(&path.get("backend"), found);
        }
    }
    for tls in spec.get("tls").items() {
        for host in tls.get("hosts").items() {
            host.syntax(INVALID_ADDRESS, names::host, found);
        }
        tls.get("secretName").syntax(INVALID_NAME, names::dns_subdomain, found);
    }
    let class = spec.get("ingressClassName");
    class.syntax(INVALID_NAME, names::dns_subdomain, found);
    let annotation = root.at("metadata.annotations").get(CLASS_ANNOTATION);
    if annotation.is_set() && class.is_set() && annotation.text() != class.text() {
        let detail = "must match `ingressClassName` when both are specified";
        found.push(annotation.invalid(OUT_OF_RANGE, detail).at_some(class.span(), "`ingressClassName`"));
    }
    certificates(&spec, found);
}

/// Reports the hosts that no certificate of an Ingress is for, where it has certificates at all.
fn certificates(spec: &Field<'_>, found: &mut Found) {
    let certificates = spec.get("tls").items();
    // One that names no host is for all of them.
    if certificates.is_empty() || certificates.iter().any(|it| it.get("hosts").is_empty()) {
        return;
    }
    let hosts: Vec<Field<'_>> = certificates.iter().flat_map(|it| it.get("hosts").items()).collect();
    // What is no host has been reported.
    if hosts.iter().filter_map(Field::text).any(|it| names::host(it).is_err()) {
        return;
    }
    let covers = |certificate: &str, host: &str| {
        let below = certificate.strip_prefix("*.").zip(host.split_once('.'));
        certificate == host || below.is_some_and(|(wildcard, (_, parent))| wildcard == parent)
    };
    for rule in spec.get("rules").items() {
        let host = rule.get("host");
        let Some(name) = host.filled().filter(|it| names::host(it).is_ok()) else { continue };
        if !hosts.iter().filter_map(Field::text).any(|it| covers(it, name)) {
            let message = format!("no certificate of this Ingress is for {name:?}");
            let help = "give the host a certificate with `tls=`, or an Ingress of its own";
            found.push(host.house_rule(HOST_WITHOUT_CERTIFICATE, message, help));
        }
    }
}

/// Checks which controller a class is for, and with which parameters.
fn class(spec: &Field<'_>, found: &mut Found) {
    let controller = spec.get("controller");
    let Some(name) = controller.text() else { return };
    if name.is_empty() {
        found.push(controller.required("").help("name the controller: `k8s.io/ingress-nginx`"));
    } else if name.len() > 250 {
        found.push(controller.problem(INVALID_NAME, "Too long: may not be more than 250 bytes"));
    } else if !name
        .split_once('/')
        .is_some_and(|(domain, path)| names::dns_subdomain(domain).is_ok() && !path.is_empty())
    {
        let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        found.push(controller.invalid(INVALID_NAME, detail).help("name the controller: `k8s.io/ingress-nginx`"));
    }
    let parameters = spec.get("parameters");
    typed_reference(&parameters, found);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    scope.one_of(&["Cluster", "Namespace"], found);
    match scope.text() {
        Some("Namespace") if namespace.is_empty() => {
            found.push(namespace.required("`parameters.scope` is set to 'Namespace'").help("name the namespace"));
        }
        Some("Cluster") if !namespace.is_empty() => {
            let message = namespace.problem(FORBIDDEN_FIELD, "Forbidden: `parameters.scope` is set to 'Cluster'");
            found.push(message.help("leave `namespace` out"));
        }
        _ => {}
    }
}

/// Checks group, kind and name of another object (`validateIngressTypedLocalObjectReference`).
fn typed_reference(reference: &Field<'_>, found: &mut Found) {
    reference.get("apiGroup").syntax(INVALID_NAME, names::dns_subdomain, found);
    for name in ["kind", "name"] {
        if reference.get(name).text() == Some("") {
            found.push(reference.get(name).required(""));
        }
        reference.get(name).syntax(INVALID_NAME, names::path_segment, found);
    }
}

fn one_path(item: &Field<'_>, found: &mut Found) {
    let kind = item.get("pathType");
    kind.one_of(&["Exact", "ImplementationSpecific", "Prefix"], found);
    let path = item.get("path");
    let text = path.text().unwrap_or_default();
    let strict = matches!(kind.text(), Some("Exact" | "Prefix"));
    if !text.starts_with('/') && (strict || !text.is_empty()) {
        found.push(path.invalid(INVALID_PATH, "must be an absolute path"));
    }
    if !strict {
        return;
    }
    for sequence in ["//", "/./", "/../", "%2f", "%2F"] {
        if text.contains(sequence) {
            found.push(path.invalid(INVALID_PATH, format!("must not contain '{sequence}'")));
        }
    }
    for suffix in ["/..", "/."] {
        if text.ends_with(suffix) {
            found.push(path.invalid(INVALID_PATH, format!("cannot end with '{suffix}'")));
        }
    }
}

fn backend(backend: &Field<'_>, found: &mut Found) {
    backend.exactly_one(&["service", "resource"], found);
    typed_reference(&backend.get("resource"), found);
    let service = backend.get("service");
    if !service.is_set() {
        return;
    }
    let name = service.get("name");
    if name.text() == Some("") {
        found.push(name.required(""));
    }
    name.syntax(INVALID_NAME, names::dns_1035_label, found);
    let (by_name, number) = (service.at("port.name"), service.at("port.number"));
    match (by_name.filled(), number.number().filter(|it| *it != 0)) {
        (Some(_), Some(_)) => {
            let message = "Invalid value: cannot set both port name & port number";
            found.push(service.get("port").problem(NOT_EXACTLY_ONE, message));
        }
        (None, None) => found.push(service.get("port").required("port name or number is required")),
        (Some(_), None) => by_name.syntax(INVALID_PORT, names::port_name, found),
        (None, Some(_)) => port_number(&number, found),
    }
}

/// Checks that the Services to which the Ingresses of an environment forward exist, with their ports.
pub(super) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in set.of_kind("Ingress").filter(|it| it.id.group == GROUP) {
        let spec = Field::root(object).get("spec");
        let rules = spec.get("rules").items();
        let paths = rules.iter().flat_map(|it| it.at("http.paths").items()).map(|it| it.get("backend"));
        for backend in paths.chain([spec.get("defaultBackend")]) {
            target(&backend.get("service"), set, &mut found);
        }
    }
    found
}

fn target(service: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    let Some(name) = service.get("name").filled() else { return };
    if set.environment.external.iter().any(|it| it.kind == "Service" && it.name == name) {
        return;
    }
    let id = ObjectId {
        group: String::new(),
        kind: "Service".to_owned(),
        namespace: service.object.id.namespace.clone(),
        name: name.to_owned(),
    };
    let Some(target) = set.object(&id) else {
        let services = set.of_kind("Service").map(|it| it.id.name.as_str());
        let message = format!("there is no Service `{name}` in this environment");
        let message = service.get("name").problem(INGRESS_BACKEND_MISSING, message).suggest(name, services);
        found.push(message.help("make it here, or declare that it exists without us"));
        return;
    };
    let (by_name, number) = (service.at("port.name"), service.at("port.number"));
    let said = by_name.filled().is_some() || number.number().is_some();
    if said && !has_port(target, by_name.filled(), number.number()) {
        let place = if by_name.is_empty() { &number } else { &by_name };
        let wanted = by_name.text().map_or_else(|| number.value.to_string(), |it| format!("{it:?}"));
        let message = format!("Service `{name}` has no port {wanted}");
        let span = Field::root(target).at("spec.ports").span();
        let message = place.problem(INGRESS_BACKEND_MISSING, message).at_some(span, "its ports");
        found.push(message.help(format!("its ports: {}", port_labels(target))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, service, set, with};
    use super::{check, check_targets};
    use serde_json::{Value, json};

    fn ingress() -> Value {
        any(
            "networking.k8s.io/v1",
            "Ingress",
            "web",
            &json!({"spec": {
                "ingressClassName": "nginx",
                "tls": [{"hosts": ["a.example.com"], "secretName": "tls"}],
                "rules": [{"host": "a.example.com", "http": {"paths": [
                    {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"name": "http"}}}},
                ]}}],
            }}),
        )
    }

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with(ingress(), pointer, value))), expected);
    }

    #[test]
    fn checks_hosts_and_paths() {
        let path = "/spec/rules/0/http/paths/0";
        changed("/spec/rules/0/host", json!(""), &[]);
        changed(
            "/spec/rules/0/host",
            json!("10.0.0.1"),
            &["invalid-address host must be a DNS name, not an IP address"],
        );
        changed("/spec/rules/0/host", json!("a.*.com"), &["invalid-address host wildcard"]);
        changed("/spec/tls/0/hosts/0", json!("A"), &["invalid-address hosts RFC 1123 subdomain"]);
        changed("/spec/rules/0/http/paths", json!([]), &["missing-value http.paths Required value"]);
        changed("/spec", json!({}), &["not-exactly-one spec either `defaultBackend` or `rules` must be specified"]);
        for (text, words) in [
            ("a", "must be an absolute path"),
            ("", "must be an absolute path"),
            ("/a//b", "must not contain '//'"),
            ("/a/./b", "must not contain '/./'"),
            ("/a%2Fb", "must not contain '%2F'"),
            ("/a/..", "cannot end with '/..'"),
        ] {
            changed(&format!("{path}/path"), json!(text), &[&format!("invalid-path path {words}")]);
        }
        changed(
            &format!("{path}/pathType"),
            json!("prefix"),
            &["unsupported-value pathType Unsupported value: \"prefix\""],
        );
        let loose = with(ingress(), &format!("{path}/pathType"), json!("ImplementationSpecific"));
        expect(check(&object(with(loose, &format!("{path}/path"), json!("/a//b")))), &[]);
        changed(
            "/metadata/annotations",
            json!({"kubernetes.io/ingress.class": "traefik"}),
            &["out-of-range annotations must match `ingressClassName` when both are specified"],
        );
    }

    #[test]
    fn checks_backends() {
        let backend = "/spec/rules/0/http/paths/0/backend";
        changed(backend, json!({}), &["not-exactly-one backend must specify one of: `service`, `resource`"]);
        changed(
            backend,
            json!({"service": {"name": "web", "port": {}}}),
            &["missing-value service.port port name or number is required"],
        );
        changed(
            backend,
            json!({"service": {"name": "web", "port": {"name": "a", "number": 1}}}),
            &["not-exactly-one service.port cannot set both"],
        );
        changed(
            backend,
            json!({"service": {"name": "0web", "port": {"number": 1}}}),
            &["invalid-name service.name DNS-1035"],
        );
    }

    #[test]
    fn asks_for_certificates_of_every_host() {
        let hosts = |hosts: Value, expected: &[&str]| changed("/spec/tls/0/hosts", hosts, expected);
        hosts(json!(["a.example.com", "b.example.com"]), &[]);
        hosts(json!(["*.example.com"]), &[]);
        hosts(json!([]), &[]);
        hosts(json!(["b.example.com"]), &["host-without-certificate rules[a.example.com].host no certificate"]);
        hosts(json!(["*.com"]), &["host-without-certificate host no certificate of this Ingress is for"]);
        changed("/spec/tls", json!([]), &[]);
        changed("/spec/rules/0/host", json!("*.example.com"), &["host-without-certificate host"]);
        changed("/spec/rules/0/host", json!(null), &[]);
    }

    #[test]
    fn checks_classes() {
        let check = |spec: Value, expected: &[&str]| {
            expect(check(&object(any("networking.k8s.io/v1", "IngressClass", "a", &json!({"spec": spec})))), expected);
        };
        check(json!({"controller": "k8s.io/ingress-nginx"}), &[]);
        check(json!({"controller": ""}), &["missing-value controller Required value"]);
        check(json!({"controller": "nginx"}), &["invalid-name controller domain-prefixed path"]);
        check(json!({"controller": format!("a.b/{}", "c".repeat(246))}), &[]);
        check(json!({"controller": format!("a.b/{}", "c".repeat(247))}), &["invalid-name controller 250 bytes"]);
        let parameters = |parameters: Value| json!({"controller": "a.b/c", "parameters": parameters});
        check(parameters(json!({"kind": "A", "name": "a", "scope": "Cluster"})), &[]);
        check(parameters(json!({"kind": "", "name": "a", "scope": "Cluster"})), &["missing-value kind Required value"]);
        check(parameters(json!({"kind": "A", "name": "a", "scope": "Namespace"})), &["missing-value namespace"]);
        check(
            parameters(json!({"kind": "A", "name": "a", "scope": "Cluster", "namespace": "b"})),
            &["forbidden-field namespace `parameters.scope` is set to 'Cluster'"],
        );
    }

    #[test]
    fn finds_backends() {
        let port = "/spec/rules/0/http/paths/0/backend/service";
        let check = |ingress: Value, expected: &[&str]| expect(check_targets(&set([ingress, service()])), expected);
        check(ingress(), &[]);
        check(with(ingress(), &format!("{port}/port"), json!({"number": 80})), &[]);
        check(
            with(ingress(), &format!("{port}/port"), json!({"number": 81})),
            &["ingress-backend-missing port.number Service `web` has no port 81"],
        );
        check(
            with(ingress(), &format!("{port}/port"), json!({"name": "x"})),
            &["ingress-backend-missing port.name Service `web` has no port \"x\""],
        );
        check(
            with(ingress(), &format!("{port}/name"), json!("wep")),
            &["ingress-backend-missing service.name there is no Service `wep`"],
        );
    }
}
