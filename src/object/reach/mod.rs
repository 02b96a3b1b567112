//! What NetworkPolicies let through: pods and policies in, ports out.
//!
//! A pod that no policy selects in a direction is open in it. One that some do may do what any of them allows. A
//! connection between two pods needs both sides: what leaves the one and what enters the other
//! (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>).
//!
//! What is outside of the pods that we know stays a description: ranges of addresses, pods of other namespaces. Address
//! ranges are meant for what is outside of the cluster; whether they hold pods too, only the network plugin knows.

mod addresses;
mod beyond;
mod intervals;
mod ports;

pub use addresses::AddressSet;
pub use beyond::{Beyond, Who};
pub use ports::PortSet;

use super::{Object, Selector};
use serde_json::Value;

/// What a policy sees of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'a> {
    /// Its namespace.
    pub namespace: Option<&'a str>,
    /// Its template: labels, and containers with their ports.
    pub template: &'a Value,
}

/// A pod, and the policies that isolate it.
#[derive(Clone, Debug)]
pub struct Guarded<'a> {
    /// The pod.
    pub pod: Pod<'a>,
    ingress: Vec<&'a Object>,
    egress: Vec<&'a Object>,
}

/// Which way traffic goes, seen from the pod that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Into the pod.
    Ingress,
    /// Out of the pod.
    Egress,
}

/// Whether a range of addresses that may hold pods does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// It is about what is outside of the cluster.
    Outside,
    /// It may be about pods too.
    Pods,
}

/// The NetworkPolicies of one state.
#[derive(Clone, Debug)]
pub struct Policies<'a> {
    policies: Vec<&'a Object>,
    namespaces: Vec<&'a Object>,
}

/// The label that the API server puts on every namespace.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

impl<'a> Policies<'a> {
    /// Collects the policies among some objects, and the namespaces whose labels they may ask for.
    pub fn of(objects: impl IntoIterator<Item = &'a Object, IntoIter: Clone>) -> Self {
        let objects = objects.into_iter();
        let of =
            |group: &str, kind: &str| objects.clone().filter(|it| it.id.group == group && it.id.kind == kind).collect();
        Self { policies: of("networking.k8s.io", "NetworkPolicy"), namespaces: of("", "Namespace") }
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Finds the policies that isolate a pod.
    pub fn guard(&self, pod: Pod<'a>) -> Guarded<'a> {
        let isolating = |direction| self.policies.iter().copied().filter(|it| isolates(it, &pod, direction)).collect();
        Guarded { ingress: isolating(Direction::Ingress), egress: isolating(Direction::Egress), pod }
    }

    /// Returns the ports of one pod that another may reach.
    pub fn between(&self, from: &Guarded<'_>, to: &Guarded<'_>, ranges: Ranges) -> PortSet {
        let leaving = self.allowed(from, &to.pod, &to.pod, Direction::Egress, ranges);
        leaving.intersection(&self.allowed(to, &from.pod, &to.pod, Direction::Ingress, ranges))
    }

    /// Returns the ports that the policies of a pod open between it and a peer. `to` is the one whose ports they are.
    fn allowed(
        &self,
        pod: &Guarded<'_>,
        peer: &Pod<'_>,
        to: &Pod<'_>,
        direction: Direction,
        ranges: Ranges,
    ) -> PortSet {
        let isolating = pod.isolating(direction);
        if isolating.is_empty() {
            return PortSet::all();
        }
        let mut open = PortSet::default();
        for policy in isolating {
            for rule in rules(policy, direction) {
                let peers = peers(rule, direction);
                let is_meant = |it: &Value| self.is_pod(policy, it, peer, ranges);
                if peers.is_empty() || peers.iter().any(is_meant) {
                    open = open.union(&open_ports(rule, Some(to)));
                }
            }
        }
        open
    }

    /// True where a peer of a policy's rule is this pod.
    fn is_pod(&self, policy: &Object, peer: &Value, pod: &Pod<'_>, ranges: Ranges) -> bool {
        if peer.get("ipBlock").is_some() {
            return ranges == Ranges::Pods && block(peer).is_some_and(|(_, addresses)| addresses.may_hold_pods());
        }
        let (pods, namespaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
        let is_place = match namespaces {
            Some(selector) => self.matches_namespace(selector, pod.namespace),
            None => pods.is_some() && policy.id.namespace.as_deref() == pod.namespace,
        };
        is_place && pods.is_none_or(|it| Selector::of(it).matches(pod.labels()))
    }

    fn matches_namespace(&self, selector: &Value, namespace: Option<&str>) -> bool {
        let known = self.namespaces.iter().find(|it| Some(it.id.name.as_str()) == namespace);
        let mut labels = known
            .and_then(|it| it.field("metadata.labels"))
            .cloned()
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        if let Some(map) = labels.as_object_mut() {
            map.insert(NAMESPACE_NAME.to_owned(), namespace.map_or(Value::Null, Value::from));
        }
        Selector::of(selector).matches(&labels)
    }

    /// Returns who beyond the known pods may reach a pod, or be reached by it.
    pub fn beyond(&self, pod: &Guarded<'_>, direction: Direction, known: &[Pod<'_>]) -> Vec<Beyond> {
        let isolating = pod.isolating(direction);
        if isolating.is_empty() {
            return Beyond::everybody(&PortSet::all());
        }
        let mut found: Vec<Beyond> = Vec::new();
        for policy in isolating {
            for rule in rules(policy, direction) {
                // Only a pod tells what number a port's name is.
                let ports = open_ports(rule, (direction == Direction::Ingress).then_some(&pod.pod));
                let peers = peers(rule, direction);
                let named = peers.iter().filter_map(|it| self.named(policy, it, known));
                let new = if peers.is_empty() {
                    Beyond::everybody(&ports)
                } else {
                    named.map(|who| Beyond { who, ports: ports.clone() }).collect()
                };
                for new in new.into_iter().filter(|it| !it.ports.is_empty()) {
                    match found.iter_mut().find(|it| it.who == new.who) {
                        Some(same) => same.ports = same.ports.union(&new.ports),
                        None => found.push(new),
                    }
                }
            }
        }
        found
    }

    /// Describes a peer that is not, or not only, one of the known pods.
    fn named(&self, policy: &Object, peer: &Value, known: &[Pod<'_>]) -> Option<Who> {
        if peer.get("ipBlock").is_some() {
            return block(peer).map(|(name, addresses)| Who::Addresses(name, addresses));
        }
        let pods = peer.get("podSelector").map_or_else(String::new, shown);
        let which = if pods.is_empty() { "every pod".to_owned() } else { format!("pods with {pods}") };
        let Some(namespaces) = peer.get("namespaceSelector") else {
            let is_known = known.iter().any(|it| self.is_pod(policy, peer, it, Ranges::Outside));
            return match pods.as_str() {
                "" => peer.get("podSelector").map(|_| Who::EveryNeighbour),
                _ => (!is_known).then_some(Who::Neighbours(which)),
            };
        };
        // The only namespace that it can be is one whose pods we know.
        let only = namespaces.get("matchLabels").and_then(|it| it.get(NAMESPACE_NAME)).and_then(Value::as_str);
        if only.is_some_and(|only| known.iter().any(|it| it.namespace == Some(only))) {
            return None;
        }
        let place = match (only, shown(namespaces).as_str()) {
            (None, "") if pods.is_empty() => return Some(Who::EveryPod),
            (None, "") => "every namespace".to_owned(),
            (Some(name), _) => format!("namespace {name}"),
            (None, labels) => format!("namespaces with {labels}"),
        };
        Some(Who::Strangers(format!("{which} of {place}")))
    }
}

impl<'a> Guarded<'a> {
    /// Returns the policies that isolate it in a direction, by name.
    pub fn isolating(&self, direction: Direction) -> &[&'a Object] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// True where some policy does.
    pub fn is_isolated(&self, direction: Direction) -> bool {
        !self.isolating(direction).is_empty()
    }
}

impl Pod<'_> {
    fn labels(&self) -> &Value {
        self.template.pointer("/metadata/labels").unwrap_or(&Value::Null)
    }

    /// Returns the port of this name and protocol.
    pub fn port(&self, name: &str, protocol: &str) -> Option<u64> {
        let found = self.container_ports().find(|it| text(it, "name") == name && protocol_of(it) == protocol)?;
        found.get("containerPort").and_then(Value::as_u64)
    }

    /// Returns the ports that its containers declare.
    pub fn declared_ports(&self) -> PortSet {
        let ports = self.container_ports().filter_map(|it| Some((protocol_of(it), it.get("containerPort")?.as_u64()?)));
        ports.fold(PortSet::default(), |all, (protocol, port)| all.union(&PortSet::range(protocol, port, port)))
    }

    fn container_ports(&self) -> impl Iterator<Item = &Value> {
        let spec = self.template.get("spec").unwrap_or(&Value::Null);
        ["containers", "initContainers"]
            .into_iter()
            .flat_map(|list| items(spec, list))
            .flat_map(|it| items(it, "ports"))
    }
}

/// True where a policy isolates a pod in a direction. Kubernetes: `SetDefaults_NetworkPolicy`; without `policyTypes`,
/// ingress is always meant, and egress where the policy has egress rules.
fn isolates(policy: &Object, pod: &Pod<'_>, direction: Direction) -> bool {
    let spec = policy.body.get("spec").unwrap_or(&Value::Null);
    let types = items(spec, "policyTypes");
    let is_meant = match direction {
        Direction::Ingress => types.is_empty() || types.iter().any(|it| it == "Ingress"),
        Direction::Egress if types.is_empty() => !items(spec, "egress").is_empty(),
        Direction::Egress => types.iter().any(|it| it == "Egress"),
    };
    // A policy without a pod selector selects every pod of its namespace, as one with an empty selector does.
    let selects = spec.get("podSelector").is_none_or(|it| Selector::of(it).matches(pod.labels()));
    is_meant && policy.id.namespace.as_deref() == pod.namespace && selects
}

fn rules(policy: &Object, direction: Direction) -> &[Value] {
    let list = match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    };
    policy.body.get("spec").map_or(&[], |it| items(it, list))
}

/// Returns the peers of a rule; none means everybody.
fn peers(rule: &Value, direction: Direction) -> &[Value] {
    match direction {
        Direction::Ingress => items(rule, "from"),
        Direction::Egress => items(rule, "to"),
    }
}

/// Returns the ports that a rule opens; without any, those are all. A name is one of the pod that is reached.
fn open_ports(rule: &Value, to: Option<&Pod<'_>>) -> PortSet {
    let ports = items(rule, "ports");
    if ports.is_empty() {
        return PortSet::all();
    }
    ports.iter().fold(PortSet::default(), |all, it| {
        let protocol = protocol_of(it);
        let number = match it.get("port") {
            None | Some(Value::Null) => return all.union(&PortSet::range(protocol, 1, u64::MAX)),
            Some(port) => port.as_u64().or_else(|| to?.port(port.as_str()?, protocol)),
        };
        let Some(first) = number else { return all };
        let last = it.get("endPort").and_then(Value::as_u64).unwrap_or(first);
        all.union(&PortSet::range(protocol, first, last))
    })
}

/// Describes a block of addresses.
fn block(peer: &Value) -> Option<(String, AddressSet)> {
    let block = peer.get("ipBlock")?;
    let range = text(block, "cidr");
    let except: Vec<&str> = items(block, "except").iter().filter_map(Value::as_str).collect();
    let without = if except.is_empty() { String::new() } else { format!(" without {}", except.join(", ")) };
    let addresses = AddressSet::range(range).minus(&AddressSet::ranges(except));
    Some((format!("{range}{without}"), addresses))
}

/// Writes a selector as `kubectl get --selector` takes it.
fn shown(selector: &Value) -> String {
    let labels = selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten();
    let labels = labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    let expressions = items(selector, "matchExpressions").iter().map(|it| {
        let values: Vec<&str> = items(it, "values").iter().filter_map(Value::as_str).collect();
        let (key, values) = (text(it, "key"), values.join(","));
        match text(it, "operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        }
    });
    labels.chain(expressions).collect::<Vec<_>>().join(",")
}

fn protocol_of(port: &Value) -> &str {
    Some(text(port, "protocol")).filter(|it| !it.is_empty()).unwrap_or("TCP")
}

fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
