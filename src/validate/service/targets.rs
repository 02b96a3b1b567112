//! Whether what the Services of an environment select is there, and has the ports to which they forward.

use super::kind_of;
use crate::diagnostic::house_rule::{SERVICE_SELECTS_NOTHING, SERVICE_WITHOUT_SELECTOR, TARGET_PORT_MISSING, or_waive};
use crate::object::{Object, ObjectSet, Selector};
use crate::validate::field::{Field, Found};
use crate::validate::pod::containers::protocol;
use crate::validate::pod::{self, running_containers};

/// The label by which an `EndpointSlice` says whose it is.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// Checks that the Services of an environment select pods that have the ports to which they forward.
pub(in crate::validate) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in set.of_kind("Service").filter(|it| it.id.group.is_empty()) {
        let spec = Field::root(object).get("spec");
        let field = spec.get("selector");
        let selector = Selector::of_labels(field.value);
        if kind_of(&spec) == "ExternalName" {
            continue;
        }
        if selector.is_empty() {
            without_selector(object, &field, set, &mut found);
            continue;
        }
        let selected: Vec<&Object> = selected(set, object, &selector);
        if selected.is_empty() {
            let message = "no workload of this environment has these labels";
            let help = "the selector must equal labels of a pod template in the same namespace";
            found.push(field.house_rule(SERVICE_SELECTS_NOTHING, message, help));
        }
        for port in spec.get("ports").items() {
            for workload in &selected {
                target(&port, workload, &mut found);
            }
        }
    }
    found
}

/// Reports a Service without a selector to which nothing else gives endpoints.
fn without_selector(service: &Object, field: &Field<'_>, set: &ObjectSet, found: &mut Found) {
    let inside = |it: &&Object| it.id.namespace == service.id.namespace;
    let makes_endpoints = |it: &Object| match (it.id.group.as_str(), it.id.kind.as_str()) {
        ("", "Endpoints") => it.id.name == service.id.name,
        ("discovery.k8s.io", "EndpointSlice") => {
            let labels = Field::root(it).at("metadata.labels");
            labels.get(SERVICE_LABEL).text() == Some(service.id.name.as_str())
        }
        _ => false,
    };
    if !set.objects.iter().filter(inside).any(makes_endpoints) {
        let message = "without a selector it forwards to nothing, unless something else gives it endpoints";
        let help = "select the labels of a pod template, or add an EndpointSlice";
        found.push(field.house_rule(SERVICE_WITHOUT_SELECTOR, message, help));
    }
}

/// Returns the workloads in an object's namespace whose pods a selector matches.
pub(in crate::validate) fn selected<'a>(
    set: &'a ObjectSet,
    object: &Object,
    selector: &Selector<'_>,
) -> Vec<&'a Object> {
    let inside = set.objects.iter().filter(|it| it.id.namespace == object.id.namespace);
    inside
        .filter(|it| pod::template(it).is_some_and(|template| selector.matches(template.at("metadata.labels").value)))
        .collect()
}

fn target(port: &Field<'_>, workload: &Object, found: &mut Found) {
    let given = port.get("targetPort");
    let target = if given.is_set() { given } else { port.get("port") };
    let Some(template) = pod::template(workload) else { return };
    let containers = running_containers(&template.get("spec"));
    let ports: Vec<Field<'_>> = containers.iter().flat_map(|it| it.get("ports").items()).collect();
    let same_protocol = |it: &&Field<'_>| protocol(it) == protocol(port);
    let exists = ports.iter().filter(same_protocol).any(|it| match target.text() {
        Some(name) => it.get("name").text() == Some(name),
        None => it.get("containerPort").number() == target.number(),
    });
    if exists || !target.is_set() {
        return;
    }
    let shown = target.text().map_or_else(|| target.value.to_string(), |it| format!("{it:?}"));
    let message = format!("no container of {} has the port {shown}/{}", workload.id.short(), protocol(port));
    let names: Vec<&str> = ports.iter().filter_map(|it| it.get("name").text()).collect();
    let known: Vec<String> = ports.iter().filter_map(port_label).collect();
    let help =
        if known.is_empty() { "it declares no ports".to_owned() } else { format!("its ports: {}", known.join(", ")) };
    let place = template.at("spec.containers").span();
    found.push(
        target
            .problem(TARGET_PORT_MISSING, message)
            .at_some(place, "its containers")
            .suggest(target.text().unwrap_or_default(), names)
            .help(help)
            .help(or_waive(TARGET_PORT_MISSING)),
    );
}

fn port_label(port: &Field<'_>) -> Option<String> {
    let number = port.get("containerPort").number()?;
    let name = port.get("name").text().map_or_else(String::new, |it| format!(" ({it})"));
    Some(format!("{number}/{}{name}", protocol(port)))
}

/// True for a Service that has a port of this name, or else of this number.
pub(in crate::validate) fn has_port(service: &Object, name: Option<&str>, number: Option<i64>) -> bool {
    Field::root(service).at("spec.ports").items().iter().any(|it| match name {
        Some(name) => it.get("name").text() == Some(name),
        None => it.get("port").number() == number,
    })
}

/// Returns the ports of a Service as a message lists them: `80 (http), 443`.
pub(in crate::validate) fn port_labels(service: &Object) -> String {
    let ports = Field::root(service).at("spec.ports").items();
    let label = |it: &Field<'_>| {
        let name = it.get("name").text().map_or_else(String::new, |it| format!(" ({it})"));
        Some(format!("{}{name}", it.get("port").number()?))
    };
    ports.iter().filter_map(label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::check_targets;
    use crate::validate::fixture::{any, deployment, expect, service, set, with};
    use serde_json::{Value, json};

    #[test]
    fn finds_targets() {
        let check = |service: Value, expected: &[&str]| expect(check_targets(&set([deployment(), service])), expected);
        check(service(), &[]);
        check(with(service(), "/spec/ports/0/targetPort", json!(8000)), &[]);
        check(
            with(service(), "/spec/selector/app", json!("api")),
            &["service-selects-nothing spec.selector no workload of this environment"],
        );
        check(
            with(service(), "/metadata/namespace", json!("dev")),
            &["service-selects-nothing spec.selector no workload"],
        );
        check(
            with(service(), "/spec/ports/0/targetPort", json!("htpp")),
            &["target-port-missing targetPort no container of Deployment/web has the port \"htpp\"/TCP"],
        );
        check(
            with(service(), "/spec/ports/0/targetPort", json!(null)),
            &["target-port-missing ports[80/TCP].port has the port 80/TCP"],
        );
        check(
            with(service(), "/spec/ports/0/protocol", json!("UDP")),
            &["target-port-missing targetPort has the port \"http\"/UDP"],
        );
    }

    #[test]
    fn asks_who_makes_the_endpoints() {
        let bare = |kind: &str| with(with(service(), "/spec/selector", json!({})), "/spec/type", json!(kind));
        expect(
            check_targets(&set([bare("ClusterIP")])),
            &["service-without-selector spec.selector forwards to nothing"],
        );
        expect(check_targets(&set([bare("ExternalName")])), &[]);
        expect(check_targets(&set([bare("ClusterIP"), any("v1", "Endpoints", "web", &json!({}))])), &[]);
        let slice = |name: &str| {
            let slice = any("discovery.k8s.io/v1", "EndpointSlice", "web-1", &json!({}));
            with(slice, "/metadata/labels", json!({"kubernetes.io/service-name": name}))
        };
        expect(check_targets(&set([bare("ClusterIP"), slice("web")])), &[]);
        expect(check_targets(&set([bare("ClusterIP"), slice("api")])), &["service-without-selector spec.selector"]);
    }
}
