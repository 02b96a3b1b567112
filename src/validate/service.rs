//! Services, and whether what they select is there.
//!
//! Source: `ValidateService` in `pkg/apis/core/validation`; the range of node ports is the API server's default.

use super::addresses::Range;
use super::field::{DUPLICATE_NAME, Field, Found, OUT_OF_RANGE, unique, unique_as};
use super::names::{self, INVALID_ADDRESS, INVALID_LABEL, INVALID_NAME};
use super::pod::containers::{DUPLICATE_PORT, port_number, port_number_or_name, protocol};
use super::pod::{self, running_containers};
use super::selector;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{NODE_PORT_OUT_OF_RANGE, or_waive};
use crate::diagnostic::house_rule::{SERVICE_SELECTS_NOTHING, TARGET_PORT_MISSING};
use crate::object::Selector;
use crate::object::{Object, ObjectSet};
use std::net::IpAddr;

/// The codes of this family.
pub const CODES: &[Code] = &[SERVICE_SELECTS_NOTHING, TARGET_PORT_MISSING];

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/// Checks one object, if it is a Service.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group.is_empty() && object.id.kind == "Service" {
        service(&Field::root(object).get("spec"), &mut found);
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
    addresses(spec, found);
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
    for range in spec.get("loadBalancerSourceRanges").items() {
        if range.text().is_some_and(|it| Range::parse(it.trim()).is_none()) {
            found.push(
                range.invalid(INVALID_ADDRESS, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
            );
        }
    }
}

fn addresses(spec: &Field<'_>, found: &mut Found) {
    let (families, addresses) = (spec.get("ipFamilies"), spec.get("clusterIPs"));
    for family in families.items() {
        family.one_of(&["IPv4", "IPv6"], found);
    }
    unique(DUPLICATE_NAME, families.items().into_iter().filter_map(|it| Some((it.text()?, it))), found);
    spec.get("ipFamilyPolicy").one_of(&["SingleStack", "PreferDualStack", "RequireDualStack"], found);
    let items = addresses.items();
    if items.len() > 2 {
        found.push(addresses.invalid(OUT_OF_RANGE, "may only hold up to 2 values"));
    }
    let read = |it: &Field<'_>| it.text().and_then(|it| it.parse::<IpAddr>().ok());
    for address in items.iter().chain([&spec.get("clusterIP")]) {
        if address.filled().is_some_and(|it| it != "None") && read(address).is_none() {
            found.push(
                address.invalid(INVALID_ADDRESS, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
            );
        }
    }
    if let [first, second] = items.as_slice()
        && let (Some(a), Some(b)) = (read(first), read(second))
        && a.is_ipv4() == b.is_ipv4()
    {
        found.push(second.invalid(INVALID_ADDRESS, "may specify no more than one IP for each IP family"));
    }
    if let (Some(first), Some(own)) = (items.first(), spec.get("clusterIP").filled())
        && first.text() != Some(own)
    {
        found.push(first.invalid(INVALID_ADDRESS, "first value must match `clusterIP`"));
    }
    for address in spec.get("externalIPs").items() {
        match read(&address) {
            None => found.push(address.invalid(INVALID_ADDRESS, "must be a valid IP address")),
            Some(it) if it.is_loopback() || it.is_unspecified() || is_link_local(it) => {
                let detail = "may not be unspecified (0.0.0.0), in the loopback range, or in a link-local range";
                found.push(address.invalid(INVALID_ADDRESS, detail));
            }
            Some(_) => {}
        }
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_link_local() || it.octets()[..3] == [224, 0, 0],
        IpAddr::V6(it) => it.is_unicast_link_local() || it.segments()[0] & 0xff0f == 0xff02,
    }
}

/// Checks that the Services of an environment select pods that have the ports to which they forward.
pub(super) fn check_targets(set: &ObjectSet) -> Found {
    let mut found = Found::new();
    for object in set.of_kind("Service").filter(|it| it.id.group.is_empty()) {
        let spec = Field::root(object).get("spec");
        let field = spec.get("selector");
        let selector = Selector::of_labels(field.value);
        // Without a selector, someone else makes the endpoints.
        if selector.is_empty() || kind_of(&spec) == "ExternalName" {
            continue;
        }
        let selected: Vec<&Object> = selected(set, object, &selector);
        if selected.is_empty() {
            let message = field.problem(SERVICE_SELECTS_NOTHING, "no workload of this environment has these labels");
            found.push(message.help("the selector must equal labels of a pod template in the same namespace"));
        }
        for port in spec.get("ports").items() {
            for workload in &selected {
                target(&port, workload, &mut found);
            }
        }
    }
    found
}

/// Returns the workloads in an object's namespace whose pods a selector matches.
pub(super) fn selected<'a>(set: &'a ObjectSet, object: &Object, selector: &Selector<'_>) -> Vec<&'a Object> {
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
            .help(help),
    );
}

fn port_label(port: &Field<'_>) -> Option<String> {
    let number = port.get("containerPort").number()?;
    let name = port.get("name").text().map_or_else(String::new, |it| format!(" ({it})"));
    Some(format!("{number}/{}{name}", protocol(port)))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deployment, expect, object, service, set, with};
    use super::{check, check_targets};
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
        spec(json!({"externalIPs": ["127.0.0.1"], "ports": ports}), &["invalid-address externalIPs loopback"]);
        spec(
            json!({"clusterIPs": ["10.0.0.1", "10.0.0.2"], "ports": ports}),
            &["invalid-address clusterIPs[1] no more than one IP for each"],
        );
        spec(
            json!({"ipFamilies": ["IPv4", "IPv4"], "ports": ports}),
            &["duplicate-name ipFamilies[1] Duplicate value: \"IPv4\""],
        );
    }

    #[test]
    fn finds_targets() {
        let check = |service: Value, expected: &[&str]| expect(check_targets(&set([deployment(), service])), expected);
        check(service(), &[]);
        check(with(service(), "/spec/ports/0/targetPort", json!(8000)), &[]);
        check(with(service(), "/spec/selector", json!({})), &[]);
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
}
