//! Whether traffic still arrives: Services, their pods and their node ports.

use super::workload::{Pods, items, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side};
use crate::object::Selector;
use crate::object::{FieldPath, Object};
use serde_json::Value;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[SERVICE_SELECTS_NOTHING], find: selects_nothing },
    Rule { codes: &[NODE_PORT_COLLISION], find: node_port_collision },
];

const SERVICE_SELECTS_NOTHING: ImpactCode = ImpactCode {
    name: "service-selects-nothing",
    severity: Severity::Outage,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices",
};
const NODE_PORT_COLLISION: ImpactCode = ImpactCode {
    name: "node-port-collision",
    severity: Severity::Block,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port",
};
/// Returns the type of a Service.
pub(super) fn service_type(service: &Object) -> &str {
    service.field("spec.type").and_then(Value::as_str).unwrap_or("ClusterIP")
}

fn selects_nothing(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let (pods_before, pods_after) = (pod_labels(environment, Side::Before), pod_labels(environment, Side::After));
        for service in environment.of_kind(Side::After, "Service").filter(|it| has_no_pods(it, &pods_after)) {
            if environment.object(Side::Before, &service.id).is_some_and(|it| has_no_pods(it, &pods_before)) {
                continue;
            }
            let path = FieldPath::parse("spec.selector").unwrap_or_default();
            let labels: Vec<String> =
                service.strings("spec.selector").iter().map(|(key, value)| format!("{key}={value}")).collect();
            let message = format!("selects no pods: no pod template in its namespace has {}", wording::quoted(&labels));
            let help = "make the selector and the labels of the pod template equal again";
            let finding = Finding::new(SERVICE_SELECTS_NOTHING, environment.name(), &service.id, message);
            findings.push(finding.at("spec.selector").help(help).from_line(input.line_of(Side::After, service, &path)));
        }
    }
    findings
}

/// The labels of pods, with their namespace.
type PodLabels<'a> = (Option<&'a str>, &'a Value);

fn pod_labels<'a>(environment: &EnvironmentComparison<'a>, side: Side) -> Vec<PodLabels<'a>> {
    let made = Pods::all(environment, side).map(|it| (it.object.id.namespace.as_deref(), it.labels()));
    let bare = environment.of_kind(side, "Pod");
    let bare = bare.map(|it| (it.id.namespace.as_deref(), it.field("metadata.labels").unwrap_or(&Value::Null)));
    made.chain(bare).collect()
}

/// True for a Service with a selector that no pod of its namespace matches.
fn has_no_pods(service: &Object, pods: &[PodLabels<'_>]) -> bool {
    let is_some = |it: &&Value| it.as_object().is_some_and(|it| !it.is_empty());
    let Some(wanted) = service.field("spec.selector").filter(is_some) else { return false };
    let namespace = service.id.namespace.as_deref();
    let mut pods = pods.iter();
    service_type(service) != "ExternalName"
        && !pods.any(|(place, labels)| *place == namespace && Selector::of_labels(wanted).matches(labels))
}

/// One explicit node port of one Service.
#[derive(Clone, Copy)]
struct NodePort<'a> {
    port: u64,
    protocol: &'a str,
    environment: &'a EnvironmentComparison<'a>,
    service: &'a Object,
    position: usize,
}

impl NodePort<'_> {
    fn is_same_port(&self, other: &Self) -> bool {
        let cluster = |it: &Self| it.environment.environment.cluster.as_ref().map(|it| it.name.clone());
        // Environments that do not say where they run are not known to share a cluster.
        let is_one_cluster = self.environment.name() == other.environment.name()
            || (cluster(self).is_some() && cluster(self) == cluster(other));
        is_one_cluster && self.port == other.port && self.protocol == other.protocol
    }

    fn is_of(&self, other: &Self) -> bool {
        self.environment.name() == other.environment.name() && self.service.id == other.service.id
    }

    fn service_in(&self, reader: &EnvironmentComparison<'_>) -> String {
        if self.environment.name() == reader.name() {
            self.service.id.short()
        } else {
            format!("{} in {}", self.service.id.short(), self.environment.name())
        }
    }
}

fn node_ports<'a>(input: &'a Comparison<'a>, side: Side) -> Vec<NodePort<'a>> {
    let mut ports = Vec::new();
    for environment in &input.environments {
        for service in environment.of_kind(side, "Service") {
            let spec = service.body.get("spec").unwrap_or(&Value::Null);
            for (position, item) in items(spec, "ports").iter().enumerate() {
                let protocol = Some(text(item, "protocol")).filter(|it| !it.is_empty()).unwrap_or("TCP");
                let port = item.get("nodePort").and_then(Value::as_u64).filter(|it| *it > 0);
                ports.extend(port.map(|port| NodePort { port, protocol, environment, service, position }));
            }
        }
    }
    ports
}

fn node_port_collision(input: &Comparison<'_>) -> Vec<Finding> {
    let (before, after) = (node_ports(input, Side::Before), node_ports(input, Side::After));
    let mut findings = Vec::new();
    for (index, new) in after.iter().enumerate() {
        let is_held =
            |by: &NodePort<'_>, ports: &[NodePort<'_>]| ports.iter().any(|it| it.is_same_port(by) && it.is_of(by));
        let finding = |message: String| {
            let path = FieldPath::parse("spec.ports").unwrap_or_default().index(new.position).field("nodePort");
            let finding = Finding::new(NODE_PORT_COLLISION, new.environment.name(), &new.service.id, message);
            finding.at(path.display_in(&new.service.body)).from_line(input.line_of(Side::After, new.service, &path))
        };
        let is_new = !is_held(new, &before);
        // Of two that collide, the one that takes the port in this change is to blame; of two such, the later.
        for (other_index, other) in after.iter().enumerate().filter(|(it, _)| *it != index) {
            if other.is_same_port(new) && is_new && (is_held(other, &before) || other_index < index) {
                let name = other.service_in(new.environment);
                let message =
                    format!("is rejected by the API server: node port {} is already taken by {name}", new.port);
                findings.push(finding(message).help("choose a node port that no Service of the cluster has"));
            }
        }
        let moved = before.iter().find(|it| it.is_same_port(new) && !it.is_of(new) && !is_held(it, &after));
        if let Some(old) = moved.filter(|_| is_new) {
            let name = old.service_in(new.environment);
            let message = format!(
                "may be rejected at first: node port {} is free only once {name} has let it go in the same sync",
                new.port
            );
            let help = "release the port in one change and take it in the next, or let the sync retry";
            findings.push(finding(message).help(help).with_severity(Severity::Warn));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{States, deployment, expect, object, review_of, review_one, with};
    use serde_json::{Value, json};

    fn service(name: &str, spec: &Value) -> Value {
        object("v1", "Service", name, &json!({"spec": spec}))
    }

    #[test]
    fn a_service_needs_pods() {
        let web = || deployment("web", 1, json!({"image": "web:1"}));
        let to = |label: &str| service("web", &json!({"selector": {"app": label}}));
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "service-selects-nothing", expected);
        };
        let message =
            |label: &str| format!("Service/web selects no pods: no pod template in its namespace has `app={label}`");
        check(&[web(), to("web")], &[web(), to("api")], &[&message("api")]);
        let moved = with(web(), "/spec/template/metadata/labels/app", json!("site"));
        check(&[web(), to("web")], &[moved, to("web")], &[&message("web")]);
        check(&[], &[to("web")], &[&message("web")]);
        check(&[to("web")], &[to("web")], &[]);
        check(&[to("web")], &[web(), to("web")], &[]);
        check(&[], &[web(), to("web")], &[]);
        check(&[], &[service("web", &json!({"ports": []}))], &[]);
        check(&[], &[service("web", &json!({"selector": {}}))], &[]);
        check(&[], &[service("web", &json!({"type": "ExternalName", "selector": {"app": "x"}}))], &[]);
    }

    #[test]
    fn a_node_port_is_one_services_in_a_cluster() {
        let at = |port: u64, protocol: &str| {
            service(
                "web",
                &json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": port, "protocol": protocol}]}),
            )
        };
        let tcp = |port: u64| vec![at(port, "TCP")];
        let check = |states: &[States], expected: &[&str]| expect(&review_of(states), "node-port-collision", expected);
        let taken = "Service/web is rejected by the API server: node port 30000 is already taken by Service/web in dev";
        check(&[("dev", Some(tcp(30000)), Some(tcp(30000))), ("prod", Some(tcp(30001)), Some(tcp(30000)))], &[taken]);
        check(&[("dev", None, Some(tcp(30000))), ("prod", None, Some(tcp(30000)))], &[taken]);
        check(&[("dev", Some(tcp(30000)), Some(tcp(30000))), ("prod", Some(tcp(30000)), Some(tcp(30000)))], &[]);
        check(&[("dev", None, Some(tcp(30000))), ("prod", None, Some(tcp(30001)))], &[]);
        check(&[("dev", None, Some(tcp(30000))), ("prod", None, Some(vec![at(30000, "UDP")]))], &[]);
        check(
            &[("dev", Some(tcp(30000)), Some(tcp(30001))), ("prod", Some(tcp(30002)), Some(tcp(30000)))],
            &[
                "Service/web may be rejected at first: node port 30000 is free only once Service/web in dev has let it go in the same sync",
            ],
        );
    }
}
