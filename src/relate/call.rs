//! Calls that the configuration shows: values in which a Service of the environment is named as a host.
//!
//! The DNS names of a Service are its own, `backend`, and that with more and more of its domain behind it:
//! `backend.todo-prod`, `backend.todo-prod.svc`, `backend.todo-prod.svc.cluster.local`
//! (<https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/>). A pod of a headless Service has a name
//! before that. As a word alone says little, a name counts where it stands as a host: after `://` or `@`, before a port,
//! or as a whole value or item of a list. Secrets are not looked into.

use super::draft::Draft;
use super::field::{items, text};
use super::service::Service;
use super::workload::Workload;
use crate::graph::EdgeKind;
use crate::object::ObjectSet;
use serde_json::Value;

/// Adds the calls of every workload; what leads back to the same workload is none.
pub(super) fn add(set: &ObjectSet, services: &[Service<'_>], workloads: &[Workload<'_>], draft: &mut Draft) {
    let values: Vec<Vec<&str>> = workloads.iter().map(|it| values(it, set)).collect();
    for service in services {
        let mut behind = workloads.iter().filter(|it| service.selects(it));
        let only_behind = behind.next().filter(|_| behind.next().is_none()).map(|it| &it.object.id);
        let only_port = if let [it] = service.ports.as_slice() { Some(it.shown()) } else { None };
        for (workload, values) in workloads.iter().zip(&values).filter(|(it, _)| Some(&it.object.id) != only_behind) {
            let from = workload.object.id.namespace.as_deref();
            for port in values.iter().flat_map(|it| calls(it, service, from)) {
                draft.edge(&workload.key(), &service.key(), EdgeKind::Calls, port.or_else(|| only_port.clone()));
            }
        }
    }
}

/// Returns every value that a workload's containers can read: variables, arguments, and the config that they take.
fn values<'a>(workload: &Workload<'a>, set: &'a ObjectSet) -> Vec<&'a str> {
    let mut values = Vec::new();
    let data = |name: Option<&str>| {
        let beside = set.of_kind("ConfigMap").filter(|it| it.id.namespace == workload.object.id.namespace);
        let config = beside.into_iter().find(|it| Some(it.id.name.as_str()) == name);
        config.and_then(|it| it.body.get("data")).and_then(Value::as_object).into_iter().flatten()
    };
    let all = |name| data(name).filter_map(|(_, it)| it.as_str());
    for container in workload.containers() {
        for list in ["/command", "/args"] {
            values.extend(items(container, list).filter_map(Value::as_str));
        }
        for variable in items(container, "/env") {
            values.extend(text(variable, "/value"));
            let key = text(variable, "/valueFrom/configMapKeyRef/key");
            let taken = data(text(variable, "/valueFrom/configMapKeyRef/name"));
            values.extend(taken.filter(|(it, _)| Some(it.as_str()) == key).filter_map(|(_, it)| it.as_str()));
        }
        values.extend(items(container, "/envFrom").flat_map(|it| all(text(it, "/configMapRef/name"))));
    }
    for volume in items(workload.template, "/spec/volumes") {
        values.extend(all(text(volume, "/configMap/name")));
        values.extend(items(volume, "/projected/sources").flat_map(|it| all(text(it, "/configMap/name"))));
    }
    values
}

/// Returns the port of each place in a value at which a Service is named as a host, to a pod of this namespace; none where
/// no port is said.
fn calls(value: &str, service: &Service<'_>, from: Option<&str>) -> Vec<Option<String>> {
    let name = service.object.id.name.as_str();
    let namespace = service.object.id.namespace.as_deref();
    let mut found = Vec::new();
    let is_list = !value.contains(char::is_whitespace);
    let is_part = |it: char| it.is_ascii_alphanumeric() || "-._".contains(it);
    for (start, _) in value.match_indices(name) {
        // A host begins where no part of a name stands before it; a pod of a headless Service has a label there.
        let host = value[..start].trim_end_matches(is_part).len();
        let (pod, before) = (&value[host..start], &value[..host]);
        let end = value.len() - value[start..].trim_start_matches(is_part).len();
        let domain = value[start + name.len()..end].trim_end_matches('.');
        let is_pod =
            service.is_headless() && pod.strip_suffix('.').is_some_and(|it| !it.is_empty() && !it.contains('.'));
        if !(pod.is_empty() || is_pod) {
            continue;
        }
        let full = domain.strip_prefix('.').and_then(|it| it.strip_prefix(namespace.unwrap_or_default()));
        let is_full = full.is_some_and(|it| it == ".svc" || it.starts_with(".svc."));
        let is_near = domain.is_empty() && namespace == from;
        if !(is_near || full == Some("") || is_full) {
            continue;
        }
        let after = &value[end..];
        let port = after.strip_prefix(':').unwrap_or_default();
        let digits = &port[..port.len() - port.trim_start_matches(|it: char| it.is_ascii_digit()).len()];
        let after_scheme = before.ends_with("://") || before.ends_with('@');
        let starts_item = before.is_empty() || (is_list && before.ends_with([',', ';']));
        let ends_item = after.is_empty() || (is_list && after.starts_with([',', ';']));
        let stands_free = !before.ends_with(['/', ':']);
        if is_full || after_scheme || (!digits.is_empty() && stands_free) || (starts_item && ends_item) {
            found.push((!digits.is_empty()).then(|| digits.to_owned()).or_else(|| scheme_port(before, service)));
        }
    }
    found
}

/// Returns the port that goes without saying in a URL, where the Service has it.
fn scheme_port(before: &str, service: &Service<'_>) -> Option<String> {
    let number = if before.ends_with("https://") {
        443
    } else if before.ends_with("http://") {
        80
    } else {
        return None;
    };
    service.ports.iter().any(|it| it.number == number).then(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Service, calls};
    use crate::object::{Environment, Object, ObjectSet};
    use serde_json::json;

    #[test]
    fn a_name_counts_where_it_stands_as_a_host() {
        let object = |name: &str, namespace: &str, cluster_ip: &str| {
            let spec = json!({"clusterIP": cluster_ip, "ports": [{"port": 80}, {"port": 8000}]});
            Object::from_body(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}))
                .unwrap()
        };
        let objects = vec![object("api", "prod", ""), object("db", "prod", "None"), object("mail", "shared", "")];
        let set = ObjectSet { environment: Environment::undeclared("prod"), objects };
        let services = Service::all(&set);
        let check = |value: &str, expected: &[Option<&str>]| {
            let found: Vec<Option<String>> = services.iter().flat_map(|it| calls(value, it, Some("prod"))).collect();
            assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expected, "{value}");
        };
        check("api", &[None]);
        check("api:8000", &[Some("8000")]);
        check("http://api", &[Some("80")]);
        check("https://api/api", &[None]);
        check("http://api:8000/api/v1", &[Some("8000")]);
        check("http://api.prod.svc.cluster.local.:8000", &[Some("8000")]);
        check("http://api.prod", &[Some("80")]);
        check("http://api.dev", &[]);
        check("http://api.example.com", &[]);
        check("http://my-api:8000 http://api-v2 http://db.api", &[]);
        check("postgres://user:word@db:5432/api", &[Some("5432")]);
        check("api,db", &[None, None]);
        check("the api, or the db", &[]);
        check("/api", &[]);
        check("http://example.com/api:8", &[]);
        check("db-0.db:5432,db-1.db:5432", &[Some("5432"), Some("5432")]);
        check("x.api:80", &[]);
        check("upstream u {\n  server api:8000;\n}", &[Some("8000")]);
        check("listen on api.prod.svc", &[None]);
        check("é@api:8000", &[Some("8000")]);
        check("api_x:80", &[]);
        check("mail:80 http://mail.shared:80 http://mail.prod:80", &[Some("80")]);
        check("", &[]);
    }
}
