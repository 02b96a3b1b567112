//! Ingresses, and whether the Services behind them are there.
//!
//! Source: `ValidateIngressCreate` in `pkg/apis/networking/validation`.

use super::field::{Field, Found, NOT_EXACTLY_ONE, OUT_OF_RANGE};
use super::names::{self, INVALID_ADDRESS, INVALID_NAME, INVALID_PATH, INVALID_PORT};
use super::pod::containers::port_number;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::INGRESS_BACKEND_MISSING;
use crate::object::{Object, ObjectId, ObjectSet};

/// The codes of this family.
pub const CODES: &[Code] = &[INGRESS_BACKEND_MISSING];

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

/// Checks one object, if it is an Ingress.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "Ingress" || object.id.group != "networking.k8s.io" {
        return found;
    }
    let root = Field::root(object);
    let spec = root.get("spec");
    if spec.get("rules").is_empty() && !spec.get("defaultBackend").is_set() {
        let message = "Invalid value: either `defaultBackend` or `rules` must be specified";
        found.push(spec.problem(NOT_EXACTLY_ONE, message));
    }
    backend(&spec.get("defaultBackend"), &mut found);
    for rule in spec.get("rules").items() {
        rule.get("host").syntax(INVALID_ADDRESS, names::host, &mut found);
        let paths = rule.at("http.paths");
        if rule.get("http").is_set() && paths.is_empty() {
            found.push(paths.required(""));
        }
        for path in paths.items() {
            one_path(&path, &mut found);
            backend(&path.get("backend"), &mut found);
        }
    }
    for tls in spec.get("tls").items() {
        for host in tls.get("hosts").items() {
            host.syntax(INVALID_ADDRESS, names::host, &mut found);
        }
        tls.get("secretName").syntax(INVALID_NAME, names::dns_subdomain, &mut found);
    }
    let class = spec.get("ingressClassName");
    class.syntax(INVALID_NAME, names::dns_subdomain, &mut found);
    let annotation = root.at("metadata.annotations").get(CLASS_ANNOTATION);
    if annotation.is_set() && class.is_set() && annotation.text() != class.text() {
        let detail = "must match `ingressClassName` when both are specified";
        found.push(annotation.invalid(OUT_OF_RANGE, detail).at_some(class.span(), "`ingressClassName`"));
    }
    found
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
    for object in set.of_kind("Ingress") {
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
        found.push(service.get("name").problem(INGRESS_BACKEND_MISSING, message).suggest(name, services));
        return;
    };
    let ports = Field::root(target).at("spec.ports").items();
    let (by_name, number) = (service.at("port.name"), service.at("port.number"));
    let exists = ports.iter().any(|it| match by_name.filled() {
        Some(name) => it.get("name").text() == Some(name),
        None => it.get("port").number() == number.number(),
    });
    if !exists && (by_name.filled().is_some() || number.number().is_some()) {
        let place = if by_name.is_empty() { &number } else { &by_name };
        let wanted = by_name.text().map_or_else(|| number.value.to_string(), |it| format!("{it:?}"));
        let known: Vec<String> = ports
            .iter()
            .filter_map(|it| {
                let name = it.get("name").text().map_or_else(String::new, |it| format!(" ({it})"));
                Some(format!("{}{name}", it.get("port").number()?))
            })
            .collect();
        let message = format!("Service `{name}` has no port {wanted}");
        let span = Field::root(target).at("spec.ports").span();
        let message = place.problem(INGRESS_BACKEND_MISSING, message).at_some(span, "its ports");
        found.push(message.help(format!("its ports: {}", known.join(", "))));
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
        changed("/spec/rules/0/host", json!("*.example.com"), &[]);
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
