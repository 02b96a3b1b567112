//! Services: ports, addresses, and where their traffic comes from; whether what they select is there, in `targets`.
//!
//! Source: `ValidateService` in `pkg/apis/core/validation`; the range of node ports is the API server's default.

mod addresses;
mod targets;

use super::addresses::Range;
use super::field::{DUPLICATE_NAME, Field, Found, OUT_OF_RANGE, unique, unique_as};
use super::names::{self, INVALID_ADDRESS, INVALID_LABEL, INVALID_NAME};
use super::pod::containers::{DUPLICATE_PORT, port_number, port_number_or_name, protocol};
use super::selector;
use crate::diagnostic::house_rule::{NODE_PORT_OUT_OF_RANGE, or_waive};
use crate::object::Object;
pub(super) use targets::{check_targets, has_port, port_labels, selected};

const CIDR: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/// Checks one object, if it is a Service.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group.is_empty() && object.id.kind == "Service" {
        let root = Field::root(object);
        service(&root.get("spec"), &mut found);
        source_ranges(&root, &mut found);
    }
    found
}

fn service(spec: &Field<'_>, found: &mut Found) {
    let kind = kind_of(spec);
    spec.get("type").one_of(&TYPES, found);
    selector::labels(&spec.get("selector"), found);
    match kind {
        "ExternalName" => external_name(spec, found),
        "LoadBalancer" | "NodePort" if is_headless(spec) => {
            let detail = format!("may not be set to 'None' for {kind} services");
            found.push(spec.get("clusterIP").invalid(INVALID_ADDRESS, detail));
        }
        _ => {}
    }
    ports(spec, kind, found);
    affinity(spec, found);
    exposure(spec, kind, found);
    addresses::check(spec, found);
}

/// Returns the type of a Service, which is `ClusterIP` where none is given.
fn kind_of<'a>(spec: &Field<'a>) -> &'a str {
    spec.get("type").filled().unwrap_or("ClusterIP")
}

fn is_headless(spec: &Field<'_>) -> bool {
    spec.get("clusterIP").text() == Some("None")
}

fn external_name(spec: &Field<'_>, found: &mut Found) {
    let name = spec.get("externalName");
    match name.filled() {
        None => found.push(name.required("")),
        Some(text) => {
            if let Err(detail) = names::dns_subdomain(text.strip_suffix('.').unwrap_or(text)) {
                found.push(name.invalid(INVALID_NAME, detail));
            }
        }
    }
    for other in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        if !spec.get(other).is_empty() {
            found.push(spec.get(other).forbidden("may not be set for ExternalName services"));
        }
    }
}

fn ports(spec: &Field<'_>, kind: &str, found: &mut Found) {
    let ports = spec.get("ports").items();
    if ports.is_empty() && !is_headless(spec) && kind != "ExternalName" {
        found.push(spec.get("ports").required(""));
    }
    for port in &ports {
        let name = port.get("name");
        if ports.len() > 1 && name.is_empty() {
            found.push(name.required("every port needs a name where there are several"));
        }
        name.syntax(INVALID_NAME, names::dns_label, found);
        port_number(&port.get("port"), found);
        port.get("protocol").one_of(&["TCP", "UDP", "SCTP"], found);
        port_number_or_name(&port.get("targetPort"), found);
        port.get("appProtocol").syntax(INVALID_NAME, names::qualified_name, found);
        node_port(&port.get("nodePort"), kind, found);
    }
    unique(DUPLICATE_NAME, ports.iter().map(|it| it.get("name")).filter_map(|it| Some((it.filled()?, it))), found);
    for name in ["port", "nodePort"] {
        let keyed = ports.iter().filter_map(|it| {
            let number = it.get(name).number().filter(|it| *it != 0)?;
            let protocol = protocol(it);
            Some(((protocol, number), format!("{number}/{protocol}"), it.get(name)))
        });
        unique_as(DUPLICATE_PORT, keyed, found);
    }
}

fn node_port(port: &Field<'_>, kind: &str, found: &mut Found) {
    let Some(number) = port.number().filter(|it| *it != 0) else { return };
    if matches!(kind, "ClusterIP" | "ExternalName") {
        let message = port.forbidden(&format!("may not be used when `type` is '{kind}'"));
        found.push(message.help("say `service NodePort`, or leave `node-port` out"));
    } else if !(30000..=32767).contains(&number) {
        let detail = "provided port is not in the valid range. The range of valid ports is 30000-32767";
        let message = port.invalid(NODE_PORT_OUT_OF_RANGE, detail);
        let message = message.help("choose one of the range, or leave `node-port` out and the cluster chooses");
        found.push(message.help(or_waive(NODE_PORT_OUT_OF_RANGE)));
    }
}

fn affinity(spec: &Field<'_>, found: &mut Found) {
    spec.get("sessionAffinity").one_of(&["ClientIP", "None"], found);
    let client = spec.get("sessionAffinityConfig");
    let seconds = client.at("clientIP.timeoutSeconds");
    if spec.get("sessionAffinity").text() != Some("ClientIP") && client.is_set() {
        found.push(client.forbidden("must not be set when session affinity is None"));
    }
    if seconds.number().is_some_and(|it| !(1..=86400).contains(&it)) {
        found.push(seconds.invalid(OUT_OF_RANGE, "must be greater than 0 and less than 86400"));
    }
}

/// Checks what may be set only where traffic comes from outside.
fn exposure(spec: &Field<'_>, kind: &str, found: &mut Found) {
    let policy = spec.get("externalTrafficPolicy");
    policy.one_of(&["Cluster", "Local"], found);
    let external = matches!(kind, "LoadBalancer" | "NodePort") || !spec.get("externalIPs").is_empty();
    if policy.is_set() && !external {
        found.push(policy.forbidden("may only be set for externally-accessible services"));
    }
    spec.get("internalTrafficPolicy").one_of(&["Cluster", "Local"], found);
    spec.get("trafficDistribution").one_of(&["PreferClose", "PreferSameZone", "PreferSameNode"], found);
    if kind != "LoadBalancer" {
        for name in ["allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerSourceRanges"] {
            if !spec.get(name).is_empty() {
                found.push(spec.get(name).forbidden("may only be used when `type` is 'LoadBalancer'"));
            }
        }
    }
    spec.get("loadBalancerClass").syntax(INVALID_LABEL, names::qualified_name, found);
    let probed = kind == "LoadBalancer" && policy.text() == Some("Local");
    let health = spec.get("healthCheckNodePort");
    if health.number().is_some_and(|it| it != 0) {
        if probed {
            port_number(&health, found);
        } else {
            let message = health
                .forbidden("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
            found.push(message.help("leave it out: the cluster chooses it"));
        }
    }
}

/// Checks from where a load balancer takes traffic: the field, or else the annotation that was there before it.
fn source_ranges(root: &Field<'_>, found: &mut Found) {
    let spec = root.get("spec");
    let ranges = spec.get("loadBalancerSourceRanges").items();
    for range in &ranges {
        if range.text().is_some_and(|it| Range::parse(it.trim()).is_none()) {
            found.push(range.invalid(INVALID_ADDRESS, CIDR));
        }
    }
    let annotation = root.at("metadata.annotations").get(SOURCE_RANGES);
    if !ranges.is_empty() || !annotation.is_set() {
        return;
    }
    if kind_of(&spec) != "LoadBalancer" {
        found.push(annotation.forbidden("may only be used when `type` is 'LoadBalancer'").help("leave it out"));
    }
    let mut listed = annotation.filled().map(str::trim).into_iter().flat_map(|it| it.split(','));
    if listed.any(|it| Range::parse(it.trim()).is_none()) {
        found.push(annotation.invalid(INVALID_ADDRESS, CIDR).help("ranges stand with commas between them"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{expect, object, service, with};
    use super::check;
    use serde_json::{Value, json};

    fn changed(pointer: &str, value: Value, expected: &[&str]) {
        expect(check(&object(with(service(), pointer, value))), expected);
    }

    fn spec(spec: Value, expected: &[&str]) {
        changed("/spec", spec, expected);
    }

    #[test]
    fn checks_ports() {
        changed("/spec/ports/0/port", json!(65535), &[]);
        changed("/spec/ports/0/port", json!(0), &["invalid-port port must be between 1 and 65535, inclusive"]);
        changed("/spec/ports/0/name", json!("a-name-longer-than-fifteen"), &[]);
        changed("/spec/ports/0/name", json!("a.b"), &["invalid-name name must not contain dots"]);
        changed(
            "/spec/ports/0/targetPort",
            json!("a-name-longer-than-fifteen"),
            &["invalid-port targetPort no more than 15 characters"],
        );
        changed("/spec/ports/0/targetPort", json!(""), &["invalid-port targetPort alpha-numeric"]);
        changed("/spec/ports/1", json!({"port": 81}), &["missing-value ports[81/TCP].name Required value"]);
        changed(
            "/spec/ports/1",
            json!({"name": "http", "port": 81}),
            &["duplicate-name ports[81/TCP].name Duplicate value: \"http\""],
        );
        changed(
            "/spec/ports/1",
            json!({"name": "b", "port": 80}),
            &["duplicate-port ports[1].port Duplicate value: 80/TCP"],
        );
        changed("/spec/ports/1", json!({"name": "b", "port": 80, "protocol": "UDP"}), &[]);
        changed("/spec/ports", json!([]), &["missing-value spec.ports Required value"]);
        spec(json!({"clusterIP": "None"}), &[]);
    }

    #[test]
    fn checks_node_ports() {
        let node = |kind: &str, port: i64| json!({"type": kind, "ports": [{"port": 80, "nodePort": port}]});
        spec(node("NodePort", 30000), &[]);
        spec(node("NodePort", 32767), &[]);
        spec(node("NodePort", 29999), &["node-port-out-of-range nodePort The range of valid ports is 30000-32767"]);
        spec(node("NodePort", 32768), &["node-port-out-of-range nodePort The range of valid ports is 30000-32767"]);
        spec(node("ClusterIP", 30000), &["forbidden-field nodePort may not be used when `type` is 'ClusterIP'"]);
    }

    #[test]
    fn checks_health_ports_and_the_annotation_of_ranges() {
        let health = |policy: &str, port: i64| json!({"type": "LoadBalancer", "externalTrafficPolicy": policy, "healthCheckNodePort": port, "ports": [{"port": 80}]});
        spec(health("Local", 30100), &[]);
        spec(health("Cluster", 0), &[]);
        spec(health("Cluster", 30100), &["forbidden-field healthCheckNodePort `externalTrafficPolicy` is 'Local'"]);
        spec(health("Local", 70000), &["invalid-port healthCheckNodePort must be between 1 and 65535"]);
        let annotated = |kind: &str, ranges: &str, expected: &[&str]| {
            let body = with(service(), "/spec/type", json!(kind));
            let annotations = json!({"service.beta.kubernetes.io/load-balancer-source-ranges": ranges});
            expect(check(&object(with(body, "/metadata/annotations", annotations))), expected);
        };
        annotated("LoadBalancer", "10.0.0.0/8, 192.168.0.0/16", &[]);
        annotated("LoadBalancer", "10.0.0.0", &["invalid-address annotations valid CIDR"]);
        annotated("ClusterIP", "10.0.0.0/8", &["forbidden-field annotations 'LoadBalancer'"]);
    }

    #[test]
    fn checks_types_and_exposure() {
        let ports = json!([{"port": 80}]);
        spec(
            json!({"type": "Cluster", "ports": ports}),
            &["unsupported-value spec.type Unsupported value: \"Cluster\""],
        );
        spec(json!({"type": "ExternalName", "externalName": "a.example.com."}), &[]);
        spec(json!({"type": "ExternalName"}), &["missing-value externalName Required value"]);
        spec(
            json!({"type": "ExternalName", "externalName": "a", "clusterIP": "None"}),
            &["forbidden-field clusterIP ExternalName services"],
        );
        spec(
            json!({"type": "LoadBalancer", "clusterIP": "None", "ports": ports}),
            &["invalid-address clusterIP may not be set to 'None' for LoadBalancer services"],
        );
        spec(
            json!({"externalTrafficPolicy": "Local", "ports": ports}),
            &["forbidden-field externalTrafficPolicy externally-accessible"],
        );
        spec(json!({"type": "NodePort", "externalTrafficPolicy": "Local", "ports": ports}), &[]);
        spec(
            json!({"loadBalancerSourceRanges": ["10.0.0.0/8"], "ports": ports}),
            &["forbidden-field loadBalancerSourceRanges 'LoadBalancer'"],
        );
        spec(
            json!({"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0"], "ports": ports}),
            &["invalid-address loadBalancerSourceRanges valid CIDR"],
        );
        let sticky = |seconds: i64| json!({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": seconds}}, "ports": ports});
        spec(sticky(86400), &[]);
        spec(sticky(86401), &["out-of-range timeoutSeconds must be greater than 0 and less than 86400"]);
    }
}
