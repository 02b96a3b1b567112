//! Services that can be reached in another way than before: another type, other ports, another policy for traffic.

use super::reference::{field_names, is_setting, names_service};
use super::traffic::service_type;
use super::workload::{items, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::{FieldPath, Object, leaves};
use serde_json::Value;

pub(super) const RULES: &[Rule] =
    &[Rule { codes: &[SERVICE_PORT_REMOVED, SERVICE_TYPE_CHANGE, TRAFFIC_POLICY_CHANGE], find }];

const SERVICE_PORT_REMOVED: ImpactCode = ImpactCode {
    name: "service-port-removed",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
};
const SERVICE_TYPE_CHANGE: ImpactCode = ImpactCode {
    name: "service-type-change",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
};
const TRAFFIC_POLICY_CHANGE: ImpactCode = ImpactCode {
    name: "traffic-policy-change",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies",
};

/// Two states of a Service.
#[derive(Clone, Copy)]
struct Pair<'a> {
    input: &'a Comparison<'a>,
    environment: &'a EnvironmentComparison<'a>,
    before: &'a Object,
    after: &'a Object,
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for (before, after) in environment.kept().filter(|(_, it)| it.id.kind == "Service" && it.id.group.is_empty()) {
            if environment.change(&after.id).is_none() {
                continue;
            }
            let pair = Pair { input, environment, before, after };
            if let Some(finding) = pair.type_change() {
                findings.push(finding);
            } else {
                findings.extend(pair.node_ports());
                findings.extend(pair.load_balancer());
            }
            findings.extend(pair.external_policy());
            findings.extend(pair.internal_policy());
            findings.extend(pair.removed_ports());
        }
    }
    findings
}

impl Pair<'_> {
    fn finding(self, code: ImpactCode, path: &FieldPath, message: String) -> Finding {
        let finding = Finding::new(code, self.environment.name(), &self.after.id, message);
        let line = self.input.line_of(Side::After, self.after, path);
        finding.at(path.display_in(&self.after.body)).from_line(line)
    }

    fn type_change(self) -> Option<Finding> {
        let (from, to) = (service_type(self.before), service_type(self.after));
        if from == to {
            return None;
        }
        let gains = match to {
            "NodePort" => "it becomes reachable on a port of every node",
            "LoadBalancer" => "it becomes reachable at an external address",
            "ExternalName" => "its name leads to another host instead of its pods",
            _ => "it is reachable only within the cluster",
        };
        let ports = node_ports(self.before);
        let released = match (to, ports.as_slice()) {
            ("NodePort" | "LoadBalancer", _) | (_, []) => String::new(),
            (_, [(_, port)]) => format!(", and node port {port} is released"),
            (_, ports) => {
                let numbers: Vec<String> = ports.iter().map(|(_, port)| port.to_string()).collect();
                format!(", and node ports {} are released", wording::list(&numbers))
            }
        };
        let loses = match (from, to) {
            ("LoadBalancer", _) => ", and its external address is released".to_owned(),
            ("NodePort", "ClusterIP" | "ExternalName") if released.is_empty() => {
                ", and its node port is released".to_owned()
            }
            _ => String::new(),
        };
        let message = format!("changes from {from} to {to}: {gains}{loses}{released}");
        let help = "check who reaches it from outside, and who should";
        Some(self.finding(SERVICE_TYPE_CHANGE, &FieldPath::parse("spec.type")?, message).help(help))
    }

    /// Reports node ports that are another number. One that is no longer written stays what it was: Kubernetes takes it
    /// over from the old object (`patchAllocatedValues`).
    fn node_ports(self) -> Vec<Finding> {
        let old = node_ports(self.before);
        let mut findings = Vec::new();
        for (index, item) in ports(self.after).iter().enumerate() {
            let number = |it: &Value| it.get("nodePort").and_then(Value::as_u64).filter(|it| *it > 0);
            let Some(new) = number(item) else { continue };
            let known = ports(self.before).iter().any(|it| key(it) == key(item));
            let was = old.iter().find(|(known, _)| *known == key(item)).map(|(_, port)| *port);
            let message = match was {
                Some(was) if was != new => {
                    format!("moves to another node port: {new}, and nothing answers on {was} any more")
                }
                None if known && service_type(self.after) != "ClusterIP" => {
                    format!("gets a node port of its own choice: {new} instead of the one that the cluster had chosen")
                }
                Some(_) | None => continue,
            };
            let path = FieldPath::parse("spec.ports").unwrap_or_default().index(index).field("nodePort");
            let help = "tell those who come from outside first, or keep the number";
            findings.push(self.finding(SERVICE_TYPE_CHANGE, &path, message).help(help));
        }
        findings
    }

    /// Reports what may give a load balancer another address.
    fn load_balancer(self) -> Option<Finding> {
        if service_type(self.after) != "LoadBalancer" {
            return None;
        }
        let path = FieldPath::parse("spec.loadBalancerIP")?;
        let text = |it: &Object| it.at(&path).and_then(Value::as_str).map(str::to_owned);
        let help = "find out what the provider does with it, and what points to the old address";
        if let (old, Some(new)) = (text(self.before), text(self.after))
            && old.as_ref() != Some(&new)
        {
            let message = format!("moves to another external address: {new} is asked for");
            return Some(self.finding(SERVICE_TYPE_CHANGE, &path, message).help(help));
        }
        let annotations = |it: &Object| {
            let all = it.strings("metadata.annotations").into_iter();
            all.filter(|(key, _)| is_of_load_balancer(key))
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect::<Vec<_>>()
        };
        let (old, new) = (annotations(self.before), annotations(self.after));
        let differs = |list: &[(String, String)], other: &[(String, String)]| {
            list.iter().filter(|it| !other.contains(it)).map(|(key, _)| key.clone()).collect::<Vec<_>>()
        };
        let mut keys = differs(&new, &old);
        keys.extend(differs(&old, &new));
        keys.sort();
        keys.dedup();
        let first = keys.first()?.clone();
        let message =
            format!("may get another load balancer, and with it another address: {} changes", wording::quoted(&keys));
        let path = FieldPath::parse("metadata.annotations")?.field(&first);
        Some(self.finding(SERVICE_TYPE_CHANGE, &path, message).help(help))
    }

    fn external_policy(self) -> Option<Finding> {
        let is_open = |it: &Object| matches!(service_type(it), "NodePort" | "LoadBalancer");
        if !is_open(self.before) || !is_open(self.after) {
            return None;
        }
        let what = match self.policies("spec.externalTrafficPolicy")? {
            "Local" if service_type(self.after) == "LoadBalancer" => {
                "a node sends what it gets from outside only to its own pods, which see who calls; nodes without a pod drop it, and the load balancer learns from the health check's node port which those are"
            }
            "Local" => {
                "a node sends what it gets from outside only to its own pods, which see who calls; nodes without a pod drop it"
            }
            _ => {
                "a node sends what it gets from outside to the pods of any node, and pods see the address of a node instead of who calls"
            }
        };
        Some(self.policy("spec.externalTrafficPolicy", what))
    }

    fn internal_policy(self) -> Option<Finding> {
        let what = match self.policies("spec.internalTrafficPolicy")? {
            "Local" => "pods reach only those pods of it that run on their own node, and nobody where there are none",
            _ => "pods reach its pods on any node",
        };
        Some(self.policy("spec.internalTrafficPolicy", what))
    }

    /// Returns a policy's new value, where it changes. The default of both is `Cluster`.
    fn policies(self, path: &str) -> Option<&'static str> {
        let is_local = |it: &Object| it.field(path).and_then(Value::as_str) == Some("Local");
        let (old, new) = (is_local(self.before), is_local(self.after));
        (old != new).then_some(if new { "Local" } else { "Cluster" })
    }

    fn policy(self, path: &str, what: &str) -> Finding {
        let name = path.rsplit('.').next().unwrap_or_default();
        let value = self.policies(path).unwrap_or_default();
        let message = format!("takes another way to its pods, `{name}: {value}`: {what}");
        let finding = self.finding(TRAFFIC_POLICY_CHANGE, &FieldPath::parse(path).unwrap_or_default(), message);
        match value {
            "Local" => finding.help("spread the pods over the nodes that take its traffic, or run them on each"),
            _ => finding,
        }
    }

    /// Reports ports that nothing answers any more, and who names them.
    fn removed_ports(self) -> Vec<Finding> {
        if service_type(self.after) == "ExternalName" {
            return Vec::new();
        }
        let kept: Vec<_> = ports(self.after).iter().map(key).collect();
        let gone = ports(self.before).iter().enumerate().filter(|(_, it)| !kept.contains(&key(it)));
        let finding = |(index, port): (usize, &Value)| {
            let (number, protocol) = key(port);
            let users = self.users(number, text(port, "name"));
            let (severity, still) = match users.as_slice() {
                [] => (Severity::Warn, "nothing rendered here names it".to_owned()),
                users => (Severity::Outage, format!("{} still uses it", wording::list(users))),
            };
            let message = format!("no longer answers on port {number}/{protocol}: {still}");
            let path = FieldPath::parse("spec.ports").unwrap_or_default().index(index);
            let help = match severity {
                Severity::Outage => "point its users to a port that stays, in the same change",
                Severity::Note | Severity::Warn | Severity::Loss | Severity::Block => {
                    "make sure that no client outside this repository uses it"
                }
            };
            let finding = Finding::new(SERVICE_PORT_REMOVED, self.environment.name(), &self.after.id, message);
            let finding = finding.at(path.display_in(&self.before.body)).with_severity(severity).help(help);
            finding.from_line(self.input.line_of(Side::Before, self.before, &path))
        };
        gone.map(finding).collect()
    }

    /// Returns what names a port of the Service: routes by its number or name, settings by its host and number.
    fn users(self, number: u64, name: &str) -> Vec<String> {
        let mut users = Vec::new();
        for environment in &self.input.environments {
            for object in environment.objects(Side::After) {
                let Some(path) = self.use_of(object, number, name) else { continue };
                let place = format!("{} `{}`", object.id.short(), path.display_in(&object.body));
                let is_here = environment.name() == self.environment.name();
                users.push(if is_here { place } else { format!("{place} in {}", environment.name()) });
            }
        }
        users
    }

    fn use_of(self, object: &Object, number: u64, name: &str) -> Option<FieldPath> {
        let is_neighbour = object.id.namespace == self.after.id.namespace;
        let is_route = object.id.kind.ends_with("Route");
        let mut found = None;
        leaves(&object.body, &mut |path, value| {
            let fields = field_names(path);
            let is_named = match (value.as_str(), fields.as_slice()) {
                (Some(text), fields) if is_setting(object, fields) => {
                    names_service(text, self.after, object, Some(number))
                }
                (Some(text), [.., "service", "port", "name"]) => {
                    is_neighbour && object.id.kind == "Ingress" && text == name && self.is_backend(object, path, 2)
                }
                (None, [.., "service", "port", "number"]) => {
                    let is_it = is_neighbour && object.id.kind == "Ingress" && value.as_u64() == Some(number);
                    is_it && self.is_backend(object, path, 2)
                }
                (None, [.., "backendRefs", "port"]) => {
                    is_neighbour && is_route && value.as_u64() == Some(number) && self.is_backend(object, path, 1)
                }
                (Some(_) | None, _) => false,
            };
            if is_named && found.is_none() {
                found = Some(path.clone());
            }
        });
        found
    }

    /// True where the block so many steps above a port names the Service.
    fn is_backend(self, object: &Object, port: &FieldPath, steps: usize) -> bool {
        let block = (0..steps).try_fold(port.clone(), |it, _| it.parent());
        let name = block.and_then(|it| object.at(&it)?.get("name")?.as_str());
        name == Some(self.after.id.name.as_str())
    }
}

fn ports(service: &Object) -> &[Value] {
    service.body.get("spec").map_or(&[], |it| items(it, "ports"))
}

/// What tells the ports of a Service apart.
fn key(port: &Value) -> (u64, &str) {
    let protocol = Some(text(port, "protocol")).filter(|it| !it.is_empty()).unwrap_or("TCP");
    (port.get("port").and_then(Value::as_u64).unwrap_or_default(), protocol)
}

/// Returns the node ports of a Service that are written, each with the port it stands for.
fn node_ports(service: &Object) -> Vec<((u64, &str), u64)> {
    let number = |it: &Value| it.get("nodePort").and_then(Value::as_u64).filter(|it| *it > 0);
    ports(service).iter().filter_map(|it| Some((key(it), number(it)?))).collect()
}

/// True for the annotations by which providers are told how to make a load balancer.
fn is_of_load_balancer(key: &str) -> bool {
    const PREFIXES: [&str; 6] = [
        "service.beta.kubernetes.io/",
        "cloud.google.com/",
        "networking.gke.io/",
        "metallb.io/",
        "metallb.universe.tf/",
        "load-balancer.hetzner.cloud/",
    ];
    PREFIXES.iter().any(|it| key.starts_with(it)) && key != crate::assess::exposure::SOURCE_RANGES
}

#[cfg(test)]
mod tests;
