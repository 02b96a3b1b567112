//! Services: which workloads they lead to, and who reaches them from outside.
//!
//! What a Service selects and where its ports lead is as the Service page of Kubernetes says
//! (<https://kubernetes.io/docs/concepts/services-networking/service/>).

use super::draft::{self, Draft, Key};
use super::field::{self, items, shown, text};
use super::workload::Workload;
use crate::graph::{EdgeKind, Family, Node, Presence};
use crate::object::{Object, ObjectSet, Selector};
use serde_json::Value;

/// A Service with its ports.
#[derive(Clone, Debug)]
pub(super) struct Service<'a> {
    /// The object.
    pub(super) object: &'a Object,
    /// What it is called in the picture.
    pub(super) name: String,
    /// Its ports, in their order.
    pub(super) ports: Vec<Port<'a>>,
}

/// A port of a Service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port<'a> {
    /// Its number.
    pub(super) number: u64,
    body: &'a Value,
}

impl<'a> Service<'a> {
    /// Returns the Services of an environment, in their order.
    pub(super) fn all(set: &'a ObjectSet) -> Vec<Self> {
        let services = set.of_kind("Service").filter(|it| it.id.group.is_empty());
        let ports = |it: &'a Object| items(&it.body, "/spec/ports").filter_map(Port::of).collect();
        services.map(|it| Self { object: it, name: field::name(it, set), ports: ports(it) }).collect()
    }

    /// Returns the key of its node.
    pub(super) fn key(&self) -> Key {
        Key::of(&self.node())
    }

    /// Returns its type; one without a type is a `ClusterIP`.
    fn kind(&self) -> &'a str {
        text(&self.object.body, "/spec/type").unwrap_or("ClusterIP")
    }

    /// True where its name leads to the pods themselves.
    pub(super) fn is_headless(&self) -> bool {
        text(&self.object.body, "/spec/clusterIP") == Some("None")
    }

    /// True where it leads to the pods of this workload.
    pub(super) fn selects(&self, workload: &Workload<'_>) -> bool {
        let selector = self.object.body.pointer("/spec/selector").map(Selector::of_labels);
        self.kind() != "ExternalName"
            && self.object.id.namespace == workload.object.id.namespace
            && selector.is_some_and(|it| !it.is_empty() && it.matches(workload.labels()))
    }

    /// Returns the port that an object names, by number or by name.
    pub(super) fn port(&self, named: &Value) -> Option<&Port<'a>> {
        self.ports.iter().find(|it| match named.as_str() {
            Some(name) => text(it.body, "/name") == Some(name),
            None => named.as_u64() == Some(it.number),
        })
    }

    fn node(&self) -> Node {
        let body = &self.object.body;
        let kind = match self.kind() {
            "ExternalName" => {
                let node = draft::node(Family::Callee, "ExternalName", &self.name, Presence::External);
                return Node {
                    details: text(body, "/spec/externalName").map(str::to_owned).into_iter().collect(),
                    ..node
                };
            }
            "ClusterIP" if self.is_headless() => "headless Service",
            "NodePort" => "NodePort Service",
            "LoadBalancer" => "LoadBalancer Service",
            _ => "Service",
        };
        draft::node(Family::Service, kind, &self.name, Presence::Made)
    }
}

impl<'a> Port<'a> {
    fn of(body: &'a Value) -> Option<Self> {
        Some(Self { number: body.get("port")?.as_u64()?, body })
    }

    /// Returns where it leads in the pods of a workload; without a target, to the same number.
    pub(super) fn target(&self, workload: &Workload<'_>) -> Option<u64> {
        match self.body.get("targetPort") {
            None => Some(self.number),
            Some(Value::String(name)) => workload.port(name),
            Some(number) => number.as_u64(),
        }
    }

    /// Writes its number, and the protocol where it is not the usual one.
    pub(super) fn shown(&self) -> String {
        with_protocol(&self.number.to_string(), text(self.body, "/protocol"))
    }

    /// Writes its number and where it leads: `80 → 3000`.
    fn leads(&self, workload: &Workload<'_>) -> String {
        let target = self.target(workload).map(|it| it.to_string());
        let target = target.or_else(|| self.body.get("targetPort").and_then(shown)).unwrap_or_default();
        let own = self.number.to_string();
        let numbers = if target == own { own } else { format!("{own} → {target}") };
        with_protocol(&numbers, text(self.body, "/protocol"))
    }
}

/// Adds the protocol to a port: TCP goes without saying.
pub(super) fn with_protocol(port: &str, protocol: Option<&str>) -> String {
    match protocol {
        None | Some("TCP") => port.to_owned(),
        Some(other) => format!("{port}/{other}"),
    }
}

/// Returns the node of everyone beyond the cluster.
pub(super) fn outside(draft: &mut Draft) -> Key {
    draft.node(draft::node(Family::Caller, "outside", "the cluster", Presence::External))
}

/// Adds Services, what they lead to, and who reaches them from outside.
pub(super) fn add(services: &[Service<'_>], workloads: &[Workload<'_>], draft: &mut Draft) {
    for service in services {
        let key = draft.node(service.node());
        for workload in workloads.iter().filter(|it| service.selects(it)) {
            let leads = |draft: &mut Draft, label| draft.edge(&key, &workload.key(), EdgeKind::Routes, label);
            leads(draft, None);
            service.ports.iter().for_each(|it| leads(draft, Some(it.leads(workload))));
        }
        match service.kind() {
            "NodePort" => {
                let from = outside(draft);
                draft.edge(&from, &key, EdgeKind::Routes, None);
                for port in items(&service.object.body, "/spec/ports") {
                    let number = port.get("nodePort").and_then(shown);
                    draft.edge(
                        &from,
                        &key,
                        EdgeKind::Routes,
                        number.map(|it| with_protocol(&it, text(port, "/protocol"))),
                    );
                }
            }
            "LoadBalancer" => {
                let ranges = items(&service.object.body, "/spec/loadBalancerSourceRanges").filter_map(Value::as_str);
                let mut callers: Vec<Key> = ranges
                    .map(|it| draft.node(draft::node(Family::Caller, "addresses", it, Presence::External)))
                    .collect();
                if callers.is_empty() {
                    callers.push(outside(draft));
                }
                for from in callers {
                    draft.edge(&from, &key, EdgeKind::Routes, None);
                    service.ports.iter().for_each(|it| draft.edge(&from, &key, EdgeKind::Routes, Some(it.shown())));
                }
            }
            _ => {}
        }
    }
}
