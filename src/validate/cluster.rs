//! What environments that share a cluster may not both have.
//!
//! An environment without a declared cluster is taken as alone on its own.

use super::field::Field;
use super::references::duplicate;
use crate::diagnostic::house_rule::{NODE_PORT_COLLISION, ROUTE_COLLISION, or_waive};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::{Object, ObjectSet};
use std::collections::BTreeMap;

/// The codes of this family.
pub const CODES: &[Code] = &[NODE_PORT_COLLISION];

/// The annotation by which a second Ingress takes a share of the traffic of the first.
const CANARY: &str = "nginx.ingress.kubernetes.io/canary";

const SHARED: &str =
    "the Services of a cluster share its node ports: choose another, or leave `node-port` out and the cluster chooses";

/// Checks the environments of one cluster.
pub(super) fn check(sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    objects(sets, &mut found);
    node_ports(sets, &mut found);
    hosts(sets, &mut found);
    found.extend(super::http_route::collisions(sets));
    found
}

fn all<'a>(sets: &[&'a ObjectSet]) -> impl Iterator<Item = (&'a ObjectSet, &'a Object)> {
    sets.iter().flat_map(|set| set.objects.iter().map(|it| (*set, it))).collect::<Vec<_>>().into_iter()
}

fn objects(sets: &[&ObjectSet], found: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::new();
    for (set, object) in all(sets) {
        match first.get(&object.id) {
            None => {
                first.insert(&object.id, (set, object));
            }
            Some((earlier, made)) if earlier.environment.name != set.environment.name => {
                let how = format!("is made by `{}` and by `{}`", earlier.environment.name, set.environment.name);
                found.push(between(duplicate(made, object, &how), earlier, set));
            }
            // Within one environment it has been reported.
            Some(_) => {}
        }
    }
}

fn node_ports(sets: &[&ObjectSet], found: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<i64, (&ObjectSet, Field<'_>)> = BTreeMap::new();
    for (set, service) in all(sets).filter(|(_, it)| it.id.kind == "Service" && it.id.group.is_empty()) {
        let spec = Field::root(service).get("spec");
        let ports = spec.get("ports").items();
        for field in ports.iter().map(|it| it.get("nodePort")).chain([spec.get("healthCheckNodePort")]) {
            let Some(number) = field.number().filter(|it| *it != 0) else { continue };
            match first.get(&number) {
                None => {
                    first.insert(number, (set, field));
                }
                // One Service may have the same number for two protocols.
                Some((_, other)) if other.object.id == service.id => {}
                Some((earlier, other)) => {
                    let message =
                        format!("provided port is already allocated: {number} is also that of {}", other.object.id);
                    let message = field.problem(NODE_PORT_COLLISION, message);
                    let message = message.at_some(other.span(), format!("{} has it", other.object.id));
                    found.push(between(message.help(SHARED), earlier, set));
                }
            }
        }
    }
}

fn hosts(sets: &[&ObjectSet], found: &mut Vec<Diagnostic>) {
    let mut claims = Vec::new();
    for (set, ingress) in all(sets).filter(|(_, it)| it.id.kind == "Ingress" && it.id.group == "networking.k8s.io") {
        let root = Field::root(ingress);
        if root.at("metadata.annotations").get(CANARY).text() == Some("true") {
            continue;
        }
        let spec = root.get("spec");
        let class = spec.get("ingressClassName").text().unwrap_or_default();
        for rule in spec.get("rules").items() {
            let host = rule.get("host");
            for item in rule.at("http.paths").items() {
                let path = item.get("path").text().unwrap_or_default();
                let kind = item.get("pathType").text().unwrap_or_default();
                let place = if host.is_set() { host.clone() } else { item };
                claims.push((set, place, (class, host.text().unwrap_or_default(), path, kind)));
            }
        }
    }
    // The later line is the one that claims what another has.
    claims.sort_by(|(a, place, _), (b, other, _)| {
        (&a.environment.name, place.span()).cmp(&(&b.environment.name, other.span()))
    });
    let mut first: BTreeMap<_, (&ObjectSet, Field<'_>)> = BTreeMap::new();
    for (set, place, key) in claims {
        let Some((earlier, other)) = first.get(&key) else {
            first.insert(key, (set, place));
            continue;
        };
        let (_, host, path, _) = key;
        let shown = if host.is_empty() { "every host" } else { host };
        let message = format!("{} already serves {shown}{path}", other.object.id);
        let span = other.span().filter(|it| Some(*it) != place.span());
        let message = place.problem(ROUTE_COLLISION, message).at_some(span, "served here");
        let help = "an Ingress controller picks one of them: change `host` or `path=`, or make it of \
                    `${environment.name}`";
        found.push(between(message.help(help).help(or_waive(ROUTE_COLLISION)), earlier, set));
    }
}

/// Puts a message under both of the environments that it is about.
pub(super) fn between(message: Diagnostic, first: &ObjectSet, second: &ObjectSet) -> Diagnostic {
    let message = message.in_environment(&first.environment.name);
    if first.environment.name == second.environment.name {
        message
    } else {
        message.in_environment(&second.environment.name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, service, set, with};
    use super::check;
    use crate::object::ObjectSet;
    use serde_json::{Value, json};

    fn environment(name: &str, bodies: &[Value]) -> ObjectSet {
        let bodies = bodies.iter().map(|it| with(it.clone(), "/metadata/namespace", json!(name)));
        let mut set = set(bodies);
        set.environment.name = name.to_owned();
        set.environment.namespace = name.to_owned();
        set
    }

    fn with_node_port(port: i64) -> Value {
        with(service(), "/spec/ports/0/nodePort", json!(port))
    }

    #[test]
    fn finds_collisions() {
        let (dev, prod) = (environment("dev", &[with_node_port(30000)]), environment("prod", &[with_node_port(30000)]));
        let found = check(&[&dev, &prod]);
        assert_eq!(found[0].environments, ["dev", "prod"]);
        expect(found, &["node-port-collision nodePort 30000 is also that of Service/web in dev"]);
        expect(check(&[&dev, &environment("prod", &[with_node_port(30001)])]), &[]);
        let ingress = any(
            "networking.k8s.io/v1",
            "Ingress",
            "a",
            &json!({"spec": {"rules": [
                {"host": "a.b", "http": {"paths": [{"path": "/", "pathType": "Prefix"}]}},
            ]}}),
        );
        let (dev, prod) = (environment("dev", std::slice::from_ref(&ingress)), environment("prod", &[ingress]));
        expect(check(&[&dev, &prod]), &["route-collision rules[a.b].host Ingress/a in dev already serves a.b/"]);
        let mut canary = environment("test", std::slice::from_ref(&prod.objects[0].body));
        canary.objects[0].body["metadata"]["annotations"] = json!({"nginx.ingress.kubernetes.io/canary": "true"});
        expect(check(&[&dev, &canary]), &[]);
        let probed = |port: i64| {
            let spec = json!({"type": "LoadBalancer", "healthCheckNodePort": port, "ports": [{"port": 80}]});
            environment("prod", &[with(service(), "/spec", spec)])
        };
        let open = environment("dev", &[with_node_port(30000)]);
        expect(check(&[&open, &probed(30000)]), &["node-port-collision healthCheckNodePort 30000 is also that of"]);
        expect(check(&[&open, &probed(30001)]), &[]);
        let mut other = environment("dev", &[service()]);
        let again = environment("dev", &[service()]);
        other.environment.name = "staging".to_owned();
        expect(check(&[&again, &other]), &["duplicate-object metadata.name is made by `dev` and by `staging`"]);
    }
}
